"""Reads of questions. What buyers and vendors read has no phone and nobody's name."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, Select, bindparam, func, select
from sqlalchemy.orm import Session, contains_eager, defaultload

from shop.catalog.models import Listing, ListingPhoto, ListingState, ReturnClass
from shop.catalog.questions.models import ListingQuestion
from shop.kernel.db import direct
from shop.kernel.errors import NotFound
from shop.kernel.queues import Queue
from shop.media.queries import Picture, picture
from shop.vendors.models import Vendor, VendorState

WAITING = (ListingQuestion.answered_at.is_(None), ListingQuestion.hidden_at.is_(None))

QUESTIONS: Queue = select(ListingQuestion.asked_at).where(*WAITING)
"""Buyers' questions without an answer."""


@dataclass(frozen=True)
class Said:
    """A question with its answer as the listing's page tells it; both are empty once it was hidden."""

    text: str
    answer: str
    answered_at: datetime
    by_centre: bool
    is_hidden: bool


@dataclass(frozen=True)
class QuestionFacts:
    """A question as its vendor and the centre see it.

    Attributes:
        answered_at: None while it waits.
        hidden_why: empty unless the centre hid it.
        is_shown: its listing is on the shelf now.
    """

    code: str
    title: str
    listing_code: str
    vendor_name: str
    text: str
    asked_at: datetime
    answer: str
    answered_at: datetime | None
    by_centre: bool
    hidden_why: str
    is_shown: bool


@dataclass(frozen=True)
class Asked:
    """One question, and what is known of the thing it is about.

    Attributes:
        free: how many of it can be bought now; none when it is not on the shelf.
    """

    facts: QuestionFacts
    photo: Picture | None
    free: int
    is_live: bool
    return_class: ReturnClass


ANSWERED = (
    select(
        ListingQuestion.text,
        ListingQuestion.answer,
        ListingQuestion.answered_at,
        ListingQuestion.by_centre,
        ListingQuestion.hidden_at,
    )
    .join(Listing)
    .where(Listing.code == bindparam("code"), ListingQuestion.answered_at.is_not(None))
    .order_by(ListingQuestion.answered_at.desc(), ListingQuestion.id.desc())
    .limit(bindparam("most"))
    .offset(bindparam("skip"))
)


def answered(session: Session, listing_code: str, *, limit: int, offset: int = 0) -> list[Said]:
    """Return what was asked about a listing and answered, the newest answer first."""
    return [_said(row) for row in direct(session, ANSWERED, {"code": listing_code, "most": limit, "skip": offset})]


def _said(row: Row[Any]) -> Said:
    is_hidden = row.hidden_at is not None
    return Said(
        text="" if is_hidden else row.text,
        answer="" if is_hidden else row.answer,
        answered_at=row.answered_at,
        by_centre=row.by_centre,
        is_hidden=is_hidden,
    )


def count_answered(session: Session, listing_code: str) -> int:
    """Return how many questions about a listing were answered."""
    wanted = select(func.count(ListingQuestion.id)).join(Listing)
    return session.scalar(wanted.where(Listing.code == listing_code, ListingQuestion.answered_at.is_not(None))) or 0


def waiting_questions(session: Session, vendor_id: int) -> int:
    """Return how many questions wait for a vendor's answer."""
    wanted = select(func.count(ListingQuestion.id)).join(Listing).where(Listing.vendor_id == vendor_id, *WAITING)
    return session.scalar(wanted) or 0


def waiting(
    session: Session, vendor_id: int | None = None, *, offset: int = 0, limit: int | None = None
) -> list[QuestionFacts]:
    """Return what waits for an answer, of one vendor or of all, the longest first."""
    wanted = _of(vendor_id).where(*WAITING).order_by(ListingQuestion.asked_at, ListingQuestion.id)
    return [_facts(row) for row in session.scalars(wanted.offset(offset).limit(limit))]


def done(session: Session, vendor_id: int | None = None, *, limit: int = 20) -> list[QuestionFacts]:
    """Return the last questions that were answered or hidden, of one vendor or of all; no vendor reads hidden ones."""
    wanted = _of(vendor_id).order_by(ListingQuestion.id.desc()).limit(limit)
    if vendor_id is None:
        wanted = wanted.where(ListingQuestion.answered_at.is_not(None) | ListingQuestion.hidden_at.is_not(None))
    else:
        wanted = wanted.where(ListingQuestion.answered_at.is_not(None), ListingQuestion.hidden_at.is_(None))
    return [_facts(row) for row in session.scalars(wanted)]


def asked_by(session: Session, user_id: int, *, limit: int) -> list[QuestionFacts]:
    """Return what a member asked, the latest first, without what was hidden."""
    mine = _of(None).where(ListingQuestion.user_id == user_id, ListingQuestion.hidden_at.is_(None))
    return [_facts(row) for row in session.scalars(mine.order_by(ListingQuestion.id.desc()).limit(limit))]


def question(session: Session, code: str, *, vendor_id: int | None = None) -> Asked:
    """Return one question.

    Raises:
        NotFound: there is none; for a vendor, none of theirs, or the centre hid it.
    """
    of_listing = defaultload(ListingQuestion.listing)
    wanted = (
        _of(vendor_id)
        .where(ListingQuestion.code == code)
        .options(
            of_listing.joinedload(Listing.category, innerjoin=True),
            of_listing.selectinload(Listing.variants),
            of_listing.selectinload(Listing.photos).joinedload(ListingPhoto.photo, innerjoin=True),
        )
    )
    if vendor_id is not None:
        wanted = wanted.where(ListingQuestion.hidden_at.is_(None))
    row = session.scalars(wanted).one_or_none()
    if row is None:
        raise NotFound("question")
    facts, listing = _facts(row), row.listing
    cover = next(iter(listing.photos), None)
    return Asked(
        facts=facts,
        photo=None if cover is None else picture(cover.photo, listing.title),
        free=sum(max(0, variant.free) for variant in listing.variants) if facts.is_shown else 0,
        is_live=listing.category.is_live,
        return_class=listing.category.return_class,
    )


def _of(vendor_id: int | None) -> Select[ListingQuestion]:
    wanted = (
        select(ListingQuestion)
        .join(ListingQuestion.listing)
        .join(Listing.vendor)
        .options(contains_eager(ListingQuestion.listing).contains_eager(Listing.vendor))
    )
    return wanted if vendor_id is None else wanted.where(Listing.vendor_id == vendor_id)


def _facts(row: ListingQuestion) -> QuestionFacts:
    listing, vendor = row.listing, row.listing.vendor
    return QuestionFacts(
        code=row.code,
        title=listing.title,
        listing_code=listing.code,
        vendor_name=vendor.name,
        text=row.text,
        asked_at=row.asked_at,
        answer=row.answer,
        answered_at=row.answered_at,
        by_centre=row.by_centre,
        hidden_why=row.hidden_why,
        is_shown=_is_shown(listing, vendor),
    )


def _is_shown(listing: Listing, vendor: Vendor) -> bool:
    return listing.state is ListingState.PUBLISHED and vendor.state is VendorState.APPROVED
