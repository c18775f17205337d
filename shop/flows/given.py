"""What was given back of an order, and as what: refunds, and what its buyer pays less in cash."""

import re
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from shop.ledger.models import Entry
from shop.payments.models import Payment, PaymentHistory, Refund, RefundState

LOWERED = re.compile(r"[a-z_]+:[^|]*(\|.*)?:-\d+", re.DOTALL)


@dataclass(frozen=True)
class GivenFacts:
    """One refund with who asked for it and why; without a state, so much less was asked for at the hand-over."""

    amount_fen: int
    state: RefundState | None
    reason: str
    note: str
    who: str
    created_at: datetime


def given(session: Session, code: str) -> list[GivenFacts]:
    """Return what was given back of an order, oldest first; who asked for a refund is who posted it to the books."""
    rows = session.execute(
        select(Refund, Entry.actor)
        .join(Payment, Payment.id == Refund.payment_id)
        .outerjoin(Entry, Entry.key == "refund:" + Refund.code)
        .where(Payment.reference == code)
        .order_by(Refund.id)
    )
    refunded = [
        GivenFacts(refund.amount_fen, refund.state, refund.reason, refund.note, who or "", refund.created_at)
        for refund, who in rows
    ]
    lowered = session.scalars(
        select(PaymentHistory)
        .join(Payment, Payment.id == PaymentHistory.payment_id)
        .where(Payment.reference == code, PaymentHistory.from_state == PaymentHistory.to_state)
        .order_by(PaymentHistory.id)
    )
    # What somebody wrote about a payment that did not agree stands there too, and lowered nothing.
    return [*(_lowered(row) for row in lowered if is_lowered(row.reason)), *refunded]


def _lowered(row: PaymentHistory) -> GivenFacts:
    fen, reason, note = told_lowered(row.reason)
    return GivenFacts(fen, None, reason, note, row.actor, row.at)


def is_lowered(text: str) -> bool:
    """Tell whether `refunds.give_back` wrote this, and not a person about a payment that did not agree."""
    return LOWERED.fullmatch(text) is not None


def told_lowered(text: str) -> tuple[int, str, str]:
    """Return fen, reason and note of what `refunds.give_back` had written down: `<key>|<note>:-<fen>`."""
    why, _sign, fen = text.rpartition(":-")
    key, _bar, note = why.partition("|")
    return int(fen), key.partition(":")[0], note
