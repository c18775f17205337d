"""Who may open what: every closed page against every kind of person, by a table of its own."""

import pytest
from flask import Flask

from shop.accounts.models import Role
from shop.web.audience import Audience
from tests.house.placed import placed
from tests.house.source import report
from tests.house.test_routes import address_of, audience_of
from tests.support.pages import Pages
from tests.world import World, market
from tests.world.market import PASSWORD, Market, someone

PEOPLE = ("buyer", "household", "staff", "driver", "manager")


@pytest.fixture
def town(world: World) -> Market:
    """A founded town with a vendor."""
    return market.market(world)


def _may_open(audience: Audience, endpoint: str) -> set[str]:
    if audience is Audience.STAFF:
        return placed(endpoint) or set()
    return {"household"} if audience is Audience.VENDOR else set(PEOPLE)


@pytest.mark.parametrize("kind", PEOPLE)
def test_everybody_opens_their_own_doors_and_no_others(app: Flask, pages: Pages, town: Market, kind: str) -> None:
    person = town.vendor_person() if kind == "household" else someone(town.world, Role(kind))
    pages.sign_in(person.phone, PASSWORD)
    with app.test_request_context():
        doors = [
            (address_of(rule), kind in _may_open(audience, rule.endpoint))
            for rule in app.url_map.iter_rules()
            if "GET" in (rule.methods or ())
            and (audience := audience_of(app, rule)) in (Audience.BUYER, Audience.VENDOR, Audience.STAFF)
        ]
    found = []
    for address, may_open in doors:
        status = pages.client.get(address).status_code
        if (status == 403) == may_open:
            found.append(f"{address}: {status}, and {kind} may{'' if may_open else ' not'} open it")
    assert not found, report(found, f"The guard and the table disagree about a {kind}:")
