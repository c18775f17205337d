"""What the centre looks through: goods and changes that wait for it, all goods, and what became of one."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import ColumnElement, func, or_, select, union_all
from sqlalchemy.orm import Session, joinedload, selectinload
from sqlalchemy.sql.base import ExecutableOption

from shop.catalog.models import (
    Category,
    HiddenFor,
    Listing,
    ListingHistory,
    ListingRevision,
    ListingState,
    ListingVersion,
    RevisionState,
)
from shop.catalog.obstacles import Obstacle, in_the_way
from shop.catalog.own import offer_now
from shop.catalog.rules import Offer
from shop.catalog.services.revisions import offer_of
from shop.catalog.services.writing import as_offered
from shop.catalog.versions import Facts, as_shown
from shop.kernel.errors import NotFound
from shop.kernel.queues import Queue
from shop.media.models import Photo
from shop.media.queries import Picture, picture
from shop.town.models import Village
from shop.vendors.models import Vendor
from shop.vendors.queries import papers_of

STILL_WANTED = (ListingState.PUBLISHED, ListingState.PAUSED, ListingState.HIDDEN)


@dataclass(frozen=True)
class Waiting:
    """A new thing, or a change of one that is shown, as the centre looks at it.

    Attributes:
        told: as it shall be; each way's `stock` is what is free.
        wanted: the same in the format of `shop.catalog.versions.as_shown`.
        shown: as it is shown now, when it is a change.
        pictures: of what shall be, in their order.
        obstacles: what is in the way of showing it.
    """

    code: str
    version: int
    vendor_name: str
    village: str
    category_name: str
    told: Offer
    wanted: Facts
    shown: Facts | None
    pictures: tuple[Picture, ...]
    obstacles: tuple[Obstacle, ...]


def waiting_goods(session: Session, today: date, *, offset: int, limit: int) -> list[Waiting]:
    """Return what waits for the centre: the new goods, then the changes of shown ones, of each the oldest first."""
    new = select(Listing).where(Listing.state == ListingState.IN_REVIEW).options(*_full())
    rows = session.scalars(new.order_by(Listing.id).offset(offset).limit(limit))
    found: list[tuple[Listing, ListingRevision | None]] = [(listing, None) for listing in rows]
    if (left := limit - len(found)) > 0:
        before = session.scalar(select(func.count(Listing.id)).where(Listing.state == ListingState.IN_REVIEW)) or 0
        found += _changed(session, max(0, offset - before), left)
    return _as_waiting(session, found, today)


def _changed(session: Session, offset: int, limit: int) -> list[tuple[Listing, ListingRevision]]:
    wanted = (
        select(Listing, ListingRevision)
        .join(ListingRevision, ListingRevision.waits_for_id == Listing.id)
        .where(Listing.state.in_(STILL_WANTED))
        .order_by(ListingRevision.id)
    )
    rows = session.execute(wanted.options(*_full()).offset(offset).limit(limit))
    return [(listing, revision) for listing, revision in rows]


def _full() -> tuple[ExecutableOption, ...]:
    return (
        joinedload(Listing.vendor, innerjoin=True),
        joinedload(Listing.category, innerjoin=True),
        joinedload(Listing.origin),
        selectinload(Listing.variants),
        selectinload(Listing.photos),
    )


def _as_waiting(
    session: Session, found: Sequence[tuple[Listing, ListingRevision | None]], today: date
) -> list[Waiting]:
    offers = {
        listing.id: offer_now(listing) if change is None else offer_of(change.wanted) for listing, change in found
    }
    shelves = {shelf.id: shelf for shelf in session.scalars(select(Category))}
    villages = {row.code: row.name for row in session.execute(select(Village.code, Village.name))}
    held = papers_of(session, {listing.vendor_id for listing, _change in found})
    photos = _photos(session, {key for offer in offers.values() for key in offer.photo_keys})
    waiting = []
    for listing, change in found:
        told = offers[listing.id]
        shelf = shelves[told.category_id]
        village = villages.get(told.origin_code or "", listing.vendor.village.name)
        drawn = (picture(photos.get(key), told.title) for key in told.photo_keys)
        waiting.append(
            Waiting(
                code=listing.code,
                version=listing.version,
                vendor_name=listing.vendor.name,
                village=village,
                category_name=shelf.name,
                told=told,
                wanted=as_offered(told, category=shelf.code, village=village),
                shown=None if change is None else as_shown(listing),
                pictures=tuple(one for one in drawn if one is not None),
                obstacles=in_the_way(
                    told,
                    shelf.papers,
                    held.get(listing.vendor_id, ()),
                    today,
                    needs_label=shelf.needs_label,
                ),
            )
        )
    return waiting


def _photos(session: Session, keys: Collection[str]) -> dict[str, Photo]:
    return {photo.key: photo for photo in session.scalars(select(Photo).where(Photo.key.in_(keys)))}


_NEW = (
    select(func.max(ListingHistory.at).label("since"))
    .join(Listing, Listing.id == ListingHistory.listing_id)
    .where(Listing.state == ListingState.IN_REVIEW, ListingHistory.to_state == ListingState.IN_REVIEW.value)
    .group_by(Listing.id)
)
_CHANGED = (
    select(ListingRevision.made_at.label("since"))
    .join(Listing, Listing.id == ListingRevision.waits_for_id)
    .where(Listing.state.in_(STILL_WANTED))
)
REVIEWS: Queue = select(union_all(_NEW, _CHANGED).subquery().c.since)
"""New goods, and changes of goods on the shelf, that wait for the centre's look."""


@dataclass(frozen=True)
class GoodsRow:
    """One of all goods, in a list."""

    code: str
    title: str
    vendor_name: str
    village: str
    category_name: str
    state: ListingState
    hidden_for: HiddenFor | None
    has_revision: bool


@dataclass(frozen=True)
class GoodsLeaf:
    """One page of all goods."""

    rows: tuple[GoodsRow, ...]
    total: int
    pages: int


def all_goods(
    session: Session, *, words: str = "", state: ListingState | None = None, page: int = 1, per_page: int = 30
) -> GoodsLeaf:
    """Return goods whose title, code, number or vendor's name has these words, the newest first.

    Args:
        state: only those; ended ones are left out unless asked for.
        page: from 1.
    """
    conditions: list[ColumnElement[bool]] = [
        Listing.state != ListingState.ARCHIVED if state is None else Listing.state == state
    ]
    for word in words.split():
        columns = (Listing.title, Listing.code, Listing.ref, Vendor.name)
        conditions.append(or_(*(column.icontains(word, autoescape=True) for column in columns)))
    total = session.scalar(select(func.count()).select_from(Listing).join(Vendor).where(*conditions)) or 0
    revised = select(ListingRevision.id).where(ListingRevision.waits_for_id == Listing.id).exists()
    wanted = (
        select(Listing, revised)
        .join(Vendor)
        .where(*conditions)
        .options(
            joinedload(Listing.vendor, innerjoin=True),
            joinedload(Listing.category, innerjoin=True),
            joinedload(Listing.origin),
        )
        .order_by(Listing.id.desc())
        .offset((page - 1) * per_page)
        .limit(per_page)
    )
    rows = tuple(
        GoodsRow(
            code=listing.code,
            title=listing.title,
            vendor_name=listing.vendor.name,
            village=(listing.origin or listing.vendor.village).name,
            category_name=listing.category.name,
            state=listing.state,
            hidden_for=listing.hidden_for,
            has_revision=has_revision,
        )
        for listing, has_revision in session.execute(wanted)
    )
    return GoodsLeaf(rows, total, max(1, -(-total // per_page)))


@dataclass(frozen=True)
class Event:
    """Something that became of a listing: a passage, or a change that waited."""

    at: datetime
    actor: str
    reason: str
    passage: tuple[str, ListingState] | None = None
    """From which state ("" for the first) to which."""
    revision: RevisionState | None = None


def events(session: Session, listing_id: int) -> list[Event]:
    """Return what became of a listing, the latest first."""
    passages = session.scalars(select(ListingHistory).where(ListingHistory.listing_id == listing_id))
    revisions = session.scalars(select(ListingRevision).where(ListingRevision.listing_id == listing_id))
    found = [
        *(Event(row.at, row.actor, row.reason, (row.from_state, ListingState(row.to_state))) for row in passages),
        *_revision_events(revisions.all()),
    ]
    return sorted(found, key=lambda event: event.at)[::-1]


def _revision_events(revisions: Sequence[ListingRevision]) -> list[Event]:
    made = [Event(row.made_at, row.made_by, "", revision=RevisionState.WAITING) for row in revisions]
    ended = [
        Event(row.ended_at, row.ended_by or "", row.reason, revision=row.state)
        for row in revisions
        if row.ended_at is not None
    ]
    return [*made, *ended]


@dataclass(frozen=True)
class VersionFacts:
    """A kept version of a listing; `facts` as `shop.catalog.versions.as_shown` makes them."""

    number: int
    at: datetime
    actor: str
    facts: Facts


def kept_versions(session: Session, listing_id: int) -> list[VersionFacts]:
    """Return every kept version of a listing, the latest first."""
    wanted = select(ListingVersion).where(ListingVersion.listing_id == listing_id)
    return [
        VersionFacts(row.number, row.at, row.actor, row.facts)
        for row in session.scalars(wanted.order_by(ListingVersion.number.desc()))
    ]


def pictures_of(session: Session, facts: Facts) -> tuple[Picture, ...]:
    """Return the photos of what was shown, in their order."""
    photos = _photos(session, facts["photos"])
    drawn = (picture(photos.get(key), facts["title"]) for key in facts["photos"])
    return tuple(one for one in drawn if one is not None)


def facts_now(session: Session, told: Offer, vendor_id: int) -> Facts:
    """Return what an offer of a vendor would show, in the format of `shop.catalog.versions.as_shown`.

    Raises:
        NotFound: there is no such shelf.
    """
    home = select(Village.name).join(Vendor, Vendor.village_id == Village.id).where(Vendor.id == vendor_id)
    other = select(Village.name).where(Village.code == told.origin_code)
    village = func.coalesce(other.scalar_subquery(), home.scalar_subquery())
    row = session.execute(select(Category.code, village).where(Category.id == told.category_id)).one_or_none()
    if row is None:
        raise NotFound("category")
    return as_offered(told, category=row[0], village=row[1])
