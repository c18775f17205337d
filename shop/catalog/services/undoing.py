"""Taking back what a vendor did to a listing, as long as nothing happened to it since."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from shop.catalog import stock, versions
from shop.catalog.models import HiddenFor, Listing, ListingHistory, ListingRevision, ListingState, Variant
from shop.catalog.own import offer_now
from shop.catalog.rules import Offer
from shop.catalog.sequence import touch
from shop.catalog.services.passages import advance, check_lawful, of_vendor
from shop.catalog.services.revisions import kept_offer, offer_of, wait
from shop.catalog.services.waiting import waiting_revision, withdraw
from shop.catalog.services.writing import change, count_stock, mark_changed
from shop.kernel.actor import Actor
from shop.kernel.clock import Clock, town_day
from shop.kernel.errors import NotFound, Stale

L = ListingState


@dataclass(frozen=True)
class Told:
    """What a listing says, and what its vendor wants it to say.

    Attributes:
        revision_id: of the change that waits for the centre, if one does.
        reason: of its last passage, which its vendor reads.
        mark: of its last passage.
    """

    state: ListingState
    offer: Offer
    revision_id: int | None
    hidden_for: HiddenFor | None
    reason: str
    mark: int

    @property
    def plain(self) -> dict[str, Any]:
        """The same as plain data, for keeping."""
        return {
            "state": self.state.value,
            "offer": kept_offer(self.offer),
            "revision": self.revision_id,
            "hidden_for": None if self.hidden_for is None else self.hidden_for.value,
            "reason": self.reason,
            "mark": self.mark,
        }


def told_now(session: Session, listing: Listing) -> Told:
    """Return what a listing says now; each way's stock is what is free of it."""
    session.flush()
    waiting = waiting_revision(session, listing.id)
    offer = offer_now(versions.shown_listing(session, listing.id))
    mark, reason = _last(session, listing)
    return Told(
        state=listing.state,
        offer=offer,
        revision_id=None if waiting is None else waiting.id,
        hidden_for=listing.hidden_for,
        reason=reason,
        mark=mark,
    )


def told_as_kept(kept: dict[str, Any]) -> Told:
    """Return what was kept of `Told.plain`."""
    hidden_for = kept.get("hidden_for")  # what was kept before ways could be taken back has none of the last three
    return Told(
        state=L(kept["state"]),
        offer=offer_of(kept["offer"]),
        revision_id=kept["revision"],
        hidden_for=None if hidden_for is None else HiddenFor(hidden_for),
        reason=kept.get("reason", ""),
        mark=kept.get("mark", 0),
    )


def untell(
    session: Session, vendor_id: int, code: str, *, before: Told, after: Told, actor: Actor, clock: Clock
) -> None:
    """Let a listing say again what it said before a change, without a review: that was reviewed.

    A way of selling that was ended is sold again with what is left of it, one that was added ends. What was sent for
    another review goes back to whoever had it.

    Args:
        after: what the change made of it.

    Raises:
        NotFound: the vendor has no such listing.
        Stale: it was changed, judged, sold or counted since.
        NotLawful: the law has come in the way of showing what was shown before.
    """
    listing = of_vendor(session, vendor_id, code)
    now, was_sent = told_now(session, listing), before.state is not after.state
    if (now.state, now.revision_id, _uncounted(now.offer)) != (after.state, after.revision_id, _uncounted(after.offer)):
        raise Stale("listing")
    if was_sent and now.mark != after.mark:
        raise Stale("listing")
    _sell_again(session, listing, before.offer)
    counted = {way.variant_id: way.stock for way in after.offer.ways}
    ways = tuple(
        replace(way, saw_stock=counted[way.variant_id])
        for way in before.offer.ways
        if way.stock != counted.get(way.variant_id, way.stock)
    )
    count_stock(session, listing, ways, actor=actor, clock=clock)
    change(session, listing, before.offer, actor=actor, clock=clock)
    if now.revision_id != before.revision_id:
        withdraw(session, listing, actor=actor, clock=clock)
        if before.revision_id is not None:
            waited = session.get_one(ListingRevision, before.revision_id)
            wait(session, listing, offer_of(waited.wanted), actor=actor, clock=clock)
    mark_changed(session, listing)
    if was_sent:
        why, reason = before.hidden_for, before.reason
        advance(session, listing, before.state, actor=actor, clock=clock, reason=reason, hidden_for=why, undoing=True)
    elif listing.state in (L.PUBLISHED, L.PAUSED):
        check_lawful(session, listing, town_day(clock()))
        versions.keep(session, listing, is_reviewed=False, actor=actor, clock=clock)
        touch(session, listing.id)


def _sell_again(session: Session, listing: Listing, before: Offer) -> None:
    """Offer the ways again that have ended since; they keep their stock and the orders that name them."""
    ids = [way.variant_id for way in before.ways]
    session.execute(update(Variant).where(Variant.listing_id == listing.id, Variant.id.in_(ids)).values(is_sold=True))


def _uncounted(offer: Offer) -> dict[str, Any]:
    return kept_offer(replace(offer, ways=tuple(replace(way, stock=0, saw_stock=None) for way in offer.ways)))


def last_passage(session: Session, listing: Listing) -> int:
    """Return the mark of a listing's last passage: another one means that something happened since."""
    return _last(session, listing)[0]


def last_reason(session: Session, listing: Listing) -> str:
    """Return the reason of a listing's last passage, which its vendor reads."""
    return _last(session, listing)[1]


def _last(session: Session, listing: Listing) -> tuple[int, str]:
    session.flush()
    wanted = select(ListingHistory.id, ListingHistory.reason).where(ListingHistory.listing_id == listing.id)
    row = session.execute(wanted.order_by(ListingHistory.id.desc()).limit(1)).first()
    return (0, "") if row is None else (row.id, row.reason)


def unoffer(session: Session, vendor_id: int, code: str, *, mark: int, actor: Actor, clock: Clock) -> None:
    """Take a new thing back that waits for review: it is put away.

    Raises:
        NotFound: the vendor has no such listing.
        Stale: the centre has looked at it, or something else happened.
    """
    listing = _untouched(session, vendor_id, code, mark)
    advance(session, listing, L.ARCHIVED, actor=actor, clock=clock)


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
