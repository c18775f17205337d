"""Goods in a grid: their order is one, however it is read, and what is counted is what is shown."""

from itertools import product

import pytest

from shop.catalog import grid
from shop.catalog.grid import Shelf, shelf
from shop.catalog.queries import categories
from shop.flows.selling import suspend
from tests.world import World, market
from tests.world.market import HOUSE, MONTH, another_vendor, listing, on_shelf

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
