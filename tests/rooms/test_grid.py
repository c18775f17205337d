"""Goods in a grid: their order is one, however it is read, and what is counted is what is shown."""

from collections.abc import Callable
from itertools import pairwise, product
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from shop.catalog import grid
from shop.catalog.grid import Shelf, shelf
from shop.catalog.models import Listing
from shop.catalog.queries import SHOWN, categories
from shop.catalog.services.passages import archive, pause, put_up, take_down
from shop.catalog.tally import tally
from shop.flows.selling import restore, suspend
from shop.vendors.models import Vendor
from shop.vendors.queries import vendors_in_turn
from tests.world import World, market
from tests.world.market import HOUSE, MONTH, STAFF, another_vendor, listing, on_shelf

PER_PAGE = 2
ALL_YEAR = tuple(range(1, 13))
LATER = tuple(month for month in ALL_YEAR if month != MONTH)


def _pages(world: World, category_id: int | None) -> list[Shelf]:
    """Return every page of a shelf, and one after the last."""

    def one(page: int) -> Shelf:
        return world.read(
            lambda session: shelf(session, month=MONTH, page=page, per_page=PER_PAGE, category_id=category_id)
        )

    first = one(1)
    return [first, *map(one, range(2, first.pages + 2))]


def test_tiers_are_the_order_of_all_at_once(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    at = market.market(world)
    part = on_shelf(at, "duck-eggs", parent_code="poultry-eggs")
    tea = on_shelf(at, "tea")
    gone = another_vendor(world)
    for place, (months, stock) in product((at, part, tea), product((ALL_YEAR, LATER), (0, 5))):
        for vendor in (at.vendor, at.vendor, gone):
            listing(place, stock=stock, months=months, vendor=vendor)
            world.clock.advance(seconds=1)
    world.run(lambda session: suspend(session, gone.code, reason="停一停", actor=HOUSE, clock=world.clock))
    scopes = (None, at.category.id, part.category.id, tea.category.id)
    at_once = [_pages(world, scope) for scope in scopes]
    monkeypatch.setattr(grid, "FEW", -1)
    assert [_pages(world, scope) for scope in scopes] == at_once
    assert [pages[0].total for pages in at_once] == [24, 16, 8, 8]
    assert all(sum(len(page.cards) for page in pages) == pages[0].total for pages in at_once)
    counted = {one.code: one.count for one in world.read(categories)}
    assert counted == {"poultry-eggs": 16, "duck-eggs": 8, "tea": 8}


def test_what_is_counted_once_is_what_would_be_counted_now(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    at = market.market(world)
    tea, gone, clock = on_shelf(at, "tea"), another_vendor(world), world.clock
    eggs, leaf = listing(at), listing(tea)

    def counted(session: Session) -> dict[int, int]:
        found = session.execute(
            select(Listing.category_id, func.count()).join(Vendor).where(SHOWN).group_by(Listing.category_id)
        )
        return {row[0]: row[1] for row in found}

    def passes(act: Any, code: str, **more: Any) -> None:
        world.run(lambda session: act(session, code, **more, clock=clock))

    def paused(session: Session, code: str, **more: Any) -> None:
        pause(session, at.vendor.id, code, actor=HOUSE, **more)

    acts: tuple[Callable[[], object], ...] = (
        lambda: listing(at, vendor=gone),
        lambda: passes(suspend, gone.code, reason="停一停", actor=HOUSE),
        lambda: passes(restore, gone.code, actor=HOUSE),
        lambda: passes(paused, eggs.code, paused=True),
        lambda: passes(paused, eggs.code, paused=False),
        lambda: passes(take_down, leaf.code, reason="坏了", actor=STAFF),
        lambda: passes(put_up, leaf.code, actor=STAFF),
        lambda: world.run(lambda session: archive(session, at.vendor.id, eggs.code, actor=HOUSE, clock=clock)),
    )
    told = [world.read(tally)]
    for act in acts:
        act()
        told.append(world.read(tally))
        assert told[-1] == world.read(counted)
    assert all(before != after for before, after in pairwise(told)), "each act changed a count"
    monkeypatch.setattr("shop.catalog.tally.COUNTED", None)
    assert world.read(tally) == told[-1], "nothing was changed, nothing is counted"


def test_each_household_comes_to_the_front_in_its_turn(world: World) -> None:
    at = market.market(world)
    sellers = [at.vendor, *(another_vendor(world) for _number in range(6))]

    def stop(session: Session) -> None:
        for gone in (sellers[2], sellers[6]):
            suspend(session, gone.code, reason="停一停", actor=HOUSE, clock=world.clock)

    world.run(stop)
    left = [one.id for one in sellers if one not in (sellers[2], sellers[6])]

    def of(day: int) -> list[int]:
        return [one.id for one in world.read(lambda session: vendors_in_turn(session, day, most=3))]

    days = [of(day) for day in range(6)]
    assert {tuple(sorted(set(found))) == tuple(sorted(found)) and len(found) for found in days} == {3}, (
        "three, none twice"
    )
    assert {one for found in days for one in found} == set(left)
    assert of(0) == left[:3]
    assert all((left * 2)[left.index(found[0]) :][:3] == found for found in days), "in a row, and round again"
