"""What the centre's bench did with an order's goods: taken in, packed, handed over, carried."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, Select, case, func, or_, select

from shop.accounts.models import User
from shop.catalog.lots.models import Lot, LotHistory, LotState
from shop.courier.models import Shipment, ShipmentEvent, ShipmentHistory
from shop.flows.audit.rows import Trail, passages, row
from shop.fulfilment.handovers.models import HandOver, HandOverParcel, HandOverPhoto
from shop.fulfilment.lots.models import RecallNotice, RecallRemoval
from shop.fulfilment.models import Intake, Parcel, ParcelHistory, ParcelState
from shop.fulfilment.photos.models import BoxPhoto
from shop.media.models import PrivatePhoto
from shop.orders.models import OrderLine, VendorOrder
from shop.orders.queries.orders import OrderFacts


def of_goods(order: OrderFacts) -> Sequence[Select[Any]]:
    """Return the statements over what came in of an order, and over its lots."""
    lines = (
        select(OrderLine.id)
        .join(VendorOrder, VendorOrder.id == OrderLine.vendor_order_id)
        .where(VendorOrder.order_id == order.id)
    )
    mine = Intake.order_line_id.in_(lines)
    kept = OrderLine.quantity - OrderLine.rejected
    by_scale = OrderLine.weighed_g.is_not(None) & (kept > 0)
    return (
        row(
            Trail.INTAKE,
            Intake.id,
            Intake.at,
            about=OrderLine.title,
            state=case((Intake.proof_key.is_not(None), "proof"), else_=""),
            actor=Intake.actor,
            reason=Intake.reason,
            amount=Intake.accepted,
            rejected=Intake.rejected,
            note=Intake.reading,
            raw=OrderLine.unit,
            grams=case((by_scale, func.coalesce(OrderLine.weighed_g, 0)), else_=0),
            was=case((by_scale, OrderLine.price_fen * kept), else_=0),
            now=case((by_scale, OrderLine.price_fen * kept - OrderLine.weight_back_fen), else_=0),
        )
        .join(OrderLine, OrderLine.id == Intake.order_line_id)
        .where(mine),
        passages(Trail.LOT, LotHistory, Lot.code, note=Lot.title)
        .join(Lot, Lot.id == LotHistory.lot_id)
        .where(LotHistory.lot_id.in_(select(Intake.lot_id).where(mine))),
        row(
            Trail.RECALLED,
            RecallRemoval.id,
            RecallRemoval.at,
            about=OrderLine.title,
            actor=RecallRemoval.actor,
            reason=LotHistory.reason,
            amount=RecallRemoval.pieces,
            raw=OrderLine.unit,
        )
        .join(Intake, Intake.id == RecallRemoval.intake_id)
        .join(LotHistory, (LotHistory.lot_id == Intake.lot_id) & (LotHistory.to_state == LotState.RECALLED))
        .join(OrderLine, OrderLine.id == Intake.order_line_id)
        .where(mine),
        row(Trail.NOTICE, RecallNotice.id, RecallNotice.at, about=Lot.code, actor=RecallNotice.actor, note=Lot.title)
        .join(Lot, Lot.id == RecallNotice.lot_id)
        .where(RecallNotice.order_id == order.id),
    )


def of_boxes(order: OrderFacts) -> Sequence[Select[Any]]:
    """Return the statements over an order's parcels, until they are out of the door."""
    packed = case((ParcelHistory.to_state == ParcelState.PACKED, Parcel.weight_g), else_=0)
    return (
        passages(Trail.PARCEL, ParcelHistory, Parcel.code, grams=packed)
        .join(Parcel, Parcel.id == ParcelHistory.parcel_id)
        .where(Parcel.order_id == order.id),
        row(Trail.BOX_PHOTO, BoxPhoto.id, BoxPhoto.at, about=BoxPhoto.box, actor=BoxPhoto.actor).where(
            BoxPhoto.order_id == order.id
        ),
        row(
            Trail.HAND_OVER,
            HandOverParcel.id,
            HandOver.at,
            about=Parcel.code,
            state=case((HandOverParcel.went, "went"), else_="stayed"),
            actor=HandOver.actor,
            reason=HandOver.taken_by,
            note=HandOver.code,
        )
        .join(HandOver, HandOver.id == HandOverParcel.hand_over_id)
        .join(Parcel, Parcel.id == HandOverParcel.parcel_id)
        .where(Parcel.order_id == order.id),
        row(Trail.SIGNED, HandOverPhoto.id, HandOverPhoto.at, about=HandOver.code, actor=HandOverPhoto.actor)
        .join(HandOver, HandOver.id == HandOverPhoto.hand_over_id)
        .where(HandOver.code.in_(lists_of(order))),
    )


def lists_of(order: OrderFacts) -> Select[Any]:
    """Return the codes of the lists on which an order's parcels left."""
    return (
        select(HandOver.code)
        .join(HandOverParcel, HandOverParcel.hand_over_id == HandOver.id)
        .join(Parcel, Parcel.id == HandOverParcel.parcel_id)
        .where(Parcel.order_id == order.id, HandOverParcel.went)
    )


def boxes_of(order: OrderFacts) -> Select[Any]:
    """Return the codes of an order's parcels."""
    return select(Parcel.code).where(Parcel.order_id == order.id)


def carried_for(order: OrderFacts) -> ColumnElement[bool]:
    """Return which consignments are an order's: its parcels, and papers that name it."""
    return or_(Shipment.reference == order.code, Shipment.key.in_(boxes_of(order)))


def of_carriage(order: OrderFacts) -> Sequence[Select[Any]]:
    """Return the statements over everything that is carried for an order, papers among it."""
    mine = carried_for(order)
    return (
        row(
            Trail.SHIPMENT,
            ShipmentHistory.id,
            ShipmentHistory.at,
            about=Shipment.key,
            state=case((ShipmentHistory.from_state == ShipmentHistory.to_state, ""), else_=ShipmentHistory.to_state),
            actor=ShipmentHistory.actor,
            reason=ShipmentHistory.reason,
            note=Shipment.carrier,
            raw=Shipment.waybill,
        )
        .join(Shipment, Shipment.id == ShipmentHistory.shipment_id)
        .where(mine),
        row(
            Trail.EVENT,
            ShipmentEvent.id,
            ShipmentEvent.noted_at,
            about=Shipment.key,
            state=ShipmentEvent.code,
            actor=ShipmentEvent.actor,
            reason=ShipmentEvent.place,
            note=ShipmentEvent.text,
            raw=ShipmentEvent.raw_code,
        )
        .join(Shipment, Shipment.id == ShipmentEvent.shipment_id)
        .where(mine),
        row(
            Trail.DOOR_PHOTO,
            Shipment.id,
            PrivatePhoto.created_at,
            about=Shipment.key,
            actor=func.coalesce(User.code, ""),
        )
        .join(PrivatePhoto, PrivatePhoto.key == Shipment.photo_key)
        .outerjoin(User, User.id == PrivatePhoto.uploader_id)
        .where(mine),
    )
