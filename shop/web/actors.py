"""Who did it, as the centre reads it in a history: a person, or a person for a household."""

from collections.abc import Collection, Mapping

from shop.accounts.queries import names_of
from shop.vendors.acts.queries import vendor_names
from shop.web.house import reading
from shop.web.i18n import _


def actor_names(labels: Collection[str]) -> Mapping[str, str]:
    """Return what the labels that histories keep are called; processes and visitors have no name."""
    parts = {label: label.partition(">") for label in labels}
    people = names_of(reading(), {person for person, _for, _vendor in parts.values()})
    codes = {vendor for _person, _for, vendor in parts.values() if vendor}
    vendors = vendor_names(reading(), codes) if codes else {}
    found = {}
    for label, (person, _for, vendor) in parts.items():
        if person in people:
            name = people[person]
            found[label] = _("%(name)s替%(vendor)s", name=name, vendor=vendors.get(vendor, vendor)) if vendor else name
    return found
