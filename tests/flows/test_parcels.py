"""A box in several parcels, a warmer box in a colder one: what lies where, and to whom the money goes."""

from collections.abc import Mapping
from functools import partial

import pytest
from sqlalchemy import select

from shop.catalog.lots.models import Lot
from shop.catalog.models import Climate
from shop.catalog.rules import Way
from shop.courier.queries import shipment_by_key
from shop.flows import bench, delivery, giving, unpacking
from shop.fulfilment.handovers.rules import Hindrance, StaysBehind
from shop.fulfilment.lots.queries import carried
from shop.fulfilment.models import ParcelState
from shop.fulfilment.queries import ParcelFacts, box_version, boxes_to_pack, parcels_of_order
from shop.fulfilment.rules import MAX_PARCELS
from shop.fulfilment.services import Load
from shop.kernel.errors import Invalid, Stale, WrongState
from shop.kernel.money import portion
from shop.ledger.rules import DELIVERY_INCOME, seller
from shop.orders.models import Box, OrderState, VendorOrderState
from shop.orders.queries.orders import OrderFacts
from tests.world import World
from tests.world.books import account, assert_sound, footprint, held_for, provider_account
from tests.world.market import (
    DRIVER,
    STAFF,
    Market,
    listing,
    market,
    on_shelf,
    order,
    paid_order,
    receive_all,
    send,
    variant_id,
)

V, P = VendorOrderState, ParcelState
HEN = Way(unit="只", gross_g=1700, per_500g_fen=3400, least_g=1200, most_g=1500, stock=10)


@pytest.fixture
def at(world: World) -> Market:
    """A market."""
    return market(world)


def ready(at: Market, pieces: int = 4) -> OrderFacts:
    """Return an order of so many boxes of eggs, taken in."""
    made = paid_order(at, {variant_id(at, listing(at)): pieces})
    receive_all(at, made.code)
    return order(at, made.code)


def ready_cold(at: Market) -> OrderFacts:
    """Return an order of eggs and chilled ribs of one household, taken in."""
    cold = on_shelf(at, "meat", climate=Climate.CHILLED)
    ribs = variant_id(at, listing(cold, title="鲜排骨", price_fen=3333))
    made = paid_order(at, {variant_id(at, listing(at)): 2, ribs: 1})
    receive_all(at, made.code)
    return order(at, made.code)


def first_line(made: OrderFacts) -> int:
    return made.parts[0].lines[0].id


def close(at: Market, made: OrderFacts, *shares: Mapping[int, int], box: Box = Box.AMBIENT, **more: object) -> None:
    """Close a box, its earlier parcels holding these pieces."""
    before = [Load(1000, pieces=share) for share in shares]
    act = partial(bench.pack, order_code=made.code, box=box, weight_g=2000, before=before, actor=STAFF)
    at.world.run(partial(act, clock=at.world.clock, **more))


def parcels(at: Market, made: OrderFacts) -> list[ParcelFacts]:
    return at.world.read(lambda session: parcels_of_order(session, made.id))


def leave(at: Market, *codes: str) -> None:
    at.world.deliver()
    at.world.run(lambda session: bench.hand_over(session, codes, actor=STAFF, clock=at.world.clock))


def end(at: Market, parcel: ParcelFacts, *, returns: bool) -> None:
    facts = at.world.read(lambda session: shipment_by_key(session, parcel.code))
    assert facts is not None
    act = partial(delivery.bring_back, reason="拒收") if returns else delivery.deliver
    at.world.run(lambda session: act(session, facts.waybill, actor=DRIVER, clock=at.world.clock))


def test_a_box_goes_into_two_parcels_that_are_booked_leave_and_are_opened_together(at: Market) -> None:
    made = ready(at)
    eggs = first_line(made)
    close(at, made, {eggs: 1})
    found = parcels(at, made)
    assert [(one.number, one.among, one.weight_g, dict(one.pieces)) for one in found] == [
        (1, 2, 1000, {eggs: 1}),
        (2, 2, 2000, {eggs: 3}),
    ]
    at.world.deliver()
    before = footprint(at.world)
    with pytest.raises(StaysBehind) as kept:
        leave(at, found[0].code)
    assert kept.value.why == {found[0].code: Hindrance.WITHOUT_OTHERS}
    assert footprint(at.world) == before
    lots = {one.parcel_code: one.units for one in at.world.read(lambda s: carried(s, lot_code(at)))}
    assert lots == {found[0].code: 1, found[1].code: 3}
    act = partial(unpacking.take_apart, parcel_code=found[1].code, reason="太重", actor=STAFF, clock=at.world.clock)
    at.world.run(act)
    assert parcels(at, made) == []
    assert order(at, made.code).states == (V.RECEIVED,)
    assert [one.order.code for one in at.world.read(boxes_to_pack)] == [made.code]
    close(at, made)
    (whole,) = parcels(at, made)
    assert (whole.among, dict(whole.pieces)) == (1, {eggs: 4})
    assert [one.parcel_code for one in at.world.read(lambda s: carried(s, lot_code(at)))] == [whole.code]
    assert_sound(at.world)


def lot_code(at: Market) -> str:
    return at.world.read(lambda session: session.scalars(select(Lot.code)).first()) or ""


@pytest.mark.parametrize("returned", [(), (0,), (1,), (0, 1)])
@pytest.mark.parametrize("first", [0, 1])
def test_however_the_parcels_of_a_box_end_the_money_finds_its_owner(
    at: Market, first: int, returned: tuple[int, ...]
) -> None:
    made = ready(at)
    eggs, fee_bp = made.parts[0].lines[0], 1000
    close(at, made, {eggs.id: 1})
    found = parcels(at, made)
    leave(at, *(one.code for one in found))
    assert order(at, made.code).states == (V.SHIPPED,)
    end(at, found[first], returns=first in returned)
    assert order(at, made.code).states == (V.SHIPPED,)
    end(at, found[1 - first], returns=1 - first in returned)
    back = sum((1, 3)[number] for number in returned) * eggs.price_fen
    goods = made.goods_fen - back
    assert order(at, made.code).states == (V.RETURNED if len(returned) == 2 else V.DELIVERED,)
    assert order(at, made.code).state is OrderState.DONE
    assert held_for(at.world, made.code) == 0
    assert -account(at.world, seller(at.vendor.code)) == goods - portion(goods, fee_bp)
    assert -account(at.world, DELIVERY_INCOME) == made.freight_fen
    at.world.deliver()
    assert provider_account(at.world) == made.total_fen - back
    assert_sound(at.world)


def test_weighed_pieces_that_come_back_give_back_what_was_kept_for_them(at: Market) -> None:
    made = paid_order(at, {variant_id(at, listing(at, title="土鸡", ways=(HEN,))): 3})
    (part,) = made.parts
    hen = part.lines[0]
    act = partial(bench.receive, part_code=part.code, rejected={}, weighed={hen.id: 3901}, reason="", actor=STAFF)
    at.world.run(partial(act, clock=at.world.clock))
    close(at, made, {hen.id: 1})
    found = parcels(at, made)
    leave(at, *(one.code for one in found))
    end(at, found[0], returns=True)
    end(at, found[1], returns=False)
    assert held_for(at.world, made.code) == 0
    line = order(at, made.code).parts[0].lines[0]
    assert (line.rejected, line.weighed_g) == (1, 2600)
    assert_sound(at.world)


def test_what_was_given_back_before_is_not_given_back_again(at: Market) -> None:
    made = ready(at)
    eggs = first_line(made)
    close(at, made, {eggs: 2})
    house = at.world.house
    what, note = giving.Pieces(eggs, 3), "碎了三盒"
    at.world.deliver()
    giving.give(house.edge, house.gateways, made.code, what, key="one", note=note, actor=STAFF, clock=at.world.clock)
    found = parcels(at, made)
    leave(at, *(one.code for one in found))
    for one in found:
        end(at, one, returns=True)
    assert order(at, made.code).states == (V.RETURNED,)
    assert held_for(at.world, made.code) == 0
    assert_sound(at.world)


def test_ambient_goods_go_into_the_chilled_box_of_their_order_and_earn_as_before(at: Market) -> None:
    made = ready_cold(at)
    close(at, made, box=Box.CHILLED, joined=[Box.AMBIENT])
    (only,) = parcels(at, made)
    assert (only.box, only.boxes) == (Box.CHILLED, frozenset({Box.CHILLED, Box.AMBIENT}))
    assert order(at, made.code).states == (V.PACKED, V.PACKED)
    close(at, made)
    assert [one.code for one in parcels(at, made)] == [only.code]
    assert [one.parcel_code for one in at.world.read(lambda s: carried(s, lot_code(at)))] == [only.code]
    send(at, only.code)
    assert order(at, made.code).states == (V.SHIPPED, V.SHIPPED)
    end(at, only, returns=False)
    assert order(at, made.code).state is OrderState.DONE
    assert held_for(at.world, made.code) == 0
    goods = sum(portion_left(part.lines[0].price_fen * part.lines[0].quantity) for part in made.parts)
    assert -account(at.world, seller(at.vendor.code)) == goods
    assert -account(at.world, DELIVERY_INCOME) == made.freight_fen
    assert_sound(at.world)


def portion_left(goods: int) -> int:
    return goods - portion(goods, 1000)


def test_a_joined_box_comes_back_or_is_opened_whole(at: Market) -> None:
    made = ready_cold(at)
    close(at, made, box=Box.CHILLED, joined=[Box.AMBIENT])
    at.world.deliver()
    (only,) = parcels(at, made)
    act = partial(unpacking.take_apart, parcel_code=only.code, reason="漏水", actor=STAFF, clock=at.world.clock)
    at.world.run(act)
    assert order(at, made.code).states == (V.RECEIVED, V.RECEIVED)
    assert {one.box for one in at.world.read(boxes_to_pack)} == {Box.AMBIENT, Box.CHILLED}
    close(at, made, box=Box.CHILLED, joined=[Box.AMBIENT])
    (again,) = parcels(at, made)
    send(at, again.code)
    end(at, again, returns=True)
    assert order(at, made.code).states == (V.RETURNED, V.RETURNED)
    at.world.deliver()
    assert provider_account(at.world) == made.freight_fen
    assert_sound(at.world)


@pytest.mark.parametrize(
    ("shares", "box", "joined", "reason"),
    [
        ([{}], Box.AMBIENT, (), "pieces"),
        ([{0: 1}], Box.AMBIENT, (), "pieces"),
        ([{1: 0}], Box.AMBIENT, (), "pieces"),
        ([{1: -1}], Box.AMBIENT, (), "pieces"),
        ([{1: 3}], Box.AMBIENT, (), "pieces"),
        ([{1: 2}], Box.AMBIENT, (), "empty"),
        ([{1: 1}] * MAX_PARCELS, Box.AMBIENT, (), "many"),
        ([], Box.AMBIENT, (Box.CHILLED,), "box"),
        ([], Box.CHILLED, (Box.FROZEN,), "box"),
    ],
)
def test_what_cannot_be_packed_so_moves_nothing(
    at: Market, shares: list[dict[int, int]], box: Box, joined: tuple[Box, ...], reason: str
) -> None:
    made = ready_cold(at)
    eggs = next(part for part in made.parts if part.box is Box.AMBIENT).lines[0].id
    real = [{eggs if each == 1 else each: count for each, count in share.items()} for share in shares]
    before = footprint(at.world)
    with pytest.raises(Invalid) as refused:
        close(at, made, *real, box=box, joined=joined)
    assert refused.value.reason == reason
    assert footprint(at.world) == before
    assert parcels(at, made) == []


def test_a_warmer_box_that_is_not_ready_or_has_changed_joins_nothing(at: Market) -> None:
    made = ready_cold(at)
    seen = box_version(made, {Box.CHILLED, Box.AMBIENT})
    close(at, made)
    before = footprint(at.world)
    with pytest.raises(WrongState):
        close(at, made, box=Box.CHILLED, joined=[Box.AMBIENT])
    with pytest.raises(Stale):
        close(at, made, box=Box.CHILLED, seen=seen)
    assert footprint(at.world) == before
