"""A buyer who wants to be let go after intake began: asked once, answered once, and only what has not left ends."""

from collections.abc import Callable
from functools import partial

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from shop.flows import bench, wishes
from shop.flows.wishes import WishFacts, may_wish, open_wishes, wish_of
from shop.kernel.actor import VISITOR, Actor
from shop.kernel.errors import Forbidden, Invalid, NotFound, WrongState
from shop.kernel.outbox import Message
from shop.orders.models import OrderState, VendorOrderState
from shop.orders.queries.orders import OrderFacts
from shop.payments.models import Refund, RefundSource
from tests.world import World, market
from tests.world.books import assert_sound, at_provider, footprint, free, held_for
from tests.world.market import (
    STAFF,
    Market,
    another_vendor,
    captured,
    listing,
    order,
    paid_order,
    receive_all,
    sent_order,
    variant_id,
)


@pytest.fixture
def at(world: World) -> Market:
    return market.market(world)


def ask(at: Market, made: OrderFacts, reason: str = "买错了") -> None:
    at.world.run(lambda session: wishes.ask_cancel(session, made.code, reason=reason, clock=at.world.clock))


def answer(at: Market, made: OrderFacts, *, grants: bool, words: str = "这次帮您退", actor: Actor = STAFF) -> None:
    house = at.world.house
    wishes.answer(house.edge, house.gateways, made.code, grants=grants, words=words, actor=actor, clock=at.world.clock)


def wish(at: Market, made: OrderFacts) -> WishFacts | None:
    return at.world.read(lambda session: wish_of(session, made))


def told(at: Market) -> list[dict[str, object]]:
    """Return the values of the answers that go to buyers."""

    def read(session: Session) -> list[dict[str, object]]:
        facts = [message.facts for message in session.scalars(select(Message).order_by(Message.id))]
        return [one["values"] for one in facts if one.get("template") == "wish_answered"]

    return at.world.read(read)


def test_a_wish_is_written_once_and_waits_for_a_person(at: Market) -> None:
    made = paid_order(at, {variant_id(at, listing(at)): 2})
    with pytest.raises(WrongState):
        ask(at, made)  # they may still cancel alone
    receive_all(at, made.code)
    assert may_wish(order(at, made.code))
    ask(at, made)
    ask(at, made, "换了个说法")
    (waiting,) = at.world.read(open_wishes)
    assert (waiting.order_code, waiting.reason, waiting.is_granted) == (made.code, "买错了", None)


def test_no_leaves_everything_as_it_is_and_says_why(at: Market) -> None:
    made = paid_order(at, {variant_id(at, listing(at)): 2})
    receive_all(at, made.code)
    ask(at, made)
    before = order(at, made.code)
    answer(at, made, grants=False, words="已经切好了")
    assert order(at, made.code) == before
    kept = wish(at, made)
    assert kept is not None
    assert (kept.is_granted, kept.answer) == (False, "已经切好了")
    assert told(at) == [{"code": made.code, "is_granted": False, "words": "已经切好了"}]
    assert at.world.read(open_wishes) == []
    with pytest.raises(WrongState):
        answer(at, made, grants=True)


def pack(at: Market, made: OrderFacts) -> None:
    part = made.parts[0]
    at.world.run(lambda session: bench.pack(session, made.code, part.box, 2500, actor=STAFF, clock=at.world.clock))
    at.world.deliver()


def taken_in(at: Market, made: OrderFacts) -> None:
    del at, made


@pytest.mark.parametrize("further", [taken_in, pack])
def test_yes_gives_everything_back_and_what_was_taken_in_not_to_the_shelf(
    at: Market, further: Callable[[Market, OrderFacts], None]
) -> None:
    eggs = variant_id(at, listing(at, stock=10))
    made = paid_order(at, {eggs: 2})
    receive_all(at, made.code)
    further(at, made)
    ask(at, made)
    answer(at, made, grants=True)
    after = order(at, made.code)
    assert (after.state, after.states) == (OrderState.CANCELLED, (VendorOrderState.CANCELLED,))
    assert free(at.world, eggs) == 8
    at.world.deliver()
    assert (at_provider(at.world), held_for(at.world, made.code)) == (0, 0)
    assert captured(at, made.code).refunded_fen == made.total_fen
    assert told(at)[0]["is_granted"] is True
    assert_sound(at.world)


def test_yes_puts_back_what_the_household_still_has(at: Market) -> None:
    luo = another_vendor(at.world)
    eggs, ham = variant_id(at, listing(at)), variant_id(at, listing(at, title="腊肉", vendor=luo))
    made = paid_order(at, {eggs: 2, ham: 1})
    first = made.parts[0]
    take_in = partial(bench.receive, part_code=first.code, rejected={}, weighed={}, reason="", actor=STAFF)
    at.world.run(partial(take_in, clock=at.world.clock))
    ask(at, made)
    answer(at, made, grants=True)
    is_eggs_in = first.vendor_code == at.vendor.code
    assert (free(at.world, eggs), free(at.world, ham)) == ((8, 10) if is_eggs_in else (10, 9))
    at.world.deliver()
    assert at_provider(at.world) == 0
    assert_sound(at.world)


def test_what_is_on_its_way_is_not_let_go(at: Market) -> None:
    made, _waybill = sent_order(at, {variant_id(at, listing(at)): 2})
    assert not may_wish(order(at, made.code))
    with pytest.raises(WrongState):
        ask(at, made)


def test_a_wish_that_comes_too_late_is_not_granted(at: Market) -> None:
    made = paid_order(at, {variant_id(at, listing(at)): 2})
    receive_all(at, made.code)
    ask(at, made)
    pack(at, made)
    parcel = market.parcel_code(at, made.code)
    at.world.run(lambda session: bench.hand_over(session, [parcel], actor=STAFF, clock=at.world.clock))
    before = footprint(at.world)
    with pytest.raises(WrongState):
        answer(at, made, grants=True)
    assert footprint(at.world) == before
    answer(at, made, grants=False, words="已经在路上了")


def test_only_staff_answer_and_only_in_words(at: Market) -> None:
    made = paid_order(at, {variant_id(at, listing(at)): 2})
    receive_all(at, made.code)
    with pytest.raises(NotFound):
        answer(at, made, grants=False)
    ask(at, made)
    with pytest.raises(Forbidden):
        answer(at, made, grants=True, actor=VISITOR)
    with pytest.raises(Invalid):
        answer(at, made, grants=True, words=" ")
    kept = wish(at, made)
    assert kept is not None
    assert kept.is_granted is None


def test_the_refund_says_that_the_buyer_wanted_it(at: Market) -> None:
    made = paid_order(at, {variant_id(at, listing(at)): 2})
    receive_all(at, made.code)
    ask(at, made)
    answer(at, made, grants=True)
    source = at.world.read(lambda session: session.scalars(select(Refund.source)).one())
    assert source is RefundSource.BUYER
