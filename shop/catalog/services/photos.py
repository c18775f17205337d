"""The photos of a listing: adding one, their order, taking one away, bringing it back."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from shop.catalog import versions
from shop.catalog.models import Listing, ListingPhoto, ListingState, ListingVersion
from shop.catalog.own import offer_now
from shop.catalog.rules import MAX_PHOTOS, NEXT, RESTORE_MINUTES
from shop.catalog.sequence import touch
from shop.catalog.services.passages import of_vendor
from shop.catalog.services.revisions import offer_of, wait
from shop.catalog.services.waiting import waiting_revision, withdraw
from shop.catalog.services.writing import change, mark_changed, parts_to_review, show
from shop.kernel.actor import Actor
from shop.kernel.clock import Clock
from shop.kernel.errors import Invalid, NotFound
from shop.kernel.states import check_passage
from shop.media.models import Photo

REVIEWED = frozenset({ListingState.PUBLISHED, ListingState.PAUSED, ListingState.HIDDEN})
"""States in which buyers see, or may at once see again, what the centre has looked at; a new photo waits for it."""


def add_photo(session: Session, vendor_id: int, code: str, key: str, *, actor: Actor, clock: Clock) -> None:
    """Add a photo after a listing's others; one that is there already changes nothing.

    What the centre has reviewed goes on being shown without it until the centre has looked.

    Raises:
        NotFound: the vendor has no such listing, or there is no such photo.
        Invalid: there are as many as there may be.
        WrongState: the listing was ended.
    """
    listing, keys = _own(session, vendor_id, code)
    if key in keys:
        return
    if len(keys) >= MAX_PHOTOS:
        raise Invalid("photos", "too_many")
    if session.get(Photo, key) is None:
        raise NotFound("photo")
    _arrange(session, listing, [*keys, key], actor=actor, clock=clock)


def order_photos(
    session: Session, vendor_id: int, code: str, keys: Sequence[str], *, actor: Actor, clock: Clock
) -> None:
    """Put a listing's photos, those that wait with them, in this order; the first is the cover.

    Raises:
        NotFound: the vendor has no such listing.
        Invalid: the keys are not exactly its photos: some were added or taken away meanwhile.
        WrongState: the listing was ended.
    """
    listing, known = _own(session, vendor_id, code)
    if sorted(keys) != sorted(known):
        raise Invalid("photos", "changed")
    _arrange(session, listing, list(keys), actor=actor, clock=clock)


def remove_photo(session: Session, vendor_id: int, code: str, key: str, *, actor: Actor, clock: Clock) -> None:
    """Take a photo away from a listing; for ten minutes it can be brought back. Taken away twice, it changes nothing.

    Raises:
        NotFound: the vendor has no such listing.
        WrongState: the listing was ended.
    """
    listing, keys = _own(session, vendor_id, code)
    if key not in keys:
        return
    if key not in _shown(session, listing.id):
        gone = ListingPhoto(listing_id=listing.id, position=keys.index(key), photo_key=key, removed_at=clock())
        session.add(gone)
    _arrange(session, listing, [other for other in keys if other != key], actor=actor, clock=clock)


def restore_photo(session: Session, vendor_id: int, code: str, key: str, *, actor: Actor, clock: Clock) -> None:
    """Bring a photo back, to where it was, that was taken away in the last ten minutes; one that is there stays.

    Raises:
        NotFound: the vendor has no such listing, or there is nothing to bring back any more.
        WrongState: the listing was ended.
    """
    listing, keys = _own(session, vendor_id, code)
    if key in keys:
        return
    gone = next((photo for photo in removed_photos(session, listing.id, clock=clock) if photo.photo_key == key), None)
    if gone is None or len(keys) >= MAX_PHOTOS:
        raise NotFound("photo")
    if listing.state not in REVIEWED or _was_shown(session, listing.id, key):
        gone.removed_at = None
        session.flush()
    keys.insert(min(gone.position, len(keys)), key)
    _arrange(session, listing, keys, actor=actor, clock=clock)


def removed_photos(session: Session, listing_id: int, *, clock: Clock) -> Sequence[ListingPhoto]:
    """Return the photos of a listing that can still be brought back, the last one taken away first."""
    wanted = select(ListingPhoto).where(
        ListingPhoto.listing_id == listing_id,
        ListingPhoto.removed_at >= clock() - timedelta(minutes=RESTORE_MINUTES),
    )
    return session.scalars(wanted.order_by(ListingPhoto.removed_at.desc(), ListingPhoto.id.desc())).all()


def _own(session: Session, vendor_id: int, code: str) -> tuple[Listing, list[str]]:
    """Return a vendor's listing for change and its photos in their order, those that wait among them."""
    listing = of_vendor(session, vendor_id, code)
    if listing.state is ListingState.ARCHIVED:
        check_passage("listing", NEXT, listing.state, ListingState.IN_REVIEW)
    waiting = waiting_revision(session, listing.id)
    if waiting is not None:
        return listing, list(offer_of(waiting.wanted).photo_keys)
    return listing, _shown(session, listing.id)


def _shown(session: Session, listing_id: int) -> list[str]:
    wanted = select(ListingPhoto.photo_key).where(
        ListingPhoto.listing_id == listing_id, ListingPhoto.removed_at.is_(None)
    )
    return list(session.scalars(wanted.order_by(ListingPhoto.position, ListingPhoto.id)))


def _was_shown(session: Session, listing_id: int, key: str) -> bool:
    kept = session.scalars(select(ListingVersion.facts).where(ListingVersion.listing_id == listing_id))
    return any(key in facts["photos"] for facts in kept)


def _arrange(session: Session, listing: Listing, keys: list[str], *, actor: Actor, clock: Clock) -> None:
    """Let a listing have these photos in this order; what the centre must see first waits."""
    if listing.state not in REVIEWED:
        show(session, listing, keys, clock=clock)
    else:
        shown = set(_shown(session, listing.id))
        show(session, listing, [key for key in keys if key in shown], clock=clock)
        waiting = waiting_revision(session, listing.id)
        if waiting is not None or not set(keys) <= shown:
            now = offer_now(versions.shown_listing(session, listing.id))
            wanted = replace(now if waiting is None else offer_of(waiting.wanted), photo_keys=tuple(keys))
            if parts_to_review(session, listing, wanted):
                wait(session, listing, wanted, actor=actor, clock=clock)
            else:
                change(session, listing, wanted, actor=actor, clock=clock)
                withdraw(session, listing, actor=actor, clock=clock)
        if listing.state is ListingState.PUBLISHED:
            versions.keep(session, listing, is_reviewed=False, actor=actor, clock=clock)
    mark_changed(session, listing)
    touch(session, listing.id)
