"""Consignments on their way: goods today, documents and inbound stock by the same rows later."""

from enum import StrEnum

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from shop.kernel.db import Code, Key, Line, Model, Moment, choice


class ShipmentKind(StrEnum):
    """What is carried."""

    GOODS = "goods"


class ShipmentState(StrEnum):
    """Where a consignment is."""

    BOOKED = "booked"
    PICKED_UP = "picked_up"
    DELIVERED = "delivered"
    RETURNED = "returned"
    CANCELLED = "cancelled"


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


class Shipment(Model):
    """One parcel given to a carrier."""

    __tablename__ = "shipment"
    __table_args__ = (UniqueConstraint("carrier", "waybill"), CheckConstraint("weight_g > 0", name="weight"))

    id: Mapped[Key]
    key: Mapped[Code] = mapped_column(unique=True)
    """The consignor's own key (a parcel's code): the same key is the same booking."""
    carrier: Mapped[Code]
    waybill: Mapped[Code]
    kind: Mapped[ShipmentKind] = mapped_column(choice(ShipmentKind, "kind"))
    state: Mapped[ShipmentState] = mapped_column(choice(ShipmentState, "state"), default=ShipmentState.BOOKED)
    recipient: Mapped[Line]
    phone: Mapped[str] = mapped_column(String(20))
    province: Mapped[Line]
    city: Mapped[Line]
    district: Mapped[Line]
    street: Mapped[Line]
    cargo: Mapped[Line]
    weight_g: Mapped[int]
    booked_at: Mapped[Moment]
    events: Mapped[list["ShipmentEvent"]] = relationship(lazy="selectin", order_by="ShipmentEvent.id")


class ShipmentEvent(Model):
    """One thing that happened to a consignment; also the history of its states."""

    __tablename__ = "shipment_event"
    __table_args__ = (UniqueConstraint("shipment_id", "code", "at"),)

    id: Mapped[Key]
    shipment_id: Mapped[int] = mapped_column(ForeignKey("shipment.id"), index=True)
    code: Mapped[Code]
    at: Mapped[Moment]
    actor: Mapped[Code]
    reason: Mapped[Line] = mapped_column(default="")
