"""The quarterly list of sellers against the books: to the fen, and every entry in one quarter only."""

from datetime import date
from functools import partial

import pytest
from hypothesis import HealthCheck, given, seed, settings
from hypothesis import strategies as st

from shop.flows import giving
from shop.flows.giving import Amount
from shop.flows.quarters import Quarter, QuarterReport, quarter_named, quarter_of, quarter_report
from shop.kernel.clock import town_day
from shop.kernel.errors import NotFound
from shop.ledger.queries import balance
from shop.ledger.rules import COMMISSION, seller
from tests.world import World, market
from tests.world.books import assert_sound
from tests.world.market import STAFF, Market, another_vendor, delivered_order, listing, variant_id

MANY = 900


@pytest.fixture
def at(world: World) -> Market:
    return market.market(world)


def _report(at: Market, quarter: Quarter) -> QuarterReport:
    return at.world.read(lambda session: quarter_report(session, quarter))


def _now(at: Market) -> Quarter:
    return quarter_of(town_day(at.world.clock()))


def _give_back(at: Market, code: str, fen: int) -> None:
    world = at.world
    giving.give(
        world.edge,
        world.house.gateways,
        code,
        Amount(fen),
        key=f"a key of a refund {world.number()}",
        note="补差价",
        seen=0,
        actor=STAFF,
        clock=world.clock,
    )
    world.deliver()


def test_a_day_lies_in_its_quarter_by_the_towns_clock() -> None:
    assert quarter_of(date(2026, 12, 31)) == Quarter(2026, 4)
    assert Quarter(2026, 4).after() == Quarter(2027, 1) == Quarter(2027, 2).before()
    assert Quarter(2027, 1).before() == Quarter(2026, 4)
    since, until = Quarter(2026, 4).span()
    assert (since.isoformat(), until.isoformat()) == ("2026-10-01T00:00:00+08:00", "2027-01-01T00:00:00+08:00")
    assert quarter_named("2026-4") == Quarter(2026, 4)
    for wrong in ("2026-5", "26-1", "2026-4 ", "x"):
        with pytest.raises(NotFound):
            quarter_named(wrong)


def test_it_says_who_sold_what_was_taken_back_and_what_is_left(at: Market) -> None:
    eggs = variant_id(at, listing(at, title="土鸡蛋", stock=MANY))
    first, second = delivered_order(at, {eggs: 2}), delivered_order(at, {eggs: 1})
    _give_back(at, second.code, 500)
    report = _report(at, _now(at))
    (row,) = [one for one in report.sellers if one.code == at.vendor.code]
    sold = sum(line.price_fen * line.quantity for made in (first, second) for line in made.parts[0].lines)
    assert (row.income.orders, row.income.sold_fen) == (2, sold)
    assert row.income.fee_fen == report.books.fee_fen > 0
    assert row.income.back_fen + report.books.fee_back_fen == 500
    assert row.income.net_fen == -at.world.read(lambda session: balance(session, seller(at.vendor.code)))
    assert report.difference_fen == 0
    assert_sound(at.world)


def test_what_comes_later_stands_in_the_later_quarter(at: Market) -> None:
    eggs = variant_id(at, listing(at, title="土鸡蛋", stock=MANY))
    made, quarter = delivered_order(at, {eggs: 2}), _now(at)
    before = _report(at, quarter)
    at.world.clock.advance(days=60)
    assert _now(at) == quarter.after()
    _give_back(at, made.code, 500)
    assert _report(at, quarter) == before
    later = _report(at, quarter.after())
    assert (later.total.orders, later.total.sold_fen) == (0, 0)
    assert later.total.back_fen + later.books.fee_back_fen == 500
    assert later.difference_fen == 0


@seed(20261123)
@settings(max_examples=6, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(st.integers(0, 1), st.integers(1, 4), st.integers(0, 3000), st.integers(0, 70)), max_size=4))
def test_all_quarters_together_are_the_books(at: Market, sales: list[tuple[int, int, int, int]]) -> None:
    other = getattr(at, "other", None) or another_vendor(at.world)
    at.other = other  # type: ignore[attr-defined]
    eggs = [variant_id(at, listing(at, vendor=vendor, stock=MANY)) for vendor in (at.vendor, other)]
    for whose, pieces, back, days in sales:
        made = delivered_order(at, {eggs[whose]: pieces})
        at.world.clock.advance(days=days)
        if back:
            _give_back(at, made.code, min(back, made.total_fen))
    quarter, reports = _now(at), []
    while quarter >= Quarter(2026, 4):
        reports.append(_report(at, quarter))
        quarter = quarter.before()
    assert all(report.difference_fen == 0 for report in reports)
    for vendor in (at.vendor, other):
        nets = [one.income.net_fen for report in reports for one in report.sellers if one.code == vendor.code]
        assert sum(nets) == -at.world.read(partial(balance, code=seller(vendor.code)))
    fees = sum(report.books.fee_fen - report.books.fee_back_fen for report in reports)
    assert fees == -at.world.read(partial(balance, code=COMMISSION))
