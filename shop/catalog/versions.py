"""What was shown of a listing and when: every version of a published listing is kept."""

from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session, joinedload, selectinload

from shop.catalog.models import Listing, ListingVersion, Variant
from shop.catalog.rules import reviewed_prices, season_months
from shop.kernel.actor import Actor
from shop.kernel.clock import Clock

Facts = dict[str, Any]


def shown_listing(session: Session, listing_id: int) -> Listing:
    """Return a listing with all that is shown of it, read anew."""
    wanted = (
        select(Listing)
        .where(Listing.id == listing_id)
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
    return session.scalars(wanted).one()


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
    if listing.harvest_from is None or listing.harvest_until is None:
        return None
    return {
        "first": listing.harvest_from.isoformat(),
        "last": listing.harvest_until.isoformat(),
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


def keep(session: Session, listing: Listing, *, is_reviewed: bool, actor: Actor, clock: Clock) -> None:
    """Keep what is shown of a listing from now on, unless that is what the last kept version says already.

    Args:
        is_reviewed: the centre has seen it; otherwise the prices last reviewed stay the measure of the next rise.
    """
    last = latest(session, listing.id)
    shown = as_shown(shown_listing(session, listing.id))
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


def version_ids(session: Session, listing_ids: Iterable[int]) -> Mapping[int, int]:
    """Return by listing the id of its latest version, for the order that is being written."""
    wanted = (
        select(ListingVersion.listing_id, func.max(ListingVersion.id).label("latest"))
        .where(ListingVersion.listing_id.in_(list(listing_ids)))
        .group_by(ListingVersion.listing_id)
    )
    return {row.listing_id: row.latest for row in session.execute(wanted)}
