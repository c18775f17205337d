"""Invoices that wait for the centre, each kind of waiting a list of its own; the longest waiting first."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, func, or_, select
from sqlalchemy.orm import Session

from shop.invoices.billing import bills
from shop.invoices.models import (
    Invoice,
    InvoiceHistory,
    InvoiceRequest,
    InvoiceRequestLine,
    Medium,
    RedLetter,
    RequestState,
)
from shop.kernel.db import UtcDateTime
from shop.kernel.queues import Queue, count_queues
from shop.orders.models import Order
from shop.payments.models import Payment, Refund, RefundState

R, S = InvoiceRequest, RequestState

Due = Sequence[tuple[int, int]]
"""Ids of requests of whose invoices less is kept than stands, with how much less, > 0 fen."""


class Tab(StrEnum):
    """Where a request waits, or that it does not."""

    ASKED = "asked"
    ISSUING = "issuing"
    POSTING = "posting"
    """On paper, to be put into an envelope."""
    COUNTER = "counter"
    """On paper, at the counter: it came back, or its buyer fetches it."""
    RED = "red"
    """A red letter is due: less is kept than was invoiced."""
    MENDING = "mending"
    """Its buyer mends something."""
    OVER = "over"


_IS_PAPER = R.medium == Medium.PAPER
_AT: dict[Tab, ColumnElement[bool]] = {
    Tab.ASKED: R.state == S.REQUESTED,
    Tab.ISSUING: R.state == S.ACCEPTED,
    Tab.POSTING: and_(R.state == S.ISSUED, _IS_PAPER, R.street != ""),
    Tab.COUNTER: or_(R.state == S.RETURNED, and_(R.state == S.ISSUED, or_(~_IS_PAPER, R.street == ""))),
    Tab.MENDING: R.state == S.NEEDS_FIXING,
    Tab.OVER: R.state.in_((S.AVAILABLE, S.SENT, S.SIGNED, S.HANDED_OVER, S.REJECTED, S.WITHDRAWN)),
}
OURS = (Tab.ASKED, Tab.ISSUING, Tab.POSTING)
"""Where somebody of the centre can begin; at the counter people come when they like."""


@dataclass(frozen=True)
class Waiting:
    """One request in a list; `since` is when it came to where it is, `red_fen` what a red letter is due for."""

    code: str
    order_code: str
    title: str
    issuer_name: str
    state: RequestState
    amount_fen: int
    since: datetime
    red_fen: int = 0


def _since() -> ColumnElement[Any]:
    moved = select(func.max(InvoiceHistory.at, type_=UtcDateTime())).where(InvoiceHistory.request_id == R.id)
    return moved.correlate(R).scalar_subquery()


def requests_at(tab: Tab, due: Due) -> Queue:
    """Return a list as the moments since when its requests are there.

    Args:
        due: from `red_due`.
    """
    return select(_since()).where(_in(tab, due))


def _in(tab: Tab, due: Due) -> ColumnElement[bool]:
    return _AT[tab] if tab is not Tab.RED else R.id.in_([request_id for request_id, _fen in due])


def lengths(session: Session, due: Due) -> dict[Tab, int]:
    """Return how many requests are in each list, but for what is over, which only grows.

    Args:
        due: from `red_due`.
    """
    counted = count_queues(session, {tab.value: requests_at(tab, due) for tab in Tab if tab is not Tab.OVER})
    return {tab: counted[tab].count if tab in counted else 0 for tab in Tab if tab is not Tab.OVER}


def waiting(session: Session, tab: Tab, due: Due, *, offset: int, limit: int) -> list[Waiting]:
    """Return a stretch of a list, the longest waiting first; of what is over the latest first.

    Args:
        due: from `red_due`.
    """
    since = _since().label("since")
    asked = select(func.sum(InvoiceRequestLine.amount_fen)).where(InvoiceRequestLine.request_id == R.id)
    amount = func.coalesce(Invoice.amount_fen, asked.correlate(R).scalar_subquery()).label("amount_fen")
    wanted: Select[Any] = (
        select(R.id, R.code, Order.code.label("order_code"), R.title, R.issuer_name, R.state, amount, since)
        .join(Order, Order.id == R.order_id)
        .outerjoin(Invoice, Invoice.request_id == R.id)
        .where(_in(tab, due))
    )
    line = (since.desc(), R.id.desc()) if tab is Tab.OVER else (since, R.id)
    red = dict(due)
    return [
        Waiting(
            code=row.code,
            order_code=row.order_code,
            title=row.title,
            issuer_name=row.issuer_name,
            state=row.state,
            amount_fen=row.amount_fen,
            since=row.since,
            red_fen=red.get(row.id, 0),
        )
        for row in session.execute(wanted.order_by(*line).offset(offset).limit(limit))
    ]


def red_due(session: Session) -> Due:
    """Return ids of requests of whose invoices less is kept than stands, with how much less, > 0 fen.

    Reckoned anew each time from what was paid and went back, so that none can be forgotten; only orders of which
    more went back since the invoice than was red-lettered are looked at.
    """
    back = (
        select(func.coalesce(func.sum(Refund.amount_fen), 0))
        .join(Payment, Payment.id == Refund.payment_id)
        .join(Order, Order.code == Payment.reference)
        .where(Order.id == R.order_id, Refund.state != RefundState.FAILED, Refund.created_at >= Invoice.recorded_at)
        .correlate(R, Invoice)
        .scalar_subquery()
    )
    red = (
        select(func.coalesce(func.sum(RedLetter.amount_fen), 0))
        .where(RedLetter.invoice_id == Invoice.id)
        .correlate(Invoice)
        .scalar_subquery()
    )
    may_be = (
        select(R.id, Invoice.id, Order).join(Invoice, Invoice.request_id == R.id).join(Order, Order.id == R.order_id)
    )
    rows = session.execute(may_be.where(back > red, red < Invoice.amount_fen)).all()
    if not rows:
        return []
    reckoned = bills(session, list({order.id: order for _request, _invoice, order in rows}.values()))
    found = ((request_id, reckoned[order.id].red_due.get(invoice_id, 0)) for request_id, invoice_id, order in rows)
    return [(request_id, fen) for request_id, fen in found if fen]
