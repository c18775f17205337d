"""Writes of questions: asking, answering, hiding what the law forbids, and forgetting who asked."""

from datetime import datetime

from sqlalchemy import CursorResult, and_, func, or_, select, update
from sqlalchemy.orm import Session, joinedload

from shop.catalog.models import Listing
from shop.catalog.queries import SHOWN
from shop.catalog.questions.models import ListingQuestion
from shop.catalog.questions.queries import WAITING
from shop.catalog.questions.rules import (
    KEEP_PHONE,
    KEEP_WAITING,
    MAX_WHY,
    MOST_TOLD,
    MOST_WAITING,
    TOLD_SPAN,
    check_answer,
    check_question,
    may_say_otherwise,
)
from shop.kernel.actor import Actor
from shop.kernel.clock import Clock
from shop.kernel.codes import new_code
from shop.kernel.errors import Forbidden, Invalid, NotFound, TooMany, WrongState
from shop.kernel.languages import Language
from shop.notifications.services import wanted
from shop.vendors.models import Member, Vendor


def ask(
    session: Session,
    listing_code: str,
    text: str,
    *,
    key: str,
    phone: str,
    language: Language = Language.HANS,
    actor: Actor,
    clock: Clock,
) -> ListingQuestion:
    """Write down a buyer's question and tell its vendor; asked twice, it is the first.

    Args:
        key: made with the page on which it was asked.
        phone: where the asker hears of the answer; no page of a vendor shows it.
        language: in which they are told.

    Raises:
        NotFound: there is no such listing on the shelf.
        Invalid: field "text"; reason "empty", "length", "contact", or "own" for one's own goods.
        NotLawful: it names goods that may not be sold.
        TooMany: so many questions of this phone wait already.
    """
    kept = session.scalars(select(ListingQuestion).where(ListingQuestion.key == key)).one_or_none()
    if kept is not None:
        return kept
    text = check_question(text)
    listing = session.scalars(
        select(Listing)
        .join(Vendor)
        .where(SHOWN, Listing.code == listing_code)
        .options(joinedload(Listing.vendor, innerjoin=True))
    ).one_or_none()
    if listing is None:
        raise NotFound("listing")
    vendor = listing.vendor
    if phone == vendor.phone or _is_own(session, vendor.id, actor):
        raise Invalid("text", "own")
    open_ones = session.scalars(select(ListingQuestion).where(ListingQuestion.phone == phone, *WAITING)).all()
    for one in open_ones:
        if one.listing_id == listing.id and one.text == text:
            return one
    if len(open_ones) >= MOST_WAITING:
        raise TooMany("ask", int(TOLD_SPAN.total_seconds()))
    told = _asked_lately(session, vendor.id, clock=clock)
    made = ListingQuestion(
        code=new_code(8),
        key=key,
        listing_id=listing.id,
        user_id=actor.user_id,
        phone=phone,
        language=language,
        text=text,
        asked_at=clock(),
    )
    session.add(made)
    session.flush()
    if told < MOST_TOLD:
        values = {"goods": listing.title, "question": text}
        wanted(session, "question_asked", phone=vendor.phone, values=values, clock=clock)
    return made


def _is_own(session: Session, vendor_id: int, actor: Actor) -> bool:
    if actor.user_id is None:
        return False
    mine = select(Member.user_id).where(Member.vendor_id == vendor_id, Member.user_id == actor.user_id)
    return session.scalar(mine) is not None


def _asked_lately(session: Session, vendor_id: int, *, clock: Clock) -> int:
    lately = (
        select(func.count(ListingQuestion.id))
        .join(Listing)
        .where(Listing.vendor_id == vendor_id, ListingQuestion.asked_at > clock() - TOLD_SPAN)
    )
    return session.scalar(lately) or 0


def answer(session: Session, code: str, text: str, *, vendor_id: int | None, actor: Actor, clock: Clock) -> bool:
    """Answer a question and tell who asked; said again it is the first, said otherwise soon after it is mended.

    Args:
        vendor_id: the household that answers about its own goods; without one the centre answers.

    Returns:
        Whether who asked is told; after `KEEP_WAITING` nobody knows any more who that was.

    Raises:
        Forbidden: neither a household nor the centre.
        NotFound: there is no such question, or it is another household's.
        WrongState: it was answered otherwise and not just now, or the centre hid it.
        Invalid: field "answer"; reason "empty", "length" or "contact".
        NotLawful: it says what may not be said of goods.
    """
    if vendor_id is None:
        _check_desk(actor, "answer")
    text = check_answer(text)
    row = _locked(session, code)
    if vendor_id is not None and row.listing.vendor_id != vendor_id:
        raise NotFound("question")
    if row.answered_at is not None and row.answer == text:
        return bool(row.phone)
    may_mend = may_say_otherwise(row.answered_at, by_centre=row.by_centre, now=clock()) and vendor_id is not None
    if row.hidden_at is not None or (row.answered_at is not None and not may_mend):
        raise WrongState("question", "hidden" if row.hidden_at is not None else "answered", "answered")
    row.answer, row.answered_at, row.answered_by = text, clock(), actor.label
    row.by_centre = vendor_id is None
    session.flush()
    if row.phone:
        values = {"goods": row.listing.title, "answer": text}
        wanted(session, "question_answered", phone=row.phone, language=row.language, values=values, clock=clock)
    return bool(row.phone)


def hide(session: Session, code: str, why: str, *, actor: Actor, clock: Clock) -> None:
    """Hide a question that is against the law, with its answer; hidden already, it stays as it is.

    Args:
        why: which law is against it; an opinion that nobody likes is no reason.

    Raises:
        Forbidden: the actor is not of the centre.
        NotFound: there is no such question.
        Invalid: field "why"; reason "empty" or "length".
    """
    _check_desk(actor, "hide")
    why = why.strip()
    if not 1 <= len(why) <= MAX_WHY:
        raise Invalid("why", "length" if why else "empty")
    row = _locked(session, code)
    if row.hidden_at is None:
        row.hidden_at, row.hidden_by, row.hidden_why = clock(), actor.label, why
        session.flush()


def forget_askers(session: Session, now: datetime) -> int:
    """Forget who asked what was answered, hidden or left waiting long ago; the questions stay.

    What was still to be told has its phone in the message itself.

    Returns:
        How many numbers went.
    """
    long_ago = or_(
        ListingQuestion.answered_at < now - KEEP_PHONE,
        ListingQuestion.hidden_at < now - KEEP_PHONE,
        and_(*WAITING, ListingQuestion.asked_at < now - KEEP_WAITING),
    )
    old = update(ListingQuestion).where(ListingQuestion.phone != "", long_ago)
    done = session.execute(old.values(phone="", user_id=None).execution_options(synchronize_session=False))
    assert isinstance(done, CursorResult)
    return done.rowcount


def forget_asker(session: Session, user_id: int, phone: str) -> None:
    """Forget that a person asked, by account and by phone; the questions stay."""
    mine = update(ListingQuestion).where((ListingQuestion.user_id == user_id) | (ListingQuestion.phone == phone))
    session.execute(mine.values(phone="", user_id=None).execution_options(synchronize_session=False))


def _check_desk(actor: Actor, act: str) -> None:
    if not actor.has("staff", "manager"):
        raise Forbidden(act)


def _locked(session: Session, code: str) -> ListingQuestion:
    row = session.scalars(
        select(ListingQuestion)
        .where(ListingQuestion.code == code)
        .options(joinedload(ListingQuestion.listing, innerjoin=True))
        .with_for_update(of=ListingQuestion)
    ).one_or_none()
    if row is None:
        raise NotFound("question")
    return row
