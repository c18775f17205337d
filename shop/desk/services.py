"""Writes of claims without their money, which `shop.flows.claims` moves in the same transaction."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from shop.desk.models import Bearer, Claim, ClaimHistory, ClaimKind, ClaimPhoto, ClaimState, HouseholdWord
from shop.desk.rules import (
    DUE,
    MAX_WORDS,
    NEXT,
    Worth,
    check_photos,
    check_reason,
    check_words,
)
from shop.kernel.actor import Actor
from shop.kernel.clock import Clock
from shop.kernel.codes import new_code
from shop.kernel.errors import Forbidden, NotFound, Stale, WrongState
from shop.kernel.states import check_passage, passage

DESK = ("staff", "counter", "manager")


@dataclass(frozen=True)
class Wanted:
    """What a buyer claims.

    Attributes:
        much: pieces, or grams of a weight that is short.
        photos: keys of private photos.
    """

    line_id: int
    kind: ClaimKind
    much: int
    words: str = ""
    photos: Sequence[str] = ()


def check_desk(actor: Actor) -> None:
    """Refuse everyone who does not decide claims.

    Raises:
        Forbidden: the actor is not of the desk.
    """
    if not actor.has(*DESK):
        raise Forbidden("claim")


def write(
    session: Session,
    wanted: Wanted,
    worth: Worth,
    *,
    key: str,
    parcel_id: int,
    signed_at: datetime,
    actor: Actor,
    clock: Clock,
) -> Claim:
    """Write a new claim down. Whether it may be made, its caller has made sure of; the order is locked.

    Raises:
        Invalid: field "words" or "photo".
    """
    check_photos(wanted.kind, wanted.photos)
    claim = Claim(
        code=new_code(8),
        key=key,
        order_line_id=wanted.line_id,
        parcel_id=parcel_id,
        kind=wanted.kind,
        asked=wanted.much,
        words=check_words("words", wanted.words, MAX_WORDS),
        amount_fen=worth.fen,
        freight_fen=worth.freight_fen,
        signed_at=signed_at,
        asked_at=clock(),
        due_at=clock() + DUE[ClaimState.OPEN],
        photos=[ClaimPhoto(key=photo) for photo in wanted.photos],
    )
    session.add(claim)
    session.flush()
    first = passage(None, ClaimState.OPEN, actor=actor, clock=clock)
    session.add(ClaimHistory(claim_id=claim.id, **first))
    session.flush()
    return claim


def lock(session: Session, code: str, *, version: int | None = None) -> Claim:
    """Return a claim for change; its order is locked before it.

    Args:
        version: of the claim as the actor saw it; None for what no page showed.

    Raises:
        NotFound: there is none.
        Stale: somebody changed it since.
    """
    wanted = select(Claim).where(Claim.code == code).with_for_update(of=Claim)
    claim = session.scalars(wanted.execution_options(populate_existing=True)).one_or_none()
    if claim is None:
        raise NotFound("claim")
    if version is not None and claim.version != version:
        raise Stale("claim")
    return claim


def advance(session: Session, claim: Claim, to: ClaimState, *, actor: Actor, clock: Clock, reason: str = "") -> None:
    """Move a claim on, with its history; the only writer of a claim's state.

    Raises:
        WrongState: the table has no such passage.
    """
    check_passage("claim", NEXT, claim.state, to)
    row = passage(claim.state, to, actor=actor, clock=clock, reason=reason)
    session.add(ClaimHistory(claim_id=claim.id, **row))
    claim.state = to
    claim.due_at = clock() + DUE[to] if to in DUE else None
    session.flush()


def grant(
    session: Session,
    claim: Claim,
    much: int,
    worth: Worth,
    bearer: Bearer,
    *,
    actor: Actor,
    clock: Clock,
    reason: str = "",
) -> None:
    """Agree to so much of a locked claim; the money is its caller's.

    Raises:
        WrongState: it does not wait for that.
    """
    claim.granted, claim.amount_fen, claim.freight_fen, claim.bearer = much, worth.fen, worth.freight_fen, bearer
    _decided(claim, reason, actor=actor, clock=clock)
    advance(session, claim, ClaimState.ACCEPTED, actor=actor, clock=clock, reason=reason)


def _decided(claim: Claim, reason: str, *, actor: Actor, clock: Clock) -> None:
    claim.reason, claim.decided_by, claim.decided_at = reason, actor.label, clock()


def decide(session: Session, claim: Claim, to: ClaimState, reason: str, *, actor: Actor, clock: Clock) -> None:
    """Decline a locked claim, or ask for its goods; the reason is for its buyer.

    Raises:
        Forbidden: the actor is not of the desk.
        Invalid: field "reason".
        WrongState: it does not wait for that.
    """
    check_desk(actor)
    why = check_reason(reason)
    advance(session, claim, to, actor=actor, clock=clock, reason=why)
    _decided(claim, why, actor=actor, clock=clock)
    session.flush()


def withdraw(session: Session, claim: Claim, *, actor: Actor, clock: Clock) -> None:
    """Take a locked claim back for its buyer; taken back already, nothing changes.

    Raises:
        WrongState: it was decided, or its goods are at the centre.
    """
    if claim.state is not ClaimState.WITHDRAWN:
        advance(session, claim, ClaimState.WITHDRAWN, actor=actor, clock=clock)


def note_sent(session: Session, claim: Claim, waybill: str, *, actor: Actor, clock: Clock) -> None:
    """Note by which waybill the buyer of a locked claim sends its goods back; said otherwise later, that counts.

    Raises:
        WrongState: no goods are waited for.
    """
    if claim.state is not ClaimState.AWAITING_GOODS:
        raise WrongState("claim", claim.state, ClaimState.RECEIVED)
    if claim.waybill == waybill:
        return
    claim.waybill = waybill
    note = passage(claim.state, claim.state, actor=actor, clock=clock, reason=waybill)
    session.add(ClaimHistory(claim_id=claim.id, **note))
    session.flush()


def appeal(session: Session, claim: Claim, words: str, *, actor: Actor, clock: Clock) -> None:
    """Let the buyer of a declined, locked claim say something to it, once; a person looks again.

    Raises:
        Invalid: field "appeal"; "empty" or "length".
        WrongState: it was not declined, or they have said something already.
    """
    text = check_words("appeal", words, MAX_WORDS, needed=True)
    if claim.appealed_at is not None:
        if claim.appeal == text:
            return
        raise WrongState("claim", claim.state, ClaimState.OPEN)
    advance(session, claim, ClaimState.OPEN, actor=actor, clock=clock, reason=text[:100])
    claim.appeal, claim.appealed_at = text, clock()
    session.flush()


def mark_paid(session: Session, code: str, *, actor: Actor, clock: Clock) -> None:
    """Note that the money of a claim has reached its buyer; noted twice, it is once."""
    claim = lock(session, code)
    if claim.state is ClaimState.ACCEPTED:
        advance(session, claim, ClaimState.PAID, actor=actor, clock=clock)


def say_for_household(session: Session, claim: Claim, word: HouseholdWord, *, actor: Actor, clock: Clock) -> None:
    """Let the household whose goods a locked claim is about say one word to it; said otherwise later, that counts.

    Raises:
        WrongState: nothing is asked of its goods any more, or the centre has answered.
    """
    if claim.household_word is word:
        return
    if claim.state in (ClaimState.DECLINED, ClaimState.WITHDRAWN) or claim.household_answer is not None:
        raise WrongState("claim", claim.state, claim.state)
    claim.household_word, claim.household_at = word, clock()
    note = passage(claim.state, claim.state, actor=actor, clock=clock, reason=word.value)
    session.add(ClaimHistory(claim_id=claim.id, **note))
    session.flush()


def answer_household(
    session: Session, claim: Claim, bearer: Bearer, reason: str, *, actor: Actor, clock: Clock
) -> None:
    """Say who bears a locked claim after its household said that it is not theirs, once.

    Raises:
        Invalid: field "reason".
        WrongState: the household said nothing of the kind, or was answered.
    """
    why = check_reason(reason)
    if claim.household_word is not HouseholdWord.NOT_OURS or claim.household_answer is not None:
        raise WrongState("claim", claim.state, claim.state)
    claim.household_answer, claim.bearer = why, bearer
    note = passage(claim.state, claim.state, actor=actor, clock=clock, reason=f"{bearer.value}: {why}")
    session.add(ClaimHistory(claim_id=claim.id, **note))
    session.flush()
