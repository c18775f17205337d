"""A closed box is taken apart until it leaves: the goods go back to the table, the courier is called off."""

import pytest

from shop.courier.models import ShipmentState
from shop.courier.queries import shipment_by_key
from shop.flows import bench, unpacking
from shop.fulfilment.models import ParcelState
from shop.fulfilment.queries import boxes_to_pack, parcel_by_code, parcels_of_order
from shop.kernel.actor import VISITOR, Actor
from shop.kernel.errors import Forbidden, Invalid, NotFound, WrongState
from shop.orders.models import VendorOrderState
from shop.orders.queries.orders import history
from tests.world import World
from tests.world.books import assert_sound, footprint
from tests.world.market import (
    HOUSE,
    STAFF,
    Market,
    listing,
    market,
    order,
    pack,
    paid_order,
    receive_all,
    send,
    variant_id,
)


@pytest.fixture
def at(world: World) -> Market:
    """A market."""
    return market(world)


def packed(at: Market) -> tuple[str, str]:
    """Return an order with a closed box, and the parcel's code; its courier is not booked yet."""
    made = paid_order(at, {variant_id(at, listing(at)): 2})
    receive_all(at, made.code)
    return made.code, pack(at, made.code)


def open_it(at: Market, parcel: str, reason: str = "装错了货", actor: Actor = STAFF) -> None:
    clock = at.world.clock
    at.world.run(lambda session: unpacking.take_apart(session, parcel, reason=reason, actor=actor, clock=clock))


def state_of(at: Market, parcel: str) -> ParcelState:
    return at.world.read(lambda session: parcel_by_code(session, parcel)).state


def test_what_is_taken_apart_is_packed_again_as_another_parcel(at: Market) -> None:
    made, parcel = packed(at)
    at.world.deliver()
    for _ in range(2):
        open_it(at, parcel)
    assert state_of(at, parcel) is ParcelState.OPENED
    assert order(at, made).states == (VendorOrderState.RECEIVED,)
    assert [one.order.code for one in at.world.read(boxes_to_pack)] == [made]
    gone = at.world.read(lambda session: shipment_by_key(session, parcel))
    assert gone is not None
    assert gone.state is ShipmentState.CANCELLED
    assert gone.passages[-1].reason == "装错了货"
    told = at.world.read(lambda session: history(session, order(at, made).id))
    assert [(one.to_state, one.reason, one.actor) for one in told][-1] == ("received", "装错了货", "STAFF")
    again = pack(at, made, weight_g=2600)
    assert again != parcel
    at.world.deliver()
    new = at.world.read(lambda session: shipment_by_key(session, again))
    assert new is not None
    assert new.waybill != gone.waybill
    assert [one.code for one in at.world.read(lambda session: parcels_of_order(session, order(at, made).id))] == [again]
    send(at, again)
    assert order(at, made).states == (VendorOrderState.SHIPPED,)
    assert_sound(at.world)


def test_it_waits_while_the_courier_is_asked_for_a_number(at: Market) -> None:
    made, parcel = packed(at)
    before = footprint(at.world)
    with pytest.raises(WrongState) as refusal:
        open_it(at, parcel)
    assert refusal.value.what == "shipment"
    assert footprint(at.world) == before
    assert order(at, made).states == (VendorOrderState.PACKED,)


def test_a_late_job_books_nothing_for_what_was_taken_apart(at: Market) -> None:
    _made, parcel = packed(at)
    at.world.deliver()
    open_it(at, parcel)
    before = footprint(at.world)
    bench.book(at.world.edge, at.world.house.couriers, parcel, actor=HOUSE, clock=at.world.clock)
    assert footprint(at.world) == before


def test_what_left_stays_closed(at: Market) -> None:
    _made, parcel = packed(at)
    at.world.deliver()
    send(at, parcel)
    before = footprint(at.world)
    with pytest.raises(WrongState):
        open_it(at, parcel)
    assert footprint(at.world) == before


def test_it_needs_somebody_of_the_bench_a_reason_and_a_parcel(at: Market) -> None:
    _made, parcel = packed(at)
    at.world.deliver()
    before = footprint(at.world)
    with pytest.raises(Forbidden):
        open_it(at, parcel, actor=VISITOR)
    with pytest.raises(Invalid):
        open_it(at, parcel, reason="  ")
    with pytest.raises(NotFound):
        open_it(at, "NOPE")
    assert footprint(at.world) == before
