"""Orders that are not carried out: nothing stays held, nothing is kept that was paid."""

from dataclasses import replace
from typing import Any

import pytest

from shop.flows import closing
from shop.kernel.actor import VISITOR
from shop.kernel.errors import NotFound, WrongState
from shop.orders.models import OrderState, VendorOrderState
from shop.payments.gateways.demo import DemoGateway
from shop.payments.gateways.protocol import Snapshot
from shop.payments.models import PaymentState, RefundState
from tests.world import World, market
from tests.world.books import assert_sound, at_provider, footprint, free, held_for, provider_account
from tests.world.market import (
    HOUSE,
    Market,
    another_vendor,
    captured,
    demo,
    expire,
    fill_basket,
    listing,
    order,
    paid_order,
    payment,
    place,
    receive_all,
    start,
    variant_id,
)


def cancel(at: Market, code: str) -> None:
    closing.cancel(
        at.world.edge,
        at.world.house.gateways,
        code,
        public_url="http://localhost",
        actor=VISITOR,
        clock=at.world.clock,
    )


def test_an_unpaid_order_ends_with_its_time_and_frees_its_goods(world: World) -> None:
    at = market.market(world)
    eggs = variant_id(at, listing(at, stock=3))
    placed = place(at, fill_basket(at, {eggs: 3}))
    start(at, placed)
    world.clock.advance(minutes=14)
    world.tick()
    assert order(at, placed.order_code).state is OrderState.PLACED
    world.clock.advance(minutes=2)
    world.tick()
    assert order(at, placed.order_code).state is OrderState.EXPIRED
    assert payment(at, placed.payment_code).state is PaymentState.VOIDED
    assert free(world, eggs) == 3
    assert_sound(world)


def test_an_order_paid_at_the_last_moment_is_paid_not_expired(world: World) -> None:
    at = market.market(world)
    eggs = variant_id(at, listing(at, stock=3))
    placed = place(at, fill_basket(at, {eggs: 3}))
    demo(at).decide(start(at, placed), pays=True, now=world.clock())
    world.clock.advance(minutes=16)
    expire(at, placed.order_code)
    assert order(at, placed.order_code).state is OrderState.PAID
    assert free(world, eggs) == 0
    assert_sound(world)


@pytest.mark.parametrize("wrong", [{"captured_fen": 1}, {"currency": "USD"}])
def test_money_that_pays_for_nothing_does_not_keep_the_goods_for_ever(
    world: World, monkeypatch: pytest.MonkeyPatch, wrong: dict[str, Any]
) -> None:
    at = market.market(world)
    eggs = variant_id(at, listing(at, stock=5))
    placed = place(at, fill_basket(at, {eggs: 5}))
    reference, due = start(at, placed), payment(at, placed.payment_code).amount_fen
    said = Snapshot(reference, placed.payment_code, PaymentState.CAPTURED, "CNY", due, 0)
    monkeypatch.setattr(DemoGateway, "void", lambda _self, _ref, *, key: replace(said, **wrong))
    world.clock.advance(minutes=16)
    expire(at, placed.order_code)
    assert order(at, placed.order_code).state is OrderState.EXPIRED
    assert free(world, eggs) == 5
    assert payment(at, placed.payment_code).needs_review
    assert_sound(world)


def test_an_order_whose_payment_was_never_started_expires_too(world: World) -> None:
    at = market.market(world)
    placed = place(at, fill_basket(at, {variant_id(at, listing(at)): 1}))
    world.clock.advance(minutes=16)
    expire(at, placed.order_code)
    assert order(at, placed.order_code).state is OrderState.EXPIRED
    assert payment(at, placed.payment_code).state is PaymentState.VOIDED


def test_the_buyer_cancels_before_paying(world: World) -> None:
    at = market.market(world)
    eggs = variant_id(at, listing(at, stock=3))
    placed = place(at, fill_basket(at, {eggs: 1}))
    cancel(at, placed.order_code)
    before = footprint(world)
    cancel(at, placed.order_code)
    assert footprint(world) == before
    assert order(at, placed.order_code).state is OrderState.CANCELLED
    assert free(world, eggs) == 3


def test_the_buyer_cancels_after_paying_and_gets_everything_back(world: World) -> None:
    at = market.market(world)
    eggs = variant_id(at, listing(at, stock=3))
    made = paid_order(at, {eggs: 2})
    cancel(at, made.code)
    world.deliver()
    paid = captured(at, made.code)
    assert [(refund.amount_fen, refund.state) for refund in paid.refunds] == [(made.total_fen, RefundState.SUCCEEDED)]
    assert order(at, made.code).state is OrderState.CANCELLED
    assert free(world, eggs) == 3
    assert provider_account(world) == at_provider(world) == held_for(world, made.code) == 0
    assert_sound(world)


def test_what_the_centre_has_taken_in_cannot_be_cancelled_alone(world: World) -> None:
    at = market.market(world)
    made = paid_order(at, {variant_id(at, listing(at)): 1})
    receive_all(at, made.code)
    before = footprint(world)
    with pytest.raises(WrongState):
        cancel(at, made.code)
    assert footprint(world) == before


def test_a_vendor_who_has_none_gives_the_money_back_but_not_the_stock(world: World) -> None:
    at = market.market(world)
    eggs = variant_id(at, listing(at, stock=5))
    ham = variant_id(at, listing(at, title="老腊肉", price_fen=6800, vendor=another_vendor(world)))
    made = paid_order(at, {eggs: 2, ham: 1})
    part = next(part for part in made.parts if part.vendor_code == at.vendor.code)
    for _ in range(2):
        world.run(
            lambda session: closing.decline_part(session, at.vendor.id, part.code, actor=HOUSE, clock=world.clock)
        )
    world.deliver()
    line = part.lines[0]
    assert [refund.amount_fen for refund in captured(at, made.code).refunds] == [
        line.goods_fen + line.freight_share_fen
    ]
    assert set(order(at, made.code).states) == {VendorOrderState.CANCELLED, VendorOrderState.ASKED}
    assert order(at, made.code).state is OrderState.PAID
    assert free(world, eggs) == 3
    cancel(at, made.code)
    world.deliver()
    assert at_provider(world) == 0
    assert_sound(world)


def test_another_vendors_part_looks_as_if_it_did_not_exist(world: World) -> None:
    at = market.market(world)
    made = paid_order(at, {variant_id(at, listing(at)): 1})
    other = another_vendor(world)
    before = footprint(world)
    with pytest.raises(NotFound):
        world.run(
            lambda session: closing.decline_part(session, other.id, made.parts[0].code, actor=HOUSE, clock=world.clock)
        )
    assert footprint(world) == before
