"""Closed boxes at the door, read in one statement however many there are."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from shop.courier.models import Shipment
from shop.fulfilment.models import Parcel, ParcelState
from shop.orders.models import Order


@dataclass(frozen=True)
class BoxFacts:
    """A packed parcel that has not left; without a waybill its courier is not booked yet."""

    code: str
    order_code: str
    name: str
    province: str
    city: str
    district: str
    weight_g: int
    packed_at: datetime
    waybill: str | None


def boxes_at_the_door(session: Session) -> list[BoxFacts]:
    """Return the packed parcels, oldest first."""
    rows = session.execute(
        select(Parcel, Order.code, Order.name, Order.province, Order.city, Order.district, Shipment.waybill)
        .join(Order, Order.id == Parcel.order_id)
        .outerjoin(Shipment, Shipment.key == Parcel.code)
        .where(Parcel.state == ParcelState.PACKED)
        .order_by(Parcel.id)
    )
    return [
        BoxFacts(parcel.code, order_code, name, province, city, district, parcel.weight_g, parcel.packed_at, waybill)
        for parcel, order_code, name, province, city, district, waybill in rows
    ]
