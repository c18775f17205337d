"""A household that has less than was asked for: order, buyer, money and stock in one act."""

from dataclasses import replace
from functools import partial

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from shop.flows import answering, bench, closing
from shop.kernel.actor import VISITOR
from shop.kernel.errors import Invalid, NotFound, ShopError, Stale, WrongState
from shop.notifications.models import Delivery
from shop.orders import services as orders
from shop.orders.models import OrderState, VendorOrderState
from shop.orders.queries.orders import OrderFacts
from tests.world import World, market
from tests.world.books import assert_sound, at_provider, footprint, free, held_for
from tests.world.cash import AT_THE_COUNTER, agreed_order, due
from tests.world.market import (
    HOUSE,
    STAFF,
    Market,
    another_vendor,
    captured,
    listing,
    order,
    paid_order,
    receive_all,
    variant_id,
)


def say_short(at: Market, code: str, come: dict[int, int], saw: dict[int, int]) -> int:
    act = partial(answering.short_part, vendor_id=at.vendor.id, code=code, come=come, saw=saw, actor=HOUSE)
    return at.world.run(partial(act, clock=at.world.clock))


def only(at: Market, made: OrderFacts, count: int) -> int:
    """Say of the first line of an order that only so many come."""
    line = order(at, made.code).parts[0].lines[0]
    return say_short(at, made.parts[0].code, {line.id: count}, {line.id: line.accepted})


def told(world: World) -> list[str]:
    wanted = select(Delivery.text).where(Delivery.template == "order_short").order_by(Delivery.id)
    return list(world.read(lambda session: session.scalars(wanted).all()))


def test_some_come_and_the_rest_goes_back_with_its_money_once(world: World) -> None:
    at = market.market(world)
    eggs = variant_id(at, listing(at, stock=5))
    made = paid_order(at, {eggs: 3})
    line = made.parts[0].lines[0]
    back = only(at, made, 1)
    after = footprint(world)
    assert say_short(at, made.parts[0].code, {line.id: 1}, {line.id: 3}) == 0
    assert footprint(world) == after
    world.deliver()
    assert back == 2 * 4800 + line.freight_share_fen * 2 // 3
    assert [(refund.amount_fen, refund.reason) for refund in captured(at, made.code).refunds] == [(back, "short")]
    assert (order(at, made.code).state, order(at, made.code).states) == (OrderState.PAID, (VendorOrderState.ASKED,))
    assert free(world, eggs) == 2, "what is not there does not go back to the shelf"
    assert order(at, made.code).parts[0].lines[0].accepted == 1
    (text,) = told(world)
    assert made.code in text
    assert "少2盒" in text
    assert len(text) <= 70
    assert_sound(world)


def test_the_centre_then_expects_what_comes(world: World) -> None:
    at = market.market(world)
    made = paid_order(at, {variant_id(at, listing(at)): 3})
    only(at, made, 2)
    line = made.parts[0].lines[0]
    with pytest.raises(Invalid):
        world.run(
            lambda session: bench.receive(
                session,
                made.parts[0].code,
                {line.id: 3},
                weighed={},
                reason="碎了",
                actor=STAFF,
                clock=world.clock,
            )
        )
    receive_all(at, made.code)
    assert order(at, made.code).states == (VendorOrderState.RECEIVED,)
    with pytest.raises(WrongState):
        only(at, made, 1)
    assert_sound(world)


def test_none_of_anything_cancels_the_part_and_gives_everything_back(world: World) -> None:
    at = market.market(world)
    made = paid_order(at, {variant_id(at, listing(at)): 2})
    only(at, made, 1)
    only(at, made, 0)
    world.deliver()
    assert order(at, made.code).state is OrderState.CANCELLED
    assert sum(refund.amount_fen for refund in captured(at, made.code).refunds) == made.total_fen
    assert at_provider(world) == held_for(world, made.code) == 0
    assert len(told(world)) == 2
    assert_sound(world)


def test_of_two_things_one_may_be_short_and_the_other_whole(world: World) -> None:
    at = market.market(world)
    eggs, ham = variant_id(at, listing(at)), variant_id(at, listing(at, title="老腊肉", price_fen=6800))
    made = paid_order(at, {eggs: 2, ham: 2})
    first, second = made.parts[0].lines
    say_short(at, made.parts[0].code, {first.id: 2, second.id: 0}, {first.id: 2, second.id: 2})
    lines = order(at, made.code).parts[0].lines
    assert [line.accepted for line in lines] == [2, 0]
    world.deliver()
    assert captured(at, made.code).refunds[0].amount_fen == second.goods_fen + second.freight_share_fen
    assert_sound(world)


def test_what_does_not_come_at_all_is_not_in_the_way_of_what_does(world: World) -> None:
    at = market.market(world)
    made = paid_order(at, {variant_id(at, listing(at)): 2, variant_id(at, listing(at, title="老腊肉")): 2})
    first, second = made.parts[0].lines
    say_short(at, made.parts[0].code, {first.id: 2, second.id: 0}, {first.id: 2, second.id: 2})
    receive_all(at, made.code)
    assert order(at, made.code).states == (VendorOrderState.RECEIVED,)
    assert_sound(world)


def test_of_what_is_paid_in_cash_less_is_due(world: World) -> None:
    at = market.market(world)
    made = agreed_order(at, {variant_id(at, listing(at)): 3})
    only(at, made, 2)
    world.deliver()
    assert due(at, made.code).amount_fen == order(at, made.code).total_fen - 4800 - (
        made.parts[0].lines[0].freight_share_fen // 3
    )
    assert "不收钱" in told(world)[0]
    assert_sound(world)


def test_what_cannot_be_is_refused_and_leaves_nothing(world: World) -> None:
    at = market.market(world)
    made = paid_order(at, {variant_id(at, listing(at)): 2})
    line, code = made.parts[0].lines[0].id, made.parts[0].code
    other = another_vendor(world)
    before = footprint(world)
    for come, saw, error in (
        ({line: 3}, {line: 2}, Invalid),
        ({line: -1}, {line: 2}, Invalid),
        ({line + 99: 1}, {}, Invalid),
        ({line: 1}, {line: 1}, Stale),
    ):
        with pytest.raises(error):
            say_short(at, code, come, saw)
    with pytest.raises(NotFound):
        world.run(lambda session: answering.promise_part(session, other.id, code, clock=world.clock))
    with pytest.raises(NotFound):
        world.run(lambda session: answering.decline(session, other.id, code, actor=HOUSE, clock=world.clock))
    assert footprint(world) == before


@pytest.fixture
def at(world: World) -> Market:
    """One town for all the random orders."""
    return market.market(world)


ACTS = st.lists(
    st.tuples(st.sampled_from(["short", "none", "have", "ready", "take in", "cancel"]), st.integers(0, 4)), max_size=7
)


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(acts=ACTS, in_cash=st.booleans())
def test_whatever_is_answered_in_whatever_order_the_books_are_sound(
    at: Market, acts: list[tuple[str, int]], in_cash: bool
) -> None:
    world = at.world
    goods = {variant_id(at, listing(at, stock=9)): 3, variant_id(at, listing(at, title="老腊肉", stock=9)): 2}
    to = replace(AT_THE_COUNTER, phone=world.phone())
    made = agreed_order(at, goods, to=to) if in_cash else paid_order(at, goods)
    for what, count in acts:
        try:
            _act(at, made, what, count)
        except ShopError:
            continue
    world.deliver()
    now = order(at, made.code)
    came = sum(line.accepted for part in now.parts for line in part.lines)
    if not came:
        assert now.state is OrderState.CANCELLED
    if not in_cash:
        back = sum(refund.amount_fen for refund in captured(at, made.code).refunds)
        kept = sum(line.kept_fen for part in now.parts for line in part.lines)
        assert kept <= made.total_fen - back <= kept + made.freight_fen
    assert_sound(world)


def _act(at: Market, made: OrderFacts, what: str, count: int) -> None:
    world, part = at.world, made.parts[0].code
    if what == "short":
        line = order(at, made.code).parts[0].lines[count % 2]
        say_short(at, part, {line.id: min(count, line.accepted)}, {line.id: line.accepted})
    elif what == "none":
        world.run(lambda session: answering.decline(session, at.vendor.id, part, actor=HOUSE, clock=world.clock))
    elif what == "have":
        world.run(lambda session: answering.promise_part(session, at.vendor.id, part, clock=world.clock))
    elif what == "ready":
        world.run(lambda session: orders.mark_ready(session, at.vendor.id, part, actor=HOUSE, clock=world.clock))
    elif what == "take in":
        receive_all(at, made.code)
    else:
        gateways, url = world.house.gateways, "http://localhost"
        closing.cancel(world.edge, gateways, made.code, public_url=url, actor=VISITOR, clock=world.clock)
