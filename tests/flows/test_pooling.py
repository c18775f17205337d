"""Goods that several households bring: shared out after the cut-off, answered, given to others, no fen lost."""

import random
from collections import Counter
from functools import partial

import pytest
from sqlalchemy import select

from shop.catalog.lots.queries import lots_found
from shop.catalog.pools.services import Agreement, agree
from shop.flows import answering, bench, closing, delivery, giving, pooling
from shop.kernel.actor import VISITOR
from shop.kernel.errors import Stale, WrongState
from shop.ledger import rules as accounts
from shop.notifications.models import Delivery
from shop.orders.models import OrderLine, OrderState, VendorOrder, VendorOrderState
from shop.orders.queries.orders import OrderFacts, history
from tests.world import World, market
from tests.world.books import account, assert_sound, at_provider, footprint, free, held_for
from tests.world.market import HOUSE, STAFF, Market, captured, listing, order, paid_order, receive_all, variant_id
from tests.world.pools import evening, pooled, settle, shares, units

V = VendorOrderState


@pytest.fixture
def at(world: World) -> Market:
    return market.market(world)


def figures(made: OrderFacts) -> tuple[int, ...]:
    """Return what of an order may never change by sharing: money, freight, weight and pieces, over all its parts."""
    lines = [line for part in (*made.parts, *made.passed_on) for line in part.lines]
    return (
        made.total_fen,
        sum(line.goods_fen for line in lines),
        sum(line.kept_fen for line in lines),
        sum(line.freight_share_fen for line in lines),
        sum(line.gross_g * line.quantity for line in lines),
        sum(line.quantity for line in lines),
        sum(line.rejected for line in lines),
    )


def told(at: Market) -> list[str]:
    at.world.deliver()
    wanted = select(Delivery.text).where(Delivery.template == "vendor_asked").order_by(Delivery.id)
    return list(at.world.read(lambda session: session.scalars(wanted).all()))


def say(at: Market, code: str, come: int) -> int:
    """Let whoever has a part say that so many of its first line come."""
    wanted = select(VendorOrder.vendor_id, OrderLine.id, OrderLine.quantity - OrderLine.rejected)
    first = wanted.join(OrderLine).where(VendorOrder.code == code).order_by(OrderLine.id).limit(1)
    vendor_id, line_id, expected = at.world.read(lambda session: session.execute(first).one())
    act = partial(answering.short_part, vendor_id=vendor_id, code=code, come={line_id: come}, saw={line_id: expected})
    return at.world.run(partial(act, actor=HOUSE, clock=at.world.clock))


def test_nobody_is_asked_before_the_cut_off_and_then_each_by_one_message(at: Market) -> None:
    eggs, _houses = pooled(at, (2, 900), (1, 900))
    variant = variant_id(at, eggs)
    made = [paid_order(at, {variant: 3}) for _ in range(3)]
    assert [order(at, one.code).states for one in made] == [(V.POOLED,)] * 3
    assert told(at) == []
    before = [figures(order(at, one.code)) for one in made]
    pooling.share_out_due(at.world.edge, clock=at.world.clock)
    assert shares(at) == {}, "the cut-off has not passed"
    evening(at)
    assert units(at) == {"第1家": 6, "第2家": 3}
    texts = told(at)
    assert sorted("6盒" in text for text in texts) == [False, True]
    assert all(len(text) <= 70 for text in texts)
    assert [figures(order(at, one.code)) for one in made] == before
    assert all(V.ASKED in order(at, one.code).states for one in made)
    left = footprint(at.world)
    pooling.share_out_due(at.world.edge, clock=at.world.clock)
    assert footprint(at.world) == left, "run again, it changes nothing"
    assert_sound(at.world)


def test_a_vendors_own_goods_in_the_same_box_are_asked_of_it_at_once(at: Market) -> None:
    eggs, _houses = pooled(at, (1, 900))
    ham = variant_id(at, listing(at, title="老腊肉", price_fen=6800))
    made = paid_order(at, {variant_id(at, eggs): 2, ham: 1})
    assert set(made.states) == {V.ASKED, V.POOLED}
    (text,) = told(at)
    assert "老腊肉" in text
    assert "土鸡蛋" not in text
    evening(at)
    now = order(at, made.code)
    assert figures(now) == figures(made)
    assert sorted((part.vendor_name, part.lines[0].title) for part in now.parts) == [
        ("周素珍家", "老腊肉"),
        ("第1家", "林下土鸡蛋"),
    ]
    assert len(now.passed_on) == 1


def test_what_one_has_not_got_goes_to_another_and_no_money_moves(at: Market) -> None:
    eggs, _houses = pooled(at, (1, 900), (1, 900))
    made = paid_order(at, {variant_id(at, eggs): 6})
    evening(at)
    assert units(at) == {"第1家": 3, "第2家": 3}
    (mine,) = shares(at)["第1家"]
    assert say(at, mine[0], 1) == 0
    assert captured(at, made.code).refunded_fen == 0
    assert V.POOLED in order(at, made.code).states
    pooling.share_out_due(at.world.edge, clock=at.world.clock)
    assert units(at) == {"第1家": 1, "第2家": 5}
    assert figures(order(at, made.code)) == figures(made)
    (theirs,) = shares(at)["第2家"]
    assert theirs[2] == 5, "the same thing of the same order is one line"
    say(at, theirs[0], 0)
    pooling.share_out_due(at.world.edge, clock=at.world.clock)
    assert units(at) == {"第1家": 1}, "who has said no is given no more that day"
    assert V.POOLED in order(at, made.code).states
    assert figures(order(at, made.code)) == figures(made)
    assert captured(at, made.code).refunded_fen == 0
    assert_sound(at.world)


def test_what_nobody_has_is_given_back_by_the_centre_to_the_fen(at: Market) -> None:
    eggs, _houses = pooled(at, (1, 60))
    made = paid_order(at, {variant_id(at, eggs): 5})
    evening(at)
    assert units(at) == {"第1家": 2}, "two trays of thirty are all it has"
    pool = next(part for part in order(at, made.code).parts if part.state is V.POOLED)
    line = pool.lines[0]
    back = at.world.run(
        lambda session: answering.decline(session, at.vendor.id, pool.code, actor=STAFF, clock=at.world.clock)
    )
    assert back == 3 * line.price_fen + line.freight_share_fen
    at.world.deliver()
    assert captured(at, made.code).refunded_fen == back
    (share,) = shares(at)["第1家"]
    assert say(at, share[0], 0) > 0, "the pool is over: now it is the buyer's"
    at.world.deliver()
    assert order(at, made.code).state is OrderState.CANCELLED
    assert at_provider(at.world) == held_for(at.world, made.code) == 0
    assert free(at.world, variant_id(at, eggs)) == 85, "what nobody has is not sold again"
    assert_sound(at.world)


def test_lots_and_money_are_the_households_that_brought_them(at: Market) -> None:
    eggs, houses = pooled(at, (1, 900), (1, 900))
    made = paid_order(at, {variant_id(at, eggs): 4})
    evening(at)
    receive_all(at, made.code)
    assert sorted((lot.vendor, lot.units) for lot in at.world.read(lots_found)) == [("第1家", 2), ("第2家", 2)]
    waybill = market.send(at, market.pack(at, made.code))

    at.world.run(lambda session: delivery.deliver(session, waybill, actor=market.DRIVER, clock=at.world.clock))
    owed = [-account(at.world, accounts.seller(house.code)) for house in houses]
    assert owed == [2 * 4800 * 9 // 10] * 2
    assert account(at.world, accounts.seller(at.vendor.code)) == 0
    assert order(at, made.code).state is OrderState.DONE
    assert_sound(at.world)


def test_a_buyer_may_cancel_before_and_after_and_everything_is_back(at: Market) -> None:
    eggs, _houses = pooled(at, (1, 900), (1, 900))
    variant = variant_id(at, eggs)
    for is_shared in (False, True):
        made = paid_order(at, {variant: 4})
        if is_shared:
            evening(at)
        closing.cancel(
            at.world.edge,
            at.world.house.gateways,
            made.code,
            public_url="http://localhost",
            actor=VISITOR,
            clock=at.world.clock,
        )
        at.world.deliver()
        assert order(at, made.code).state is OrderState.CANCELLED
        assert captured(at, made.code).refunded_fen == made.total_fen
        assert free(at.world, variant) == 90
    pooling.share_out_due(at.world.edge, clock=at.world.clock)
    assert_sound(at.world)


def test_a_pools_part_is_neither_taken_in_nor_answered_by_its_vendor(at: Market) -> None:
    eggs, _houses = pooled(at, (1, 30))
    made = paid_order(at, {variant_id(at, eggs): 2})
    before = footprint(at.world)
    code = made.parts[0].code
    with pytest.raises(WrongState):
        take = partial(bench.receive, part_code=code, rejected={}, weighed={}, reason="", actor=STAFF)
        at.world.run(partial(take, clock=at.world.clock))
    with pytest.raises(WrongState):
        at.world.run(lambda session: answering.promise_part(session, at.vendor.id, code, clock=at.world.clock))
    assert footprint(at.world) == before


def test_over_days_turns_even_out(at: Market) -> None:
    eggs, _houses = pooled(at, (1, 900), (1, 900), (1, 900))
    variant = variant_id(at, eggs)
    total: Counter[str] = Counter()
    for _day in range(6):
        paid_order(at, {variant: 1})
        evening(at)
        at.world.clock.advance(hours=10)
    total.update(units(at))
    assert set(total.values()) == {2}


def test_who_shared_what_stands_in_the_orders_history(at: Market) -> None:
    eggs, _houses = pooled(at, (1, 900))
    made = paid_order(at, {variant_id(at, eggs): 2})
    evening(at)
    rows = at.world.read(lambda session: history(session, made.id))
    ways = [(row.to_state, row.actor, row.reason) for row in rows if row.part is not None]
    assert ways == [
        ("pooled", "provider", ""),
        ("shared", "job:demand", "林下土鸡蛋 2盒"),
        ("passed_on", "job:demand", ""),
        ("asked", "job:demand", ""),
    ]


def test_what_is_agreed_is_versioned_and_lawful(at: Market) -> None:
    eggs, houses = pooled(at, (1, 900))
    with pytest.raises(Stale):
        at.world.run(
            lambda session: agree(
                session, eggs.code, {houses[0].code: Agreement(2, 30)}, version=0, actor=STAFF, clock=at.world.clock
            )
        )
    settle(at, eggs, {})
    made = paid_order(at, {variant_id(at, eggs): 1})
    assert made.states == (V.ASKED,), "nobody else brings it any more"


@pytest.mark.parametrize("seed", range(25))
def test_whatever_is_shared_and_handed_back_an_orders_figures_stay(at: Market, seed: int) -> None:
    chance = random.Random(seed)
    houses = [(chance.randint(1, 5), 30 * chance.randint(1, 12)) for _house in range(chance.randint(1, 4))]
    eggs, _vendors = pooled(at, *houses, stock=90, price_fen=4801)
    variant = variant_id(at, eggs)
    made = [paid_order(at, {variant: chance.randint(1, 9)}) for _order in range(chance.randint(1, 3))]
    before = [figures(one) for one in made]
    evening(at)
    for _turn in range(chance.randint(0, 4)):
        open_now = [
            (part.code, part.lines[0].accepted)
            for one in made
            for part in order(at, one.code).parts
            if part.state is V.ASKED
        ]
        if not open_now:
            break
        code, has = chance.choice(open_now)
        assert say(at, code, chance.randrange(has)) == 0
        pooling.share_out_due(at.world.edge, clock=at.world.clock)
        assert [figures(order(at, one.code)) for one in made] == before
    assert all(captured(at, one.code).refunded_fen == 0 for one in made)
    assert_sound(at.world)


def test_what_breaks_off_on_the_way_the_next_round_ends(at: Market, monkeypatch: pytest.MonkeyPatch) -> None:
    eggs, _houses = pooled(at, (1, 900), (1, 900))
    variant = variant_id(at, eggs)
    made = [paid_order(at, {variant: 2}) for _ in range(3)]
    before = [figures(order(at, one.code)) for one in made]
    monkeypatch.setattr(pooling, "AT_ONCE", 1)

    def killed(*_args: object, **_kwargs: object) -> None:
        raise SystemExit

    with monkeypatch.context() as broken:
        broken.setattr(pooling, "_ask", killed)
        with pytest.raises(SystemExit):
            evening(at)
    assert told(at) == [], "given, and nobody asked"
    assert {state for own in shares(at).values() for _code, state, _units in own} == {"shared"}
    pooling.share_out_due(at.world.edge, clock=at.world.clock)
    assert len(told(at)) == 2, "one message each"
    assert units(at) == {"第1家": 3, "第2家": 3}
    assert [figures(order(at, one.code)) for one in made] == before


def test_what_was_turned_down_before_stays_apart_to_the_fen(at: Market) -> None:
    eggs, _houses = pooled(at, (1, 900), (1, 900))
    made = paid_order(at, {variant_id(at, eggs): 7})
    line = made.parts[0].lines[0]
    gave = partial(giving.give, at.world.edge, at.world.house.gateways, made.code, giving.Pieces(line.id, 2))
    gave(key="one", note="少要两盒", actor=STAFF, clock=at.world.clock)
    before = figures(order(at, made.code))
    evening(at)
    assert figures(order(at, made.code)) == before
    assert sum(units(at).values()) == 5
    for own in list(shares(at).values()):
        for code, _state, _units in own:
            say(at, code, 0)
    pool = next(part for part in order(at, made.code).parts if part.state is V.POOLED)
    at.world.run(lambda session: answering.decline(session, at.vendor.id, pool.code, actor=STAFF, clock=at.world.clock))
    at.world.deliver()
    assert captured(at, made.code).refunded_fen == made.total_fen, "in whatever steps, the whole order to the fen"
    assert order(at, made.code).state is OrderState.CANCELLED
    assert_sound(at.world)
