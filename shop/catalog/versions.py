"""What was shown of a listing and when: every version of a published listing is kept."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, bindparam, func, select
from sqlalchemy.orm import Session, joinedload, selectinload

from shop.catalog.models import Category, Listing, ListingVersion, Variant
from shop.catalog.rules import reviewed_prices, season_months
from shop.kernel.actor import Actor
from shop.kernel.clock import Clock
from shop.kernel.db import direct
from shop.kernel.errors import NotFound
from shop.media.models import Photo
from shop.media.queries import Picture, picture

Facts = dict[str, Any]


def shown_listing(session: Session, listing_id: int) -> Listing:
    """Return a listing with all that is shown of it, read anew."""
    listing = listing_found(session, Listing.id == listing_id)
    assert listing is not None
    return listing


def listing_found(session: Session, is_it: ColumnElement[bool]) -> Listing | None:
    """Return the listing that a condition is true of, with all that is shown of it and read anew; or None."""
    wanted = (
        select(Listing)
        .where(is_it)
        .options(
            joinedload(Listing.vendor, innerjoin=True),
            joinedload(Listing.category, innerjoin=True),
            joinedload(Listing.origin),
            selectinload(Listing.variants),
            selectinload(Listing.photos),
        )
        .execution_options(populate_existing=True)
    )
    session.flush()
    return session.scalars(wanted).one_or_none()


def as_shown(listing: Listing) -> Facts:
    """Return what buyers are shown of a listing, as plain data: the kept format of a version.

    Money in fen, weights in grams, photos by key in their order. Stock is no part of it.
    """
    vendor = listing.vendor
    return {
        "title": listing.title,
        "story": listing.story,
        "category": listing.category.code,
        "vendor": vendor.code,
        "vendor_name": vendor.name,
        "village": (listing.origin or vendor.village).name,
        "ingredients": listing.ingredients,
        "keep_note": listing.keep_note,
        "shelf_days": listing.shelf_days,
        "travel_days": listing.travel_days,
        "months": list(season_months(listing.season_bits)),
        "harvest": _harvest(listing),
        "tags": list(listing.tags),
        "photos": [photo.photo_key for photo in listing.photos],
        "ways": [_way(variant) for variant in listing.variants],
    }


def _harvest(listing: Listing) -> Facts | None:
    if listing.harvest_first_on is None or listing.harvest_last_on is None:
        return None
    return {
        "first": listing.harvest_first_on.isoformat(),
        "last": listing.harvest_last_on.isoformat(),
        "cap": listing.harvest_cap,
    }


def _way(variant: Variant) -> Facts:
    return {
        "id": variant.id,
        "name": variant.name,
        "unit": variant.unit,
        "pieces": variant.pieces,
        "net_g": variant.net_g,
        "pricing": variant.pricing.value,
        "price_fen": variant.price_fen,
        "per_500g_fen": variant.per_500g_fen,
        "least_g": variant.least_g,
        "most_g": variant.most_g,
    }


def keep(
    session: Session, listing: Listing, *, is_reviewed: bool, actor: Actor, clock: Clock, is_read: bool = False
) -> None:
    """Keep what is shown of a listing from now on, unless that is what the last kept version says already.

    Args:
        is_reviewed: the centre has seen it; otherwise the prices last reviewed stay the measure of the next rise.
        is_read: it has just been read by `shown_listing`, and nothing that is shown has changed since.
    """
    last = latest(session, listing.id)
    shown = as_shown(listing if is_read else shown_listing(session, listing.id))
    before = {} if last is None else dict(last.facts["reviewed_fen"])
    prices = reviewed_prices(shown["ways"])
    facts = shown | {"reviewed_fen": prices if is_reviewed else prices | before}
    if last is not None and last.facts == facts:
        return
    number = 1 if last is None else last.number + 1
    session.add(ListingVersion(listing_id=listing.id, number=number, facts=facts, at=clock(), actor=actor.label))
    session.flush()


def latest(session: Session, listing_id: int) -> ListingVersion | None:
    """Return the version shown now, or last; none before the first publication."""
    wanted = select(ListingVersion).where(ListingVersion.listing_id == listing_id)
    return session.scalars(wanted.order_by(ListingVersion.number.desc()).limit(1)).one_or_none()


@dataclass(frozen=True)
class KeptWay:
    """One way in which a listing was sold; money in fen, weights in grams."""

    variant_id: int
    name: str
    unit: str
    pieces: int
    net_g: int | None
    price_fen: int
    per_500g_fen: int | None
    least_g: int | None
    most_g: int | None


@dataclass(frozen=True)
class KeptVersion:
    """A listing as it was shown from a moment on."""

    number: int
    at: datetime
    title: str
    story: str
    category_name: str
    vendor_name: str
    village: str
    ingredients: str
    keep_note: str
    shelf_days: int | None
    travel_days: int | None
    months: tuple[int, ...]
    tags: tuple[str, ...]
    ways: tuple[KeptWay, ...]
    photos: tuple[Picture, ...]


def kept_version(session: Session, version_id: int) -> KeptVersion:
    """Return a kept version with its photos, which are kept as long.

    Raises:
        NotFound: there is none.
    """
    version = session.get(ListingVersion, version_id)
    if version is None:
        raise NotFound("version")
    facts = version.facts
    name = session.scalar(select(Category.name).where(Category.code == facts["category"]))
    keys = facts["photos"]
    photos = {photo.key: photo for photo in session.scalars(select(Photo).where(Photo.key.in_(keys)))}
    shown = (picture(photos.get(key), facts["title"]) for key in keys)
    return KeptVersion(
        number=version.number,
        at=version.at,
        title=facts["title"],
        story=facts["story"],
        category_name=name or "",
        vendor_name=facts["vendor_name"],
        village=facts["village"],
        ingredients=facts["ingredients"],
        keep_note=facts["keep_note"],
        shelf_days=facts["shelf_days"],
        travel_days=facts["travel_days"],
        months=tuple(facts["months"]),
        tags=tuple(facts["tags"]),
        ways=tuple(_kept_way(way) for way in facts["ways"]),
        photos=tuple(photo for photo in shown if photo is not None),
    )


def _kept_way(way: Facts) -> KeptWay:
    return KeptWay(
        variant_id=way["id"],
        name=way["name"],
        unit=way["unit"],
        pieces=way["pieces"],
        net_g=way["net_g"],
        price_fen=way["price_fen"],
        per_500g_fen=way["per_500g_fen"],
        least_g=way["least_g"],
        most_g=way["most_g"],
    )


LATEST = (
    select(ListingVersion.listing_id, func.max(ListingVersion.id).label("latest"))
    .where(ListingVersion.listing_id.in_(bindparam("listings", expanding=True)))
    .group_by(ListingVersion.listing_id)
)


def version_ids(session: Session, listing_ids: Iterable[int]) -> Mapping[int, int]:
    """Return by listing the id of its latest version, for the order that is being written."""
    return {row.listing_id: row.latest for row in direct(session, LATEST, {"listings": list(listing_ids)})}
