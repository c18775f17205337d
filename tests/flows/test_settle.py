"""Money: recorded before the order is judged, once, and never swallowed."""

import pytest
from sqlalchemy.orm import Session

from shop.flows import refunds, settle
from shop.kernel.errors import NotFound
from shop.orders.models import OrderState, VendorOrderState
from shop.orders.services import lock as lock_order
from shop.payments.gateways.protocol import BadSignature, GatewayUnavailable, InvalidState, Snapshot
from shop.payments.models import PaymentState, RefundState
from tests.world import World, market
from tests.world.books import assert_sound, at_provider, footprint, free, held_for, provider_account
from tests.world.market import (
    HOUSE,
    captured,
    demo,
    expire,
    fill_basket,
    listing,
    order,
    paid_order,
    pay,
    payment,
    place,
    start,
    variant_id,
)


def test_a_paid_order_asks_its_vendors_and_takes_the_goods_off_the_shelf(world: World) -> None:
    at = market.market(world)
    eggs = variant_id(at, listing(at, stock=5))
    made = paid_order(at, {eggs: 2})
    assert made.state is OrderState.PAID
    assert made.states == (VendorOrderState.ASKED,)
    assert str(made.parts[0].due_on) == "2026-11-23"
    assert free(world, eggs) == 3
    assert provider_account(world) == at_provider(world) == made.total_fen == held_for(world, made.code)
    assert_sound(world)


def test_the_same_event_twice_and_another_of_the_same_payment_change_nothing_more(world: World) -> None:
    at = market.market(world)
    placed = place(at, fill_basket(at, {variant_id(at, listing(at)): 1}))
    reference = start(at, placed)
    event = demo(at).decide(reference, pays=True, now=world.clock())
    settle.receive_event(world.edge, world.house.gateways, "demo", *event, clock=world.clock)
    before = footprint(world)
    settle.receive_event(world.edge, world.house.gateways, "demo", *event, clock=world.clock)
    again = demo(at).event(reference, "charge.paid", now=world.clock())
    settle.receive_event(world.edge, world.house.gateways, "demo", *again, clock=world.clock)
    settle.look_again(world.edge, world.house.gateways, placed.payment_code, clock=world.clock)
    assert footprint(world) == before


def test_a_forged_or_old_event_is_refused(world: World) -> None:
    at = market.market(world)
    placed = place(at, fill_basket(at, {variant_id(at, listing(at)): 1}))
    reference = start(at, placed)
    body, headers = demo(at).event(reference, "charge.paid", now=world.clock())
    with pytest.raises(BadSignature):
        settle.receive_event(world.edge, world.house.gateways, "demo", body + b" ", headers, clock=world.clock)
    with pytest.raises(BadSignature):
        settle.receive_event(world.edge, world.house.gateways, "demo", body, {}, clock=world.clock)
    world.clock.advance(minutes=6)
    with pytest.raises(BadSignature):
        settle.receive_event(world.edge, world.house.gateways, "demo", body, headers, clock=world.clock)
    with pytest.raises(NotFound):
        settle.receive_event(world.edge, world.house.gateways, "other", body, headers, clock=world.clock)


def test_an_event_that_claims_money_is_only_a_hint(world: World) -> None:
    at = market.market(world)
    placed = place(at, fill_basket(at, {variant_id(at, listing(at)): 1}))
    reference = start(at, placed)
    lie = demo(at).event(reference, "charge.paid", now=world.clock())
    settle.receive_event(world.edge, world.house.gateways, "demo", *lie, clock=world.clock)
    assert order(at, placed.order_code).state is OrderState.PLACED


def test_a_declined_card_leaves_the_order_payable(world: World) -> None:
    at = market.market(world)
    placed = place(at, fill_basket(at, {variant_id(at, listing(at)): 1}))
    reference = start(at, placed)
    event = demo(at).decide(reference, pays=False, now=world.clock())
    settle.receive_event(world.edge, world.house.gateways, "demo", *event, clock=world.clock)
    assert payment(at, placed.payment_code).state is PaymentState.PENDING
    pay(at, placed)
    assert order(at, placed.order_code).state is OrderState.PAID


def test_a_wrong_amount_is_parked_for_a_person(world: World) -> None:
    at = market.market(world)
    placed = place(at, fill_basket(at, {variant_id(at, listing(at)): 1}))
    reference = start(at, placed)
    said = Snapshot(reference, placed.payment_code, PaymentState.CAPTURED, "CNY", 1, 0)
    world.run(lambda session: settle.apply(session, said, clock=world.clock))
    assert payment(at, placed.payment_code).needs_review
    assert order(at, placed.order_code).state is OrderState.PLACED


def test_the_sweep_finds_a_payment_whose_event_was_lost(world: World) -> None:
    at = market.market(world)
    placed = place(at, fill_basket(at, {variant_id(at, listing(at)): 1}))
    demo(at).decide(start(at, placed), pays=True, now=world.clock())
    world.clock.advance(minutes=3)
    settle.sweep(world.edge, world.house.gateways, public_url="http://localhost", clock=world.clock)
    assert order(at, placed.order_code).state is OrderState.PAID


def test_the_sweep_starts_a_payment_that_a_crash_left_behind(world: World) -> None:
    at = market.market(world)
    placed = place(at, fill_basket(at, {variant_id(at, listing(at)): 1}))
    world.clock.advance(minutes=3)
    settle.sweep(world.edge, world.house.gateways, public_url="http://localhost", clock=world.clock)
    assert payment(at, placed.payment_code).state is PaymentState.PENDING


def test_late_money_revives_the_order_when_everything_is_still_there(world: World) -> None:
    at = market.market(world)
    eggs = variant_id(at, listing(at, stock=2))
    placed = place(at, fill_basket(at, {eggs: 2}))
    start(at, placed)
    world.clock.advance(minutes=16)
    expire(at, placed.order_code)
    assert order(at, placed.order_code).state is OrderState.EXPIRED
    assert free(world, eggs) == 2
    pay(at, placed, late=True)
    assert order(at, placed.order_code).state is OrderState.PAID
    assert free(world, eggs) == 0
    assert_sound(world)


def test_late_money_goes_back_in_full_when_the_goods_are_gone(world: World) -> None:
    at = market.market(world)
    eggs = variant_id(at, listing(at, stock=2))
    placed = place(at, fill_basket(at, {eggs: 2}))
    start(at, placed)
    world.clock.advance(minutes=16)
    expire(at, placed.order_code)
    paid_order(at, {eggs: 1})
    pay(at, placed, late=True)
    assert order(at, placed.order_code).state is OrderState.EXPIRED
    world.deliver()
    back = captured(at, placed.order_code).refunds
    assert [(refund.state, refund.reason) for refund in back] == [(RefundState.SUCCEEDED, "late")]
    assert held_for(world, placed.order_code) == 0
    assert provider_account(world) == at_provider(world)
    assert free(world, eggs) == 1
    assert_sound(world)


def test_a_refund_asked_twice_at_the_provider_is_given_once(world: World) -> None:
    at = market.market(world)
    made = paid_order(at, {variant_id(at, listing(at)): 1})
    paid = captured(at, made.code)
    assert paid.provider_ref is not None
    first = demo(at).refund(paid.provider_ref, 100, key="refund:one")
    assert demo(at).refund(paid.provider_ref, 100, key="refund:one") == first
    with pytest.raises(InvalidState):
        demo(at).refund(paid.provider_ref, made.total_fen, key="refund:two")
    refunds.drive_due(world.edge, world.house.gateways, clock=world.clock)
    assert at_provider(world) == made.total_fen - 100


def test_one_unknown_event_does_not_keep_the_sweep_from_the_others(world: World) -> None:
    at = market.market(world)
    body, headers = demo(at).event("demo_unknown", "charge.paid", now=world.clock())
    settle.receive_event(world.edge, world.house.gateways, "demo", body, headers, clock=world.clock)
    placed = place(at, fill_basket(at, {variant_id(at, listing(at)): 1}))
    demo(at).decide(start(at, placed), pays=True, now=world.clock())
    world.clock.advance(minutes=3)
    settle.sweep(world.edge, world.house.gateways, public_url="http://localhost", clock=world.clock)
    assert order(at, placed.order_code).state is OrderState.PAID


def test_a_gateway_switched_off_leaves_its_payments_for_later(world: World) -> None:
    at = market.market(world)
    placed = place(at, fill_basket(at, {variant_id(at, listing(at)): 1}))
    start(at, placed)
    world.clock.advance(minutes=3)
    settle.sweep(world.edge, {}, public_url="http://localhost", clock=world.clock)
    with pytest.raises(GatewayUnavailable):
        settle.look_again(world.edge, {}, placed.payment_code, clock=world.clock)
    assert order(at, placed.order_code).state is OrderState.PLACED


def test_the_same_reason_refunds_once(world: World) -> None:
    at = market.market(world)
    made = paid_order(at, {variant_id(at, listing(at)): 1})

    def give_back(session: Session) -> None:
        order_row = lock_order(session, made.code)
        payment_row = refunds.captured_payment(session, order_row)
        refunds.ask(
            session, order_row, payment_row, 100, key="shell", reason="rejected", actor=HOUSE, clock=world.clock
        )

    for _ in range(2):
        world.run(give_back)
    world.deliver()
    assert [refund.amount_fen for refund in captured(at, made.code).refunds] == [100]
    assert held_for(world, made.code) == made.total_fen - 100
    assert_sound(world)
