"""Goods ordered ahead: each day's harvest gives so much and no more, and what is cancelled is to be had again."""

from datetime import date
from functools import partial

import pytest
from sqlalchemy import select

from shop.catalog.checks import harvest_differences, stock_differences
from shop.catalog.models import HarvestDay
from shop.catalog.offers import offers
from shop.catalog.own import present
from shop.catalog.rules import Harvest
from shop.catalog.services.listings import revise
from shop.catalog.stock import HarvestFull, hold, hold_again, put_back, release, take
from shop.kernel.clock import town_day
from tests.world import World, market
from tests.world.books import assert_sound, free
from tests.world.market import HOUSE, Market, listing, paid_order, variant_id

FIRST, LAST = date(2026, 11, 24), date(2026, 11, 26)


@pytest.fixture
def at(world: World) -> Market:
    """A town with one household."""
    return market.market(world)


@pytest.fixture
def shoots(at: Market) -> int:
    """A variant of which three a day are gathered from 24 to 26 November; it is the 22nd."""
    made = listing(at, title="冬笋", stock=20, harvest_first_on=FIRST, harvest_last_on=LAST, harvest_cap=3)
    return variant_id(at, made)


def held(at: Market, reference: str, shoots: int, quantity: int, day: date) -> None:
    """Hold so many of a day's harvest."""
    keep = partial(hold, reference=reference, wanted={shoots: quantity}, harvests={shoots: day}, clock=at.world.clock)
    at.world.run(keep)


def taken(at: Market) -> dict[date, int]:
    """Return how much is promised of each day."""
    return at.world.read(lambda session: {day.on: day.taken for day in session.scalars(select(HarvestDay))})


def next_day(at: Market, shoots: int, quantity: int) -> date | None:
    """Return on which day so many would be gathered."""
    found = at.world.read(lambda session: offers(session, [shoots], today=town_day(at.world.clock())))
    return found[shoots].harvest_day(quantity)


def test_the_first_day_that_gives_so_many_is_promised(at: Market, shoots: int) -> None:
    assert next_day(at, shoots, 2) == FIRST
    held(at, "A", shoots, 2, FIRST)
    assert next_day(at, shoots, 1) == FIRST
    assert next_day(at, shoots, 2) == date(2026, 11, 25)
    assert next_day(at, shoots, 4) is None
    at.world.clock.advance(days=3)
    assert next_day(at, shoots, 2) == LAST
    at.world.clock.advance(days=1)
    found = at.world.read(lambda session: offers(session, [shoots], today=town_day(at.world.clock())))
    assert found[shoots].harvest is None


def test_a_full_day_gives_no_more_and_leaves_nothing_behind(at: Market, shoots: int) -> None:
    held(at, "A", shoots, 3, FIRST)
    with pytest.raises(HarvestFull):
        held(at, "B", shoots, 1, FIRST)
    with pytest.raises(HarvestFull):
        held(at, "B", shoots, 4, LAST)
    assert (taken(at), free(at.world, shoots)) == ({FIRST: 3}, 17)
    assert_sound(at.world)


def test_what_is_let_go_is_to_be_had_again_and_can_be_held_again(at: Market, shoots: int) -> None:
    held(at, "A", shoots, 3, FIRST)
    at.world.run(lambda session: release(session, "A", clock=at.world.clock))
    assert (taken(at), next_day(at, shoots, 3)) == ({FIRST: 0}, FIRST)
    at.world.run(lambda session: hold_again(session, "A", clock=at.world.clock))
    assert taken(at) == {FIRST: 3}
    at.world.run(lambda session: release(session, "A", clock=at.world.clock))
    held(at, "B", shoots, 1, FIRST)
    with pytest.raises(HarvestFull):
        at.world.run(lambda session: hold_again(session, "A", clock=at.world.clock))
    assert taken(at) == {FIRST: 1}
    assert_sound(at.world)


def test_a_cancelled_sale_frees_its_day(at: Market, shoots: int) -> None:
    held(at, "A", shoots, 2, FIRST)
    at.world.run(lambda session: take(session, "A", actor=HOUSE, clock=at.world.clock))
    assert taken(at) == {FIRST: 2}
    at.world.run(lambda session: put_back(session, shoots, 2, "A", actor=HOUSE, clock=at.world.clock))
    assert (taken(at), free(at.world, shoots)) == ({FIRST: 0}, 20)
    assert_sound(at.world)


def test_each_order_line_is_told_its_day(at: Market, shoots: int) -> None:
    days = [paid_order(at, {shoots: 2}).parts[0].lines[0].harvest_on for _n in range(3)]
    assert days == [date(2026, 11, day) for day in (24, 25, 26)]
    assert_sound(at.world)


def test_a_smaller_cap_keeps_what_was_promised(at: Market, shoots: int) -> None:
    held(at, "A", shoots, 3, FIRST)
    held(at, "B", shoots, 1, LAST)
    code = at.world.read(lambda session: offers(session, [shoots], today=FIRST))[shoots].listing_code
    own = at.world.read(lambda session: present(session, code))

    def change(cap: int) -> None:
        now = at.world.read(lambda session: present(session, code))
        wanted = type(own.offer)(**{**vars(now.offer), "harvest_cap": cap})
        at.world.run(
            lambda session: revise(
                session, own.vendor_id, code, wanted, version=now.version, actor=HOUSE, clock=at.world.clock
            )
        )

    change(2)
    caps = at.world.read(lambda session: {day.on: day.cap for day in session.scalars(select(HarvestDay))})
    assert caps == {FIRST: 3, LAST: 2}
    change(9)
    held(at, "C", shoots, 6, FIRST)
    assert taken(at) == {FIRST: 9, LAST: 1}
    assert at.world.read(harvest_differences) == at.world.read(stock_differences) == 0


def test_a_harvest_knows_its_days() -> None:
    harvest = Harvest(FIRST, LAST, 3, {FIRST: 3, date(2026, 11, 25): 2})
    assert harvest.day_for(1, FIRST) == date(2026, 11, 25)
    assert harvest.day_for(2, FIRST) == LAST
    assert harvest.day_for(1, date(2026, 11, 27)) is None
    assert harvest.day_for(3, date(2026, 11, 1)) == LAST
