"""Collected at the centre: packed without a courier, told once, handed over whole and once, or put back."""

from functools import partial
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from shop.catalog.models import Climate
from shop.flows import bench, closing, delivery
from shop.fulfilment.handovers.rules import StaysBehind
from shop.fulfilment.models import ParcelState
from shop.fulfilment.queries import boxes_at_the_door, orders_to_collect, parcels_of_order
from shop.fulfilment.topics import BOOK_COURIER
from shop.kernel.actor import VISITOR
from shop.kernel.clock import town_day
from shop.kernel.errors import Forbidden, Invalid, WrongState
from shop.kernel.outbox import Message
from shop.ledger.rules import COMMISSION, DELIVERY_INCOME, seller
from shop.notifications.topics import SMS
from shop.orders.models import Box, OrderState, VendorOrderState
from shop.orders.queries.baskets import basket
from shop.orders.queries.orders import OrderFacts
from shop.orders.queries.quotes import quote
from shop.payments.models import PaymentState, RefundState
from shop.payments.queries import payments_of
from shop.vendors.models import Vendor
from tests.world import World, market
from tests.world.books import account, assert_sound, at_provider, footprint, free, held_for
from tests.world.cash import AT_THE_COUNTER, at_the_counter, due, take
from tests.world.market import (
    DRIVER,
    HOUSE,
    STAFF,
    Market,
    another_vendor,
    captured,
    fill_basket,
    listing,
    on_shelf,
    order,
    pack,
    pay,
    place,
    receive_all,
    sent_order,
    variant_id,
)

V = VendorOrderState


@pytest.fixture
def at(world: World) -> Market:
    """A town with one household."""
    return market.market(world)


def paid(at: Market, wanted: dict[int, int]) -> OrderFacts:
    """Place and pay an order that its buyer collects."""
    token, now = fill_basket(at, wanted), at.world.clock()
    shown = at.world.read(
        lambda session: quote(
            session,
            basket(session, token=token, user_id=None, today=town_day(now)),
            AT_THE_COUNTER.destination,
            now=now,
        )
    )
    placed = place(at, token, digest=shown.digest, to=AT_THE_COUNTER)
    pay(at, placed)
    return order(at, placed.order_code)


def two_boxes(at: Market) -> dict[int, int]:
    """Return a basket of eggs and of another vendor's meat, which travels cold."""
    cold = on_shelf(at, "meat", climate=Climate.CHILLED)
    eggs = variant_id(at, listing(at, price_fen=4805))
    return {eggs: 1, variant_id(at, listing(cold, title="鲜排骨", price_fen=3333, vendor=another_vendor(at.world))): 2}


def asked_for(at: Market, topic: str, template: str = "") -> list[dict[str, Any]]:
    """Return what was asked for under a topic, or the values of a kind of short message."""
    rows = at.world.read(lambda session: session.execute(select(Message.topic, Message.facts)).all())
    facts = [dict(row.facts) for row in rows if row.topic == topic]
    return [each["values"] for each in facts if each["template"] == template] if template else facts


def collect(at: Market, code: str) -> None:
    at.world.run(partial(delivery.collect, order_code=code, actor=STAFF, clock=at.world.clock))


def give_up(at: Market, code: str, reason: str = "打了三次电话") -> None:
    at.world.run(partial(delivery.uncollected, order_code=code, reason=reason, actor=STAFF, clock=at.world.clock))


def test_the_buyer_is_told_once_when_the_last_box_is_packed(at: Market) -> None:
    made = paid(at, two_boxes(at))
    assert (made.freight_fen, [part.box for part in made.parts]) == (0, [Box.AMBIENT, Box.CHILLED])
    receive_all(at, made.code)
    pack(at, made.code, Box.CHILLED)
    assert asked_for(at, SMS, "collection_ready") == []
    assert at.world.read(orders_to_collect) == []
    at.world.clock.advance(hours=30)
    for _ in range(2):
        pack(at, made.code, Box.AMBIENT)
    assert asked_for(at, SMS, "collection_ready") == [{"code": made.code, "where": "场镇老街 1 号"}]
    (lying,) = at.world.read(orders_to_collect)
    assert (lying.order.code, lying.since) == (made.code, at.world.clock())
    assert asked_for(at, BOOK_COURIER) == []
    assert at.world.read(boxes_at_the_door) == []
    with pytest.raises(StaysBehind):
        parcel = at.world.read(lambda session: parcels_of_order(session, made.id))[0]
        at.world.run(lambda session: bench.hand_over(session, [parcel.code], actor=STAFF, clock=at.world.clock))


@pytest.mark.parametrize("is_declined", [True, False])
def test_the_buyer_is_told_too_when_the_rest_will_not_come(at: Market, is_declined: bool) -> None:
    made = paid(at, two_boxes(at))
    eggs, ribs = made.parts
    clock = at.world.clock
    take_in = partial(bench.receive, weighed={}, actor=STAFF, clock=clock)
    at.world.run(partial(take_in, part_code=eggs.code, rejected={}, reason=""))
    pack(at, made.code)
    assert asked_for(at, SMS, "collection_ready") == []
    if is_declined:
        vendor = at.world.read(lambda session: _vendor_id(session, ribs.vendor_code))
        at.world.run(partial(closing.decline_part, vendor_id=vendor, part_code=ribs.code, actor=HOUSE, clock=clock))
    else:
        at.world.run(partial(take_in, part_code=ribs.code, rejected={ribs.lines[0].id: 2}, reason="不新鲜"))
    assert len(asked_for(at, SMS, "collection_ready")) == 1
    collect(at, made.code)
    assert (order(at, made.code).state, held_for(at.world, made.code)) == (OrderState.DONE, 0)
    assert_sound(at.world)


def _vendor_id(session: Session, code: str) -> int:
    return session.scalars(select(Vendor.id).where(Vendor.code == code)).one()


def test_all_boxes_are_handed_over_together_and_once(at: Market) -> None:
    made = paid(at, two_boxes(at))
    receive_all(at, made.code)
    pack(at, made.code)
    with pytest.raises(WrongState):
        collect(at, made.code)
    pack(at, made.code, Box.CHILLED)
    collect(at, made.code)
    now = order(at, made.code)
    assert (now.state, now.states) == (OrderState.DONE, (V.DELIVERED, V.DELIVERED))
    parcels = at.world.read(lambda session: parcels_of_order(session, made.id))
    assert [parcel.state for parcel in parcels] == [ParcelState.DELIVERED] * 2
    assert account(at.world, seller(at.vendor.code)) == -(4805 - 481)
    assert account(at.world, COMMISSION) == -(481 + 667)
    assert account(at.world, DELIVERY_INCOME) == held_for(at.world, made.code) == 0
    before = footprint(at.world)
    collect(at, made.code)
    with pytest.raises(WrongState):
        give_up(at, made.code)
    assert footprint(at.world) == before
    assert_sound(at.world)


def test_only_staff_hand_over_and_only_what_is_collected(at: Market) -> None:
    made, _waybill = sent_order(at, {variant_id(at, listing(at)): 1})
    for act in (collect, give_up):
        with pytest.raises(WrongState):
            act(at, made.code)
    there = paid(at, {variant_id(at, listing(at)): 1})
    receive_all(at, there.code)
    pack(at, there.code)
    for actor in (VISITOR, DRIVER):
        with pytest.raises(Forbidden):
            at.world.run(partial(delivery.collect, order_code=there.code, actor=actor, clock=at.world.clock))
        with pytest.raises(Forbidden):
            put_back = partial(delivery.uncollected, order_code=there.code, reason="不来")
            at.world.run(partial(put_back, actor=actor, clock=at.world.clock))


def test_without_its_cash_nothing_is_collected(at: Market) -> None:
    made = at_the_counter(at, {variant_id(at, listing(at)): 2})
    before = footprint(at.world)
    with pytest.raises(WrongState):
        collect(at, made.code)
    assert footprint(at.world) == before
    take(at, due(at, made.code))
    collect(at, made.code)
    assert (order(at, made.code).state, held_for(at.world, made.code)) == (OrderState.DONE, 0)
    assert_sound(at.world)


def test_nobody_came_for_what_was_paid(at: Market) -> None:
    wanted = two_boxes(at)
    made = paid(at, wanted)
    receive_all(at, made.code)
    for box in (Box.AMBIENT, Box.CHILLED):
        with pytest.raises(WrongState):
            give_up(at, made.code)
        pack(at, made.code, box)
    with pytest.raises(Invalid):
        give_up(at, made.code, " ")
    was_free = [free(at.world, variant) for variant in wanted]
    for _ in range(2):
        give_up(at, made.code)
    at.world.deliver()
    now = order(at, made.code)
    assert (now.state, now.states) == (OrderState.DONE, (V.RETURNED, V.RETURNED))
    assert [refund.state for refund in captured(at, made.code).refunds] == [RefundState.SUCCEEDED] * 2
    assert captured(at, made.code).refunded_fen == made.total_fen
    assert at_provider(at.world) == held_for(at.world, made.code) == 0
    assert [free(at.world, variant) for variant in wanted] == was_free  # food that waited is not sold again by itself
    assert asked_for(at, SMS, "order_cancelled") == [{"code": made.code}]
    assert_sound(at.world)


def test_nobody_came_for_what_was_not_paid(at: Market) -> None:
    made = at_the_counter(at, {variant_id(at, listing(at)): 2})
    give_up(at, made.code)
    at.world.deliver()
    now = order(at, made.code)
    assert (now.state, now.states) == (OrderState.CANCELLED, (V.RETURNED,))
    (payment,) = at.world.read(lambda session: payments_of(session, made.code))
    assert (payment.state, payment.refunds) == (PaymentState.VOIDED, ())
    assert held_for(at.world, made.code) == 0
    assert_sound(at.world)
