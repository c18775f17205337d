"""The photos of a listing: their order, taking one away, bringing it back."""

from collections.abc import Sequence
from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from shop.catalog import versions
from shop.catalog.models import Listing, ListingPhoto, ListingState
from shop.catalog.rules import RESTORE_MINUTES
from shop.catalog.sequence import touch
from shop.catalog.services.passages import of_vendor
from shop.kernel.actor import Actor
from shop.kernel.clock import Clock
from shop.kernel.errors import Invalid, NotFound


def order_photos(
    session: Session, vendor_id: int, code: str, keys: Sequence[str], *, actor: Actor, clock: Clock
) -> None:
    """Put a listing's photos in this order; the first is the cover.

    Raises:
        NotFound: the vendor has no such listing.
        Invalid: the keys are not exactly its photos: some were added or taken away meanwhile.
    """
    listing = of_vendor(session, vendor_id, code)
    shown = {photo.photo_key: photo for photo in _shown(session, listing.id)}
    if sorted(keys) != sorted(shown):
        raise Invalid("photos", "changed")
    for position, key in enumerate(keys):
        shown[key].position = position
    _done(session, listing, actor=actor, clock=clock)


def remove_photo(session: Session, vendor_id: int, code: str, key: str, *, actor: Actor, clock: Clock) -> None:
    """Take a photo away from a listing; for ten minutes it can be brought back. Taken away twice, it changes nothing.

    Raises:
        NotFound: the vendor has no such listing.
    """
    listing = of_vendor(session, vendor_id, code)
    for photo in _shown(session, listing.id):
        if photo.photo_key == key:
            photo.removed_at = clock()
    _done(session, listing, actor=actor, clock=clock)


def restore_photo(session: Session, vendor_id: int, code: str, key: str, *, actor: Actor, clock: Clock) -> None:
    """Bring a photo back that was taken away in the last ten minutes.

    Raises:
        NotFound: the vendor has no such listing, or there is nothing to bring back any more.
    """
    listing = of_vendor(session, vendor_id, code)
    since = clock() - timedelta(minutes=RESTORE_MINUTES)
    wanted = select(ListingPhoto).where(
        ListingPhoto.listing_id == listing.id, ListingPhoto.photo_key == key, ListingPhoto.removed_at >= since
    )
    photo = session.scalars(wanted.order_by(ListingPhoto.id.desc())).first()
    if photo is None:
        raise NotFound("photo")
    if all(shown.photo_key != key for shown in _shown(session, listing.id)):
        photo.removed_at = None
    _done(session, listing, actor=actor, clock=clock)


def _shown(session: Session, listing_id: int) -> Sequence[ListingPhoto]:
    wanted = select(ListingPhoto).where(ListingPhoto.listing_id == listing_id, ListingPhoto.removed_at.is_(None))
    return session.scalars(wanted.order_by(ListingPhoto.position, ListingPhoto.id)).all()


def _done(session: Session, listing: Listing, *, actor: Actor, clock: Clock) -> None:
    session.flush()
    if listing.state is ListingState.PUBLISHED:
        versions.keep(session, listing, is_reviewed=False, actor=actor, clock=clock)
    touch(session, listing.id)
