"""Cash: agreed on, taken once and exactly, handed back at the counter, handed in by the driver."""

from collections.abc import Callable
from functools import partial

import pytest

from shop.catalog.models import Climate
from shop.catalog.rules import Way
from shop.flows import bench, cash, closing, delivery, refunds, settle
from shop.kernel.actor import VISITOR, Actor
from shop.kernel.errors import Forbidden, Invalid, NotFound, WrongState
from shop.ledger.rules import CASH_CENTRE, COMMISSION, COURIER_TOWN, DELIVERY_INCOME, REFUNDS_IN_TRANSIT, seller
from shop.orders.models import Box, OrderState, VendorOrderState
from shop.payments.gateways.cash import CashGateway
from shop.payments.gateways.protocol import InvalidState
from shop.payments.models import PaymentState, RefundState
from shop.payments.queries import open_payments, open_refunds, payments_of
from tests.world import World, market
from tests.world.books import account, assert_sound, footprint, held_for
from tests.world.cash import (
    agreed_order,
    at_the_counter,
    at_the_door,
    due,
    give_back,
    hand_back,
    take,
    take_at_door,
    to_hand_back,
)
from tests.world.market import DRIVER, STAFF, Market, captured, listing, order, paid_order, payment, variant_id

VENDOR = Actor(user_id=1, label="VENDOR", roles=frozenset({"vendor"}))
HEN = Way(unit="只", gross_g=1700, per_500g_fen=3400, least_g=1200, most_g=1500, stock=10)


@pytest.fixture
def at(world: World) -> Market:
    """A town with one household."""
    return market.market(world)


def eggs(at: Market, quantity: int = 2) -> dict[int, int]:
    """Return so many boxes of eggs at ¥48 for a basket."""
    return {variant_id(at, listing(at)): quantity}


def collect(at: Market, code: str) -> None:
    at.world.run(lambda session: delivery.collect(session, code, actor=STAFF, clock=at.world.clock))


def sweep(at: Market) -> None:
    """Let some minutes go by and the sweeps of payments and refunds look."""
    at.world.clock.advance(minutes=5)
    house = at.world.house
    settle.sweep(at.world.edge, house.gateways, public_url="", clock=house.clock)
    refunds.drive_due(at.world.edge, house.gateways, clock=house.clock)


def gateway(at: Market) -> CashGateway:
    found = at.world.house.gateways["cash"]
    assert isinstance(found, CashGateway)
    return found


# Taken


def test_cash_at_the_counter_pays_the_order_and_ends_in_the_books(at: Market) -> None:
    made = at_the_counter(at, eggs(at))
    assert (made.state, made.freight_fen, made.total_fen) == (OrderState.AGREED, 0, 9600)
    assert due(at, made.code).amount_fen == 9600
    assert account(at.world, CASH_CENTRE) == 0
    take(at, due(at, made.code))
    assert order(at, made.code).state is OrderState.PAID
    assert (account(at.world, CASH_CENTRE), held_for(at.world, made.code)) == (9600, 9600)
    collect(at, made.code)
    assert order(at, made.code).state is OrderState.DONE
    assert held_for(at.world, made.code) == 0
    assert (account(at.world, seller(at.vendor.code)), account(at.world, COMMISSION)) == (-8640, -960)
    assert account(at.world, CASH_CENTRE) == 9600
    assert_sound(at.world)


def test_cash_at_the_door_is_owed_by_the_driver_until_it_is_handed_in(at: Market) -> None:
    made, waybill = at_the_door(at, eggs(at))
    take_at_door(at, due(at, made.code))
    at.world.run(lambda session: delivery.deliver(session, waybill, actor=DRIVER, clock=at.world.clock))
    assert order(at, made.code).state is OrderState.DONE
    assert (account(at.world, COURIER_TOWN), account(at.world, CASH_CENTRE)) == (made.total_fen, 0)
    assert account(at.world, DELIVERY_INCOME) == -made.freight_fen
    act = partial(cash.hand_in, actor=STAFF, clock=at.world.clock)
    with pytest.raises(Invalid):
        at.world.run(lambda session: act(session, made.total_fen + 1, key="a"))
    with pytest.raises(Invalid):
        at.world.run(lambda session: act(session, 0, key="a"))
    for _ in range(2):
        at.world.run(lambda session: act(session, 5000, key="a"))
    assert (account(at.world, COURIER_TOWN), account(at.world, CASH_CENTRE)) == (made.total_fen - 5000, 5000)
    for _ in range(2):
        at.world.run(lambda session: act(session, made.total_fen - 5000, key="b"))
    assert (account(at.world, COURIER_TOWN), account(at.world, CASH_CENTRE)) == (0, made.total_fen)
    assert_sound(at.world)


def test_goods_are_not_handed_over_before_the_cash_is_taken(at: Market) -> None:
    made = at_the_counter(at, eggs(at))
    with pytest.raises(WrongState):
        collect(at, made.code)
    assert order(at, made.code).states == (VendorOrderState.PACKED,)


def test_a_second_click_takes_nothing_more(at: Market) -> None:
    made = at_the_counter(at, eggs(at))
    owed = due(at, made.code)
    take(at, owed)
    before = footprint(at.world)
    take(at, owed)
    collect(at, made.code)
    take(at, owed)
    assert footprint(at.world)[3] == before[3] + 1  # the release of the goods alone
    assert account(at.world, CASH_CENTRE) == 9600
    with pytest.raises(InvalidState):
        take(at, owed, 9599)


@pytest.mark.parametrize("amount_fen", [0, -9600, 1, 9599, 9601, 10**18])
def test_another_amount_is_refused_and_nothing_moved(at: Market, amount_fen: int) -> None:
    made = at_the_counter(at, eggs(at))
    before = footprint(at.world)
    with pytest.raises(InvalidState):
        take(at, due(at, made.code), amount_fen)
    assert footprint(at.world) == before
    assert order(at, made.code).state is OrderState.AGREED


@pytest.mark.parametrize("actor", [VISITOR, VENDOR, DRIVER], ids=["visitor", "vendor", "driver"])
def test_only_the_counter_takes_at_the_counter(at: Market, actor: Actor) -> None:
    made = at_the_counter(at, eggs(at))
    before = footprint(at.world)
    with pytest.raises(Forbidden):
        take(at, due(at, made.code), actor=actor)
    assert footprint(at.world) == before


@pytest.mark.parametrize("actor", [VISITOR, VENDOR, STAFF], ids=["visitor", "vendor", "staff"])
def test_only_the_driver_takes_at_the_door(at: Market, actor: Actor) -> None:
    made, _waybill = at_the_door(at, eggs(at))
    with pytest.raises(Forbidden):
        take(at, due(at, made.code), actor=actor)
    assert order(at, made.code).state is OrderState.AGREED


def test_what_is_turned_down_lowers_what_is_to_be_paid(at: Market) -> None:
    made = agreed_order(at, eggs(at, 3))
    part = made.parts[0]
    down = {part.lines[0].id: 1}
    receive = partial(bench.receive, part_code=part.code, rejected=down, weighed={}, reason="破了", actor=STAFF)
    at.world.run(partial(receive, clock=at.world.clock))
    market.pack(at, made.code)
    assert due(at, made.code).amount_fen == 9600
    with pytest.raises(InvalidState):
        take(at, due(at, made.code), 14_400)
    take(at, due(at, made.code))
    collect(at, made.code)
    assert captured(at, made.code).captured_fen == account(at.world, CASH_CENTRE) == 9600
    assert to_hand_back(at) == []
    assert_sound(at.world)


def test_weighed_goods_are_paid_by_what_they_weigh(at: Market) -> None:
    made = agreed_order(at, {variant_id(at, listing(at, title="土鸡", ways=(HEN,))): 1})
    assert due(at, made.code).amount_fen == 10_200  # the ceiling
    part = made.parts[0]
    weighed = {part.lines[0].id: 1250}
    receive = partial(bench.receive, part_code=part.code, rejected={}, weighed=weighed, reason="", actor=STAFF)
    at.world.run(partial(receive, clock=at.world.clock))
    market.pack(at, made.code)
    take(at, due(at, made.code))
    collect(at, made.code)
    assert account(at.world, CASH_CENTRE) == 8500
    assert account(at.world, seller(at.vendor.code)) == -(8500 - 850)
    assert held_for(at.world, made.code) == 0
    assert_sound(at.world)


def test_an_order_that_is_cancelled_takes_no_cash_any_more(at: Market) -> None:
    made = agreed_order(at, eggs(at))
    owed = due(at, made.code)
    closing.cancel(
        at.world.edge, at.world.house.gateways, made.code, public_url="", actor=VISITOR, clock=at.world.clock
    )
    with pytest.raises(WrongState):
        take(at, owed)
    at.world.deliver()
    assert payment(at, owed.payment_code).state is PaymentState.VOIDED
    with pytest.raises(WrongState):
        take(at, owed)
    assert at.world.read(lambda session: cash.due_for(session, made.code)) is None
    assert account(at.world, CASH_CENTRE) == 0
    assert_sound(at.world)


def test_what_is_paid_online_is_not_taken_in_cash(at: Market) -> None:
    made = paid_order(at, eggs(at))
    code = captured(at, made.code).code
    boss = Actor(user_id=1, label="BOSS", roles=frozenset({"manager"}))
    with pytest.raises(InvalidState):
        cash.take(at.world.edge, at.world.house.gateways, code, made.total_fen, actor=boss, clock=at.world.clock)


def test_cash_is_taken_though_its_start_has_not_come_to_its_turn(at: Market) -> None:
    made = agreed_order(at, eggs(at), is_started=False)
    market.receive_all(at, made.code)
    market.pack(at, made.code)
    owed = due(at, made.code)
    assert payment(at, owed.payment_code).state is PaymentState.CREATED
    take(at, owed)
    at.world.deliver()
    assert order(at, made.code).state is OrderState.PAID
    assert account(at.world, CASH_CENTRE) == 9600


# Between the book and the order


def test_what_was_noted_and_not_applied_is_found_by_the_sweep(at: Market) -> None:
    made = at_the_counter(at, eggs(at))
    owed = due(at, made.code)
    ref = payment(at, owed.payment_code).provider_ref
    assert ref is not None
    gateway(at).take(ref, owed.amount_fen, by="STAFF", now=at.world.clock())
    assert order(at, made.code).state is OrderState.AGREED
    sweep(at)
    assert order(at, made.code).state is OrderState.PAID
    take(at, owed)
    assert account(at.world, CASH_CENTRE) == 9600


def test_the_sweep_leaves_cash_alone_that_nobody_has_taken(at: Market) -> None:
    made = at_the_counter(at, eggs(at))
    at.world.clock.advance(days=20)
    assert at.world.read(lambda session: open_payments(session, at.world.clock(), {"cash"})) == []
    sweep(at)
    assert order(at, made.code).state is OrderState.AGREED
    take(at, due(at, made.code))
    assert order(at, made.code).state is OrderState.PAID


# Handed back


@pytest.fixture
def handed_over(at: Market) -> str:
    """The code of an order that was paid and taken away."""
    made = at_the_counter(at, eggs(at))
    take(at, due(at, made.code))
    return made.code


def test_a_refund_waits_at_the_counter_until_it_is_handed_back(at: Market, handed_over: str) -> None:
    give_back(at, handed_over, 1800)
    (waiting,) = to_hand_back(at)
    assert (waiting.order_code, waiting.amount_fen, waiting.reason) == (handed_over, 1800, "staff")
    assert [refund.state for refund in captured(at, handed_over).refunds] == [RefundState.PENDING]
    assert (account(at.world, CASH_CENTRE), account(at.world, REFUNDS_IN_TRANSIT)) == (9600, -1800)
    assert at.world.read(lambda session: open_refunds(session, at.world.house.gateways)) == []
    for _ in range(2):
        hand_back(at, waiting.code)
    assert to_hand_back(at) == []
    assert [refund.state for refund in captured(at, handed_over).refunds] == [RefundState.SUCCEEDED]
    assert (account(at.world, CASH_CENTRE), account(at.world, REFUNDS_IN_TRANSIT)) == (7800, 0)
    assert_sound(at.world)


def test_a_handing_back_that_was_noted_and_not_applied_is_found(at: Market, handed_over: str) -> None:
    give_back(at, handed_over, 1800)
    (said,) = gateway(at).fetch(captured(at, handed_over).provider_ref or "").refunds
    gateway(at).hand_back(said.provider_ref, by="STAFF", now=at.world.clock())
    sweep(at)
    assert to_hand_back(at) == []
    assert account(at.world, CASH_CENTRE) == 7800


def test_no_more_is_given_back_than_was_taken(at: Market, handed_over: str) -> None:
    ref = captured(at, handed_over).provider_ref or ""
    gateway(at).refund(ref, 9000, key="a")
    with pytest.raises(InvalidState):
        gateway(at).refund(ref, 601, key="b")
    gateway(at).refund(ref, 600, key="b")
    with pytest.raises(InvalidState):
        gateway(at).refund(ref, 1, key="c")
    with pytest.raises(NotFound):
        gateway(at).hand_back("cash_re_nobody", by="STAFF", now=at.world.clock())


@pytest.mark.parametrize("actor", [VISITOR, VENDOR, DRIVER], ids=["visitor", "vendor", "driver"])
@pytest.mark.parametrize("act", [hand_back, None], ids=["hand back", "hand in"])
def test_only_staff_hand_back_and_take_in(
    at: Market, handed_over: str, actor: Actor, act: Callable[..., None] | None
) -> None:
    give_back(at, handed_over, 1800)
    before = footprint(at.world)
    with pytest.raises(Forbidden):
        if act is not None:
            act(at, to_hand_back(at)[0].code, actor=actor)
        else:
            at.world.run(lambda session: cash.hand_in(session, 1, key="a", actor=actor, clock=at.world.clock))
    assert footprint(at.world) == before


def test_a_refund_paid_online_is_not_handed_back_at_the_counter(at: Market) -> None:
    made = paid_order(at, eggs(at))
    give_back(at, made.code, 1800)
    code = at.world.read(lambda session: payments_of(session, made.code))[0].refunds[0].code
    for wrong in (code, "nobody"):
        with pytest.raises(NotFound):
            hand_back(at, wrong)
    assert to_hand_back(at) == []


def test_cash_of_all_boxes_is_taken_with_the_first(at: Market) -> None:
    meat = market.on_shelf(at, "meat", climate=Climate.FROZEN)
    wanted = {**eggs(at), variant_id(meat, listing(meat, title="腊肉")): 1}
    made = agreed_order(at, wanted, to=market.TO)
    market.receive_all(at, made.code)
    parcels = [market.pack(at, made.code, box) for box in (Box.AMBIENT, Box.FROZEN)]
    waybills = [market.send(at, parcel) for parcel in parcels]
    found = at.world.read(lambda session: cash.due_at_doors(session, [*parcels, "nobody"]))
    assert {code: owed.amount_fen for code, owed in found.items()} == dict.fromkeys(parcels, made.total_fen)
    take_at_door(at, found[parcels[0]])
    assert at.world.read(lambda session: cash.due_at_doors(session, parcels)) == {}
    for waybill in waybills:
        at.world.run(partial(delivery.deliver, waybill=waybill, actor=DRIVER, clock=at.world.clock))
    assert order(at, made.code).state is OrderState.DONE
    assert (account(at.world, COURIER_TOWN), held_for(at.world, made.code)) == (made.total_fen, 0)
    assert_sound(at.world)


def test_a_box_that_nobody_takes_is_not_paid_for(at: Market) -> None:
    meat = market.on_shelf(at, "meat", climate=Climate.FROZEN)
    wanted = {**eggs(at), variant_id(meat, listing(meat, title="腊肉")): 1}
    made = agreed_order(at, wanted, to=market.TO)
    market.receive_all(at, made.code)
    kept, refused = (market.send(at, market.pack(at, made.code, box)) for box in (Box.AMBIENT, Box.FROZEN))
    end = partial(delivery.bring_back, waybill=refused, reason="不肯收", actor=DRIVER, clock=at.world.clock)
    at.world.run(end)
    frozen = next(part for part in made.parts if part.box is Box.FROZEN).lines[0]
    assert due(at, made.code).amount_fen == made.total_fen - frozen.goods_fen - frozen.freight_share_fen
    take_at_door(at, due(at, made.code))
    at.world.run(partial(delivery.deliver, waybill=kept, actor=DRIVER, clock=at.world.clock))
    assert (order(at, made.code).state, held_for(at.world, made.code)) == (OrderState.DONE, 0)
    assert_sound(at.world)


def test_an_order_that_nobody_takes_is_paid_by_nobody(at: Market) -> None:
    made, waybill = at_the_door(at, eggs(at))
    owed = due(at, made.code)
    end = partial(delivery.bring_back, waybill=waybill, reason="没带钱", actor=DRIVER, clock=at.world.clock)
    at.world.run(end)
    at.world.deliver()
    assert payment(at, owed.payment_code).state is PaymentState.VOIDED
    assert at.world.read(lambda session: cash.due_for(session, made.code)) is None
    assert account(at.world, COURIER_TOWN) == 0
    assert_sound(at.world)
