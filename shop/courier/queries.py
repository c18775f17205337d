"""Reads of carriage: what it costs, where a parcel is, what the driver takes along."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from shop.courier.models import FreightZone, Shipment, ShipmentState
from shop.courier.rules import price
from shop.kernel.db import direct
from shop.kernel.errors import ShopError


@dataclass
class NoFreight(ShopError):
    """No zone reaches this province."""

    province: str


@dataclass(frozen=True)
class Rate:
    """A zone of the freight table.

    Attributes:
        days: how long carriage usually takes.
        cold_fen: what a chilled or frozen box costs more.
        takes_cash: the driver may be paid at the door.
    """

    id: int
    name: str
    provinces: tuple[str, ...]
    first_g: int
    first_fen: int
    step_g: int
    step_fen: int
    days: int
    cold_fen: int
    takes_cash: bool

    def freight(self, weight_g: int, *, is_cold: bool = False) -> int:
        """Return what one box of this weight costs, in fen."""
        return price(self, weight_g) + (self.cold_fen if is_cold else 0)


def rate_to(session: Session, province: str) -> Rate:
    """Return what carriage to a province costs and takes.

    Raises:
        NoFreight: parcels do not go there.
    """
    for zone in zones(session):
        if province in zone.provinces:
            return zone
    raise NoFreight(province)


ZONES = select(*FreightZone.__table__.columns).order_by(FreightZone.id)


def zones(session: Session) -> list[Rate]:
    """Return the freight table."""
    return [
        Rate(
            id=zone.id,
            name=zone.name,
            provinces=tuple(zone.provinces),
            first_g=zone.first_g,
            first_fen=zone.first_fen,
            step_g=zone.step_g,
            step_fen=zone.step_fen,
            days=zone.days,
            cold_fen=zone.cold_fen,
            takes_cash=zone.takes_cash,
        )
        for zone in direct(session, ZONES)
    ]


@dataclass(frozen=True)
class ShipmentFacts:
    """A shipment with what happened to it."""

    key: str
    carrier: str
    waybill: str
    state: ShipmentState
    recipient: str
    phone: str
    province: str
    city: str
    district: str
    street: str
    cargo: str
    weight_g: int
    booked_at: datetime
    events: tuple[tuple[str, datetime, str], ...]
    """(state reached, when, reason), in order."""


def _facts(shipment: Shipment) -> ShipmentFacts:
    return ShipmentFacts(
        key=shipment.key,
        carrier=shipment.carrier,
        waybill=shipment.waybill,
        state=shipment.state,
        recipient=shipment.recipient,
        phone=shipment.phone,
        province=shipment.province,
        city=shipment.city,
        district=shipment.district,
        street=shipment.street,
        cargo=shipment.cargo,
        weight_g=shipment.weight_g,
        booked_at=shipment.booked_at,
        events=tuple((event.code, event.at, event.reason) for event in shipment.events),
    )


def shipment_by_key(session: Session, key: str) -> ShipmentFacts | None:
    """Return the shipment a consignor booked under this key, or None while there is none."""
    shipment = session.scalars(select(Shipment).where(Shipment.key == key)).one_or_none()
    return None if shipment is None else _facts(shipment)


def shipments_in(session: Session, state: ShipmentState) -> list[ShipmentFacts]:
    """Return shipments in a state, oldest first."""
    return [_facts(s) for s in session.scalars(select(Shipment).where(Shipment.state == state).order_by(Shipment.id))]
