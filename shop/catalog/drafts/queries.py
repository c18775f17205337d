"""Reads of things that were begun: by their own vendor only."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, select
from sqlalchemy.orm import Session, selectinload

from shop.catalog.drafts.models import OfferDraft, OfferDraftPhoto
from shop.catalog.drafts.rules import Answers, as_told
from shop.catalog.models import Listing
from shop.kernel.errors import NotFound
from shop.media.queries import PhotoFacts, photo_facts


@dataclass(frozen=True)
class DraftFacts:
    """A thing that was begun.

    Attributes:
        photos: in their order, the first being the cover.
        dropped: the photo taken away last, which can be brought back, or None.
        listing_code: what it became, when it was sent.
    """

    code: str
    told: Answers
    photos: tuple[PhotoFacts, ...]
    dropped: PhotoFacts | None
    touched_at: datetime
    listing_code: str | None


def draft(session: Session, vendor_id: int, code: str) -> DraftFacts:
    """Return a thing that a vendor has begun, or has sent lately.

    Raises:
        NotFound: there is none, or it is another's.
    """
    found = draft_if_begun(session, vendor_id, code)
    if found is None:
        raise NotFound("draft")
    return found


def draft_if_begun(session: Session, vendor_id: int, code: str) -> DraftFacts | None:
    """Return a thing that a vendor has begun under a code, or None where nobody has.

    Raises:
        NotFound: another vendor has.
    """
    row = session.execute(_whole().where(OfferDraft.code == code)).one_or_none()
    if row is None:
        return None
    if row[0].vendor_id != vendor_id:
        raise NotFound("draft")
    return _facts(row[0], row[1])


def own_drafts(session: Session, vendor_id: int) -> tuple[DraftFacts, ...]:
    """Return what a vendor has begun and neither sent nor thrown away, the one touched last first."""
    wanted = _whole().where(OfferDraft.vendor_id == vendor_id, OfferDraft.listing_id.is_(None))
    rows = session.execute(wanted.order_by(OfferDraft.touched_at.desc(), OfferDraft.id.desc()))
    return tuple(_facts(row[0], row[1]) for row in rows)


def _whole() -> Select[OfferDraft, str]:
    photos = selectinload(OfferDraft.photos).joinedload(OfferDraftPhoto.photo, innerjoin=True)
    return select(OfferDraft, Listing.code).outerjoin(Listing, Listing.id == OfferDraft.listing_id).options(photos)


def _facts(row: OfferDraft, listing_code: str | None) -> DraftFacts:
    gone = [one for one in row.photos if one.removed_at is not None]
    last = max(gone, key=lambda one: (one.removed_at, one.id), default=None)
    return DraftFacts(
        code=row.code,
        told=as_told(row.told),
        photos=tuple(photo_facts(one.photo) for one in row.photos if one.removed_at is None),
        dropped=None if last is None else photo_facts(last.photo),
        touched_at=row.touched_at,
        listing_code=listing_code,
    )
