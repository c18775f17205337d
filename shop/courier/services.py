"""Writes of carriage: the freight table, bookings with the town's own run, and what happens on the way."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from shop.courier.models import FreightZone, Shipment, ShipmentEvent, ShipmentKind, ShipmentState
from shop.courier.rules import NEXT, PROVINCES
from shop.kernel.actor import Actor
from shop.kernel.clock import Clock, town_day
from shop.kernel.errors import Invalid, NotFound
from shop.kernel.states import check_passage

TOWN = "town"


@dataclass(frozen=True)
class Consignment:
    """What a consignor hands to a carrier."""

    key: str
    recipient: str
    phone: str
    province: str
    city: str
    district: str
    street: str
    cargo: str
    weight_g: int


def add_zone(
    session: Session,
    *,
    name: str,
    provinces: Sequence[str],
    first_g: int,
    first_fen: int,
    step_g: int,
    step_fen: int,
    days: int,
    cold_fen: int = 0,
    takes_cash: bool = False,
) -> FreightZone:
    """Add a zone to the freight table.

    Args:
        cold_fen: what a chilled or frozen box costs more.
        takes_cash: the town's own driver goes there and may be paid at the door.

    Raises:
        Invalid: a province is unknown or already in another zone.
    """
    taken = {province for zone in session.scalars(select(FreightZone)) for province in zone.provinces}
    for province in provinces:
        if province not in PROVINCES:
            raise Invalid("provinces", "unknown")
        if province in taken:
            raise Invalid("provinces", "taken")
    zone = FreightZone(
        name=name,
        provinces=list(provinces),
        first_g=first_g,
        first_fen=first_fen,
        step_g=step_g,
        step_fen=step_fen,
        days=days,
        cold_fen=cold_fen,
        takes_cash=takes_cash,
    )
    session.add(zone)
    session.flush()
    return zone


def reprice_zone(
    session: Session,
    zone_id: int,
    *,
    first_fen: int,
    step_fen: int,
    days: int,
    cold_fen: int = 0,
    takes_cash: bool = False,
) -> None:
    """Change what a zone costs; orders already placed keep their freight.

    Raises:
        NotFound: there is no such zone.
        Invalid: a price is negative or too high, or the days are out of range.
    """
    zone = session.get(FreightZone, zone_id)
    if zone is None:
        raise NotFound("zone")
    if not all(0 <= fen <= 100_000 for fen in (first_fen, step_fen, cold_fen)):
        raise Invalid("price", "range")
    if not 1 <= days <= 30:
        raise Invalid("days", "range")
    zone.first_fen, zone.step_fen, zone.days = first_fen, step_fen, days
    zone.cold_fen, zone.takes_cash = cold_fen, takes_cash
    session.flush()


def book(session: Session, wanted: Consignment, *, actor: Actor, clock: Clock) -> Shipment:
    """Book a consignment with the town's own run; the same key is the same booking.

    The number is XYD, the town's date, and a count of five digits within that day.
    """
    kept = session.scalars(select(Shipment).where(Shipment.key == wanted.key)).one_or_none()
    if kept is not None:
        return kept
    prefix = f"XYD{town_day(clock()):%y%m%d}"
    last = session.scalar(select(func.max(Shipment.waybill)).where(Shipment.waybill.startswith(prefix)))
    number = int(last.removeprefix(prefix)) + 1 if last else 1
    shipment = Shipment(
        key=wanted.key,
        carrier=TOWN,
        waybill=f"{prefix}{number:05d}",
        kind=ShipmentKind.GOODS,
        recipient=wanted.recipient,
        phone=wanted.phone,
        province=wanted.province,
        city=wanted.city,
        district=wanted.district,
        street=wanted.street,
        cargo=wanted.cargo,
        weight_g=wanted.weight_g,
        booked_at=clock(),
    )
    session.add(shipment)
    session.flush()
    _note(session, shipment, ShipmentState.BOOKED, actor=actor, clock=clock)
    return shipment


def advance(
    session: Session, waybill: str, to: ShipmentState, *, actor: Actor, clock: Clock, reason: str = ""
) -> tuple[Shipment, bool]:
    """Move a shipment on, with its event; the only writer of a shipment's state.

    Returns:
        The shipment, and whether this call moved it: said twice, it changes nothing.

    Raises:
        NotFound: there is no such shipment.
        WrongState: the table has no such passage.
    """
    shipment = session.scalars(select(Shipment).where(Shipment.waybill == waybill).with_for_update()).one_or_none()
    if shipment is None:
        raise NotFound("shipment")
    if shipment.state is to:
        return shipment, False
    check_passage("shipment", NEXT, shipment.state, to)
    shipment.state = to
    _note(session, shipment, to, actor=actor, clock=clock, reason=reason)
    return shipment, True


def _note(
    session: Session, shipment: Shipment, to: ShipmentState, *, actor: Actor, clock: Clock, reason: str = ""
) -> None:
    session.add(ShipmentEvent(shipment_id=shipment.id, code=to.value, at=clock(), actor=actor.label, reason=reason))
    session.flush()
