"""Beginning a new thing, answering questions about it, sending it for review or throwing it away."""

from collections.abc import Callable
from datetime import datetime, timedelta

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from shop.catalog.drafts.models import OfferDraft, OfferDraftPhoto
from shop.catalog.drafts.rules import FORGET_DAYS, MAX_DRAFTS, Answers, as_kept, as_told
from shop.catalog.models import Listing
from shop.catalog.rules import MAX_PHOTOS, Offer
from shop.catalog.services import listings
from shop.kernel.actor import Actor
from shop.kernel.clock import Clock
from shop.kernel.errors import Invalid, NotFound

Change = Callable[[Answers], Answers]
"""Makes new answers of those that stand."""


def begin(session: Session, vendor_id: int, code: str, *, clock: Clock) -> None:
    """Begin a thing, or go on with it when it was begun under this code already.

    Args:
        code: made with the page, see `shop.kernel.codes.new_code`.

    Raises:
        Invalid: the vendor has begun too many things.
        NotFound: the code is that of another vendor's.
    """
    found = _locked(session, code)
    if found is not None:
        if found.vendor_id != vendor_id:
            raise NotFound("draft")
        return
    begun = select(func.count()).where(OfferDraft.vendor_id == vendor_id, OfferDraft.listing_id.is_(None))
    if (session.scalar(begun) or 0) >= MAX_DRAFTS:
        raise Invalid("draft", "too_many")
    now = clock()
    session.add(OfferDraft(code=code, vendor_id=vendor_id, told=as_kept(Answers()), begun_at=now, touched_at=now))
    session.flush()


def answer(session: Session, vendor_id: int, code: str, change: Change, *, clock: Clock) -> Answers:
    """Keep an answer and return all of them; of a thing that was sent nothing is changed any more.

    Args:
        change: makes new answers of those that stand; answers given meanwhile in another window are kept.

    Raises:
        NotFound: there is no such draft, or it is another's.
    """
    draft = _own(session, vendor_id, code)
    told = as_told(draft.told)
    if draft.listing_id is None:
        told = change(told)
        draft.told, draft.touched_at = as_kept(told), clock()
        session.flush()
    return told


def add_photo(
    session: Session, vendor_id: int, code: str, photo_key: str, *, client_key: str | None, clock: Clock
) -> None:
    """Add a photo that was received; the same one again, by its own key or by what it shows, is there once.

    Args:
        client_key: made on the phone for this photo, or None where no script runs.

    Raises:
        NotFound: there is no such draft, or it is another's.
        Invalid: it has as many photos as a thing may have.
    """
    draft, now = _own(session, vendor_id, code), clock()
    photos = _photos(session, draft)
    if client_key is not None and any(one.client_key == client_key for one in photos):
        return
    same = next((one for one in photos if one.photo_key == photo_key), None)
    if same is not None and same.removed_at is None:
        return
    if sum(one.removed_at is None for one in photos) >= MAX_PHOTOS:
        raise Invalid("photos", "too_many")
    place = max((one.position for one in photos), default=-1) + 1
    if same is not None:
        same.removed_at, same.position = None, place
    else:
        session.add(OfferDraftPhoto(draft_id=draft.id, position=place, photo_key=photo_key, client_key=client_key))
    draft.touched_at = now
    session.flush()


def remove_photo(session: Session, vendor_id: int, code: str, photo_key: str, *, clock: Clock) -> None:
    """Take a photo away; one that is gone already stays gone.

    Raises:
        NotFound: there is no such draft or photo.
    """
    draft, now = _own(session, vendor_id, code), clock()
    photo = _photo(session, draft, photo_key)
    photo.removed_at = photo.removed_at or now
    draft.touched_at = now
    session.flush()


def put_first(session: Session, vendor_id: int, code: str, photo_key: str, *, clock: Clock) -> None:
    """Make a photo the cover.

    Raises:
        NotFound: there is no such draft or photo.
    """
    draft = _own(session, vendor_id, code)
    photo = _photo(session, draft, photo_key)
    photo.position = min(one.position for one in _photos(session, draft)) - 1
    draft.touched_at = clock()
    session.flush()


def throw_away(session: Session, vendor_id: int, code: str) -> None:
    """Throw away what was begun; what was sent stays with the centre.

    Raises:
        NotFound: there is no such draft, or it is another's.
    """
    _delete(session, [_own(session, vendor_id, code).id])


def send(session: Session, vendor_id: int, code: str, wanted: Offer, *, actor: Actor, clock: Clock) -> Listing:
    """Send a thing for review, once: a second time, return what it became.

    Raises:
        Invalid: naming the field that cannot be.
        NotFound: there is no such draft, category, village or photo.
    """
    draft = _own(session, vendor_id, code)
    if draft.listing_id is not None:
        return session.get_one(Listing, draft.listing_id)
    listing = listings.offer(session, vendor_id, wanted, actor=actor, clock=clock)
    draft.listing_id, draft.touched_at = listing.id, clock()
    session.flush()
    return listing


def forget_old(session: Session, now: datetime) -> int:
    """Throw away what nobody touched for `FORGET_DAYS` days, also what was sent; return how many."""
    old = session.scalars(select(OfferDraft.id).where(OfferDraft.touched_at < now - timedelta(days=FORGET_DAYS)))
    ids = list(old)
    _delete(session, ids)
    return len(ids)


def _delete(session: Session, ids: list[int]) -> None:
    session.execute(delete(OfferDraftPhoto).where(OfferDraftPhoto.draft_id.in_(ids)))
    session.execute(delete(OfferDraft).where(OfferDraft.id.in_(ids)))


def _locked(session: Session, code: str) -> OfferDraft | None:
    return session.scalars(select(OfferDraft).where(OfferDraft.code == code).with_for_update()).one_or_none()


def _own(session: Session, vendor_id: int, code: str) -> OfferDraft:
    found = _locked(session, code)
    if found is None or found.vendor_id != vendor_id:
        raise NotFound("draft")
    return found


def _photos(session: Session, draft: OfferDraft) -> list[OfferDraftPhoto]:
    wanted = select(OfferDraftPhoto).where(OfferDraftPhoto.draft_id == draft.id)
    return list(session.scalars(wanted.order_by(OfferDraftPhoto.position, OfferDraftPhoto.id)))


def _photo(session: Session, draft: OfferDraft, photo_key: str) -> OfferDraftPhoto:
    found = next((one for one in _photos(session, draft) if one.photo_key == photo_key), None)
    if found is None:
        raise NotFound("photo")
    return found
