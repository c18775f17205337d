"""Every role of the centre against every one of its pages and acts; a new one must be placed before it opens."""

from functools import partial

import pytest
from flask import Flask

from shop.accounts.models import Role
from shop.web import tokens
from shop.web.audience import Audience
from shop.web.second_factor import MARK
from tests.house.placed import FACTOR, MIXED, MONEY, ROLES, WHOLE, placed
from tests.house.source import report
from tests.house.test_routes import address_of, audience_of
from tests.support.pages import Pages
from tests.world import World, market
from tests.world.factors import prove
from tests.world.market import PASSWORD, Market, someone


@pytest.fixture
def town(world: World) -> Market:
    """A founded town with a vendor."""
    return market.market(world)


def _staff_endpoints(app: Flask) -> set[str]:
    return {rule.endpoint for rule in app.url_map.iter_rules() if audience_of(app, rule) is Audience.STAFF}


def test_every_page_of_the_centre_is_placed(app: Flask) -> None:
    missing = sorted(endpoint for endpoint in _staff_endpoints(app) if placed(endpoint) is None)
    assert not missing, report(missing, "Say in tests/house/placed.py who may open it:")


def test_no_place_is_left_over(app: Flask) -> None:
    there = _staff_endpoints(app)
    named = {f"{blueprint}.{page}" for blueprint, pages in MIXED.items() for page in pages}
    gone = sorted((named - there) | (set(WHOLE) - {endpoint.partition(".")[0] for endpoint in there}))
    assert not gone, report(gone, "Placed, but there is no such page any more:")


@pytest.mark.parametrize("role", ROLES)
def test_a_role_opens_its_own_pages_and_acts_and_no_others(
    app: Flask, pages: Pages, town: Market, role: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    person = someone(town.world, Role(role))
    pages.sign_in(person.phone, PASSWORD)
    if role in MONEY:
        prove(town.world, pages, person)
    monkeypatch.setattr(tokens, "judge", lambda: None)  # the guard is under test, not the form token
    with app.test_request_context():
        doors = [
            (method, address_of(rule), role in (placed(rule.endpoint) or set()))
            for rule in app.url_map.iter_rules()
            if audience_of(app, rule) is Audience.STAFF
            for method in sorted((rule.methods or set()) & {"GET", "POST"})
        ]
    found = []
    for method, address, may_open in doors:
        send = partial(pages.client.open, address, method=method)
        answer = send(data={"sent": "1"}) if method == "POST" else send()
        if (answer.status_code == 403) == may_open or answer.status_code >= 500:
            found.append(f"{method} {address}: {answer.status_code}, and {role} may{'' if may_open else ' not'}")
    assert not found, report(found, f"The guard, the services or the table disagree about {role}:")


def test_the_second_factor_guards_what_is_listed_and_nothing_else(app: Flask) -> None:
    guarded = {endpoint for endpoint, view in app.view_functions.items() if hasattr(view, MARK)}
    assert guarded == FACTOR
    assert all((placed(endpoint) or set()) <= MONEY for endpoint in guarded), "who may open it can set one up"


@pytest.mark.parametrize("role", sorted(MONEY))
def test_nothing_guarded_opens_without_the_second_factor(
    app: Flask, pages: Pages, town: Market, role: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    pages.sign_in(someone(town.world, Role(role)).phone, PASSWORD)
    monkeypatch.setattr(tokens, "judge", lambda: None)
    with app.test_request_context():
        doors = [
            (method, address_of(rule))
            for rule in app.url_map.iter_rules()
            if rule.endpoint in FACTOR and role in (placed(rule.endpoint) or set())
            for method in sorted((rule.methods or set()) & {"GET", "POST"})
        ]
    for method, address in doors:
        answer = pages.client.open(address, method=method, data={"sent": "1"} if method == "POST" else None)
        way = answer.headers.get("Location", "")
        is_asked = answer.status_code == 403 if method == "POST" else way.startswith("/staff/second-factor/prove?next=")
        assert is_asked, f"{method} {address}: {answer.status_code} {way}"


@pytest.mark.parametrize("role", ROLES)
def test_the_menu_leads_nowhere_closed(pages: Pages, town: Market, role: str) -> None:
    person = someone(town.world, Role(role))
    pages.sign_in(person.phone, PASSWORD)
    if role in MONEY:
        prove(town.world, pages, person)
    start = "/driver" if role == "driver" else "/staff"
    ways = [href for href in pages.get(start).links().values() if href.startswith(("/staff", "/driver"))]
    assert ways, "a menu without ways"
    for way in ways:
        assert pages.client.get(way).status_code == 200, way
