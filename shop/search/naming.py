"""Names of the codes that a search counts: villages and households."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from sqlalchemy import literal, select, union_all
from sqlalchemy.orm import Session

from shop.town.models import Village
from shop.vendors.models import Vendor, VendorState


@dataclass(frozen=True)
class Names:
    """Names by code; what is not there is unknown, or not shown to anybody."""

    villages: Mapping[str, str]
    vendors: Mapping[str, str]


def names_of(session: Session, *, villages: Collection[str], vendors: Collection[str]) -> Names:
    """Return the names of villages and of approved vendors, in one statement.

    Args:
        villages: codes; those that do not exist are left out.
        vendors: codes likewise.
    """
    shown = select(literal("vendor"), Vendor.code, Vendor.name).where(
        Vendor.code.in_(vendors), Vendor.state == VendorState.APPROVED
    )
    homes = select(literal("village"), Village.code, Village.name).where(Village.code.in_(villages))
    found: dict[str, dict[str, str]] = {"village": {}, "vendor": {}}
    for kind, code, name in session.execute(union_all(homes, shown)):
        found[kind][code] = name
    return Names(found["village"], found["vendor"])
