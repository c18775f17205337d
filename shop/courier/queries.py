"""Reads of carriage: what it costs, where a parcel is, what the driver takes along."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import or_, select
from sqlalchemy.orm import Session, joinedload

from shop.courier.gateways.protocol import Party
from shop.courier.models import EventCode, FreightZone, Shipment, ShipmentEvent, ShipmentKind, ShipmentState
from shop.courier.rules import BEFORE, COMPANY_NAMES, MOVING, TOWN, in_order, price
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
    version: int

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
            version=zone.version,
        )
        for zone in direct(session, ZONES)
    ]


@dataclass(frozen=True)
class EventFacts:
    """One thing that was said of a consignment; `source` is a carrier's code, `driver` or `centre`."""

    code: EventCode
    at: datetime
    text: str
    place: str
    raw_code: str
    source: str


@dataclass(frozen=True)
class PassageFacts:
    """One passage of a consignment, or a note without one: then both states are the same."""

    from_state: str
    to_state: str
    at: datetime
    actor: str
    reason: str


@dataclass(frozen=True)
class ShipmentFacts:
    """A consignment with what happened to it.

    Attributes:
        waybill: empty while it has none.
        carrier_name: who carries it, as people know them; empty while nobody has taken it.
        version: what a page of it shows, for acts that go on from there.
        events: as they happened, whenever they were heard.
        passages: as they were made.
    """

    key: str
    version: int
    kind: ShipmentKind
    carrier: str
    company: str
    carrier_name: str
    waybill: str
    state: ShipmentState
    sender: str
    recipient: str
    phone: str
    province: str
    city: str
    district: str
    street: str
    cargo: str
    weight_g: int
    reference: str
    asked_at: datetime
    expected_at: datetime | None
    promised_on: date | None
    failure: str
    calls: int
    label_url: str
    carrier_ref: str
    marks: Mapping[str, str]
    price_fen: int | None
    tracked_at: datetime | None
    doubt: str
    photo_key: str | None
    events: tuple[EventFacts, ...]
    passages: tuple[PassageFacts, ...]

    @property
    def since(self) -> datetime:
        """Return when it came to where it is."""
        moved = [passage.at for passage in self.passages if passage.from_state != passage.to_state]
        return moved[-1] if moved else self.asked_at

    @property
    def party(self) -> Party:
        """Return for whom it is."""
        return Party(self.recipient, self.phone, self.province, self.city, self.district, self.street)


SAME = (
    "key", "version", "kind", "carrier", "company", "state", "sender", "recipient", "phone", "province", "city",
    "district", "street", "cargo", "weight_g", "reference", "asked_at", "expected_at", "promised_on", "failure",
    "calls", "label_url", "carrier_ref", "price_fen", "tracked_at", "doubt", "photo_key",
)  # fmt: skip


def facts_of(shipment: Shipment) -> ShipmentFacts:
    """Return a consignment's facts."""
    return ShipmentFacts(
        **{name: getattr(shipment, name) for name in SAME},
        waybill=shipment.waybill or "",
        carrier_name=carrier_name(shipment.carrier, shipment.company),
        marks=dict(shipment.marks),
        events=tuple(
            EventFacts(event.code, event.at, event.text, event.place, event.raw_code, event.source)
            for event in in_order(shipment.events)
            if isinstance(event, ShipmentEvent)
        ),
        passages=tuple(
            PassageFacts(row.from_state, row.to_state, row.at, row.actor, row.reason) for row in shipment.history
        ),
    )


def carrier_name(carrier: str, company: str) -> str:
    """Return who carries, or nothing while nobody knows: the town's run has no company, others none until booked."""
    return COMPANY_NAMES.get(company, company) if carrier == TOWN or company else ""


def shipment_by_key(session: Session, key: str) -> ShipmentFacts | None:
    """Return the consignment under a consignor's key, or None while there is none."""
    shipment = session.scalars(select(Shipment).where(Shipment.key == key)).one_or_none()
    return None if shipment is None else facts_of(shipment)


def shipments_by_keys(session: Session, keys: Collection[str]) -> dict[str, ShipmentFacts]:
    """Return the consignments under these keys, in one statement; a key without one is left out."""
    whole = (joinedload(Shipment.events), joinedload(Shipment.history))
    wanted = select(Shipment).where(Shipment.key.in_(keys)).options(*whole)
    return {shipment.key: facts_of(shipment) for shipment in session.scalars(wanted).unique()}


def key_of(session: Session, carriers: Collection[str], company: str, waybill: str) -> str | None:
    """Return the key of a company's number that went through one of these, or None when it is none of ours."""
    wanted = select(Shipment.key).where(
        Shipment.carrier.in_(carriers), Shipment.company == company, Shipment.waybill == waybill
    )
    return session.scalars(wanted.order_by(Shipment.id.desc()).limit(1)).one_or_none()


def town_shipment(session: Session, waybill: str) -> ShipmentFacts | None:
    """Return what goes under one of the town's own numbers, or None."""
    wanted = select(Shipment).where(Shipment.carrier == TOWN, Shipment.waybill == waybill)
    shipment = session.scalars(wanted).one_or_none()
    return None if shipment is None else facts_of(shipment)


@dataclass(frozen=True)
class Door:
    """One parcel of the run, as far as a list of all of them needs it."""

    key: str
    waybill: str
    reference: str


def town_doors(session: Session) -> list[Door]:
    """Return what the town's own driver has to bring to its doors, oldest first."""
    wanted = select(Shipment.key, Shipment.waybill, Shipment.reference)
    moving = wanted.where(Shipment.carrier == TOWN, Shipment.state.in_(MOVING)).order_by(Shipment.id)
    return [Door(key, waybill or "", reference) for key, waybill, reference in session.execute(moving)]


def to_track(session: Session, carriers: Collection[str], before: datetime) -> list[str]:
    """Return the keys of what is on its way with these carriers and was last asked about before a moment."""
    wanted = select(Shipment.key).where(
        Shipment.carrier.in_(carriers),
        Shipment.state.in_(BEFORE | MOVING | {ShipmentState.RETURNING}),
        or_(Shipment.tracked_at.is_(None), Shipment.tracked_at <= before),
    )
    return list(session.scalars(wanted.order_by(Shipment.id)))


def papers_of(session: Session, reference: str) -> list[ShipmentFacts]:
    """Return the documents that belong to an order, oldest first."""
    wanted = select(Shipment).where(Shipment.kind == ShipmentKind.DOCUMENT, Shipment.reference == reference)
    return [facts_of(shipment) for shipment in session.scalars(wanted.order_by(Shipment.id))]
