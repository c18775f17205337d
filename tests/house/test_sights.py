"""A buyer's full phone and door stand on the centre's pages only where a look was written down just before."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any
from urllib.parse import urlsplit

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from shop.accounts.models import Role, Viewed, ViewLog, ViewReason
from shop.catalog.lots.models import Lot
from shop.flows import bench, delivery
from shop.fulfilment.handovers.services import add_photo
from shop.fulfilment.photos.services import add_box_photo
from shop.media.private import receive_private
from shop.orders.models import Box, Order
from tests.house.placed import ROLES
from tests.house.source import report
from tests.pages.selling import jpeg
from tests.support.page import Page
from tests.support.pages import Pages
from tests.world import World
from tests.world.cash import at_the_counter, at_the_door
from tests.world.market import (
    DRIVER,
    HOUSE,
    PASSWORD,
    STAFF,
    TO,
    Market,
    listing,
    market,
    order,
    pack,
    paid_order,
    parcel_code,
    receive_all,
    sent_order,
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


def test_no_page_of_the_centre_shows_a_buyers_phone_or_door_unasked(
    app: Flask, at: Market, visitor: Callable[[], Pages]
) -> None:
    found = []
    for role in ROLES:
        browser = visitor()
        browser.sign_in(someone(at.world, Role(role)).phone, PASSWORD)
        seen = _walk(browser)
        assert len(seen) >= (1 if role == "driver" else 5), f"a {role} walked only {sorted(seen)}"
        found += [
            f"{address} shows {word} to a {role}" for address, text in seen.items() for word in PRIVATE if word in text
        ]
    assert not found, report(found, "Hidden until somebody says why:")
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


def _photo(at: Market) -> str:
    house, clock = at.world.house, at.world.clock
    return receive_private(at.world.edge.transaction, house.store, jpeg().read(), actor=HOUSE, clock=clock)


def _door(at: Market) -> tuple[str, str, str]:
    made, waybill = sent_order(at, {variant_id(at, listing(at)): 1})
    deliver = partial(delivery.deliver, waybill=waybill, photo_key=_photo(at), actor=DRIVER, clock=at.world.clock)
    at.world.run(deliver)
    page = f"/staff/consignments/{parcel_code(at, made.code)}"
    return page, f"{page}/door", f"{page}/door"


def _promise(at: Market) -> tuple[str, str, str]:
    part, key = paid_order(at, {variant_id(at, listing(at)): 1}).parts[0].code, _photo(at)
    take_in = partial(bench.receive, part_code=part, rejected={}, weighed={}, reason="", promise_key=key, actor=STAFF)
    at.world.run(partial(take_in, clock=at.world.clock))
    lot = at.world.read(lambda session: session.scalars(select(Lot.code).where(Lot.promise_key == key)).one())
    return f"/staff/lots/{lot}", f"/staff/intake/photos/{key}", f"/staff/intake/photos/{key}"


def _signed(at: Market) -> tuple[str, str, str]:
    made = paid_order(at, {variant_id(at, listing(at)): 1})
    receive_all(at, made.code)
    parcel, key = pack(at, made.code), _photo(at)
    at.world.deliver()
    code = at.world.run(lambda session: bench.hand_over(session, [parcel], actor=STAFF, clock=at.world.clock))
    at.world.run(lambda session: add_photo(session, code, key, actor=STAFF, clock=at.world.clock))
    page = f"/staff/handovers/{code}"
    return page, f"{page}/look", f"{page}/photos/0"


def _open_box(at: Market) -> tuple[str, str, str]:
    made, key = paid_order(at, {variant_id(at, listing(at)): 1}), _photo(at)
    receive_all(at, made.code)
    keep = partial(add_box_photo, order_id=made.id, box=Box.AMBIENT, number=1, key=key, actor=STAFF)
    at.world.run(partial(keep, clock=at.world.clock))
    page = f"/staff/parcels/{pack(at, made.code)}"
    return f"{page}/photos", f"{page}/look", f"{page}/photos/0"


PHOTOS: dict[str, Callable[[Market], tuple[str, str, str]]] = {
    "a parcel at its door": _door,
    "a household's promise": _promise,
    "a signed list": _signed,
    "an open box": _open_box,
}
"""Photos for the centre alone: the page, the form that notes the look, and the photo's own address."""


def _all_looks(session: Session) -> list[str]:
    return list(session.scalars(select(ViewLog.actor)))


def test_a_photo_for_the_centre_alone_opens_once_the_look_is_written_down(
    world: World, visitor: Callable[[], Pages]
) -> None:
    at = market(world)
    person, other = (someone(world, Role.STAFF) for _ in range(2))
    browser, another = visitor(), visitor()
    browser.sign_in(person.phone, PASSWORD)
    another.sign_in(other.phone, PASSWORD)
    found = []
    for name, made in PHOTOS.items():
        (page, form, photo), before = made(at), world.read(_all_looks)
        assert browser.client.get(photo).status_code in (303, 404), f"{name} is shown unasked"
        browser.get(page)
        assert world.read(_all_looks) == before
        browser.submit_form(form)
        noted = Counter(world.read(_all_looks)) - Counter(before)
        answer, theirs = browser.client.get(photo), another.client.get(photo)
        if noted != {person.code: 1} or answer.content_type != "image/jpeg" or theirs.status_code not in (303, 404):
            found.append(f"{name}: noted {noted}, {answer.status_code}, to somebody else {theirs.status_code}")
    assert not found, report(found, "Each look is one row, and it opens the photo to whoever looks:")
