"""What an order's money did: payments, refunds, cash, and the entries of the ledger."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Select, String, case, func, literal, or_, select
from sqlalchemy.orm import Session

from shop.flows.audit.rows import Entered, Trace, Trail, passages, row
from shop.ledger.models import Account, Earning, Entry, Posting
from shop.orders.models import VendorOrder
from shop.orders.queries.orders import OrderFacts
from shop.payments.models import (
    CashCharge,
    CashRefund,
    Payment,
    PaymentHistory,
    PaymentReference,
    ProviderEvent,
    Refund,
    RefundHistory,
    RefundSource,
)
from shop.vendors.models import Vendor

FOLDED: Mapping[str, Trail] = {"capture": Trail.PAYMENT, "refund": Trail.REFUND_ASKED, "refunded": Trail.REFUND}
"""Under which row an entry of the ledger is shown, by the first word of its key; the second is the row's code."""


def of_money(order: OrderFacts) -> Sequence[Select[Any]]:
    """Return the statements over an order's payments and refunds."""
    paid_for = Payment.reference == order.code
    mine = select(Payment.id).where(paid_for)
    refs = select(PaymentReference.ref).where(PaymentReference.payment_id.in_(mine))
    told = or_(
        ProviderEvent.provider_ref.in_(refs),
        ProviderEvent.provider_ref.in_(select(Payment.provider_ref).where(paid_for)),
    )
    return (
        row(Trail.CARRIED, Earning.id, Entry.at, about=Vendor.name, actor=Entry.actor, amount=Earning.over_fen)
        .join(Posting, Posting.id == Earning.posting_id)
        .join(Entry, Entry.id == Posting.entry_id)
        .join(VendorOrder, VendorOrder.code == Earning.part)
        .join(Vendor, Vendor.id == VendorOrder.vendor_id)
        .where(Entry.reference == order.code, Earning.over_fen > 0),
        passages(Trail.PAYMENT, PaymentHistory, Payment.code, amount=Payment.amount_fen, raw=Payment.gateway)
        .join(Payment, Payment.id == PaymentHistory.payment_id)
        .where(paid_for, PaymentHistory.from_state != PaymentHistory.to_state),
        passages(Trail.LOWERED, PaymentHistory, Payment.code)
        .join(Payment, Payment.id == PaymentHistory.payment_id)
        .where(paid_for, PaymentHistory.from_state == PaymentHistory.to_state),
        row(
            Trail.PROVIDER,
            ProviderEvent.id,
            ProviderEvent.received_at,
            about=ProviderEvent.gateway,
            actor=literal("provider", String),
            raw=ProviderEvent.kind,
        ).where(told),
        row(
            Trail.SETTLED,
            ProviderEvent.id,
            ProviderEvent.processed_at,
            actor=ProviderEvent.settled_by,
            reason=ProviderEvent.settled_note,
        ).where(told, ProviderEvent.settled_by != "", ProviderEvent.processed_at.is_not(None)),
        passages(Trail.REFUND, RefundHistory, Refund.code, amount=Refund.amount_fen)
        .join(Refund, Refund.id == RefundHistory.refund_id)
        .where(Refund.payment_id.in_(mine)),
        row(
            Trail.REFUND_ASKED,
            Refund.id,
            Refund.created_at,
            about=Refund.code,
            state=Refund.reason,
            actor=func.coalesce(Entry.actor, ""),
            reason=Refund.note,
            amount=Refund.amount_fen,
        )
        .outerjoin(Entry, Entry.key == "refund:" + Refund.code)
        .where(Refund.payment_id.in_(mine), Refund.source != RefundSource.EXTERNAL),
        row(
            Trail.CASH,
            Payment.id,
            CashCharge.taken_at,
            about=Payment.code,
            actor=CashCharge.taken_by,
            amount=CashCharge.taken_fen,
        )
        .join(Payment, Payment.code == CashCharge.payment_code)
        .where(paid_for, CashCharge.taken_at.is_not(None)),
        row(
            Trail.CASH_BACK,
            Payment.id,
            CashRefund.handed_at,
            about=Payment.code,
            actor=CashRefund.handed_by,
            amount=CashRefund.amount_fen,
        )
        .join(CashCharge, CashCharge.ref == CashRefund.charge_ref)
        .join(Payment, Payment.code == CashCharge.payment_code)
        .where(paid_for, CashRefund.handed_at.is_not(None)),
    )


def entered(session: Session, order: OrderFacts) -> tuple[dict[tuple[Trail, str], Trace], list[Trace]]:
    """Return what the ledger says of an order as rows of their own, in one statement.

    Returns:
        Those whose entry belongs under another row, by its kind and code; and all others.
    """
    found = session.execute(
        select(Entry.key, Entry.kind, Entry.at, Entry.actor, Account.code, Posting.amount_fen)
        .join(Posting, Posting.entry_id == Entry.id)
        .join(Account, Account.id == Posting.account_id)
        .where(Entry.reference == order.code)
        .order_by(Entry.id, case((Posting.amount_fen > 0, 0), else_=1), Account.code)
    )
    legs: dict[tuple[Any, ...], list[tuple[str, int]]] = {}
    for key, kind, at, actor, account, fen in found:
        legs.setdefault((key, kind, at, actor), []).append((account, fen))
    folded: dict[tuple[Trail, str], Trace] = {}
    others: list[Trace] = []
    for (key, kind, at, actor), own in legs.items():
        trace = Trace(Trail.BOOKED, at, "", kind, actor, "", entry=Entered(kind, tuple(own)))
        first, _colon, code = key.partition(":")
        if first in FOLDED:
            folded[FOLDED[first], code] = trace
        else:
            others.append(trace)
    return folded, others
