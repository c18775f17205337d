"""A buyer's full phone and door stand on the centre's pages only where a look was written down just before."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from shop.accounts.models import Role, Viewed, ViewLog, ViewReason
from shop.orders.models import Order
from tests.house.placed import ROLES
from tests.house.source import report
from tests.support.page import Page
from tests.support.pages import Pages
from tests.world import World
from tests.world.cash import at_the_counter, at_the_door
from tests.world.market import (
    PASSWORD,
    TO,
    Market,
    listing,
    market,
    order,
    pack,
    paid_order,
    receive_all,
    someone,
    variant_id,
)

PRIVATE = (TO.phone, TO.street)
STARTS = ("/staff", "/driver")


@dataclass(frozen=True)
class Look:
    """Where something private is shown once somebody has said why.

    Attributes:
        page: the address, with the code of the order or the like.
        form: words of the form that notes the look.
        fields: what is filled in.
        shows: what stands there afterwards.
    """

    page: str
    form: str
    fields: dict[str, Any]
    shows: tuple[str, ...]
    what: Viewed
    why: ViewReason


def _order_page(_at: Market, code: str) -> Look:
    page = f"/staff/orders/{code}"
    return Look(page, f"{page}/show", {"why": "asked"}, PRIVATE, Viewed.RECIPIENT, ViewReason.ASKED)


def _run(_at: Market, _code: str) -> Look:
    return Look("/driver", "/driver/start", {}, PRIVATE, Viewed.RECIPIENT, ViewReason.RUN)


def _demand(at: Market, code: str) -> Look:
    due = order(at, code).parts[0].due_on
    return Look(f"/staff/demand?day={due}", "显示电话", {}, (at.vendor.phone,), Viewed.HOUSEHOLDS, ViewReason.DEMAND)


SHOWN: dict[str, tuple[Role, Callable[[Market, str], Look]]] = {
    "an order's page": (Role.COUNTER, _order_page),
    "the driver's run": (Role.DRIVER, _run),
    "the demand sheet": (Role.STAFF, _demand),
}
"""The only places; placed by hand."""


@pytest.fixture
def at(world: World) -> Market:
    """A day with orders of one buyer in every place: wanted, taken in, packed, at the counter, in the driver's car."""
    made = market(world)
    eggs = {variant_id(made, listing(made, stock=90)): 1}
    paid_order(made, eggs)
    receive_all(made, paid_order(made, eggs).code)
    packed = paid_order(made, eggs)
    receive_all(made, packed.code)
    pack(made, packed.code)
    at_the_counter(made, eggs)
    at_the_door(made, eggs)
    return made


def _looks(session: Session) -> set[tuple[str, Viewed, ViewReason]]:
    return {(row.actor, row.what, row.why) for row in session.scalars(select(ViewLog))}


def _walk(browser: Pages) -> dict[str, str]:
    """Open whatever links lead to from the desk, one page of each kind, and return what stands on them."""
    seen: dict[str, str] = {}
    kinds: set[str] = set()
    waiting = list(STARTS)
    adapter = browser.app.url_map.bind("localhost")
    while waiting:
        address = waiting.pop(0)
        path = urlsplit(address).path
        kind = str(adapter.match(path, method="GET")[0]) if path and path.startswith(STARTS) else None
        if kind is None or kind in kinds:
            continue
        answer = browser.client.get(address)
        if answer.status_code != 200:
            continue
        kinds.add(kind)
        if answer.mimetype == "text/html":
            page = Page(address, 200, answer.headers, answer.get_data(as_text=True))
            seen[address] = page.text
            waiting += page.links().values()
    return seen


@pytest.mark.parametrize("role", ROLES)
def test_no_page_of_the_centre_shows_a_buyers_phone_or_door_unasked(
    app: Flask, at: Market, visitor: Callable[[], Pages], role: str
) -> None:
    browser = visitor()
    browser.sign_in(someone(at.world, Role(role)).phone, PASSWORD)
    seen = _walk(browser)
    assert len(seen) >= (1 if role == "driver" else 5), f"walked only {sorted(seen)}"
    found = [f"{address} shows {word}" for address, text in seen.items() for word in PRIVATE if word in text]
    assert not found, report(found, f"Hidden until somebody says why; a {role} opened:")
    assert at.world.read(_looks) == set()


@pytest.mark.parametrize("place", SHOWN)
def test_what_is_shown_was_written_down_first(at: Market, visitor: Callable[[], Pages], place: str) -> None:
    role, made = SHOWN[place]
    person, browser = someone(at.world, role), visitor()
    wanted = at.world.read(lambda session: session.scalars(select(Order.code).order_by(Order.id)).first())
    look = made(at, wanted or "")
    browser.sign_in(person.phone, PASSWORD)
    before = browser.get(look.page).text
    assert [word for word in look.shows if word in before] == []
    browser.submit_form(look.form, **look.fields)
    after = browser.get(look.page).text
    assert [word for word in look.shows if word not in after] == []
    assert at.world.read(_looks) == {(person.code, look.what, look.why)}
    other = visitor()
    other.sign_in(someone(at.world, role).phone, PASSWORD)
    assert [word for word in look.shows if word in other.get(look.page).text] == [], "shown to whoever asked, alone"
