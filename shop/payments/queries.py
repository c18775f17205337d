"""Reads of payments."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import bindparam, func, literal, or_, select, union_all
from sqlalchemy.orm import Session

from shop.kernel.db import direct
from shop.kernel.errors import NotFound
from shop.payments.models import (
    CashCharge,
    CashRefund,
    Payment,
    PaymentReference,
    PaymentState,
    ProviderEvent,
    Refund,
    RefundState,
)

OPEN = frozenset({PaymentState.CREATED, PaymentState.PENDING})
GOING_BACK = frozenset({RefundState.CREATED, RefundState.PENDING})


@dataclass(frozen=True)
class RefundFacts:
    """A refund as pages show it."""

    code: str
    amount_fen: int
    state: RefundState
    reason: str
    created_at: datetime
    done_at: datetime | None


@dataclass(frozen=True)
class PaymentFacts:
    """A payment as pages and flows read it.

    Attributes:
        review: why a person must look; empty when nobody must, or somebody has.
    """

    code: str
    reference: str
    gateway: str
    amount_fen: int
    currency: str
    state: PaymentState
    provider_ref: str | None
    pay_url: str | None
    captured_fen: int
    needs_review: bool
    review: str
    fee_fen: int | None
    created_at: datetime
    fetched_at: datetime | None
    refunds: tuple[RefundFacts, ...]

    @property
    def refunded_fen(self) -> int:
        """What has gone back or is on its way back."""
        return sum(refund.amount_fen for refund in self.refunds if refund.state is not RefundState.FAILED)


def _facts(payment: Payment) -> PaymentFacts:
    return PaymentFacts(
        code=payment.code,
        reference=payment.reference,
        gateway=payment.gateway,
        amount_fen=payment.amount_fen,
        currency=payment.currency,
        state=payment.state,
        provider_ref=payment.provider_ref,
        pay_url=payment.pay_url,
        captured_fen=payment.captured_fen,
        needs_review=payment.needs_review,
        review="" if payment.review_note else payment.review,
        fee_fen=payment.fee_fen,
        created_at=payment.created_at,
        fetched_at=payment.fetched_at,
        refunds=tuple(
            RefundFacts(r.code, r.amount_fen, r.state, r.reason, r.created_at, r.done_at) for r in payment.refunds
        ),
    )


def payment_by_code(session: Session, code: str) -> PaymentFacts:
    """Return a payment.

    Raises:
        NotFound: there is none.
    """
    payment = session.scalars(select(Payment).where(Payment.code == code)).one_or_none()
    if payment is None:
        raise NotFound("payment")
    return _facts(payment)


@dataclass(frozen=True)
class ToStart:
    """A payment before its provider is asked for it; afterwards only its state matters."""

    reference: str
    amount_fen: int
    currency: str
    state: PaymentState


TO_START = select(Payment.reference, Payment.amount_fen, Payment.currency, Payment.state).where(
    Payment.code == bindparam("code")
)


def payment_to_start(session: Session, code: str) -> ToStart:
    """Return what a provider is to be asked for.

    Raises:
        NotFound: there is no such payment.
    """
    row = direct(session, TO_START, {"code": code}).one_or_none()
    if row is None:
        raise NotFound("payment")
    return ToStart(row.reference, row.amount_fen, row.currency, row.state)


def payments_of(session: Session, reference: str) -> list[PaymentFacts]:
    """Return the payments of a reference, oldest first."""
    return [
        _facts(p) for p in session.scalars(select(Payment).where(Payment.reference == reference).order_by(Payment.id))
    ]


def waiting_payments(session: Session, references: Collection[str]) -> dict[str, str]:
    """Return the code of the payment that each of these references still waits for, the last one begun."""
    states = (PaymentState.CREATED, PaymentState.PENDING)
    wanted = select(Payment.reference, Payment.code).where(Payment.reference.in_(references), Payment.state.in_(states))
    rows = session.execute(wanted.order_by(Payment.id)) if references else ()
    return {reference: code for reference, code in rows}  # noqa: C416 - rows are no pairs to the type checker


def payment_at_provider(session: Session, gateway: str, provider_ref: str) -> PaymentFacts | None:
    """Return the payment a provider means by any of its names, or None when we do not know it."""
    named = select(PaymentReference.payment_id).where(
        PaymentReference.gateway == gateway, PaymentReference.ref == provider_ref
    )
    wanted = select(Payment).where(Payment.id.in_(named))
    payment = session.scalars(wanted).one_or_none()
    return None if payment is None else _facts(payment)


def open_payments(
    session: Session, before: datetime, gateways: Collection[str], limit: int = 100
) -> list[PaymentFacts]:
    """Return payments of these gateways still open that were made before a moment: their provider must be asked.

    Cash that nobody has taken yet is left out, for it may wait for weeks; cash that the book says was taken is not.
    """
    wanted = (
        select(Payment)
        .outerjoin(CashCharge, CashCharge.ref == Payment.provider_ref)
        .where(
            Payment.state.in_(OPEN),
            Payment.gateway.in_(list(gateways)),
            Payment.created_at < before,
            or_(CashCharge.ref.is_(None), CashCharge.taken_fen > 0, CashCharge.is_void),
        )
    )
    return [_facts(p) for p in session.scalars(wanted.order_by(Payment.id).limit(limit))]


def captured_since(session: Session, gateway: str, since: datetime) -> list[str]:
    """Return the provider's names of a gateway's captured payments that were made since a moment, oldest first."""
    wanted = select(Payment.provider_ref).where(
        Payment.gateway == gateway, Payment.state == PaymentState.CAPTURED, Payment.created_at >= since
    )
    return [ref for ref in session.scalars(wanted.order_by(Payment.id)) if ref is not None]


def unprocessed_events(session: Session, gateways: Collection[str], limit: int = 100) -> list[tuple[int, str, str]]:
    """Return (id, gateway, provider reference) of these gateways' kept events not acted on yet; not the parked ones.

    The oldest come first.
    """
    waiting = select(ProviderEvent).where(ProviderEvent.processed_at.is_(None), ProviderEvent.parked == "")
    wanted = waiting.where(ProviderEvent.gateway.in_(list(gateways))).order_by(ProviderEvent.id).limit(limit)
    return [(event.id, event.gateway, event.provider_ref) for event in session.scalars(wanted)]


@dataclass(frozen=True)
class RefundToDrive:
    """A refund the provider has yet to settle."""

    code: str
    order_code: str
    payment_code: str
    gateway: str
    payment_ref: str
    amount_fen: int


def open_refunds(session: Session, gateways: Collection[str], limit: int = 100) -> list[RefundToDrive]:
    """Return refunds by these gateways not at their end, oldest first; without cash that waits to be handed back."""
    wanted = (
        select(Refund)
        .join(Payment, Payment.id == Refund.payment_id)
        .outerjoin(CashRefund, CashRefund.ref == Refund.provider_ref)
        .where(
            Refund.state.in_(GOING_BACK),
            Payment.gateway.in_(list(gateways)),
            Payment.provider_ref.is_not(None),
            or_(CashRefund.ref.is_(None), CashRefund.handed_at.is_not(None)),
        )
        .order_by(Refund.id)
        .limit(limit)
    )
    return [_drive(refund) for refund in session.scalars(wanted)]


def unasked(session: Session, gateways: Collection[str]) -> Mapping[str, tuple[int, int]]:
    """Return by gateway how many open payments and refunds wait at providers that are switched off.

    Args:
        gateways: codes of those that are on.
    """
    paying = (
        select(Payment.gateway, literal(0), func.count())
        .where(Payment.state.in_(OPEN), Payment.gateway.not_in(list(gateways)))
        .group_by(Payment.gateway)
    )
    going_back = (
        select(Payment.gateway, literal(1), func.count())
        .join(Refund, Refund.payment_id == Payment.id)
        .where(Refund.state.in_(GOING_BACK), Payment.gateway.not_in(list(gateways)))
        .group_by(Payment.gateway)
    )
    found: dict[str, list[int]] = {}
    for gateway, kind, count in session.execute(union_all(paying, going_back)):
        found.setdefault(gateway, [0, 0])[kind] = count
    return {gateway: (counts[0], counts[1]) for gateway, counts in sorted(found.items())}


def refund_to_drive(session: Session, code: str) -> RefundToDrive | None:
    """Return one refund if the provider has yet to settle it."""
    refund = session.scalars(select(Refund).where(Refund.code == code)).one_or_none()
    if refund is None or refund.state in (RefundState.SUCCEEDED, RefundState.FAILED):
        return None
    return _drive(refund)


def _drive(refund: Refund) -> RefundToDrive:
    of = refund.payment
    assert of.provider_ref is not None, "a captured payment has its provider's reference"
    return RefundToDrive(refund.code, of.reference, of.code, of.gateway, of.provider_ref, refund.amount_fen)
