"""Sold out while somebody buys, and goods that come back while they are counted."""

from functools import partial

import pytest

from shop.catalog.restock import bring_back, coming_back
from shop.catalog.stock import OutOfStock, hold
from shop.flows import keeping, stocking
from shop.kernel.clock import town_day
from shop.kernel.errors import Stale
from tests.races.conftest import Race
from tests.support.races import Racer
from tests.world import World
from tests.world.books import assert_sound, free
from tests.world.market import HOUSE, Market, listing, market, variant_id

TRIES = 3


@pytest.fixture
def at(world: World) -> Market:
    """A town with one household."""
    return market(world)


@pytest.mark.parametrize("turn", range(TRIES))
def test_sold_out_beside_a_sale_loses_neither(at: Market, race: Race, turn: int) -> None:
    eggs, clock = listing(at, stock=3), at.world.clock
    way = variant_id(at, eggs)

    def sell_out(racer: Racer) -> None:
        act = partial(stocking.sell_out, vendor_id=at.vendor.id, code=eggs.code, words=str, actor=HOUSE, clock=clock)
        racer.edge.run(act)

    def buy(racer: Racer) -> None:
        racer.edge.run(partial(hold, reference=f"BUYER{turn}", wanted={way: 2}, clock=clock))

    acts = (sell_out, buy) if turn % 2 else (buy, sell_out)
    outcomes = race(*acts)
    out, bought = outcomes if turn % 2 else outcomes[::-1]
    assert isinstance(bought.error, OutOfStock | None)
    assert isinstance(out.error, Stale | None)
    assert out.won or bought.won
    assert free(at.world, way) == (0 if out.won else 1)
    assert_sound(at.world)


def test_what_comes_back_comes_once_whoever_brings_it(at: Market, race: Race) -> None:
    eggs, clock = listing(at, stock=3), at.world.clock
    way = variant_id(at, eggs)
    out = partial(stocking.sell_out, vendor_id=at.vendor.id, code=eggs.code, back={0: 8}, words=str, actor=HOUSE)
    at.world.run(partial(out, clock=clock))
    clock.advance(days=1)
    back = partial(bring_back, variant_id=way, today=town_day(clock()), actor=HOUSE, clock=clock)
    count = partial(keeping.count, vendor_id=at.vendor.id, code=eggs.code, free=5, saw_free=0, place=0, words=str)

    def bring(racer: Racer) -> None:
        racer.edge.run(back)

    def say(racer: Racer) -> None:
        racer.edge.run(partial(count, actor=HOUSE, clock=clock))

    *brought, counted = race(bring, bring, say)
    assert all(isinstance(outcome.error, Stale | None) for outcome in [*brought, counted])
    assert free(at.world, way) in (5, 8)
    assert not (counted.won and free(at.world, way) == 8)
    assert at.world.read(lambda session: coming_back(session, at.vendor.id)) == {}
    assert_sound(at.world)
