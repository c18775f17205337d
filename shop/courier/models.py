"""Consignments on their way, whatever they are: goods, documents, blank stock coming to the centre."""

from datetime import date
from enum import StrEnum
from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from shop.kernel.db import Code, Key, Line, Model, Moment, choice
from shop.kernel.states import HistoryColumns


class ShipmentKind(StrEnum):
    """What is carried."""

    GOODS = "goods"
    DOCUMENT = "document"
    INBOUND = "inbound"
    """Something on its way to the centre, such as blank invoices from the tax office."""


class ShipmentState(StrEnum):
    """Where a consignment is."""

    TO_BOOK = "to_book"
    """Our row and key stand; the carrier has not answered."""
    FAILED = "failed"
    """The carrier refused, or never answered: a person decides."""
    LABEL_CREATED = "label_created"
    AWAITING_PICKUP = "awaiting_pickup"
    PICKED_UP = "picked_up"
    IN_TRANSIT = "in_transit"
    AT_DESTINATION = "at_destination"
    OUT_FOR_DELIVERY = "out_for_delivery"
    AVAILABLE_FOR_PICKUP = "available_for_pickup"
    EXCEPTION = "exception"
    REFUSED = "refused"
    DELIVERED = "delivered"
    RETURNING = "returning"
    RETURNED = "returned"
    """Back, and waiting at the counter."""
    COLLECTED = "collected"
    """Taken from the counter after it came back."""
    CANCELLED = "cancelled"


class EventCode(StrEnum):
    """What a carrier, a driver or the centre says of a consignment, in words of our own."""

    LABEL_CREATED = "label_created"
    AWAITING_PICKUP = "awaiting_pickup"
    PICKED_UP = "picked_up"
    IN_TRANSIT = "in_transit"
    CUSTOMS = "customs"
    AT_DESTINATION = "at_destination"
    OUT_FOR_DELIVERY = "out_for_delivery"
    AVAILABLE_FOR_PICKUP = "available_for_pickup"
    EXCEPTION = "exception"
    REFUSED = "refused"
    DELIVERED = "delivered"
    RETURNING = "returning"
    RETURNED = "returned"
    COLLECTED = "collected"
    CANCELLED = "cancelled"
    UNKNOWN = "unknown"
    """Said in words or figures that are in no table: a person reads it."""


class FreightZone(Model):
    """Provinces with one price: a first weight and further steps."""

    __tablename__ = "freight_zone"
    __table_args__ = (
        CheckConstraint("first_g > 0 AND step_g > 0", name="weights"),
        CheckConstraint("first_fen >= 0 AND step_fen >= 0 AND cold_fen >= 0", name="prices"),
        CheckConstraint("days > 0", name="days"),
    )

    id: Mapped[Key]
    name: Mapped[Line] = mapped_column(unique=True)
    provinces: Mapped[list[str]]
    first_g: Mapped[int]
    first_fen: Mapped[int] = mapped_column(BigInteger)
    step_g: Mapped[int]
    step_fen: Mapped[int] = mapped_column(BigInteger)
    days: Mapped[int]
    cold_fen: Mapped[int] = mapped_column(BigInteger, default=0)
    """What a chilled or frozen box costs more."""
    takes_cash: Mapped[bool] = mapped_column(default=False)
    """The town's own driver goes there and may be paid at the door."""
    version: Mapped[int] = mapped_column(default=1)


class FreightChange(Model):
    """What a zone costs from a moment on, and who said so; never changed afterwards."""

    __tablename__ = "freight_change"
    __table_args__ = (UniqueConstraint("zone_id", "version"),)

    id: Mapped[Key]
    zone_id: Mapped[int] = mapped_column(ForeignKey("freight_zone.id"))
    version: Mapped[int]
    """Of the zone, after this change; the one it was founded with is the first."""
    first_fen: Mapped[int] = mapped_column(BigInteger)
    step_fen: Mapped[int] = mapped_column(BigInteger)
    cold_fen: Mapped[int] = mapped_column(BigInteger)
    days: Mapped[int]
    takes_cash: Mapped[bool]
    at: Mapped[Moment]
    actor: Mapped[Code]


class Shipment(Model):
    """One consignment, from the wish to send it to its end."""

    __tablename__ = "shipment"
    __table_args__ = (
        UniqueConstraint("carrier", "company", "waybill"),
        CheckConstraint("weight_g > 0", name="weight"),
        CheckConstraint("waybill IS NOT NULL OR state IN ('to_book', 'failed', 'cancelled')", name="numbered"),
        Index(None, "state"),
    )

    id: Mapped[Key]
    key: Mapped[Code] = mapped_column(unique=True)
    """The consignor's own key (a parcel's code): the same key is the same booking."""
    carrier: Mapped[Code]
    """Through whom it goes: town, manual, kuaidi100."""
    company: Mapped[Code] = mapped_column(default="")
    """Which company carries it, by Kuaidi100's code; empty for the town's own run."""
    waybill: Mapped[Code | None]
    kind: Mapped[ShipmentKind] = mapped_column(choice(ShipmentKind, "kind"))
    state: Mapped[ShipmentState] = mapped_column(choice(ShipmentState, "state"), default=ShipmentState.TO_BOOK)
    sender: Mapped[Line] = mapped_column(default="")
    """Who sends it, where that is not the centre."""
    recipient: Mapped[Line]
    phone: Mapped[str] = mapped_column(String(20))
    province: Mapped[Line]
    city: Mapped[Line]
    district: Mapped[Line]
    street: Mapped[Line]
    cargo: Mapped[Line]
    weight_g: Mapped[int]
    reference: Mapped[Code] = mapped_column(default="", index=True)
    """What it belongs to: an order's code; empty when nothing."""
    promised_on: Mapped[date | None]
    """On which day it was promised to be there."""
    asked_at: Mapped[Moment]
    """When somebody wanted it sent."""
    called_at: Mapped[Moment | None]
    """When its present call key first went out to the carrier."""
    calls: Mapped[int] = mapped_column(default=0)
    """How often the carrier was called under that key, to book it or to follow a number typed by hand."""
    round: Mapped[int] = mapped_column(default=0)
    """How many call keys have been used up: a carrier remembers one for a while only."""
    failure: Mapped[Line] = mapped_column(default="")
    """Why it could not be booked, in the carrier's own words or as a code of ours."""
    booked_at: Mapped[Moment | None]
    carrier_ref: Mapped[Code] = mapped_column(default="")
    """The carrier's own number of the booking, needed to call it off."""
    marks: Mapped[dict[str, Any]] = mapped_column(default=dict)
    """Sorting marks for the label, by the carrier's names for them."""
    label_url: Mapped[str] = mapped_column(Text, default="")
    """Where the carrier drew a label of its own; empty when ours is the label."""
    price_fen: Mapped[int | None] = mapped_column(BigInteger)
    """What the carrier said it costs the centre."""
    expected_at: Mapped[Moment | None]
    tracked_at: Mapped[Moment | None]
    """When the carrier was last asked where it is."""
    quiet_until: Mapped[Moment | None]
    """Somebody looks after it: it is in no queue of late or odd ones before then."""
    doubt: Mapped[Code] = mapped_column(default="")
    """Why a person must read its events: unknown, after_end. Empty when nobody must."""
    photo_key: Mapped[str | None] = mapped_column(ForeignKey("private_photo.key"), index=True)
    """What the driver photographed at the door: a signature, or where it was left."""
    events: Mapped[list["ShipmentEvent"]] = relationship(lazy="selectin", order_by="ShipmentEvent.id")
    history: Mapped[list["ShipmentHistory"]] = relationship(lazy="selectin", order_by="ShipmentHistory.id")

    @property
    def version(self) -> int:
        """Return how much was ever written down of it: each passage, note and thing said; it only grows."""
        return len(self.history) + len(self.events)


class ShipmentHistory(HistoryColumns, Model):
    """One passage of a consignment, or a note that somebody left without one."""

    __tablename__ = "shipment_history"

    id: Mapped[Key]
    shipment_id: Mapped[int] = mapped_column(ForeignKey("shipment.id"), index=True)


class ShipmentEvent(Model):
    """One thing that somebody said of a consignment: ours beside the carrier's own code and words."""

    __tablename__ = "shipment_event"
    __table_args__ = (UniqueConstraint("shipment_id", "at", "code", "text"),)

    id: Mapped[Key]
    shipment_id: Mapped[int] = mapped_column(ForeignKey("shipment.id"), index=True)
    code: Mapped[EventCode] = mapped_column(choice(EventCode, "code"))
    at: Mapped[Moment]
    text: Mapped[str] = mapped_column(String(500), default="")
    place: Mapped[Line] = mapped_column(default="")
    raw_code: Mapped[Code] = mapped_column(default="")
    source: Mapped[Code]
    """Who said it: a carrier's code, `driver` or `centre`."""
    actor: Mapped[Code]
    noted_at: Mapped[Moment]


class TownWaybill(Model):
    """A number of the town's own, given once a key."""

    __tablename__ = "town_waybill"

    id: Mapped[Key]
    key: Mapped[Code] = mapped_column(unique=True)
    waybill: Mapped[Code] = mapped_column(unique=True)
    given_at: Mapped[Moment]
