"""The end of the way: vendors earn their share at the door, and the books come to zero."""

import pytest
from sqlalchemy.orm import Session

from shop.flows import delivery, refunds
from shop.kernel.actor import VISITOR
from shop.kernel.errors import Forbidden, Invalid, WrongState
from shop.ledger.queries import balances
from shop.ledger.rules import COMMISSION, DELIVERY_INCOME, REFUNDS_IN_TRANSIT, seller
from shop.orders import services as orders
from shop.orders.models import OrderState, VendorOrderState
from shop.payments.models import RefundState
from tests.world import World, market
from tests.world.books import account, assert_sound, at_provider, footprint, held_for, provider_account
from tests.world.market import (
    DRIVER,
    STAFF,
    another_vendor,
    captured,
    delivered_order,
    listing,
    order,
    sent_order,
    variant_id,
)


def test_a_delivered_parcel_pays_vendors_and_centre_to_the_fen(world: World) -> None:
    at = market.market(world)
    other = another_vendor(world)
    eggs = variant_id(at, listing(at, price_fen=4805))
    ham = variant_id(at, listing(at, title="老腊肉", price_fen=6800, vendor=other))
    made = delivered_order(at, {eggs: 1, ham: 2})
    assert made.state is OrderState.DONE
    assert account(world, seller(at.vendor.code)) == -(4805 - 481)  # ten percent of 4805 is 480.5, rounded once
    assert account(world, seller(other.code)) == -(13600 - 1360)
    assert account(world, COMMISSION) == -(481 + 1360)
    assert account(world, DELIVERY_INCOME) == -made.freight_fen
    assert held_for(world, made.code) == 0
    assert provider_account(world) == at_provider(world) == made.total_fen
    assert sum(balance.fen for balance in world.read(balances)) == 0
    assert_sound(world)


def test_said_twice_it_is_delivered_once(world: World) -> None:
    at = market.market(world)
    made, waybill = sent_order(at, {variant_id(at, listing(at)): 1})
    world.run(lambda session: delivery.deliver(session, waybill, actor=DRIVER, clock=world.clock))
    before = footprint(world)
    world.run(lambda session: delivery.deliver(session, waybill, actor=DRIVER, clock=world.clock))
    assert footprint(world) == before
    with pytest.raises(WrongState):
        world.run(lambda session: delivery.bring_back(session, waybill, reason="拒收", actor=DRIVER, clock=world.clock))
    assert footprint(world) == before
    assert order(at, made.code).state is OrderState.DONE


def test_a_returned_parcel_gives_the_goods_price_back_and_keeps_the_freight(world: World) -> None:
    at = market.market(world)
    made, waybill = sent_order(at, {variant_id(at, listing(at)): 1})
    world.run(lambda session: delivery.bring_back(session, waybill, reason="没人在家", actor=DRIVER, clock=world.clock))
    world.deliver()
    assert order(at, made.code).states == (VendorOrderState.RETURNED,)
    assert [(r.amount_fen, r.state) for r in captured(at, made.code).refunds] == [
        (made.goods_fen, RefundState.SUCCEEDED)
    ]
    assert account(world, seller(at.vendor.code)) == 0
    assert account(world, DELIVERY_INCOME) == -made.freight_fen
    assert held_for(world, made.code) == account(world, REFUNDS_IN_TRANSIT) == 0
    assert at_provider(world) == provider_account(world) == made.freight_fen
    assert_sound(world)


def test_only_drivers_deliver_and_a_return_needs_its_reason(world: World) -> None:
    at = market.market(world)
    _, waybill = sent_order(at, {variant_id(at, listing(at)): 1})
    before = footprint(world)
    with pytest.raises(Forbidden):
        world.run(lambda session: delivery.deliver(session, waybill, actor=VISITOR, clock=world.clock))
    with pytest.raises(Invalid):
        world.run(lambda session: delivery.bring_back(session, waybill, reason=" ", actor=DRIVER, clock=world.clock))
    assert footprint(world) == before


def test_a_kindness_on_the_way_is_the_centres_and_nothing_stays_held(world: World) -> None:
    at = market.market(world)
    made, waybill = sent_order(at, {variant_id(at, listing(at)): 1})

    def be_kind(session: Session) -> None:
        order = orders.lock(session, made.code)
        refunds.give_back(session, order, 200, key="kind", reason="kindness", actor=STAFF, clock=world.clock)

    world.run(be_kind)
    world.run(lambda session: delivery.deliver(session, waybill, actor=DRIVER, clock=world.clock))
    world.deliver()
    assert account(world, seller(at.vendor.code)) == -(4800 - 480)
    assert account(world, DELIVERY_INCOME) == -(made.freight_fen - 200)
    assert held_for(world, made.code) == 0
    assert at_provider(world) == provider_account(world) == made.total_fen - 200
    assert_sound(world)
