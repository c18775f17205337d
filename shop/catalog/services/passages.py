"""A listing's passages: each checked by the table, lawful, and with its history."""

from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload, selectinload

from shop.catalog import versions
from shop.catalog.models import HiddenFor, Listing, ListingHistory, ListingState
from shop.catalog.obstacles import NotLawful, lack_papers, obstacles
from shop.catalog.rules import NEXT, UNDOING
from shop.catalog.sequence import touch
from shop.catalog.services.waiting import withdraw
from shop.catalog.still import is_silent
from shop.kernel.actor import Actor
from shop.kernel.clock import Clock, town_day
from shop.kernel.errors import Forbidden, Invalid, NotFound, Stale, WrongState
from shop.kernel.states import check_passage, passage

L = ListingState


def advance(
    session: Session,
    listing: Listing,
    to: ListingState,
    *,
    actor: Actor,
    clock: Clock,
    reason: str = "",
    hidden_for: HiddenFor | None = None,
    undoing: bool = False,
) -> None:
    """Move a listing to another state, with its history; the only writer of a listing's state.

    Args:
        hidden_for: why, exactly when it becomes hidden.
        undoing: an act is taken back, which has a table of its own.

    Raises:
        WrongState: the table has no such passage.
        NotLawful: it is to be shown, and the law does not let it.
    """
    check_passage("listing", UNDOING if undoing else NEXT, listing.state, to)
    if to is L.PUBLISHED:
        check_lawful(session, listing, town_day(clock()))
    row = passage(listing.state, to, actor=actor, clock=clock, reason=reason)
    session.add(ListingHistory(listing_id=listing.id, **row))
    was_reviewed = listing.state is L.IN_REVIEW
    listing.state, listing.hidden_for = to, hidden_for
    if to is L.PUBLISHED:
        listing.published_at = listing.published_at or clock()
        listing.confirmed_at = clock()
        session.flush()
        # Whether it is lawful was judged by reading all that is shown of it.
        versions.keep(session, listing, is_reviewed=was_reviewed, actor=actor, clock=clock, is_read=True)
    touch(session, listing.id)


def check_lawful(session: Session, listing: Listing, today: date) -> None:
    """Refuse to show what the law does not let be shown.

    Raises:
        NotLawful: with everything that is in the way.
    """
    found = obstacles(session, versions.shown_listing(session, listing.id), today)
    if found:
        raise NotLawful(found)


def review(
    session: Session,
    code: str,
    *,
    approve: bool,
    version: int,
    actor: Actor,
    clock: Clock,
    reason: str = "",
) -> Listing:
    """Publish a listing that waits for review, or give it back with a reason.

    Args:
        version: the version the reviewer saw.

    Raises:
        Forbidden: only staff review.
        Stale: it was changed meanwhile.
        Invalid: giving back needs a reason.
        WrongState: it does not wait for review.
        NotLawful: something is in the way of showing it.
    """
    check_reviewer(actor)
    listing = by_code(session, code)
    if listing.state is not L.IN_REVIEW:
        raise WrongState("listing", listing.state, L.PUBLISHED)
    if listing.version != version:
        raise Stale("listing")
    if not approve and not reason.strip():
        raise Invalid("reason", "empty")
    advance(session, listing, L.PUBLISHED if approve else L.DRAFT, actor=actor, clock=clock, reason=reason.strip())
    return listing


def check_reviewer(actor: Actor) -> None:
    """Refuse whoever does not review for the centre.

    Raises:
        Forbidden: only staff do.
    """
    if not actor.has("staff", "manager"):
        raise Forbidden("review")


def pause(session: Session, vendor_id: int, code: str, *, paused: bool, actor: Actor, clock: Clock) -> Listing:
    """Take a vendor's listing off the shelf for a while, or put it back.

    Raises:
        NotFound: the vendor has no such listing.
        WrongState: it is not on the shelf (or not paused).
        NotLawful: something has come in the way of showing it.
    """
    listing = of_vendor(session, vendor_id, code)
    if listing.state is not (L.PUBLISHED if paused else L.PAUSED):
        raise WrongState("listing", listing.state, L.PAUSED if paused else L.PUBLISHED)
    advance(session, listing, L.PAUSED if paused else L.PUBLISHED, actor=actor, clock=clock)
    return listing


def confirm(session: Session, vendor_id: int, code: str, *, actor: Actor, clock: Clock) -> Listing:
    """Note that a vendor still has a thing; one hidden for want of that is shown again.

    Raises:
        NotFound: the vendor has no such listing.
        WrongState: it is neither on the shelf nor hidden for that.
        NotLawful: something has come in the way of showing it.
    """
    listing = of_vendor(session, vendor_id, code)
    if listing.hidden_for is HiddenFor.NOT_CONFIRMED:
        advance(session, listing, L.PUBLISHED, actor=actor, clock=clock)
    elif listing.state is L.PUBLISHED:
        listing.confirmed_at = clock()
        session.flush()
    else:
        raise WrongState("listing", listing.state, L.PUBLISHED)
    return listing


def archive(session: Session, vendor_id: int, code: str, *, actor: Actor, clock: Clock) -> Listing:
    """End a vendor's listing for good; what was shown of it is kept.

    Raises:
        NotFound: the vendor has no such listing.
        WrongState: it was ended already.
    """
    listing = of_vendor(session, vendor_id, code)
    withdraw(session, listing, actor=actor, clock=clock)
    advance(session, listing, L.ARCHIVED, actor=actor, clock=clock)
    return listing


def take_down(session: Session, code: str, reason: str, *, actor: Actor, clock: Clock) -> Listing:
    """Take a listing off the shelf for the centre, with a reason that its vendor reads.

    Raises:
        Forbidden: only staff do.
        Invalid: the reason is missing.
        WrongState: it is not on the shelf.
    """
    check_reviewer(actor)
    if not reason.strip():
        raise Invalid("reason", "empty")
    listing = by_code(session, code)
    advance(
        session,
        listing,
        L.HIDDEN,
        actor=actor,
        clock=clock,
        reason=reason.strip()[:200],
        hidden_for=HiddenFor.TAKEN_DOWN,
    )
    return listing


def put_up(session: Session, code: str, *, actor: Actor, clock: Clock) -> Listing:
    """Show again what the centre had taken down.

    Raises:
        Forbidden: only staff do.
        WrongState: it was not taken down.
        NotLawful: something is in the way of showing it.
    """
    check_reviewer(actor)
    listing = by_code(session, code)
    if listing.hidden_for is not HiddenFor.TAKEN_DOWN:
        raise WrongState("listing", listing.state, L.PUBLISHED)
    advance(session, listing, L.PUBLISHED, actor=actor, clock=clock)
    return listing


def check_seen(session: Session, code: str, version: int) -> None:
    """Refuse an act on a listing that is not as its page showed it any more.

    Raises:
        NotFound: there is no such listing.
        Stale: it was changed meanwhile.
    """
    if by_code(session, code).version != version:
        raise Stale("listing")


def watch(session: Session, code: str, *, actor: Actor, clock: Clock) -> HiddenFor | None:
    """Bring a listing in line with the calendar, and return why it was hidden, if it was.

    One whose vendor's paper has ended, or whose vendor has been silent for long, is hidden; one whose paper is there
    again is shown again.
    """
    listing = by_code(session, code)
    today = town_day(clock())
    found = obstacles(session, versions.shown_listing(session, listing.id), today)
    if listing.hidden_for is HiddenFor.PAPER_EXPIRED and not found:
        advance(session, listing, L.PUBLISHED, actor=actor, clock=clock)
    if listing.state is not L.PUBLISHED:
        return None
    why = None
    if lack_papers(found):
        why = HiddenFor.PAPER_EXPIRED
    elif is_silent(session, listing.id, clock()):
        why = HiddenFor.NOT_CONFIRMED
    if why is not None:
        advance(session, listing, L.HIDDEN, actor=actor, clock=clock, hidden_for=why)
    return why


def by_code(session: Session, code: str) -> Listing:
    """Return a listing for change.

    Raises:
        NotFound: there is none.
    """
    wanted = (
        select(Listing)
        .where(Listing.code == code)
        .options(selectinload(Listing.variants), joinedload(Listing.vendor, innerjoin=True))
        .with_for_update(of=Listing)
        .execution_options(populate_existing=True)
    )
    listing = session.scalars(wanted).one_or_none()
    if listing is None:
        raise NotFound("listing")
    return listing


def of_vendor(session: Session, vendor_id: int, code: str) -> Listing:
    """Return a vendor's own listing for change; another's looks as if it did not exist.

    Raises:
        NotFound: there is none of this vendor's.
    """
    listing = by_code(session, code)
    if listing.vendor_id != vendor_id:
        raise NotFound("listing")
    return listing
