"""What does not agree with a provider, and what waits for a person's word about it. Nothing here moves money."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select, union_all
from sqlalchemy.orm import Session

from shop.kernel.actor import Actor
from shop.kernel.clock import Clock
from shop.kernel.errors import Invalid, NotFound
from shop.kernel.queues import Queue
from shop.kernel.states import passage
from shop.payments.models import (
    Difference,
    DifferenceKind,
    Payment,
    PaymentHistory,
    ProviderEvent,
    Reconciliation,
)
from shop.payments.services import lock

LONGEST_NOTE = 200
MENDED, GONE = "mended", "gone"
"""What the house itself says of a difference: it brought ours in line, or it was not there any more."""


@dataclass(frozen=True)
class Found:
    """A difference as one look at a provider's book showed it; amounts in fen."""

    kind: DifferenceKind
    ref: str
    payment_code: str | None
    ours_fen: int
    theirs_fen: int
    is_mended: bool = False


@dataclass(frozen=True)
class DifferenceFacts:
    """A difference as pages show it.

    Attributes:
        order: the order it belongs to; empty when nobody knows one.
        done: what was done: `mended` or `gone` by the house, else a person's words; empty while it stands.
    """

    id: int
    gateway: str
    kind: DifferenceKind
    ref: str
    order: str
    ours_fen: int
    theirs_fen: int
    found_at: datetime
    seen_at: datetime
    settled_at: datetime | None
    done: str


@dataclass(frozen=True)
class RunFacts:
    """One run of the comparison; `ended_at` is None when it broke off."""

    gateway: str
    since_at: datetime
    started_at: datetime
    ended_at: datetime | None
    compared: int
    found: int


@dataclass(frozen=True)
class ParkedEvent:
    """What a provider said and the house could not act on: one for all events of one thing and reason."""

    id: int
    gateway: str
    ref: str
    why: str
    kinds: tuple[str, ...]
    received_at: datetime


@dataclass(frozen=True)
class ReviewFacts:
    """A payment that a person must look at; amounts in fen.

    Attributes:
        back_fen: what was given back at the provider, or could not be given back, when that is why.
    """

    code: str
    order: str
    gateway: str
    why: str
    amount_fen: int
    captured_fen: int
    back_fen: int
    created_at: datetime


_PARKED = (
    select(func.min(ProviderEvent.received_at).label("since"))
    .where(ProviderEvent.parked != "")
    .group_by(ProviderEvent.gateway, ProviderEvent.provider_ref, ProviderEvent.parked)
)
_TO_REVIEW = select(Payment.created_at.label("since")).where(Payment.needs_review, Payment.review_note == "")
_DIFFERING = select(Difference.found_at.label("since")).where(Difference.settled_at.is_(None))
CASES: Queue = select(union_all(_PARKED, _TO_REVIEW, _DIFFERING).subquery().c.since)
"""Money that a person must look at: what a provider said and nobody understood, payments, differences."""


def parked_events(session: Session) -> list[ParkedEvent]:
    """Return what a person must look at among the providers' events, oldest first."""
    rows = session.scalars(select(ProviderEvent).where(ProviderEvent.parked != "").order_by(ProviderEvent.id))
    found: dict[tuple[str, str, str], list[ProviderEvent]] = {}
    for row in rows:
        found.setdefault((row.gateway, row.provider_ref, row.parked), []).append(row)
    return [
        ParkedEvent(events[0].id, gateway, ref, why, tuple(e.kind for e in events), events[0].received_at)
        for (gateway, ref, why), events in found.items()
    ]


def payments_to_review(session: Session) -> list[ReviewFacts]:
    """Return the payments that a person must look at and has not settled, oldest first."""
    wanted = select(Payment).where(Payment.needs_review, Payment.review_note == "").order_by(Payment.id)
    return [_review(payment) for payment in session.scalars(wanted)]


def _review(payment: Payment) -> ReviewFacts:
    why, _, refund = payment.review.partition(":")
    back = sum(one.amount_fen for one in payment.refunds if one.code == refund)
    return ReviewFacts(
        payment.code,
        payment.reference,
        payment.gateway,
        why,
        payment.amount_fen,
        payment.captured_fen,
        back,
        payment.created_at,
    )


def open_differences(session: Session, gateway: str | None = None) -> list[DifferenceFacts]:
    """Return the differences that stand, oldest first; of one gateway or of all."""
    wanted = select(Difference, Payment.reference).outerjoin(Payment).where(Difference.settled_at.is_(None))
    if gateway is not None:
        wanted = wanted.where(Difference.gateway == gateway)
    return [_facts(row, order) for row, order in session.execute(wanted.order_by(Difference.id))]


def settled_differences(session: Session, limit: int = 20) -> list[DifferenceFacts]:
    """Return the differences that were settled last, newest first."""
    wanted = select(Difference, Payment.reference).outerjoin(Payment).where(Difference.settled_at.is_not(None))
    newest = wanted.order_by(Difference.settled_at.desc(), Difference.id).limit(limit)
    return [_facts(row, order) for row, order in session.execute(newest)]


def _facts(row: Difference, order: str | None) -> DifferenceFacts:
    return DifferenceFacts(
        row.id,
        row.gateway,
        row.kind,
        row.ref,
        order or "",
        row.ours_fen,
        row.theirs_fen,
        row.found_at,
        row.seen_at,
        row.settled_at,
        row.done,
    )


def last_runs(session: Session, limit: int = 7) -> list[RunFacts]:
    """Return the last runs, newest first."""
    rows = session.scalars(select(Reconciliation).order_by(Reconciliation.id.desc()).limit(limit))
    return [RunFacts(r.gateway, r.since_at, r.started_at, r.ended_at, r.compared, r.found) for r in rows]


def begin_run(session: Session, gateway: str, since: datetime, *, clock: Clock) -> int:
    """Write down that a comparison begins, and return its row's id."""
    run = Reconciliation(gateway=gateway, since_at=since, started_at=clock())
    session.add(run)
    session.flush()
    return run.id


def end_run(
    session: Session, run_id: int, found: Collection[Found], compared: int, *, actor: Actor, clock: Clock
) -> None:
    """Write down what a comparison found, and settle what stood before and does not any more.

    A difference found again is brought up to date. One that a person has settled stays so while its amounts do.
    """
    run = session.get_one(Reconciliation, run_id)
    run.ended_at, run.compared, run.found = clock(), compared, len(found)
    seen = {_note(session, run.gateway, one, actor=actor, clock=clock) for one in found}
    standing = select(Difference).where(Difference.gateway == run.gateway, Difference.settled_at.is_(None))
    for row in session.scalars(standing):
        if row.id not in seen:
            row.settled_at, row.settled_by, row.done = clock(), actor.label, GONE
    session.flush()


def _note(session: Session, gateway: str, one: Found, *, actor: Actor, clock: Clock) -> int:
    same = select(Difference).where(
        Difference.gateway == gateway, Difference.kind == one.kind, Difference.ref == one.ref
    )
    row = session.scalars(same).one_or_none()
    amounts = (one.ours_fen, one.theirs_fen)
    if row is None:
        row = Difference(gateway=gateway, kind=one.kind, ref=one.ref, found_at=clock())
        session.add(row)
    elif row.settled_at is not None and (row.done in (MENDED, GONE) or amounts != (row.ours_fen, row.theirs_fen)):
        row.settled_at, row.settled_by, row.done = None, "", ""
    row.seen_at, (row.ours_fen, row.theirs_fen) = clock(), amounts
    if one.payment_code is not None:
        row.payment_id = session.scalars(select(Payment.id).where(Payment.code == one.payment_code)).one()
    if one.is_mended:
        row.settled_at, row.settled_by, row.done = clock(), actor.label, MENDED
    session.flush()
    return row.id


def settle_difference(session: Session, difference_id: int, note: str, *, actor: Actor, clock: Clock) -> None:
    """Keep what a person did about a difference; settled already, it stays as it is.

    Raises:
        NotFound: there is no such difference.
        Invalid: the note says nothing, or too much.
    """
    note = _checked(note)
    row = session.get(Difference, difference_id, with_for_update=True)
    if row is None:
        raise NotFound("difference")
    if row.settled_at is None:
        row.settled_at, row.settled_by, row.done = clock(), actor.label, note
    session.flush()


def settle_event(session: Session, event_id: int, note: str, *, actor: Actor, clock: Clock) -> None:
    """Keep what a person did about a parked event, and about all others of the same thing and reason.

    Raises:
        NotFound: there is no such event.
        Invalid: the note says nothing, or too much.
    """
    note = _checked(note)
    event = session.get(ProviderEvent, event_id)
    if event is None:
        raise NotFound("event")
    if not event.parked:
        return
    same = select(ProviderEvent).where(
        ProviderEvent.gateway == event.gateway,
        ProviderEvent.provider_ref == event.provider_ref,
        ProviderEvent.parked == event.parked,
    )
    for row in session.scalars(same.with_for_update()):
        row.parked, row.settled_note, row.settled_by, row.processed_at = "", note, actor.label, clock()
    session.flush()


def settle_payment(session: Session, code: str, note: str, *, actor: Actor, clock: Clock) -> None:
    """Keep what a person did about a payment; settled already, it stays as it is.

    Raises:
        NotFound: there is no such payment.
        Invalid: the note says nothing, or too much.
    """
    note = _checked(note)
    payment = lock(session, code)
    if payment.needs_review and not payment.review_note:
        payment.review_note = note
        row = passage(payment.state, payment.state, actor=actor, clock=clock, reason=note)
        session.add(PaymentHistory(payment_id=payment.id, **row))
    session.flush()


def _checked(note: str) -> str:
    note = note.strip()
    if not note:
        raise Invalid("note", "empty")
    if len(note) > LONGEST_NOTE:
        raise Invalid("note", "long")
    return note
