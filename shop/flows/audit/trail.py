"""Everything that was ever done to one order, from every room's histories, in statements of a fixed number."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import Select, String, case, literal, or_, select, union, union_all
from sqlalchemy.orm import Session

from shop.accounts.models import ViewLog
from shop.courier.models import EventCode, Shipment
from shop.courier.rules import REACHES
from shop.flows.audit.bench import boxes_of, carried_for, lists_of, of_boxes, of_carriage, of_goods
from shop.flows.audit.messages import MOMENT, of_messages
from shop.flows.audit.money import entered, of_money
from shop.flows.audit.rows import Trace, Trail, passages, row
from shop.flows.given import is_lowered, told_lowered
from shop.fulfilment.models import ParcelState
from shop.kernel.audit import AuditEntry
from shop.orders.models import CancelWish, OrderHistory, OrderState, VendorOrder
from shop.orders.queries.orders import OrderFacts
from shop.payments.models import Payment, PaymentState, Refund, RefundState
from shop.vendors.acts.models import Act
from shop.vendors.models import Vendor

LAST = frozenset({OrderState.DONE, OrderState.CANCELLED, OrderState.EXPIRED})
"""An order ends after what ended it in the same moment."""
UNBOOKED = frozenset({PaymentState.CREATED, PaymentState.PENDING, PaymentState.VOIDED, RefundState.CREATED})
"""The ledger has nothing of these passages of a payment or a refund."""
READING_ORDER = {kind: number for number, kind in enumerate(Trail)}


def trail(session: Session, order: OrderFacts) -> tuple[Trace, ...]:
    """Return what was done to an order, oldest first, in four statements however long the list is."""
    rows = session.execute(
        union_all(
            *_of_orders(order),
            *of_money(order),
            *of_goods(order),
            *of_boxes(order),
            *of_carriage(order),
            *_of_desk(order),
        )
    )
    folded, booked = entered(session, order)
    found = [_told(Trace(Trail(kind), *rest), folded) for _id, kind, *rest in sorted(rows, key=lambda each: each[0])]
    whole = [*_once(found), *folded.values(), *booked, *of_messages(session, order)]
    return tuple(sorted(whole, key=_place))


def _place(trace: Trace) -> tuple[datetime, bool, int]:
    return trace.at, trace.kind is Trail.ORDER and trace.state in LAST, READING_ORDER[trace.kind]


def _told(trace: Trace, folded: dict[tuple[Trail, str], Trace]) -> Trace:
    """Return a row with what the ledger says of it, and a lowered payment with how much it was lowered by."""
    if trace.kind is Trail.LOWERED:
        if not is_lowered(trace.reason):
            return replace(trace, kind=Trail.SETTLED)
        fen, reason, note = told_lowered(trace.reason)
        return replace(trace, amount=fen, state=reason, reason=note)
    if trace.state in UNBOOKED:
        return trace
    booked = folded.pop((trace.kind, trace.about), None)
    return trace if booked is None else replace(trace, entry=booked.entry)


def _once(traces: Sequence[Trace]) -> list[Trace]:
    """Leave out the passages that another row tells better: a courier's words, or the list at the door."""
    said = [one for one in traces if one.kind is Trail.EVENT]
    listed = [one for one in traces if one.kind is Trail.HAND_OVER and one.state == "went"]

    def is_told(one: Trace) -> bool:
        if one.kind is Trail.PARCEL and one.state == ParcelState.HANDED_OVER:
            return any(_is_near(one, other) for other in listed)
        if one.kind is not Trail.SHIPMENT:
            return False
        return any(_is_near(one, other) and REACHES[EventCode(other.state)] == one.state for other in said)

    return [one for one in traces if not is_told(one)]


def _is_near(one: Trace, other: Trace) -> bool:
    return one.about == other.about and abs(one.at - other.at) <= MOMENT


def _of_orders(order: OrderFacts) -> Sequence[Select[Any]]:
    mine = OrderHistory.order_id == order.id
    moved = OrderHistory.from_state != OrderHistory.to_state
    wish = CancelWish.order_id == order.id
    parts = [part.code for part in (*order.parts, *order.passed_on)]
    part = (
        passages(Trail.PART, OrderHistory, Vendor.name)
        .join(VendorOrder, VendorOrder.id == OrderHistory.vendor_order_id)
        .join(Vendor, Vendor.id == VendorOrder.vendor_id)
        .where(mine, moved)
    )
    heard = (
        passages(Trail.HEARD, OrderHistory, Vendor.name)
        .join(VendorOrder, VendorOrder.id == OrderHistory.vendor_order_id)
        .join(Vendor, Vendor.id == VendorOrder.vendor_id)
        .where(mine, ~moved)
    )
    return (
        passages(Trail.ORDER, OrderHistory, literal(order.code, String)).where(
            mine, OrderHistory.vendor_order_id.is_(None), moved
        ),
        passages(Trail.READDRESSED, OrderHistory, literal(order.code, String)).where(
            mine, OrderHistory.vendor_order_id.is_(None), ~moved
        ),
        part,
        heard,
        row(
            Trail.ANSWERED,
            VendorOrder.id,
            VendorOrder.answered_at,
            about=Vendor.name,
            actor=literal("household", String),
        )
        .join(Vendor, Vendor.id == VendorOrder.vendor_id)
        .where(VendorOrder.order_id == order.id, VendorOrder.answered_at.is_not(None)),
        row(
            Trail.WISH, CancelWish.id, CancelWish.asked_at, actor=literal("visitor", String), reason=CancelWish.reason
        ).where(wish),
        row(
            Trail.ANSWER,
            CancelWish.id,
            CancelWish.answered_at,
            state=case((CancelWish.is_granted.is_(True), "granted"), else_="refused"),
            actor=CancelWish.answered_by,
            reason=CancelWish.answer,
        ).where(wish, CancelWish.answered_at.is_not(None)),
        row(Trail.ACT, Act.id, Act.at, about=Act.words, actor=Act.actor, note=Vendor.name)
        .join(Vendor, Vendor.id == Act.vendor_id)
        .where(Act.about.in_(parts)),
    )


def _of_desk(order: OrderFacts) -> Sequence[Select[Any]]:
    """Return the statements over forms that were sent about an order, and over looks at what is private of it."""
    payments = Payment.reference == order.code
    seen = union(select(Shipment.key).where(carried_for(order)), boxes_of(order), lists_of(order))
    things = union(
        select(literal("handing:" + order.code, String)),
        select("payment:" + Payment.code).where(payments),
        select("refund:" + Refund.code).join(Payment, Payment.id == Refund.payment_id).where(payments),
        select("consignment:" + Shipment.key).where(carried_for(order)),
    )
    return (
        row(
            Trail.FORM,
            AuditEntry.id,
            AuditEntry.at,
            about=AuditEntry.act,
            actor=AuditEntry.actor,
            reason=AuditEntry.reason,
        ).where(AuditEntry.thing.in_(things)),
        row(
            Trail.VIEW,
            ViewLog.id,
            ViewLog.at,
            about=ViewLog.subject,
            state=ViewLog.what,
            actor=ViewLog.actor,
            reason=ViewLog.why,
        ).where(or_(ViewLog.subject == order.code, ViewLog.subject.in_(seen))),
    )
