"""Taking back what a vendor did to a listing, as long as nothing happened to it since."""

from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from shop.catalog import stock
from shop.catalog.models import HiddenFor, Listing, ListingHistory, ListingRevision, ListingState
from shop.catalog.services.passages import advance, of_vendor
from shop.catalog.services.revisions import offer_of, wait
from shop.kernel.actor import Actor
from shop.kernel.clock import Clock
from shop.kernel.errors import NotFound, Stale

L = ListingState


def last_passage(session: Session, listing: Listing) -> int:
    """Return the mark of a listing's last passage: another one means that something happened since."""
    session.flush()
    wanted = select(func.max(ListingHistory.id)).where(ListingHistory.listing_id == listing.id)
    return session.scalar(wanted) or 0


def last_reason(session: Session, listing: Listing) -> str:
    """Return the reason of a listing's last passage, which its vendor reads."""
    wanted = select(ListingHistory.reason).where(ListingHistory.listing_id == listing.id)
    return session.scalars(wanted.order_by(ListingHistory.id.desc()).limit(1)).first() or ""


def unpause(
    session: Session, vendor_id: int, code: str, *, was_paused: bool, mark: int, actor: Actor, clock: Clock
) -> None:
    """Take back that a listing was taken off the shelf for a while, or put back on it.

    Args:
        mark: of the passage that is taken back.

    Raises:
        NotFound: the vendor has no such listing.
        Stale: something happened since.
        NotLawful: something has come in the way of showing it.
    """
    listing = _untouched(session, vendor_id, code, mark)
    advance(session, listing, L.PUBLISHED if was_paused else L.PAUSED, actor=actor, clock=clock)


def unarchive(
    session: Session,
    vendor_id: int,
    code: str,
    *,
    to: ListingState,
    hidden_for: HiddenFor | None,
    reason: str,
    revision_id: int | None,
    mark: int,
    actor: Actor,
    clock: Clock,
) -> None:
    """Bring a listing back that was put away, as it was, with the change that waited for the centre.

    Args:
        reason: of the passage before it was put away: why it was given back or taken down.
        revision_id: of the change that waited.

    Raises:
        NotFound: the vendor has no such listing.
        Stale: something happened since.
        NotLawful: it would be shown, and something has come in the way of that.
    """
    listing = _untouched(session, vendor_id, code, mark)
    advance(session, listing, to, actor=actor, clock=clock, reason=reason, hidden_for=hidden_for, undoing=True)
    if revision_id is not None:
        waited = session.get_one(ListingRevision, revision_id)
        wait(session, listing, offer_of(waited.wanted), actor=actor, clock=clock)


def unconfirm(
    session: Session,
    vendor_id: int,
    code: str,
    *,
    confirmed_at: datetime | None,
    said_at: datetime,
    was_hidden: bool,
    mark: int,
    actor: Actor,
    clock: Clock,
) -> None:
    """Take back that a thing is still to be had.

    Args:
        confirmed_at: when it had been said before.
        said_at: when it was said; a later sign of life is not undone.
        was_hidden: it had been hidden for want of a sign of life.

    Raises:
        NotFound: the vendor has no such listing.
        Stale: something happened since.
    """
    listing = _untouched(session, vendor_id, code, mark)
    if listing.confirmed_at != said_at:
        raise Stale("listing")
    if was_hidden:
        advance(session, listing, L.HIDDEN, actor=actor, clock=clock, hidden_for=HiddenFor.NOT_CONFIRMED)
    listing.confirmed_at = confirmed_at
    session.flush()


def uncount(
    session: Session, vendor_id: int, code: str, *, variant_id: int, free: int, after: int, actor: Actor, clock: Clock
) -> None:
    """Set a count back to what it was before.

    Args:
        free: what was free before, in the variant's own measure.
        after: what was counted.

    Raises:
        NotFound: the vendor has no such listing, or it is not sold in this way any more.
        Stale: it was put away, or something was sold or counted since.
    """
    listing = of_vendor(session, vendor_id, code)
    if listing.state is L.ARCHIVED:
        raise Stale("listing")
    if variant_id not in {variant.id for variant in listing.variants}:
        raise NotFound("variant")
    stock.count(session, variant_id, free, saw_free=after, actor=actor, clock=clock)


def _untouched(session: Session, vendor_id: int, code: str, mark: int) -> Listing:
    listing = of_vendor(session, vendor_id, code)
    if last_passage(session, listing) != mark:
        raise Stale("listing")
    return listing
