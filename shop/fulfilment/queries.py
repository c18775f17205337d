"""Reads of the bench."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from shop.catalog.models import Variant
from shop.courier.models import Shipment
from shop.courier.queries import ShipmentFacts, shipment_by_key
from shop.fulfilment.models import Parcel, ParcelState
from shop.kernel.errors import NotFound
from shop.orders.models import Order, OrderLine, VendorOrder, VendorOrderState
from shop.orders.queries.orders import OrderFacts, order_by_code, orders_with_parts_in
from shop.orders.rules import is_ready_to_pack


@dataclass(frozen=True)
class ParcelFacts:
    """A box with its order and, once booked, its shipment."""

    code: str
    state: ParcelState
    weight_g: int
    packed_at: datetime
    packed_by: str
    order: OrderFacts
    shipment: ShipmentFacts | None


def _facts(session: Session, parcel: Parcel, order_code: str) -> ParcelFacts:
    return ParcelFacts(
        code=parcel.code,
        state=parcel.state,
        weight_g=parcel.weight_g,
        packed_at=parcel.packed_at,
        packed_by=parcel.packed_by,
        order=order_by_code(session, order_code),
        shipment=shipment_by_key(session, parcel.code),
    )


def parcel_by_code(session: Session, code: str) -> ParcelFacts:
    """Return a parcel.

    Raises:
        NotFound: there is none.
    """
    row = session.execute(
        select(Parcel, Order.code).join(Order, Order.id == Parcel.order_id).where(Parcel.code == code)
    ).one_or_none()
    if row is None:
        raise NotFound("parcel")
    return _facts(session, row[0], row[1])


def parcel_of_order(session: Session, order_id: int) -> ParcelFacts | None:
    """Return an order's parcel, or None while it is not packed."""
    row = session.execute(
        select(Parcel, Order.code).join(Order, Order.id == Parcel.order_id).where(Parcel.order_id == order_id)
    ).one_or_none()
    return None if row is None else _facts(session, row[0], row[1])


def orders_to_pack(session: Session) -> list[OrderFacts]:
    """Return orders of which everything that will come has come, oldest first."""
    waiting = orders_with_parts_in(session, [VendorOrderState.RECEIVED])
    return [order for order in waiting if is_ready_to_pack(order.states)]


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


def expected_weights(session: Session, part_code: str) -> dict[int, tuple[int, int]]:
    """Return in which range, in grams, one piece of each line sold by weight is expected to weigh, by the line's id."""
    wanted = (
        select(OrderLine.id, Variant.least_g, Variant.most_g)
        .join(VendorOrder, VendorOrder.id == OrderLine.vendor_order_id)
        .join(Variant, Variant.id == OrderLine.variant_id)
        .where(VendorOrder.code == part_code, Variant.least_g.is_not(None))
    )
    return {row.id: (row.least_g, row.most_g) for row in session.execute(wanted)}
