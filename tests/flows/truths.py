"""What must hold in a town of random orders, beside sound stock and books: what ours counts, its providers have."""

from collections import Counter
from collections.abc import Iterator
from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from shop.ledger.models import Account, Earning, Entry, Posting
from shop.ledger.rules import carried
from shop.orders.models import Order, OrderHistory, OrderState
from shop.payments.models import (
    CashCharge,
    CashRefund,
    DemoCharge,
    DemoRefund,
    Payment,
    PaymentState,
    Refund,
    RefundSource,
    RefundState,
)
from shop.payments.queries import payments_of
from tests.support.stripe_account import StripeAccount

UNPAID = frozenset({OrderState.PLACED, OrderState.AGREED})
PAID = frozenset({OrderState.PAID, OrderState.DONE})
MAY_KEEP_MONEY = PAID | {OrderState.CANCELLED}
"""One that was cancelled keeps the freight of boxes that came back."""


def both_paid_and_unpaid(session: Session) -> list[tuple[str, OrderState]]:
    """Return the orders whose state and money contradict each other, or that two payments pay."""
    odd = []
    for code, state in session.execute(select(Order.code, Order.state)).all():
        paid = [each for each in payments_of(session, code) if each.state is PaymentState.CAPTURED]
        # Beside the payment that paid the order, every other one goes back whole, unless its provider refuses.
        firm = [each for each in paid if all(refund.state is not RefundState.FAILED for refund in each.refunds)]
        standing = sum(each.refunded_fen < each.captured_fen for each in firm)
        is_true = (state not in UNPAID or not paid) and (state not in PAID or paid)
        if not is_true or standing > (state in MAY_KEEP_MONEY):
            odd.append((code, state))
    return odd


def unknown_there(session: Session, stripe: StripeAccount) -> list[tuple[str, int]]:
    """Return what ours counts as captured or given back and no provider has, by the provider's name for it."""
    captured = select(Payment.provider_ref, Payment.captured_fen).where(Payment.state == PaymentState.CAPTURED)
    given = select(Refund.provider_ref, Refund.amount_fen).where(Refund.state == RefundState.SUCCEEDED)
    odd = set(_pairs(session, captured)) - set(_charges(session, stripe))
    return sorted(odd | set(_pairs(session, given)) - set(_refunds(session, stripe)))


def till(session: Session) -> int:
    """Return the cash that was noted as taken less what was noted as handed back, in fen."""
    taken = session.scalar(select(func.coalesce(func.sum(CashCharge.taken_fen), 0)))
    handed = select(func.coalesce(func.sum(CashRefund.amount_fen), 0)).where(CashRefund.handed_at.is_not(None))
    return (taken or 0) - (session.scalar(handed) or 0)


def failed_without_reason(session: Session) -> set[str]:
    """Return the payments of which a refund failed though nobody gave back past the house, or no person is asked."""
    failed = select(Payment.code).join(Refund).where(Refund.state == RefundState.FAILED)
    by_hand = select(Payment.code).join(Refund).where(Refund.source == RefundSource.EXTERNAL, Payment.needs_review)
    return set(session.scalars(failed)) - set(session.scalars(by_hand))


def carried_otherwise(session: Session) -> list[tuple[str, str, int]]:
    """Return order, account and fen of every loss by weight that is below nothing, or above what was paid on top."""
    paid: Counter[tuple[str, str]] = Counter()
    said = select(Entry.reference, Account.code, Earning.over_fen).join(Posting, Posting.entry_id == Entry.id)
    said = said.join(Account, Account.id == Posting.account_id).join(Earning, Earning.posting_id == Posting.id)
    for code, account, fen in session.execute(said).all():
        paid[code, carried(account.partition(":")[2])] += fen
    lost: Counter[tuple[str, str]] = Counter()
    legs = select(Entry.reference, Account.code, Posting.amount_fen).join(Posting, Posting.entry_id == Entry.id)
    legs = legs.join(Account, Account.id == Posting.account_id).where(Account.code.startswith(carried("")))
    for code, account, fen in session.execute(legs).all():
        lost[code, account] += fen
    return [(*key, fen) for key, fen in sorted(lost.items()) if not 0 <= fen <= paid[key]]


def money_and_states(session: Session) -> tuple[Any, ...]:
    """Return everything that an event may change, to show that it did not."""
    payments = session.execute(select(Payment.code, Payment.state, Payment.captured_fen).order_by(Payment.id)).all()
    orders = session.execute(select(Order.code, Order.state).order_by(Order.id)).all()
    return payments, orders, session.scalar(select(func.count()).select_from(Refund))


def ends(session: Session) -> dict[str, int]:
    """Return how often orders came to what end, and how often money that came late went which way."""

    def count(table: Any, *where: Any) -> int:
        return session.scalar(select(func.count()).select_from(table).where(*where)) or 0

    revived = (OrderHistory.from_state == OrderState.EXPIRED, OrderHistory.to_state == OrderState.PAID)
    over = (OrderState.DONE, OrderState.CANCELLED, OrderState.EXPIRED)
    return {state.value: count(Order, Order.state == state) for state in over} | {
        "revived": count(OrderHistory, *revived),
        "late money back": count(Refund, Refund.reason == "late"),
        "refund failed": count(Refund, Refund.state == RefundState.FAILED),
    }


def _pairs(session: Session, wanted: Select[Any, Any]) -> Iterator[tuple[str, int]]:
    yield from session.execute(wanted).all()


def _charges(session: Session, stripe: StripeAccount) -> Iterator[tuple[str, int]]:
    yield from _pairs(session, select(DemoCharge.ref, DemoCharge.amount_fen).where(DemoCharge.state == "paid"))
    yield from _pairs(session, select(CashCharge.ref, CashCharge.taken_fen))
    for ref, made in stripe.sessions.items():
        intent = stripe.intents.get(made["payment_intent"])
        if intent is not None and intent["latest_charge"] is not None:
            yield ref, stripe.charges[intent["latest_charge"]]["amount_captured"]


def _refunds(session: Session, stripe: StripeAccount) -> Iterator[tuple[str, int]]:
    yield from _pairs(session, select(DemoRefund.ref, DemoRefund.amount_fen))
    yield from _pairs(session, select(CashRefund.ref, CashRefund.amount_fen).where(CashRefund.handed_at.is_not(None)))
    for ref, refund in stripe.refunds.items():
        if refund["status"] == "succeeded":
            yield ref, refund["amount"]
