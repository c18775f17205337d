"""The centre's acts: taken in, turned down, packed, handed over."""

import pytest

from shop.courier.models import ShipmentState
from shop.courier.queries import shipment_by_key
from shop.flows import bench
from shop.fulfilment.handovers.rules import StaysBehind
from shop.fulfilment.models import ParcelState
from shop.fulfilment.queries import boxes_to_pack, parcel_by_code
from shop.kernel.actor import VISITOR
from shop.kernel.errors import Forbidden, Invalid, WrongState
from shop.orders.models import Box, OrderState, VendorOrderState
from shop.orders.services import mark_ready
from shop.payments.models import RefundState
from tests.world import World, market
from tests.world.books import assert_sound, at_provider, footprint, held_for, provider_account
from tests.world.market import (
    HOUSE,
    STAFF,
    another_vendor,
    captured,
    listing,
    order,
    pack,
    paid_order,
    parcel_code,
    receive_all,
    variant_id,
)


def test_what_is_good_is_kept_and_what_is_turned_down_is_paid_back(world: World) -> None:
    at = market.market(world)
    made = paid_order(at, {variant_id(at, listing(at, price_fen=4801)): 3})
    part = made.parts[0]
    line = part.lines[0]
    world.run(
        lambda session: bench.receive(
            session, part.code, {line.id: 1}, weighed={}, reason="壳破", actor=STAFF, clock=world.clock
        )
    )
    world.deliver()
    back = 4801 + line.freight_share_fen // 3
    assert [(refund.amount_fen, refund.state) for refund in captured(at, made.code).refunds] == [
        (back, RefundState.SUCCEEDED)
    ]
    assert order(at, made.code).states == (VendorOrderState.RECEIVED,)
    assert held_for(world, made.code) == made.total_fen - back
    assert provider_account(world) == at_provider(world)
    assert_sound(world)


def test_an_order_turned_down_whole_is_over_and_paid_back_whole(world: World) -> None:
    at = market.market(world)
    made = paid_order(at, {variant_id(at, listing(at)): 2})
    part = made.parts[0]
    world.run(
        lambda session: bench.receive(
            session, part.code, {part.lines[0].id: 2}, weighed={}, reason="不新鲜", actor=STAFF, clock=world.clock
        )
    )
    world.deliver()
    assert order(at, made.code).state is OrderState.CANCELLED
    assert order(at, made.code).states == (VendorOrderState.REJECTED,)
    assert at_provider(world) == held_for(world, made.code) == 0
    assert_sound(world)


@pytest.mark.parametrize(
    ("rejected", "reason", "field"),
    [({0: 3}, "破", "rejected"), ({0: -1}, "破", "rejected"), ({0: 1}, " ", "reason"), ({99: 1}, "破", "rejected")],
)
def test_an_impossible_intake_changes_nothing(world: World, rejected: dict[int, int], reason: str, field: str) -> None:
    at = market.market(world)
    made = paid_order(at, {variant_id(at, listing(at)): 2})
    part = made.parts[0]
    wanted = {part.lines[0].id if key == 0 else 10**6: count for key, count in rejected.items()}
    before = footprint(world)
    with pytest.raises(Invalid) as refusal:
        world.run(
            lambda session: bench.receive(
                session, part.code, wanted, weighed={}, reason=reason, actor=STAFF, clock=world.clock
            )
        )
    assert refusal.value.field == field
    assert footprint(world) == before


@pytest.mark.parametrize("is_packed", [False, True])
def test_goods_are_taken_in_once(world: World, is_packed: bool) -> None:
    at = market.market(world)
    made = paid_order(at, {variant_id(at, listing(at)): 2})
    receive_all(at, made.code)
    if is_packed:
        pack(at, made.code)
    before = footprint(world)
    with pytest.raises(WrongState):
        world.run(
            lambda session: bench.receive(
                session, made.parts[0].code, {}, weighed={}, reason="", actor=STAFF, clock=world.clock
            )
        )
    assert footprint(world) == before


def test_only_staff_work_at_the_bench(world: World) -> None:
    at = market.market(world)
    made = paid_order(at, {variant_id(at, listing(at)): 2})
    with pytest.raises(Forbidden):
        world.run(
            lambda session: bench.receive(
                session, made.parts[0].code, {}, weighed={}, reason="", actor=VISITOR, clock=world.clock
            )
        )
    with pytest.raises(Forbidden):
        world.run(lambda session: bench.pack(session, made.code, Box.AMBIENT, 100, actor=VISITOR, clock=world.clock))


def test_a_box_is_closed_when_everything_that_will_come_has_come(world: World) -> None:
    at = market.market(world)
    eggs = variant_id(at, listing(at))
    ham = variant_id(at, listing(at, title="老腊肉", vendor=another_vendor(world)))
    made = paid_order(at, {eggs: 1, ham: 1})
    first = made.parts[0].code
    world.run(lambda session: mark_ready(session, at.vendor.id, first, actor=HOUSE, clock=world.clock))
    world.run(lambda session: bench.receive(session, first, {}, weighed={}, reason="", actor=STAFF, clock=world.clock))
    with pytest.raises(WrongState):
        pack(at, made.code)
    assert world.read(boxes_to_pack) == []
    receive_all(at, made.code)
    assert [(one.order.code, one.box) for one in world.read(boxes_to_pack)] == [(made.code, Box.AMBIENT)]
    with pytest.raises(Invalid):
        pack(at, made.code, weight_g=0)
    once = pack(at, made.code, weight_g=2500)
    twice = pack(at, made.code, weight_g=9999)
    assert once == twice == parcel_code(at, made.code)
    assert world.read(lambda session: parcel_by_code(session, once)).weight_g == 2500


def test_a_parcel_leaves_with_its_waybill_and_not_before(world: World) -> None:
    at = market.market(world)
    made = paid_order(at, {variant_id(at, listing(at)): 1})
    receive_all(at, made.code)
    parcel = pack(at, made.code)
    with pytest.raises(StaysBehind):
        world.run(lambda session: bench.hand_over(session, [parcel], actor=STAFF, clock=world.clock))
    world.deliver()
    bench.book(world.edge, world.house.couriers, parcel, actor=HOUSE, clock=world.clock)
    shipment = world.read(lambda session: shipment_by_key(session, parcel))
    assert shipment is not None
    assert shipment.waybill == "XYD26112200001"
    world.run(lambda session: bench.hand_over(session, [parcel], actor=STAFF, clock=world.clock))
    assert world.read(lambda session: parcel_by_code(session, parcel)).state is ParcelState.HANDED_OVER
    moved = world.read(lambda session: shipment_by_key(session, parcel))
    assert moved is not None
    assert moved.state is ShipmentState.PICKED_UP
    assert order(at, made.code).states == (VendorOrderState.SHIPPED,)


def test_nothing_chosen_or_nothing_known_hands_over_nothing(world: World) -> None:
    market.market(world)
    with pytest.raises(Invalid):
        world.run(lambda session: bench.hand_over(session, [], actor=STAFF, clock=world.clock))
    with pytest.raises(StaysBehind):
        world.run(lambda session: bench.hand_over(session, ["NOSUCH"], actor=STAFF, clock=world.clock))
