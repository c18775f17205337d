"""Couriers, drivers and workers at the same moment: one number a key, one end a parcel."""

from sqlalchemy import func, select

from shop.courier.gateways.protocol import Party, Request, TrackEvent, Tracking
from shop.courier.gateways.town import TownCourier
from shop.courier.models import EventCode, ShipmentKind, TownWaybill
from shop.flows import booking, delivery, tracking
from shop.kernel.actor import system
from shop.orders.models import OrderState
from tests.races.conftest import Race
from tests.support.races import Racer
from tests.world import World, market
from tests.world.books import assert_sound, footprint
from tests.world.market import (
    DRIVER,
    listing,
    order,
    pack,
    paid_order,
    parcel_code,
    receive_all,
    sent_order,
    variant_id,
)

COURIER = system("job:courier")
TO = Party("陈先生", "13800001234", "四川", "成都", "武侯区", "玉林街 2 号")
PARCEL = Request(ShipmentKind.GOODS, TO, TO, "土鸡蛋", 2500)


def test_numbers_given_at_once_are_different(world: World, race: Race) -> None:
    market.town(world)

    def ship(racer: Racer) -> str:
        return TownCourier(racer.edge).ship(PARCEL, key=f"K{racer.number}", now=world.clock()).waybill

    outcomes = race(*[ship] * 4)
    assert [outcome.error for outcome in outcomes] == [None] * 4
    assert len({outcome.value for outcome in outcomes}) == 4


def test_the_control_counts_without_the_edge_and_gives_a_number_twice_or_fails(world: World, race: Race) -> None:
    market.town(world)

    def ship(racer: Racer) -> str:
        with racer.unguarded() as session:
            last = session.scalar(select(func.count()).select_from(TownWaybill)) or 0
            racer.meet()
            session.add(TownWaybill(key=f"K{racer.number}", waybill=f"XYD{last + 1:011d}", given_at=world.clock()))
            session.flush()
        return f"XYD{last + 1:011d}"

    outcomes = race(*[ship] * 4)
    assert any(not outcome.won for outcome in outcomes)


def test_two_workers_at_one_booking_make_one(world: World, race: Race) -> None:
    at = market.market(world)
    made = paid_order(at, {variant_id(at, listing(at)): 1})
    receive_all(at, made.code)
    parcel = pack(at, made.code)
    world.deliver()

    def drive(racer: Racer) -> None:
        couriers = {"town": TownCourier(racer.edge)}
        booking.drive(racer.edge, couriers, parcel, actor=COURIER, clock=world.clock)

    before = footprint(world)
    outcomes = race(*[drive] * 4)
    assert [outcome.error for outcome in outcomes] == [None] * 4
    assert footprint(world) == before
    assert world.read(lambda session: session.scalar(select(func.count()).select_from(TownWaybill))) == 1


def test_driver_and_courier_say_delivered_at_once_and_the_household_is_paid_once(world: World, race: Race) -> None:
    at = market.market(world)
    made, waybill = sent_order(at, {variant_id(at, listing(at)): 1})
    parcel = parcel_code(at, made.code)
    said = Tracking((TrackEvent(EventCode.DELIVERED, world.clock(), "已签收"),))

    def tell(racer: Racer) -> None:
        if racer.number % 2:
            racer.edge.run(lambda session: delivery.deliver(session, waybill, actor=DRIVER, clock=world.clock))
        else:
            racer.edge.run(
                lambda session: tracking.take_in(
                    session, parcel, said, source="kuaidi100", actor=COURIER, clock=world.clock
                )
            )

    outcomes = race(*[tell] * 4)
    assert [outcome.error for outcome in outcomes] == [None] * 4
    assert order(at, made.code).state is OrderState.DONE
    assert_sound(world)
