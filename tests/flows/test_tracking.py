"""What couriers say ends parcels and moves money exactly once, however often and in whatever order it is said."""

from collections.abc import Iterator
from datetime import timedelta

import pytest

from shop.courier.gateways.protocol import BadSignature, Tracker, Tracking
from shop.courier.models import ShipmentState
from shop.courier.queues import concerns
from shop.desk.models import Bearer
from shop.desk.returned.models import ReturnCause
from shop.desk.returned.services import Decision
from shop.flows import consigning, returned, tracking
from shop.kernel.actor import system
from shop.orders.models import OrderState, VendorOrderState
from tests.world import World
from tests.world.books import assert_sound, footprint, held_for
from tests.world.kuaidi import Sending, sending
from tests.world.market import STAFF, captured, market, order, send

S = ShipmentState
COURIER = system("courier:kuaidi100")


@pytest.fixture
def parcel(world: World) -> Iterator[Sending]:
    """A parcel on its way with Kuaidi100."""
    with sending(market(world)) as made:
        send(made.at, made.parcel)
        yield made


def _push(parcel: Sending) -> bool:
    world = parcel.at.world
    courier = world.house.couriers["kuaidi100"]
    assert isinstance(courier, Tracker)
    form = parcel.server.push_of(parcel.shipment.waybill)
    return tracking.receive_push(world.edge, courier, form, clock=world.clock)


def _say(parcel: Sending, code: str, words: str, minutes: int) -> None:
    parcel.server.say(parcel.shipment.waybill, code, words, minutes=minutes)


def test_delivered_pays_the_household_once(parcel: Sending) -> None:
    _say(parcel, "1002", "已发往成都", 5)
    assert _push(parcel)
    assert parcel.shipment.state is S.IN_TRANSIT
    _say(parcel, "301", "您的快件已签收，签收人：本人", 60)
    _push(parcel)
    assert order(parcel.at, parcel.order).state is OrderState.DONE
    assert held_for(parcel.at.world, parcel.order) == 0
    assert [event.raw_code for event in parcel.shipment.events if event.source == "kuaidi100"] == ["1002", "301"]
    after = footprint(parcel.at.world)
    _push(parcel)
    _push(parcel)
    assert footprint(parcel.at.world) == after
    assert_sound(parcel.at.world)


def test_returned_gives_the_goods_price_back_once(parcel: Sending) -> None:
    for minutes, code, words in ((5, "203", "客户拒收"), (9, "6", "快件退回中"), (60, "4", "退回件已签收")):
        _say(parcel, code, words, minutes)
        _push(parcel)
    parcel.at.world.deliver()
    assert parcel.shipment.state is S.RETURNED
    assert order(parcel.at, parcel.order).states == (VendorOrderState.RETURNED,)
    assert [refund.amount_fen for refund in captured(parcel.at, parcel.order).refunds] == [
        order(parcel.at, parcel.order).goods_fen
    ]
    after = footprint(parcel.at.world)
    _push(parcel)
    assert footprint(parcel.at.world) == after
    assert_sound(parcel.at.world)


def test_words_that_only_hold_a_signature_deliver_nothing(parcel: Sending) -> None:
    _say(parcel, "999", "客户要求改期，无法签收", 5)
    _say(parcel, "", "快件未签收", 6)
    _push(parcel)
    assert (parcel.shipment.state, parcel.shipment.doubt) == (S.PICKED_UP, "unknown")
    assert order(parcel.at, parcel.order).states == (VendorOrderState.SHIPPED,)


def test_signed_for_and_now_back_moves_no_money_by_itself(parcel: Sending) -> None:
    _say(parcel, "301", "已签收", 5)
    _push(parcel)
    after = footprint(parcel.at.world)
    _say(parcel, "4", "退签", 90)
    _push(parcel)
    assert (parcel.shipment.state, parcel.shipment.doubt) == (S.RETURNED, "after_end")
    assert order(parcel.at, parcel.order).states == (VendorOrderState.DELIVERED,)
    assert footprint(parcel.at.world) == after
    assert_sound(parcel.at.world)


def test_called_off_and_delivered_all_the_same_moves_no_money_by_itself(parcel: Sending) -> None:
    world = parcel.at.world
    _say(parcel, "401", "已销单", 5)
    _push(parcel)
    assert parcel.shipment.state is S.CANCELLED
    _say(parcel, "1002", "已发往成都", 50)
    _push(parcel)
    assert (parcel.shipment.state, parcel.shipment.doubt) == (S.IN_TRANSIT, "after_end")
    assert order(parcel.at, parcel.order).states == (VendorOrderState.SHIPPED,)
    assert_sound(world)


def test_late_news_of_an_earlier_hour_changes_no_end(parcel: Sending) -> None:
    _say(parcel, "301", "已签收", 60)
    _push(parcel)
    _say(parcel, "5", "派件中", 30)
    _push(parcel)
    assert (parcel.shipment.state, parcel.shipment.doubt) == (S.DELIVERED, "")


def test_out_for_delivery_brings_the_estimate_to_this_evening(parcel: Sending) -> None:
    before = parcel.shipment.expected_at
    _say(parcel, "5", "派件中", 30)
    _push(parcel)
    assert before is not None
    assert parcel.shipment.expected_at is not None
    assert parcel.shipment.expected_at < before


def test_a_push_about_a_stranger_or_by_a_stranger_moves_nothing(parcel: Sending) -> None:
    world = parcel.at.world
    courier = world.house.couriers["kuaidi100"]
    assert isinstance(courier, Tracker)
    _say(parcel, "301", "已签收", 5)
    form = parcel.server.push_of(parcel.shipment.waybill)
    with pytest.raises(BadSignature):
        tracking.receive_push(world.edge, courier, {**form, "sign": "0" * 32}, clock=world.clock)
    other = parcel.server.orders.pop(parcel.shipment.waybill)
    other.number = "SF9999999999999"
    parcel.server.orders[other.number] = other
    assert not tracking.receive_push(world.edge, courier, parcel.server.push_of(other.number), clock=world.clock)
    assert parcel.shipment.state is S.PICKED_UP


def test_what_pushes_missed_is_asked_for_but_never_too_often(parcel: Sending) -> None:
    world = parcel.at.world
    for _ in range(30):
        world.clock.advance(minutes=10)
        tracking.poll(world.edge, world.house.couriers, clock=world.clock)
    assert not parcel.server.locked
    _say(parcel, "301", "已签收", 0)
    world.clock.advance(hours=2)
    world.tick()
    assert order(parcel.at, parcel.order).state is OrderState.DONE
    asked = parcel.server.asked.count("/poll/query.do")
    world.clock.advance(hours=3)
    tracking.poll(world.edge, world.house.couriers, clock=world.clock)
    assert parcel.server.asked.count("/poll/query.do") == asked
    assert_sound(world)


def test_taking_in_nothing_leaves_everything(parcel: Sending) -> None:
    world, before = parcel.at.world, parcel.shipment
    said = Tracking((), before.asked_at + timedelta(days=9))
    world.run(
        lambda session: tracking.take_in(
            session, parcel.parcel, said, source="kuaidi100", actor=COURIER, clock=world.clock
        )
    )
    assert parcel.shipment.expected_at == said.expected_at
    assert parcel.shipment.state is before.state


def _look_after(parcel: Sending, *, days: int) -> None:
    world, seen = parcel.at.world, parcel.shipment.version
    until = world.clock() + timedelta(days=days)
    world.run(
        lambda session: consigning.look_after(
            session, parcel.parcel, until=until, note="路塌了", version=seen, actor=STAFF, clock=world.clock
        )
    )


def _waiting(parcel: Sending) -> list[str]:
    world = parcel.at.world
    return [queue.name for queue in world.read(lambda session: concerns(session, world.clock()))]


def test_new_trouble_comes_back_to_whoever_looks_after_the_old(parcel: Sending) -> None:
    world = parcel.at.world
    world.clock.advance(days=4)
    assert _waiting(parcel) == ["late"]
    _look_after(parcel, days=5)
    assert _waiting(parcel) == []
    _say(parcel, "1002", "已发往成都", 5)
    _push(parcel)
    assert _waiting(parcel) == []  # what was found out still holds
    _say(parcel, "203", "客户拒收", 9)
    _push(parcel)
    assert _waiting(parcel) == ["refused"]
    _look_after(parcel, days=5)
    _say(parcel, "777", "看不懂的话", 12)
    _push(parcel)
    assert _waiting(parcel) == ["doubt"]


def test_a_carrier_whose_clock_is_fast_does_not_keep_the_centre_from_ending_it(parcel: Sending) -> None:
    _say(parcel, "4", "退回件已签收", 120)
    _push(parcel)
    world, cause = parcel.at.world, ReturnCause.UNREACHED
    decision = Decision(cause, Bearer.TOWN, freight_back=False, good=frozenset(), answer="没人收")
    world.run(lambda session: returned.decide(session, parcel.parcel, decision, actor=STAFF, clock=world.clock))
    assert parcel.shipment.state is S.COLLECTED
    assert _waiting(parcel) == []
