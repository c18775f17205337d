"""Reports say what the orders and the books say, to the fen, whatever became of the orders."""

from collections import Counter
from datetime import date, timedelta
from functools import partial

import pytest
from sqlalchemy import func, select

from shop.catalog.models import Listing
from shop.desk.models import ClaimKind
from shop.flows import bench, closing, delivery, giving
from shop.flows.giving import Amount, Pieces, Weight, What
from shop.flows.reporting.claims import claims_made
from shop.flows.reporting.corrections import Correction, corrections
from shop.flows.reporting.late import lateness
from shop.flows.reporting.lists import line_count, rejected_lines, sold_lines
from shop.flows.reporting.periods import Period, Span, period_of
from shop.flows.reporting.rejects import rejects
from shop.flows.reporting.sales import Sales, sales, season_share
from shop.kernel.actor import VISITOR
from shop.kernel.clock import town_day
from shop.kernel.errors import ShopError
from shop.kernel.money import stretch
from shop.ledger.models import Account, Entry, Posting
from shop.ledger.rules import EARNED
from shop.orders.models import Order, OrderState, VendorOrderState
from shop.orders.queries.orders import LineFacts, OrderFacts, PartFacts, orders_by_id
from tests.flows.test_vendor_money import Life
from tests.world import World, market
from tests.world.claims import ask
from tests.world.market import (
    DRIVER,
    STAFF,
    Market,
    delivered_order,
    listing,
    order,
    pack,
    paid_order,
    receive_all,
    send,
    sent_order,
    variant_id,
)

SOLD = {OrderState.AGREED, OrderState.PAID, OrderState.DONE}
GONE = {
    VendorOrderState.REJECTED,
    VendorOrderState.CANCELLED,
    VendorOrderState.PASSED_ON,
    VendorOrderState.RETURNED,
}


@pytest.fixture
def at(world: World) -> Market:
    """A town with one household."""
    return market.market(world)


class Plain(Life):
    """Months in which money goes back for goods alone, and no provider refuses it."""

    def give_back(self, made: OrderFacts) -> None:
        line = self.dice.choice([line for part in made.parts for line in part.lines])
        whats: list[What] = [Pieces(line.id, 1)]
        if line.weighed_g:
            whats.append(Weight(line.id, line.weighed_g * 4 // 5))
        house = self.at.world.house
        give = partial(giving.give, house.edge, house.gateways, made.code, self.dice.choice(whats), note="不好")
        try:
            give(key=f"k{next(self.keys)}", actor=STAFF, clock=house.clock)
        except ShopError:
            return
        self.at.world.deliver()


def all_orders(at: Market) -> list[OrderFacts]:
    return at.world.read(lambda session: list(orders_by_id(session, session.scalars(select(Order.id)).all()).values()))


def kept(made: OrderFacts) -> list[tuple[PartFacts, LineFacts]]:
    """Return the lines of an order that count as sold, as its pages show them."""
    if made.state not in SOLD:
        return []
    return [(part, line) for part in made.parts if part.state not in GONE for line in part.lines if line.accepted]


def periods(orders: list[OrderFacts], span: Span) -> set[Period]:
    return {period_of(span, town_day(one.placed_at)) for one in orders}


def sales_of(at: Market, here: Period) -> Sales:
    return at.world.read(lambda session: sales(session, here, today=here.until))


@pytest.mark.parametrize("seed", [1, 4, 8])
def test_the_sales_are_those_of_the_orders(at: Market, seed: int) -> None:
    Life(at, seed).run()
    orders = all_orders(at)
    assert sum(bool(kept(one)) for one in orders) >= 3
    for span in Span:
        found = {here: sales_of(at, here) for here in periods(orders, span)}
        for here, said in found.items():
            mine = [(one, *row) for one in orders if town_day(one.placed_at) in here for row in kept(one)]
            assert said.total.fen == sum(line.kept_fen for _one, _part, line in mine)
            assert said.total.units == sum(line.accepted for _one, _part, line in mine)
            assert said.total.orders == len({one.code for one, _part, _line in mine})
            there = [line for _one, part, line in mine if part.state is VendorOrderState.DELIVERED]
            assert said.total.done_fen == sum(line.kept_fen for line in there)
            villages: Counter[str] = Counter()
            for _one, part, line in mine:
                villages[part.village] += line.kept_fen
            assert {name: sold.fen for name, sold in said.villages} == dict(villages)
            assert sum(sold.fen for _title, _who, sold in said.goods) + said.others.fen == said.total.fen
            days = Counter({town_day(one.placed_at): 0 for one in orders})
            for one, _part, line in mine:
                days[town_day(one.placed_at)] += line.kept_fen
            assert [sold.fen for _each, sold in said.bins] == [
                sum(fen for day, fen in days.items() if day in each) for each in here.bins()
            ]
            if here.before in found:
                assert said.before_so_far == found[here.before].total


@pytest.mark.parametrize("seed", [2, 6])
def test_goods_and_freight_of_the_report_are_what_the_books_keep(at: Market, seed: int) -> None:
    Plain(at, seed).run()
    orders = all_orders(at)
    goods = sum(sales_of(at, here).total.fen for here in periods(orders, Span.YEAR))
    freight = sum(
        line.freight_share_fen - stretch(line.freight_share_fen, 0, line.rejected, line.quantity)
        for one in orders
        if one.state in SOLD
        for part in one.parts
        if part.state not in GONE - {VendorOrderState.RETURNED}  # what came back was carried all the same
        for line in part.lines
    )
    over = at.world.read(
        lambda session: session.scalar(
            select(func.coalesce(func.sum(Posting.amount_fen), 0)).join(Account).where(Account.code.startswith("loss:"))
        )
    )
    earned = [*(f"{code}:%" for code in ("held", "seller")), *EARNED]
    booked = at.world.read(
        lambda session: session.scalar(
            select(func.coalesce(func.sum(Posting.amount_fen), 0))
            .join(Account)
            .join(Entry)
            .where(
                Entry.kind != "paid_out",
                Account.code.like(earned[0]) | Account.code.like(earned[1]) | Account.code.in_(EARNED),
            )
        )
    )
    assert goods > 0
    assert goods + freight == -(int(booked or 0) + int(over or 0))


def test_midnight_in_the_town_parts_the_days(at: Market) -> None:
    eggs = variant_id(at, listing(at, stock=99))
    clock = at.world.clock
    clock.advance(hours=(24 + 16 - clock().hour) % 24, minutes=-clock().minute - 1)  # just before 16:00 UTC
    before = paid_order(at, {eggs: 1})
    clock.advance(minutes=2)
    after = paid_order(at, {eggs: 2})
    days = [town_day(one.placed_at) for one in (before, after)]
    assert days[1] - days[0] == timedelta(days=1)
    here = period_of(Span.YEAR, days[1])
    lines = at.world.read(lambda session: list(sold_lines(session, here, offset=0, limit=9)))
    assert [town_day(line.placed_at) for line in lines] == days
    week = sales_of(at, period_of(Span.WEEK, days[1]))
    assert [sold.units for each, sold in week.bins if days[1] in each] == [2]


def test_orders_that_came_to_nothing_are_no_sales_and_stand_in_the_list_without_money(at: Market) -> None:
    eggs = listing(at, stock=99, price_fen=4800)
    good = paid_order(at, {variant_id(at, eggs): 2})
    off = paid_order(at, {variant_id(at, eggs): 1})
    house = at.world.house
    closing.cancel(
        house.edge, house.gateways, off.code, public_url=house.settings.public_url, actor=VISITOR, clock=house.clock
    )
    here = period_of(Span.MONTH, town_day(good.placed_at))
    assert sales_of(at, here).total.fen == 9600
    lines = at.world.read(lambda session: list(sold_lines(session, here, offset=0, limit=9)))
    assert [(line.order, line.sold_fen) for line in lines] == [(good.code, 9600), (off.code, 0)]
    assert at.world.read(lambda session: line_count(session, here)) == 2
    assert at.world.read(lambda session: len(list(sold_lines(session, here, offset=1, limit=9)))) == 1


def test_the_share_outside_the_season(at: Market) -> None:
    eggs = variant_id(at, listing(at, stock=99, price_fen=1000))
    paid_order(at, {eggs: 3})
    at.world.clock.advance(days=31)
    made = paid_order(at, {eggs: 1})
    day = town_day(made.placed_at)
    year = period_of(Span.YEAR, day)
    now, before = at.world.read(lambda session: season_share(session, year, {day.month}))
    assert (now.inside.fen, now.outside.fen) == (1000, 3000)
    assert before.inside.units + before.outside.units == 0
    following = at.world.read(lambda session: season_share(session, year.after, {day.month}))[1]
    assert following == now


def late_of(at: Market, made: OrderFacts, today: date) -> tuple[int, int, int]:
    assert made.promised_on is not None
    found = at.world.read(
        lambda session: lateness(session, period_of(Span.YEAR, made.promised_on or today), today=today)
    )
    assert sum(count for _days, count in found.by_days) == found.late
    assert (sum(one.promised for one in found.carriers), sum(one.late for one in found.carriers)) == (
        found.promised,
        found.late,
    )
    return found.promised, found.late, found.waiting


def test_a_parcel_is_late_from_the_day_after_its_promise(at: Market) -> None:
    made, waybill = sent_order(at, {variant_id(at, listing(at)): 1})
    assert made.promised_on is not None
    on, clock = made.promised_on, at.world.clock
    assert late_of(at, made, on) == (0, 0, 0)
    assert late_of(at, made, on + timedelta(days=1)) == (1, 1, 1)
    clock.advance(days=(on - town_day(clock())).days)
    at.world.run(partial(delivery.deliver, waybill=waybill, actor=DRIVER, clock=clock))
    assert late_of(at, made, on + timedelta(days=9)) == (1, 0, 0)


def test_what_comes_late_is_counted_by_its_days_and_what_comes_back_is_not(at: Market) -> None:
    eggs, clock = variant_id(at, listing(at, stock=99)), at.world.clock
    made, waybill = sent_order(at, {eggs: 1})
    other, back = sent_order(at, {eggs: 1})
    assert made.promised_on is not None
    clock.advance(days=(made.promised_on - town_day(clock())).days + 2)
    at.world.run(partial(delivery.deliver, waybill=waybill, actor=DRIVER, clock=clock))
    at.world.run(partial(delivery.bring_back, waybill=back, reason="拒收", actor=DRIVER, clock=clock))
    today = town_day(clock()) + timedelta(days=30)
    assert late_of(at, made, today) == (1, 1, 0)
    year = period_of(Span.YEAR, made.promised_on)
    found = at.world.read(lambda session: lateness(session, year, today=today))
    assert found.by_days[1] == (2, 1)
    assert other.promised_on == made.promised_on


def test_what_is_not_packed_past_its_day_waits(at: Market) -> None:
    made = paid_order(at, {variant_id(at, listing(at)): 1})
    assert made.promised_on is not None
    assert late_of(at, made, made.promised_on + timedelta(days=2)) == (0, 0, 1)
    receive_all(at, made.code)
    pack(at, made.code)
    assert late_of(at, made, made.promised_on + timedelta(days=2)) == (1, 1, 1)


def turned_down(at: Market, eggs: Listing, count: int, reason: str) -> OrderFacts:
    made = paid_order(at, {variant_id(at, eggs): 3})
    (part,) = made.parts
    take_in = partial(bench.receive, part_code=part.code, rejected={part.lines[0].id: count}, weighed={}, reason=reason)
    at.world.run(partial(take_in, actor=STAFF, clock=at.world.clock))
    return made


def test_rejects_by_household_and_reason(at: Market) -> None:
    eggs = listing(at, stock=99)
    for count, reason in ((1, "碎了"), (2, "碎了"), (1, "=HYPERLINK"), (0, "")):
        made = turned_down(at, eggs, count, reason)
    here = period_of(Span.MONTH, town_day(made.placed_at))
    found = at.world.read(lambda session: rejects(session, here))
    assert (found.came, found.rejected, found.others, found.before) == (12, 4, 0, (0, 0))
    assert found.reasons == (("碎了", 3), ("=HYPERLINK", 1))
    (one,) = found.households
    assert (one.name, one.came, one.rejected, one.reasons) == (at.vendor.name, 12, 4, found.reasons)
    assert at.world.read(lambda session: rejects(session, here.after)).before == (12, 4)
    lines = at.world.read(lambda session: list(rejected_lines(session, here)))
    assert [(line.came, line.rejected, line.reason) for line in lines] == [
        (3, 1, "碎了"),
        (3, 2, "碎了"),
        (3, 1, "=HYPERLINK"),
    ]


def corrected(at: Market, made: OrderFacts) -> dict[Correction, int]:
    here = period_of(Span.MONTH, town_day(made.placed_at))
    found = at.world.read(lambda session: corrections(session, here))
    assert sum(count for _each, _orders, count in found.bins) == found.total
    assert sum(orders for _each, orders, _count in found.bins) == found.orders
    return {kind: count for kind, count in found.counted.items() if count}


def test_each_kind_of_correction_counts_once_for_an_order(at: Market) -> None:
    eggs, clock, house = listing(at, stock=99), at.world.clock, at.world.house
    made = turned_down(at, eggs, 1, "碎了")
    assert corrected(at, made) == {Correction.TURNED_DOWN: 1}
    for number in range(2):
        giving.give(
            house.edge, house.gateways, made.code, Amount(100), key=f"k{number}", note="赔礼", actor=STAFF, clock=clock
        )
        at.world.deliver()
    assert corrected(at, made) == {Correction.TURNED_DOWN: 1, Correction.GIVEN_BACK: 1}
    waybill = send(at, pack(at, made.code))
    at.world.run(partial(delivery.bring_back, waybill=waybill, reason="拒收", actor=DRIVER, clock=clock))
    declined = paid_order(at, {variant_id(at, eggs): 1})
    at.world.run(
        partial(
            closing.decline_part,
            vendor_id=at.vendor.id,
            part_code=declined.parts[0].code,
            actor=VISITOR,
            clock=clock,
        )
    )
    delivered_order(at, {variant_id(at, eggs): 1})
    assert corrected(at, made) == {
        Correction.TURNED_DOWN: 1,
        Correction.GIVEN_BACK: 1,
        Correction.CAME_BACK: 1,
        Correction.SHORT: 1,
    }
    found = at.world.read(lambda session: corrections(session, period_of(Span.MONTH, town_day(made.placed_at))))
    assert (found.orders, found.total) == (3, 4)
    assert order(at, declined.code).state is OrderState.CANCELLED


def test_claims_for_each_hundred_orders_by_kind_and_bearer(at: Market) -> None:
    eggs = variant_id(at, listing(at, stock=99, price_fen=4800))
    made = [delivered_order(at, {eggs: 1}) for _number in range(4)]
    broken = ask(at, made[0], ClaimKind.BROKEN, 1)
    spoiled = ask(at, made[1], ClaimKind.SPOILED, 1)
    here = period_of(Span.MONTH, town_day(made[0].placed_at))
    found = at.world.read(lambda session: claims_made(session, here))
    assert (found.orders, found.total, found.declined) == (4, 2, 0)
    assert {kind: count for kind, count in found.kinds.items() if count} == {ClaimKind.BROKEN: 1, ClaimKind.SPOILED: 1}
    cost = {one.bearer: (1, one.amount_fen) for one in (broken, spoiled)}
    assert {bearer: row for bearer, row in found.bearers.items() if row[0]} == cost
    assert len(cost) == 2
    assert [(orders, count) for _each, orders, count in found.bins if orders] == [(4, 2)]
    assert at.world.read(lambda session: claims_made(session, here.after)).before == (4, 2)


def test_a_period_that_runs_is_compared_with_as_much_of_the_one_before(at: Market) -> None:
    eggs, clock = variant_id(at, listing(at, stock=99, price_fen=1000)), at.world.clock
    clock.advance(days=7 - town_day(clock()).weekday())  # a Monday
    monday = town_day(clock())
    paid_order(at, {eggs: 1})
    clock.advance(days=2)
    paid_order(at, {eggs: 3})
    following = period_of(Span.WEEK, monday).after
    for today, fen in ((following.first, 1000), (following.first + timedelta(days=2), 4000), (following.until, 4000)):
        found = at.world.read(partial(sales, period=following, today=today))
        assert (found.before_so_far.fen, sum(sold.fen for _each, sold in found.before)) == (fen, 4000)
