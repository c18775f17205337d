"""Every address of a villager's pages against everybody who has no business there, and those who have some.

The addresses come from the application itself, so a new page is in the matrix at once; what it names must be told here.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import partial

import pytest
from flask import Flask
from sqlalchemy import select
from werkzeug.routing import Rule

from shop.accounts.models import Role
from shop.accounts.queries import Person
from shop.flows import cards
from shop.flows.helping import add_at_counter
from shop.kernel.actor import Actor
from shop.kernel.codes import new_token
from shop.kernel.db import Model
from shop.vendors.acts.consents import revoke_consent
from shop.vendors.joining.models import PayWay
from shop.vendors.joining.payout import Sealed, change_payout
from shop.vendors.services import add_member
from shop.web.acting import FOR_ANY, SCOPES
from shop.web.audience import Audience
from tests.house.test_routes import audience_of
from tests.support.pages import Pages
from tests.support.schema import load_models
from tests.world import World
from tests.world.joining import CARD
from tests.world.market import (
    HOUSE,
    PASSWORD,
    STAFF,
    Market,
    another_vendor,
    market,
    someone,
)
from tests.world.things import ANYBODYS, Things, thing_at, things_of

load_models()

OWNER_ONLY = frozenset({"vendor_joining", "vendor_payout", "vendor_people"})
"""Blueprints of pages that only the household itself opens, signed in: neither a delegate nor staff."""
SAYS_NOTHING = {
    "vendor_catalog.draft_ideas": "what neighbours sell, whichever draft it is for",
    "vendor_orders.left": "what one's own part lacks: of any other nothing, and back to what is wanted",
    "vendor_people.remove": "whoever is not of one's household is already removed from it",
}
"""Addresses that answer the same whoever's thing they name."""
NOT_OF_THE_MARKET = frozenset({"sign_in", "attempt", "job_run", "card_try"})
"""Tables that asking alone may write to."""

BEGUN = frozenset({"offer_draft", "offer_draft_photo"})
"""Tables of what is not done yet: a draft says nothing to anybody until it is sent, and that is noted."""

LEAVES = {"accounts.password", "accounts.sign_out", "accounts.sign_out_everywhere", "buyer_accounts.close_me"}
"""Addresses after which somebody else knocks."""
ACCOUNT = {"way": "bank", "holder": "贼", "bank": "农商银行", "number": CARD, "agrees": "y", "device": "own"}

SignedIn = Callable[[Person], Pages]


@dataclass(frozen=True)
class Door:
    """One address and what is done there."""

    method: str
    endpoint: str
    path: str
    names: bool
    """It names something of the household's."""


@pytest.fixture
def at(world: World) -> Market:
    """A town with one household, whose things everybody else tries to reach."""
    return market(world)


@pytest.fixture
def owner(at: Market) -> Person:
    """Who the household is."""
    return at.vendor_person()


@pytest.fixture
def delegate(at: Market, owner: Person) -> Person:
    """A daughter who helps."""
    person = someone(at.world, Role.BUYER)
    add = partial(add_at_counter, vendor_id=at.vendor.id, person=person, words="", actor=STAFF, clock=at.world.clock)
    at.world.run(add)
    return person


@pytest.fixture
def things(at: Market, delegate: Person) -> Things:
    """One of everything that an address may name, by endpoint or by argument."""
    return things_of(at, delegate)


def doors(app: Flask, things: Things) -> Iterator[Door]:
    """Yield every address of the vendor's pages, naming the household's own things."""
    for rule in app.url_map.iter_rules():
        if audience_of(app, rule) is Audience.VENDOR:
            for method in sorted({"GET", "POST"} & (rule.methods or set())):
                yield Door(method, rule.endpoint, _path(rule, things), bool(rule.arguments - ANYBODYS.keys()))


def _path(rule: Rule, things: Things) -> str:
    built = rule.build({name: thing_at(things, rule.endpoint, name) for name in rule.arguments})
    assert built is not None, rule
    return built[1]


def everything(world: World) -> dict[str, list[str]]:
    """Return every row of the market, to see that nothing changed."""
    tables = [table for table in Model.metadata.sorted_tables if table.name not in NOT_OF_THE_MARKET]

    def look(table_name: str) -> list[str]:
        table = Model.metadata.tables[table_name]
        return world.read(lambda session: sorted(map(repr, session.execute(select(table)).all())))

    return {table.name: look(table.name) for table in tables}


def knock(browser: Pages, door: Door) -> tuple[int, str, str]:
    """Open an address or send it an empty form with its token; return status, where it leads, and the page's text."""
    if door.method == "GET":
        answer = browser.client.get(door.path)
    else:
        answer = browser.client.post(door.path, data={"csrf_token": _token(browser)})
    text = answer.get_data(as_text=True) if answer.mimetype == "text/html" else ""
    found = answer.status_code, answer.headers.get("Location", ""), text
    answer.close()
    return found


def _token(browser: Pages) -> str:
    token = browser.get("/").token() or browser.get("/sign-in").token()
    assert token is not None
    return token


@pytest.fixture
def signed_in(visitor: Callable[[], Pages]) -> SignedIn:
    """Open the browser of a person."""

    def open_for(person: Person) -> Pages:
        browser = visitor()
        browser.sign_in(person.phone, PASSWORD)
        return browser

    return open_for


def refused(app: Flask, things: Things, browser: Pages, world: World, acting_for: str = "") -> list[str]:
    """Knock at every door and return those that did not refuse; nothing may change behind any of them."""
    before, found = everything(world), []
    for door in doors(app, things):
        if acting_for:
            with browser.client.session_transaction() as cookie:
                cookie["acting_for"] = acting_for
        status, leads_to, _text = knock(browser, door)
        is_led = status == 303 and leads_to == f"/staff/vendors/{acting_for}/acting"
        if not (status == 403 or (acting_for and door.method == "GET" and is_led)):
            found.append(f"{door.method} {door.path}: {status} {leads_to}")
    after = everything(world)
    return found + [f"{name} changed" for name, rows in before.items() if after[name] != rows]


def let_in(app: Flask, things: Things, browser: Pages, shut: frozenset[str]) -> list[str]:
    """Knock at every door, looking before doing, and return those that judge otherwise than the table."""
    found = []
    for door in sorted(doors(app, things), key=lambda door: door.method):
        status = knock(browser, door)[0]
        is_refused = status in (401, 403)
        if (
            status >= 500
            or is_refused != (door.endpoint.partition(".")[0] in shut)
            or (door.method == "GET" and status == 404)
        ):
            found.append(f"{door.method} {door.path} ({door.endpoint}): {status}")
    return found


def untold(app: Flask, things: Things, browser: Pages, world: World) -> list[str]:
    """Press every button as staff do for a household, and return those that changed something without noting it."""
    found, before = [], everything(world)
    for door in doors(app, things):
        if door.method == "POST":
            knock(browser, door)
            after = everything(world)
            changed = {name for name, rows in before.items() if after[name] != rows}
            if changed - BEGUN and "vendor_act" not in changed:
                found.append(f"{door.path} ({door.endpoint}) changed {sorted(changed)}")
            before = after
    return found


def test_the_table_of_scopes_names_pages_that_are_there(app: Flask) -> None:
    endpoints = {rule.endpoint for rule in app.url_map.iter_rules() if audience_of(app, rule) is Audience.VENDOR}
    there = endpoints | {endpoint.partition(".")[0] for endpoint in endpoints}
    assert (set(SCOPES) | FOR_ANY) - there == set()


def test_nobody_gets_in(app: Flask, at: Market, things: Things, pages: Pages) -> None:
    before, found = everything(at.world), []
    for door in doors(app, things):
        status, leads_to, _text = knock(pages, door)
        wanted = (303, True) if door.method == "GET" else (401, False)
        if (status, leads_to.startswith("/sign-in")) != wanted:
            found.append(f"{door.method} {door.path}: {status} {leads_to}")
    assert found == []
    assert everything(at.world) == before


@pytest.mark.parametrize("role", [Role.BUYER, Role.STAFF, Role.MANAGER, Role.DRIVER])
def test_who_is_of_no_household_gets_in_nowhere(
    app: Flask, at: Market, things: Things, signed_in: SignedIn, role: Role
) -> None:
    browser = signed_in(someone(at.world, role))
    assert refused(app, things, browser, at.world) == []
    if role in (Role.BUYER, Role.DRIVER):  # a mark of acting for somebody opens nothing to who is not of the centre
        assert refused(app, things, browser, at.world, acting_for=at.vendor.code) == []


@pytest.mark.parametrize("how", ["never", "revoked", "ended"])
def test_staff_without_a_consent_that_counts_get_in_nowhere(
    app: Flask, at: Market, things: Things, signed_in: SignedIn, how: str
) -> None:
    code, clock = at.vendor.code, at.world.clock
    if how == "never":
        code = another_vendor(at.world).code
    elif how == "revoked":
        revoke = partial(revoke_consent, vendor_id=at.vendor.id, code=things["vendor_people.consent"])
        at.world.run(partial(revoke, actor=STAFF, clock=clock))
    else:
        clock.advance(days=31)
    browser = signed_in(someone(at.world, Role.STAFF))
    assert refused(app, things, browser, at.world, acting_for=code) == []


def test_another_household_sees_and_changes_nothing(
    app: Flask, at: Market, things: Things, signed_in: SignedIn
) -> None:
    other = replace(at, vendor=another_vendor(at.world))
    browser = signed_in(other.vendor_person())
    _token(browser)
    before, found = everything(at.world), []
    for door in doors(app, things):
        if not door.names and door.method == "POST":
            continue  # it names nothing of anybody: what is sent is the sender's own
        status, _leads_to, text = knock(browser, door)
        marks = {*things.values(), "林下土鸡蛋", at.vendor.name} - {"price"}
        shown = [mark for mark in marks if mark in text and mark not in door.path]
        is_hidden = status == 404 or not door.names or door.endpoint in SAYS_NOTHING
        if not is_hidden or status >= 500 or (shown and status != 404):
            found.append(f"{door.method} {door.path}: {status} {shown}")
    assert found == []
    after = everything(at.world)
    assert [name for name, rows in before.items() if after[name] != rows] == []
    assert refused(app, things, browser, at.world, acting_for=at.vendor.code) == []


def test_a_delegate_does_everything_but_what_is_the_households_own(
    app: Flask, things: Things, delegate: Person, signed_in: SignedIn
) -> None:
    assert let_in(app, things, signed_in(delegate), OWNER_ONLY) == []


@pytest.mark.parametrize("is_of_the_house", [False, True])
def test_staff_with_a_consent_do_everything_but_what_is_the_households_own(
    app: Flask, at: Market, things: Things, signed_in: SignedIn, is_of_the_house: bool
) -> None:
    clerk = someone(at.world, Role.STAFF)
    if is_of_the_house:  # who acts as the centre is the centre, whoever they are at home
        at.world.run(lambda session: add_member(session, at.vendor.id, clerk.id, actor=HOUSE))
    browser = signed_in(clerk)
    browser.get(f"/staff/vendors/{at.vendor.code}/acting")
    browser.submit_form("开始代操作")
    assert let_in(app, things, browser, OWNER_ONLY) == []


def test_what_staff_change_by_any_button_is_noted(app: Flask, at: Market, things: Things, signed_in: SignedIn) -> None:
    browser = signed_in(someone(at.world, Role.STAFF))
    browser.get(f"/staff/vendors/{at.vendor.code}/acting")
    browser.submit_form("开始代操作")
    assert untold(app, things, browser, at.world) == []


def test_the_household_itself_does_everything(app: Flask, things: Things, owner: Person, signed_in: SignedIn) -> None:
    assert let_in(app, things, signed_in(owner), frozenset()) == []


def payouts(world: World) -> list[str]:
    """Return every row about how vendors are paid."""
    tables = [Model.metadata.tables[name] for name in ("payout_account", "payout_change")]
    return world.read(lambda session: [repr(row) for table in tables for row in session.execute(select(table))])


def sending(app: Flask, at: Market, things: Things, owner: Person) -> list[tuple[str, str]]:
    """Return (endpoint, address) of all that can be sent to the shop, the account's pages first."""
    found = []
    for rule in app.url_map.iter_rules():
        if "POST" in (rule.methods or set()) and rule.endpoint not in LEAVES:
            known = {"code": at.vendor.code, "person": owner.code, **ANYBODYS}
            if audience_of(app, rule) is Audience.VENDOR:
                known |= {name: thing_at(things, rule.endpoint, name) for name in rule.arguments}
            built = rule.build({name: known.get(name, "1") for name in rule.arguments})
            assert built is not None, rule
            found.append((rule.endpoint, built[1]))
    return sorted(found, key=lambda one: (not one[1].startswith("/vendor/payout"), not one[1].startswith("/vendor")))


@pytest.mark.parametrize("who", ["delegate", "centre"])
def test_only_the_household_itself_changes_where_its_money_goes(
    app: Flask, at: Market, things: Things, owner: Person, delegate: Person, signed_in: SignedIn, who: str
) -> None:
    """An account is sent to every address of the shop, by who helps the household and by who acts for it."""
    clock, cash = at.world.clock, Sealed(PayWay.CASH, "", "")
    mine = Actor(user_id=owner.id, label=owner.code, roles=owner.roles)
    at.world.run(partial(change_payout, vendor_id=at.vendor.id, sealed=cash, actor=mine, clock=clock))
    kept, browser = payouts(at.world), signed_in(delegate if who == "delegate" else someone(at.world, Role.MANAGER))
    sent, found = ACCOUNT | {"csrf_token": _token(browser), "password": PASSWORD}, []
    for endpoint, path in sending(app, at, things, owner):
        with browser.client.session_transaction() as cookie:
            cookie["payout_proven"] = int(clock().timestamp()) + 600
            if who == "centre":
                cookie["acting_for"] = at.vendor.code
        status = browser.client.post(path, data=sent).status_code
        if status >= 500 or payouts(at.world) != kept:
            found.append(f"{path} ({endpoint}): {status}")
    assert found == []
    assert browser.client.get("/me/sign-ins").status_code == 200, "they were signed in all the while"


def test_a_card_that_somebody_else_holds_does_not_reach_the_account(
    at: Market, owner: Person, visitor: Callable[[], Pages]
) -> None:
    token = new_token()
    at.world.run(
        partial(cards.issue, person_code=owner.code, token=token, pin="4071", actor=STAFF, clock=at.world.clock)
    )
    browser = visitor()
    browser.get(f"/card/{token}", follow=True)
    browser.submit_form("/card", pin="4071")
    for path in ("/vendor/payout/change", "/vendor/payout/change/bank"):
        assert browser.get(path, 303).headers["Location"] == "/vendor/payout/prove"
        browser.post(path, ACCOUNT, 303, follow=False)
    assert payouts(at.world) == []
