"""Booking a courier: once whatever breaks, and a person decides with the courier's own words at hand."""

from collections.abc import Iterator
from dataclasses import replace

import pytest

from shop.courier.gateways.protocol import Tracker
from shop.courier.models import ShipmentState
from shop.flows import booking, consigning, tracking
from shop.kernel.actor import VISITOR
from shop.kernel.errors import Forbidden, Invalid, Stale, WrongState
from shop.orders.models import OrderState
from tests.support.kuaidi_server import Fault, KuaidiServer
from tests.world import World
from tests.world.books import footprint
from tests.world.cash import agreed_order
from tests.world.kuaidi import Sending, sending, with_kuaidi
from tests.world.market import STAFF, TO, listing, market, order, pack, receive_all, send, variant_id

S = ShipmentState


@pytest.fixture
def parcel(world: World) -> Iterator[Sending]:
    """A packed parcel in a town that sends by Kuaidi100."""
    with sending(market(world)) as made:
        yield made


def test_a_packed_parcel_is_booked_with_price_marks_and_estimate(parcel: Sending) -> None:
    assert parcel.work() == [True]
    booked = parcel.shipment
    assert (booked.state, booked.carrier_name, booked.price_fen) == (S.LABEL_CREATED, "顺丰速运", 1250)
    assert booked.waybill in parcel.server.orders
    assert booked.marks["bulkpen"] == "028-武侯"
    assert booked.expected_at is not None
    assert parcel.server.orders[booked.waybill].param["orderId"] == parcel.parcel


def test_a_lost_answer_is_asked_for_under_the_same_key(parcel: Sending) -> None:
    parcel.server.faults = [Fault.LOSE]
    assert parcel.work() == [False]
    assert (parcel.shipment.state, parcel.shipment.calls) == (S.TO_BOOK, 1)
    parcel.at.world.clock.advance(minutes=1)
    assert parcel.work() == [True]
    assert list(parcel.server.orders) == [parcel.shipment.waybill]
    assert parcel.shipment.calls == 2


def test_silence_for_too_long_is_left_to_a_person_who_tries_again(parcel: Sending) -> None:
    parcel.server.faults = [Fault.LOSE] * booking.MAX_CALLS
    for _ in range(booking.MAX_CALLS):
        parcel.work()
        parcel.at.world.clock.advance(hours=1)
    assert parcel.shipment.state is S.FAILED
    assert parcel.shipment.failure.startswith("silent:")
    assert parcel.work() == []
    world, seen = parcel.at.world, parcel.shipment.version
    world.run(
        lambda session: booking.again(
            session,
            world.house.couriers,
            parcel.parcel,
            "kuaidi100",
            version=seen,
            actor=STAFF,
            clock=world.clock,
        )
    )
    world.deliver()
    assert list(parcel.server.orders) == [parcel.shipment.waybill]


def test_after_two_days_the_same_key_would_book_twice_so_a_person_is_asked(parcel: Sending) -> None:
    parcel.server.faults = [Fault.LOSE]
    parcel.work()
    parcel.at.world.clock.advance(hours=48)
    assert parcel.work() == [True]
    assert (parcel.shipment.state, parcel.shipment.failure) == (S.FAILED, "key_expired")
    world, seen = parcel.at.world, parcel.shipment.version
    world.run(
        lambda session: booking.again(
            session,
            world.house.couriers,
            parcel.parcel,
            "kuaidi100",
            version=seen,
            actor=STAFF,
            clock=world.clock,
        )
    )
    world.deliver()
    assert parcel.server.orders[parcel.shipment.waybill].param["orderId"] == f"{parcel.parcel}-1"


def test_a_refusal_waits_with_its_own_words_and_another_courier_takes_it(parcel: Sending) -> None:
    parcel.server.has_balance = False
    assert parcel.work() == [True]
    assert (parcel.shipment.state, parcel.shipment.failure) == (S.FAILED, "账户余额不足 (30004)")
    world, seen = parcel.at.world, parcel.shipment.version
    world.run(
        lambda session: booking.again(
            session, world.house.couriers, parcel.parcel, "town", version=seen, actor=STAFF, clock=world.clock
        )
    )
    with pytest.raises(Stale):
        world.run(
            lambda session: booking.again(
                session, world.house.couriers, parcel.parcel, "town", version=seen, actor=STAFF, clock=world.clock
            )
        )
    world.deliver()
    assert (parcel.shipment.state, parcel.shipment.carrier) == (S.LABEL_CREATED, "town")
    assert parcel.shipment.waybill.startswith("XYD")


def _by_hand(parcel: Sending, company: str, waybill: str) -> None:
    world, seen = parcel.at.world, parcel.shipment.version
    world.run(
        lambda session: booking.by_hand(
            session,
            world.house.couriers,
            parcel.parcel,
            company,
            waybill,
            version=seen,
            actor=STAFF,
            clock=world.clock,
        )
    )


def test_a_number_from_the_counter_ends_the_waiting(parcel: Sending) -> None:
    parcel.server.has_balance = False
    parcel.work()
    for company, waybill, field in (("ems", "12345", "waybill"), ("ems", "", "waybill"), ("", "A-123456", "company")):
        with pytest.raises(Invalid) as refused:
            _by_hand(parcel, company, waybill)
        assert refused.value.field == field
    _by_hand(parcel, "ems", " 9812345678901 ")
    assert (parcel.shipment.carrier_name, parcel.shipment.waybill) == ("EMS", "9812345678901")
    with pytest.raises(WrongState):
        _by_hand(parcel, "ems", "9812345678902")


def test_only_staff_decide(parcel: Sending) -> None:
    parcel.server.has_balance = False
    parcel.work()
    world, couriers, seen = parcel.at.world, parcel.at.world.house.couriers, parcel.shipment.version
    with pytest.raises(Forbidden):
        world.run(
            lambda session: booking.again(
                session, couriers, parcel.parcel, "town", version=seen, actor=VISITOR, clock=world.clock
            )
        )
    with pytest.raises(Forbidden):
        world.run(
            lambda session: booking.by_hand(
                session,
                couriers,
                parcel.parcel,
                "ems",
                "9812345678901",
                version=seen,
                actor=VISITOR,
                clock=world.clock,
            )
        )


def test_what_is_called_off_is_told_to_its_courier(parcel: Sending) -> None:
    parcel.work()
    world = parcel.at.world
    world.run(lambda session: booking.call_off(session, parcel.parcel, reason="不要了", actor=STAFF, clock=world.clock))
    assert parcel.shipment.state is S.CANCELLED
    world.deliver()
    assert parcel.server.orders[parcel.shipment.waybill].is_cancelled
    assert parcel.shipment.doubt == ""


def test_a_courier_that_will_not_call_off_is_read_by_a_person(parcel: Sending) -> None:
    parcel.work()
    world = parcel.at.world
    parcel.server.say(parcel.shipment.waybill, "103", "已揽收")
    world.run(lambda session: booking.call_off(session, parcel.parcel, reason="不要了", actor=STAFF, clock=world.clock))
    world.deliver()
    assert parcel.shipment.doubt == "not_cancelled"


def test_what_is_paid_at_the_door_goes_with_the_towns_own_driver(world: World) -> None:
    at = market(world)
    with KuaidiServer(world.clock).serving() as server:
        world.house = with_kuaidi(world.house, server)
        made = agreed_order(at, {variant_id(at, listing(at)): 1}, to=TO)
        receive_all(at, made.code)
        code = pack(at, made.code)
        world.deliver()
        assert order(at, made.code).state is OrderState.AGREED
        assert server.orders == {}
        assert Sending(at, server, made.code, code).shipment.carrier == "town"


def test_what_its_courier_is_just_being_called_for_is_not_called_off(parcel: Sending) -> None:
    parcel.server.faults = [Fault.LOSE]
    parcel.work()
    world, before = parcel.at.world, footprint(parcel.at.world)
    assert parcel.shipment.state is S.TO_BOOK
    with pytest.raises(WrongState):
        world.run(
            lambda session: booking.call_off(session, parcel.parcel, reason="不要了", actor=STAFF, clock=world.clock)
        )
    assert footprint(world) == before


def test_a_number_typed_by_hand_is_followed_by_whoever_can(parcel: Sending) -> None:
    parcel.server.has_balance = False
    parcel.work()
    _by_hand(parcel, "ems", "9812345678901")
    world = parcel.at.world
    parcel.server.faults = [Fault.LOSE, Fault.DOWN]
    for _ in range(3):  # no answer is asked for again, and one that came already is no error
        parcel.work()
        world.clock.advance(hours=1)
    assert list(parcel.server.subscribed) == [("ems", "9812345678901")]
    assert parcel.shipment.calls == 3
    send(parcel.at, parcel.parcel)
    courier = world.house.couriers["kuaidi100"]
    assert isinstance(courier, Tracker)
    world.clock.advance(hours=1)
    pushed = parcel.server.push_from_elsewhere("ems", "9812345678901", ("5", "派件中"))
    assert tracking.receive_push(world.edge, courier, pushed, clock=world.clock)
    assert (parcel.shipment.state, parcel.shipment.events[-1].source) == (S.OUT_FOR_DELIVERY, "kuaidi100")
    asked = parcel.server.asked.count("/poll/query.do")
    tracking.poll(world.edge, world.house.couriers, clock=world.clock)
    assert parcel.server.asked.count("/poll/query.do") == asked + 1


def test_a_number_is_subscribed_four_times_at_most_whatever_breaks(parcel: Sending) -> None:
    parcel.server.has_balance = False
    parcel.work()
    _by_hand(parcel, "ems", "9812345678901")
    parcel.server.faults = [Fault.DOWN] * 20
    for _ in range(12):
        parcel.work()
        parcel.at.world.clock.advance(hours=6)
    assert parcel.server.asked.count("/poll") == tracking.MAX_FOLLOWED


def test_the_company_that_the_courier_found_is_believed(parcel: Sending) -> None:
    parcel.server.has_balance = False
    parcel.work()
    _by_hand(parcel, "ems", "SF1234567890123")
    parcel.at.world.deliver()
    world = parcel.at.world
    courier = world.house.couriers["kuaidi100"]
    assert isinstance(courier, Tracker)
    pushed = parcel.server.push_from_elsewhere("ems", "SF1234567890123", ("103", "已揽收"), found="shunfeng")
    assert tracking.receive_push(world.edge, courier, pushed, clock=world.clock)
    assert (parcel.shipment.company, parcel.shipment.state) == ("shunfeng", S.PICKED_UP)


def test_striking_a_number_that_was_only_typed_tells_no_courier(parcel: Sending) -> None:
    world = parcel.at.world
    parcel.work()
    couriers = {code: one for code, one in world.house.couriers.items() if code != booking.MANUAL}
    world.house = replace(world.house, couriers=couriers)
    coming = consigning.Coming("I1", "税务局", "空白发票", "ems", "9812345678901", world.clock())
    world.run(lambda session: consigning.expect(session, couriers, coming, actor=STAFF, clock=world.clock))
    assert parcel.work() == [True]
    assert list(parcel.server.subscribed) == [("ems", "9812345678901")]
    world.run(lambda session: booking.call_off(session, "I1", reason="不要了", actor=STAFF, clock=world.clock))
    assert parcel.work() == []
    assert "cancel" not in parcel.server.asked
