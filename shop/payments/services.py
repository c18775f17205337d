"""Writes of payments: rows first, what the provider says afterwards. Nothing here talks to a provider."""

from collections.abc import Iterable

from sqlalchemy import bindparam, func, insert, select, update
from sqlalchemy.orm import Session, lazyload

from shop.kernel.actor import Actor
from shop.kernel.clock import Clock
from shop.kernel.codes import new_code
from shop.kernel.db import direct
from shop.kernel.errors import NotFound, ShopError
from shop.kernel.states import check_passage, passage
from shop.payments.gateways.protocol import GatewayEvent, RefundSnapshot, Snapshot, Started
from shop.payments.models import (
    Payment,
    PaymentHistory,
    PaymentReference,
    PaymentState,
    ProviderEvent,
    Refund,
    RefundHistory,
    RefundSource,
    RefundState,
)
from shop.payments.rules import NEXT, REFUND_NEXT


class OverRefund(ShopError):
    """More was to be given back than is left of what was captured."""


def advance(
    session: Session, payment: Payment, to: PaymentState, *, actor: Actor, clock: Clock, reason: str = ""
) -> None:
    """Move a payment to another state with its history; the only writer of a payment's state."""
    check_passage("payment", NEXT, payment.state, to)
    row = passage(payment.state, to, actor=actor, clock=clock, reason=reason)
    session.add(PaymentHistory(payment_id=payment.id, **row))
    payment.state = to
    session.flush()


NEW_PAYMENT = insert(Payment)
NEW_PASSAGE = insert(PaymentHistory)
STARTED = (
    update(Payment)
    .where(Payment.code == bindparam("of"), Payment.state == PaymentState.CREATED, Payment.provider_ref.is_(None))
    .values(state=PaymentState.PENDING, provider_ref=bindparam("ref"), pay_url=bindparam("url"))
    .returning(Payment.id, Payment.gateway)
)
NEW_REF = insert(PaymentReference)


def create(session: Session, *, reference: str, gateway: str, amount_fen: int, clock: Clock) -> str:
    """Write down that an amount is wanted, before any provider is asked, and return the payment's code."""
    code = new_code(16)
    row = {
        "code": code,
        "reference": reference,
        "gateway": gateway,
        "amount_fen": amount_fen,
        "created_at": clock(),
    }
    direct(session, NEW_PAYMENT, row)
    return code


def lock(session: Session, code: str) -> Payment:
    """Return a payment for change.

    Raises:
        NotFound: there is none.
    """
    wanted = select(Payment).where(Payment.code == code).with_for_update(of=Payment).options(lazyload(Payment.refunds))
    payment = session.scalars(wanted.execution_options(populate_existing=True)).one_or_none()
    if payment is None:
        raise NotFound("payment")
    return payment


def lower(session: Session, payment: Payment, amount_fen: int, *, actor: Actor, clock: Clock, reason: str) -> bool:
    """Let a locked payment that is not captured be of so much less, because some of its goods will not come.

    Returns:
        Whether something is left to be paid; if not, the amount stays and the caller ends the payment.

    Raises:
        OverRefund: it is not that much.
    """
    if not 0 < amount_fen <= payment.amount_fen or payment.state is PaymentState.CAPTURED:
        raise OverRefund
    if amount_fen == payment.amount_fen:
        return False
    payment.amount_fen -= amount_fen
    row = passage(payment.state, payment.state, actor=actor, clock=clock, reason=f"{reason}:-{amount_fen}")
    session.add(PaymentHistory(payment_id=payment.id, **row))
    session.flush()
    return True


def drop_unstarted(session: Session, reference: str, *, actor: Actor, clock: Clock) -> bool:
    """End the payments of a reference if none of them ever reached its provider; return whether that was so."""
    wanted = select(Payment).where(Payment.reference == reference).order_by(Payment.id).with_for_update(of=Payment)
    payments = list(session.scalars(wanted.execution_options(populate_existing=True)))
    if any(payment.provider_ref is not None or payment.state is not PaymentState.CREATED for payment in payments):
        return False
    for payment in payments:
        advance(session, payment, PaymentState.VOIDED, actor=actor, clock=clock, reason="unstarted")
    return True


def started(session: Session, code: str, said: Started, *, actor: Actor, clock: Clock) -> None:
    """Keep what the provider answered to the start; answered twice, it changes nothing."""
    made = direct(session, STARTED, {"of": code, "ref": said.provider_ref, "url": said.pay_url}).one_or_none()
    if made is None:  # something was heard of it before, for instance by an event of the provider's
        payment = lock(session, code)
        payment.provider_ref, payment.pay_url = said.provider_ref, said.pay_url
        if payment.state is PaymentState.CREATED:
            advance(session, payment, PaymentState.PENDING, actor=actor, clock=clock)
        _keep_refs(session, payment, (said.provider_ref,))
        return
    check_passage("payment", NEXT, PaymentState.CREATED, PaymentState.PENDING)
    row = passage(PaymentState.CREATED, PaymentState.PENDING, actor=actor, clock=clock)
    direct(session, NEW_PASSAGE, {"payment_id": made.id, **row})
    direct(session, NEW_REF, {"gateway": made.gateway, "ref": said.provider_ref, "payment_id": made.id})


def refused(session: Session, code: str, *, actor: Actor, clock: Clock) -> None:
    """End a payment that its provider would not take."""
    payment = lock(session, code)
    if payment.state is PaymentState.CREATED:
        advance(session, payment, PaymentState.VOIDED, actor=actor, clock=clock, reason="refused")


def apply(session: Session, payment: Payment, said: Snapshot, *, actor: Actor, clock: Clock) -> bool:
    """Bring a locked payment in line with what the provider states now; applied twice it changes nothing.

    An amount or currency other than the one we asked for parks the payment for a person: it pays for nothing.

    Returns:
        Whether the payment became captured by this call.

    Raises:
        NotFound: it is money beside a payment that is captured already, under another name of the provider's.
    """
    payment.fetched_at = clock()
    if payment.provider_ref not in (None, said.provider_ref):
        # Begun twice at the provider, because it had forgotten the key. Whichever brings the money is the payment.
        if said.captured_fen == 0:
            return False
        if payment.state is PaymentState.CAPTURED:
            raise NotFound("payment")
    payment.provider_ref = said.provider_ref
    _keep_refs(session, payment, (said.provider_ref, *said.refs))
    if said.captured_fen > 0 and payment.state is not PaymentState.CAPTURED:
        if said.captured_fen != payment.amount_fen or said.currency != payment.currency:
            payment.captured_fen = said.captured_fen
            review(session, payment, "amount" if said.currency == payment.currency else "currency")
            return False
        payment.captured_fen = said.captured_fen
        advance(session, payment, PaymentState.CAPTURED, actor=actor, clock=clock)
        return True
    if said.state is PaymentState.VOIDED and payment.state in (PaymentState.CREATED, PaymentState.PENDING):
        advance(session, payment, PaymentState.VOIDED, actor=actor, clock=clock)
    session.flush()
    return False


def _keep_refs(session: Session, payment: Payment, refs: Iterable[str]) -> None:
    known = select(PaymentReference.ref).where(PaymentReference.gateway == payment.gateway)
    kept = set(session.scalars(known.where(PaymentReference.ref.in_(list(refs)))))
    for ref in dict.fromkeys(refs):
        if ref not in kept:
            session.add(PaymentReference(gateway=payment.gateway, ref=ref, payment_id=payment.id))
    session.flush()


def review(session: Session, payment: Payment, why: str) -> None:
    """Put a locked payment before a person, once for each reason."""
    if payment.review != why:
        payment.needs_review, payment.review, payment.review_note = True, why, ""
    session.flush()


def keep_fee(session: Session, payment: Payment, said: Snapshot) -> bool:
    """Keep what the provider took of a locked, captured payment; return whether it says so for the first time."""
    if said.fee_fen is None or payment.fee_fen is not None:
        return False
    payment.fee_fen = said.fee_fen
    session.flush()
    return True


def keep_external(session: Session, payment: Payment, said: Snapshot, *, actor: Actor, clock: Clock) -> list[Refund]:
    """Write down the refunds of a locked payment that were made at the provider, past the house; each is kept once.

    Returns:
        Those that were not known before, at their end.
    """
    rows = list(session.scalars(select(Refund).where(Refund.payment_id == payment.id)))
    ours = {row.provider_ref for row in rows} | {f"refund:{row.code}" for row in rows}
    made = []
    for one in said.refunds:
        if one.state is not RefundState.SUCCEEDED or one.provider_ref in ours or one.key in ours:
            continue
        refund = Refund(
            code=new_code(16),
            payment_id=payment.id,
            key=f"external:{one.provider_ref}"[:80],
            amount_fen=one.amount_fen,
            state=RefundState.SUCCEEDED,
            reason="external",
            source=RefundSource.EXTERNAL,
            provider_ref=one.provider_ref,
            created_at=clock(),
            done_at=clock(),
        )
        session.add(refund)
        session.flush()
        row = passage(RefundState.CREATED, RefundState.SUCCEEDED, actor=actor, clock=clock, reason="external")
        session.add(RefundHistory(refund_id=refund.id, **row))
        made.append(refund)
    session.flush()
    return made


def receive(session: Session, gateway: str, event: GatewayEvent, body: bytes, *, clock: Clock) -> int | None:
    """Keep a verified event, once, and return its row's id; None when nothing is left to be done about it."""
    kept = session.scalars(
        select(ProviderEvent).where(ProviderEvent.gateway == gateway, ProviderEvent.event_id == event.event_id)
    ).one_or_none()
    if kept is None:
        kept = ProviderEvent(
            gateway=gateway,
            event_id=event.event_id,
            kind=event.kind,
            provider_ref=event.provider_ref,
            body=body,
            received_at=clock(),
            parked="dispute" if event.is_dispute else "",
        )
        session.add(kept)
        session.flush()
    return None if kept.parked or kept.processed_at else kept.id


def park(session: Session, event_id: int, why: str) -> None:
    """Leave an event that cannot be applied to a person: orphan, amount."""
    session.get_one(ProviderEvent, event_id).parked = why
    session.flush()


def mark_processed(session: Session, event_id: int, *, clock: Clock) -> None:
    """Note that an event was acted on to the end."""
    session.get_one(ProviderEvent, event_id).processed_at = clock()
    session.flush()


def ask_refund(
    session: Session,
    payment: Payment,
    amount_fen: int,
    *,
    key: str,
    reason: str,
    clock: Clock,
    source: RefundSource = RefundSource.SYSTEM,
    note: str = "",
) -> tuple[Refund, bool]:
    """Write down a refund of a locked payment before the provider is asked.

    Args:
        key: why it exists; the same key finds the first refund instead of making a second.

    Returns:
        The refund, and whether this call made it.

    Raises:
        OverRefund: captured less what is already going back does not cover it.
    """
    kept = session.scalars(select(Refund).where(Refund.key == key)).one_or_none()
    if kept is not None:
        return kept, False
    gone = (
        session.scalar(
            select(func.coalesce(func.sum(Refund.amount_fen), 0)).where(
                Refund.payment_id == payment.id, Refund.state != RefundState.FAILED
            )
        )
        or 0
    )
    left = payment.captured_fen - int(gone)
    if not 0 < amount_fen <= left:
        raise OverRefund
    refund = Refund(
        code=new_code(16),
        payment_id=payment.id,
        key=key,
        amount_fen=amount_fen,
        reason=reason,
        source=source,
        note=note,
        created_at=clock(),
    )
    session.add(refund)
    session.flush()
    return refund, True


def apply_refund(
    session: Session, code: str, said: RefundSnapshot, *, actor: Actor, clock: Clock
) -> tuple[Refund, bool]:
    """Bring a refund in line with what the provider states now.

    Returns:
        The refund, and whether it reached its end (succeeded or failed) by this call.

    Raises:
        NotFound: there is no such refund.
    """
    wanted = select(Refund).where(Refund.code == code).with_for_update(of=Refund)
    refund = session.scalars(wanted.execution_options(populate_existing=True)).one_or_none()
    if refund is None:
        raise NotFound("refund")
    refund.provider_ref = said.provider_ref or refund.provider_ref
    if refund.state is said.state or refund.state in (RefundState.SUCCEEDED, RefundState.FAILED):
        session.flush()
        return refund, False
    check_passage("refund", REFUND_NEXT, refund.state, said.state)
    session.add(RefundHistory(refund_id=refund.id, **passage(refund.state, said.state, actor=actor, clock=clock)))
    refund.state = said.state
    ended = said.state in (RefundState.SUCCEEDED, RefundState.FAILED)
    if ended:
        refund.done_at = clock()
    session.flush()
    return refund, ended
