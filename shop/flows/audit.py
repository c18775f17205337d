"""Everything that was ever done to one order, from every room's histories, in one statement."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Integer, Select, String, case, cast, func, literal, or_, select, union_all
from sqlalchemy.orm import Session

from shop.accounts.models import ViewLog
from shop.catalog.lots.models import LotHistory, LotState
from shop.courier.models import Shipment, ShipmentHistory
from shop.flows.giving import told_lowered
from shop.fulfilment.lots.models import RecallRemoval
from shop.fulfilment.models import Intake, Parcel, ParcelHistory
from shop.fulfilment.photos.models import BoxPhoto, PhotoLook
from shop.ledger.models import Earning, Entry, Posting
from shop.orders.models import CancelWish, OrderHistory, OrderLine, OrderState, VendorOrder
from shop.orders.queries.orders import OrderFacts
from shop.payments.models import CashCharge, CashRefund, Payment, PaymentHistory, Refund, RefundHistory, RefundSource
from shop.vendors.acts.models import Act
from shop.vendors.models import Vendor


class Trail(StrEnum):
    """Which of an order's books a row comes from, in the order in which rows of one moment are read."""

    ORDER = "order"
    PART = "part"
    PAYMENT = "payment"
    LOWERED = "lowered"
    """Less is to be paid than was agreed."""
    CASH = "cash"
    """Taken by a person."""
    ACT = "act"
    """Done on the vendor's pages."""
    INTAKE = "intake"
    RECALLED = "recalled"
    """Goods of a recalled lot were taken out before they left."""
    PARCEL = "parcel"
    BOX_PHOTO = "box_photo"
    """A box was photographed before it was closed."""
    LOOK = "look"
    """Somebody looked at such photos."""
    SHIPMENT = "shipment"
    WISH = "wish"
    """The buyer wished to be let go."""
    ANSWER = "answer"
    """The centre answered that."""
    REFUND_ASKED = "refund_asked"
    """Somebody let an amount go back; who is read from the books."""
    REFUND = "refund"
    CARRIED = "carried"
    """The centre paid a vendor on top, for goods that weighed more than their buyer may be asked for."""
    CASH_BACK = "cash_back"
    """Handed back by a person."""
    VIEW = "view"
    """Somebody looked at the buyer's full phone and address, or at a photo of what was turned down."""


LAST = frozenset({OrderState.DONE, OrderState.CANCELLED, OrderState.EXPIRED})
"""An order ends after what ended it in the same moment."""
READING_ORDER = {kind: number for number, kind in enumerate(Trail)}


@dataclass(frozen=True)
class Trace:
    """One thing that was done.

    Attributes:
        about: the vendor's name for a part, the title for an intake, a code for the others.
        state: what it came to, in its own machine's words; empty where there is none.
        amount: fen for money, pieces accepted for an intake or taken out for a recall, otherwise 0.
        rejected: pieces turned down at an intake, otherwise 0.
    """

    kind: Trail
    at: datetime
    about: str
    state: str
    actor: str
    reason: str
    amount: int
    rejected: int


def trail(session: Session, order: OrderFacts) -> tuple[Trace, ...]:
    """Return what was done to an order, oldest first, however long the list is in one statement."""
    rows = session.execute(union_all(*_of_orders(order), *_of_money(order), *_of_bench(order), _views(order)))
    found = [(row[0], _trace(Trace(Trail(row[1]), *row[2:]))) for row in rows]
    found.sort(
        key=lambda each: (
            each[1].at,
            each[1].kind is Trail.ORDER and each[1].state in LAST,
            READING_ORDER[each[1].kind],
            each[0],
        )
    )
    return tuple(trace for _id, trace in found)


def _trace(trace: Trace) -> Trace:
    if trace.kind is not Trail.LOWERED:
        return trace
    fen, reason, note = told_lowered(trace.reason)
    return replace(trace, amount=fen, reason=note or reason)


def _row(
    kind: Trail,
    key: Any,
    at: Any,
    about: Any,
    state: Any,
    actor: Any,
    reason: Any,
    amount: Any = None,
    rejected: Any = None,
) -> Select[Any]:
    none = literal(0, Integer)
    return select(
        key.label("id"),
        literal(kind.value, String).label("kind"),
        at.label("at"),
        cast(about, String).label("about"),
        cast(state, String).label("state"),
        cast(actor, String).label("actor"),
        cast(reason, String).label("reason"),
        (none if amount is None else amount).label("amount"),
        (none if rejected is None else rejected).label("rejected"),
    )


def _passages(kind: Trail, book: Any, about: Any, amount: Any = None) -> Select[Any]:
    return _row(kind, book.id, book.at, about, book.to_state, book.actor, book.reason, amount)


def _of_orders(order: OrderFacts) -> Sequence[Select[Any]]:
    mine = OrderHistory.order_id == order.id
    wish = CancelWish.order_id == order.id
    nothing, visitor = literal("", String), literal("visitor", String)
    parts = [part.code for part in order.parts]
    return (
        _passages(Trail.ORDER, OrderHistory, literal(order.code, String)).where(
            mine, OrderHistory.vendor_order_id.is_(None)
        ),
        _passages(Trail.PART, OrderHistory, Vendor.name)
        .join(VendorOrder, VendorOrder.id == OrderHistory.vendor_order_id)
        .join(Vendor, Vendor.id == VendorOrder.vendor_id)
        .where(mine),
        _row(Trail.WISH, CancelWish.id, CancelWish.asked_at, nothing, nothing, visitor, CancelWish.reason).where(wish),
        _row(
            Trail.ANSWER,
            CancelWish.id,
            CancelWish.answered_at,
            nothing,
            CancelWish.is_granted,
            CancelWish.answered_by,
            CancelWish.answer,
        ).where(wish, CancelWish.answered_at.is_not(None)),
        _row(Trail.ACT, Act.id, Act.at, Vendor.name, nothing, Act.actor, Act.words)
        .join(Vendor, Vendor.id == Act.vendor_id)
        .where(Act.about.in_(parts)),
    )


def _of_money(order: OrderFacts) -> Sequence[Select[Any]]:
    paid_for = Payment.reference == order.code
    nothing = literal("", String)
    return (
        _row(Trail.CARRIED, Earning.id, Entry.at, Vendor.name, nothing, Entry.actor, nothing, Earning.over_fen)
        .join(Posting, Posting.id == Earning.posting_id)
        .join(Entry, Entry.id == Posting.entry_id)
        .join(VendorOrder, VendorOrder.code == Earning.part)
        .join(Vendor, Vendor.id == VendorOrder.vendor_id)
        .where(Entry.reference == order.code, Earning.over_fen > 0),
        _passages(Trail.PAYMENT, PaymentHistory, Payment.code, Payment.amount_fen)
        .join(Payment, Payment.id == PaymentHistory.payment_id)
        .where(paid_for, PaymentHistory.from_state != PaymentHistory.to_state),
        _passages(Trail.LOWERED, PaymentHistory, Payment.code)
        .join(Payment, Payment.id == PaymentHistory.payment_id)
        .where(paid_for, PaymentHistory.from_state == PaymentHistory.to_state),
        _passages(Trail.REFUND, RefundHistory, Refund.code, Refund.amount_fen)
        .join(Refund, Refund.id == RefundHistory.refund_id)
        .join(Payment, Payment.id == Refund.payment_id)
        .where(paid_for),
        _row(
            Trail.REFUND_ASKED,
            Refund.id,
            Refund.created_at,
            Refund.code,
            nothing,
            func.coalesce(Entry.actor, ""),
            case((Refund.note != "", Refund.note), else_=Refund.reason),
            Refund.amount_fen,
        )
        .join(Payment, Payment.id == Refund.payment_id)
        .outerjoin(Entry, Entry.key == "refund:" + Refund.code)
        .where(paid_for, Refund.source != RefundSource.EXTERNAL),
        _row(
            Trail.CASH,
            Payment.id,
            CashCharge.taken_at,
            Payment.code,
            nothing,
            CashCharge.taken_by,
            nothing,
            CashCharge.taken_fen,
        )
        .join(Payment, Payment.code == CashCharge.payment_code)
        .where(paid_for, CashCharge.taken_at.is_not(None)),
        _row(
            Trail.CASH_BACK,
            Payment.id,
            CashRefund.handed_at,
            Payment.code,
            nothing,
            CashRefund.handed_by,
            nothing,
            CashRefund.amount_fen,
        )
        .join(CashCharge, CashCharge.ref == CashRefund.charge_ref)
        .join(Payment, Payment.code == CashCharge.payment_code)
        .where(paid_for, CashRefund.handed_at.is_not(None)),
    )


def _of_bench(order: OrderFacts) -> Sequence[Select[Any]]:
    boxes = select(Parcel.code).where(Parcel.order_id == order.id)
    return (
        _row(
            Trail.INTAKE,
            Intake.id,
            Intake.at,
            OrderLine.title,
            literal("", String),
            Intake.actor,
            Intake.reason,
            Intake.accepted,
            Intake.rejected,
        )
        .join(OrderLine, OrderLine.id == Intake.order_line_id)
        .join(VendorOrder, VendorOrder.id == OrderLine.vendor_order_id)
        .where(VendorOrder.order_id == order.id),
        _row(
            Trail.RECALLED,
            RecallRemoval.id,
            RecallRemoval.at,
            OrderLine.title,
            literal("", String),
            RecallRemoval.actor,
            LotHistory.reason,
            RecallRemoval.pieces,
        )
        .join(Intake, Intake.id == RecallRemoval.intake_id)
        .join(LotHistory, (LotHistory.lot_id == Intake.lot_id) & (LotHistory.to_state == LotState.RECALLED))
        .join(OrderLine, OrderLine.id == Intake.order_line_id)
        .join(VendorOrder, VendorOrder.id == OrderLine.vendor_order_id)
        .where(VendorOrder.order_id == order.id),
        _passages(Trail.PARCEL, ParcelHistory, Parcel.code)
        .join(Parcel, Parcel.id == ParcelHistory.parcel_id)
        .where(Parcel.order_id == order.id),
        _row(
            Trail.BOX_PHOTO,
            BoxPhoto.id,
            BoxPhoto.at,
            BoxPhoto.box,
            literal("", String),
            BoxPhoto.actor,
            literal("", String),
        ).where(BoxPhoto.order_id == order.id),
        _row(
            Trail.LOOK,
            PhotoLook.id,
            PhotoLook.at,
            PhotoLook.about,
            literal("", String),
            PhotoLook.actor,
            literal("", String),
        ).where(PhotoLook.about.in_(boxes)),
        _passages(Trail.SHIPMENT, ShipmentHistory, Shipment.key)
        .join(Shipment, Shipment.id == ShipmentHistory.shipment_id)
        .where(or_(Shipment.reference == order.code, Shipment.key.in_(boxes))),
    )


def _views(order: OrderFacts) -> Select[Any]:
    return _row(
        Trail.VIEW,
        ViewLog.id,
        ViewLog.at,
        ViewLog.subject,
        ViewLog.what,
        ViewLog.actor,
        ViewLog.why,
    ).where(ViewLog.subject == order.code)
