"""Whether a thing is still there: which goods their households are asked about, and which hide in their silence."""

from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, and_, case, not_, or_, select
from sqlalchemy.orm import Session

from shop.catalog.models import HiddenFor, Listing, ListingState, Variant
from shop.catalog.rules import ANSWER_DAYS, ASK_DAYS, CONFIRM_DAYS, FORGET_DAYS
from shop.kernel.clock import town_day

TO_BE_HAD = (
    select(Variant.id)
    .where(
        Variant.listing_id == Listing.id,
        Variant.is_sold,
        Variant.on_hand - Variant.held >= Variant.draw,
    )
    .exists()
)


def _is_asked_about(now: datetime) -> ColumnElement[bool]:
    """Return what is true of goods that somebody could buy today and be disappointed.

    What is sold out or out of season disappoints nobody; what is ordered ahead is promised by days of its own.
    """
    month = 1 << (town_day(now).month - 1)
    return and_(
        Listing.state == ListingState.PUBLISHED,
        Listing.harvest_first_on.is_(None),
        Listing.season_bits.bitwise_and(month) != 0,
        TO_BE_HAD,
    )


def unconfirmed(now: datetime) -> ColumnElement[bool]:
    """Return the condition of goods about which their household is to be asked."""
    return and_(_is_asked_about(now), Listing.confirmed_at <= now - timedelta(days=ASK_DAYS))


def unasked(now: datetime) -> ColumnElement[bool]:
    """Return the condition of goods that belong into the next question to their household."""
    was_asked = and_(Listing.asked_at > Listing.confirmed_at, Listing.asked_at > now - timedelta(days=FORGET_DAYS))
    return and_(unconfirmed(now), or_(Listing.asked_at.is_(None), not_(was_asked)))


def silent(now: datetime) -> ColumnElement[bool]:
    """Return the condition of goods that hide: nothing was heard of them for long, though it was asked."""
    return and_(
        _is_asked_about(now),
        Listing.confirmed_at <= now - timedelta(days=CONFIRM_DAYS),
        Listing.asked_at > Listing.confirmed_at,
        Listing.asked_at.between(now - timedelta(days=FORGET_DAYS), now - timedelta(days=ANSWER_DAYS)),
    )


def is_silent(session: Session, listing_id: int, now: datetime) -> bool:
    """Tell whether a listing hides because nothing was heard of it."""
    return session.scalar(select(Listing.id).where(Listing.id == listing_id, silent(now))) is not None


def to_confirm(session: Session, vendor_id: int, now: datetime) -> list[str]:
    """Return the codes of a vendor's goods of which it should be said whether they are there, hidden ones first."""
    hidden = and_(Listing.hidden_for == HiddenFor.NOT_CONFIRMED, TO_BE_HAD)
    wanted = select(Listing.code).where(Listing.vendor_id == vendor_id, or_(hidden, unconfirmed(now)))
    first = case((Listing.state == ListingState.HIDDEN, 0), else_=1)
    return list(session.scalars(wanted.order_by(first, Listing.confirmed_at, Listing.id)))
