"""Reads of the catalogue. Only published listings of approved vendors are ever shown to buyers."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Row, and_, select
from sqlalchemy.orm import Session, joinedload, selectinload

from shop.catalog.models import (
    Category,
    Climate,
    HiddenFor,
    Listing,
    ListingHistory,
    ListingPhoto,
    ListingRevision,
    ListingState,
    Pricing,
    ReturnClass,
    Variant,
)
from shop.catalog.rules import Harvest, is_in_season, season_months
from shop.catalog.tally import tally
from shop.kernel.db import direct
from shop.media.queries import PhotoFacts, Picture, photo_facts, picture
from shop.vendors.models import Vendor, VendorState

SHOWN = and_(Listing.state == ListingState.PUBLISHED, Vendor.state == VendorState.APPROVED)


@dataclass(frozen=True)
class CategoryFacts:
    """A shelf, with how many things lie on it and its parts, and what holds for them."""

    id: int
    code: str
    name: str
    name_en: str
    hint: str
    parent_code: str | None
    return_class: ReturnClass
    climate: Climate
    is_live: bool
    needs_label: bool
    papers: tuple[str, ...]
    count: int


@dataclass(frozen=True)
class WayFacts:
    """One way a listing is sold; money in fen, weights in grams.

    Attributes:
        price_fen: of one unit; by weight the ceiling.
        free: units that can be bought now.
        spare: what is not held of the stock, in the measure in which it is counted: grams when `is_cut`.
        is_held: there would be more, if those who are paying for it now did not.
    """

    variant_id: int
    name: str
    unit: str
    pieces: int
    net_g: int | None
    gross_g: int
    pricing: Pricing
    price_fen: int
    per_500g_fen: int | None
    least_g: int | None
    most_g: int | None
    is_cut: bool
    free: int
    spare: int
    is_held: bool


@dataclass(frozen=True)
class Card:
    """A listing as a grid shows it: by the cheapest way that is to be had; `free` counts the units of all."""

    id: int
    code: str
    ref: str | None
    title: str
    way: WayFacts
    has_ways: bool
    """It is sold in more ways than the one shown."""
    vendor_name: str
    vendor_code: str
    village: str
    village_code: str
    category_code: str
    is_live: bool
    """Collected only: no courier carries it."""
    months: tuple[int, ...]
    in_season: bool
    harvest: Harvest | None
    free: int
    photo: Picture | None


@dataclass(frozen=True)
class ListingFacts:
    """A listing as its own page shows it."""

    card: Card
    ways: tuple[WayFacts, ...]
    story: str
    ingredients: str
    keep_note: str
    shelf_days: int | None
    travel_days: int | None
    tags: tuple[str, ...]
    category: CategoryFacts
    vendor_id: int
    photos: tuple[Picture, ...]


def way_facts(variant: Variant | Row[Any]) -> WayFacts:
    """Return one way of selling as pages read it; a row has the columns of a variant."""
    return WayFacts(
        variant_id=variant.id,
        name=variant.name,
        unit=variant.unit,
        pieces=variant.pieces,
        net_g=variant.net_g,
        gross_g=variant.gross_g,
        pricing=variant.pricing,
        price_fen=variant.price_fen,
        per_500g_fen=variant.per_500g_fen,
        least_g=variant.least_g,
        most_g=variant.most_g,
        is_cut=variant.draw > 1,
        free=(variant.on_hand - variant.held) // variant.draw,
        spare=variant.on_hand - variant.held,
        is_held=variant.held >= variant.draw and variant.on_hand >= variant.draw,
    )


def harvest_of(listing: Listing | Row[Any]) -> Harvest | None:
    """Return when a listing that is ordered ahead is gathered; what is promised already is not looked up."""
    if listing.harvest_first_on is None or listing.harvest_last_on is None or listing.harvest_cap is None:
        return None
    return Harvest(listing.harvest_first_on, listing.harvest_last_on, listing.harvest_cap)


def cheapest(ways: Sequence[WayFacts]) -> WayFacts:
    """Return the cheapest way: by the price of 500 g where the scale decides in all of them, else by that of a unit."""
    are_weighed = all(way.per_500g_fen is not None for way in ways)
    return min(ways, key=lambda way: (way.per_500g_fen or 0 if are_weighed else 0, way.price_fen))


def card_of(listing: Listing, month: int) -> Card:
    """Return a listing, loaded with all that its card shows, as a grid shows it in a month of the town."""
    village = listing.origin or listing.vendor.village
    told = Told(
        listing.id,
        listing.code,
        listing.ref,
        listing.title,
        listing.season_bits,
        listing.vendor.name,
        listing.vendor.code,
        village.name,
        village.code,
        listing.category.code,
        listing.category.is_live,
    )
    cover = photo_facts(listing.photos[0].photo) if listing.photos else None
    return card_from(told, [way_facts(variant) for variant in listing.variants], harvest_of(listing), cover, month)


class Told(NamedTuple):
    """What a card says of a listing and of whose it is; a row has it too."""

    id: int
    code: str
    ref: str | None
    title: str
    season_bits: int
    vendor_name: str
    vendor_code: str
    village: str
    village_code: str
    category_code: str
    is_live: bool


def card_from(
    told: Told | Row[Any], ways: Sequence[WayFacts], harvest: Harvest | None, cover: PhotoFacts | None, month: int
) -> Card:
    """Return a listing as a grid shows it in a month of the town."""
    return Card(
        id=told.id,
        code=told.code,
        ref=told.ref,
        title=told.title,
        way=cheapest([way for way in ways if way.free > 0] or ways),
        has_ways=len(ways) > 1,
        vendor_name=told.vendor_name,
        vendor_code=told.vendor_code,
        village=told.village,
        village_code=told.village_code,
        category_code=told.category_code,
        is_live=told.is_live,
        months=season_months(told.season_bits),
        in_season=is_in_season(told.season_bits, month),
        harvest=harvest,
        free=sum(way.free for way in ways),
        photo=picture(cover, told.title),
    )


SHELVES = select(*Category.__table__.columns).order_by(Category.position)


def shelf_tree(session: Session) -> list[CategoryFacts]:
    """Return every shelf and part of one in its order; what lies on them is not counted, and stands as 0."""
    return _tree(session, {})


def categories(session: Session) -> list[CategoryFacts]:
    """Return every shelf and part of one in its order, with how many listings are shown on it and its parts."""
    return _tree(session, tally(session))


def _tree(session: Session, counts: Mapping[int, int]) -> list[CategoryFacts]:
    rows = direct(session, SHELVES).all()
    codes = {row.id: row.code for row in rows}
    totals = {row.id: counts.get(row.id, 0) for row in rows}
    for row in rows:
        if row.parent_id is not None:
            totals[row.parent_id] += counts.get(row.id, 0)
    return [category_facts(row, codes.get(row.parent_id), totals[row.id]) for row in rows]


def category_facts(
    category: Category | Row[Any] | SimpleNamespace, parent_code: str | None, count: int = 0
) -> CategoryFacts:
    """Return a shelf as pages read it."""
    return CategoryFacts(
        id=category.id,
        code=category.code,
        name=category.name,
        name_en=category.name_en,
        hint=category.hint,
        parent_code=parent_code,
        return_class=category.return_class,
        climate=category.climate,
        is_live=category.is_live,
        needs_label=category.needs_label,
        papers=tuple(category.papers),
        count=count,
    )


def is_to_be_had() -> ColumnElement[bool]:
    """Return the condition that at least one unit of a listing is free."""
    return (
        select(Variant.id)
        .where(Variant.listing_id == Listing.id, Variant.is_sold, Variant.on_hand - Variant.held >= Variant.draw)
        .exists()
    )


def story_of(session: Session, listing_id: int) -> str:
    """Return what is told of a listing."""
    return session.scalars(select(Listing.story).where(Listing.id == listing_id)).one()


def listing_facts(listing: Listing, month: int) -> ListingFacts:
    """Return a listing, loaded with all that is on its page, as its own page shows it."""
    return ListingFacts(
        card=card_of(listing, month),
        ways=tuple(way_facts(variant) for variant in listing.variants),
        story=listing.story,
        ingredients=listing.ingredients,
        keep_note=listing.keep_note,
        shelf_days=listing.shelf_days,
        travel_days=listing.travel_days,
        tags=tuple(listing.tags),
        category=category_facts(listing.category, None),
        vendor_id=listing.vendor_id,
        photos=tuple(
            shown for shown in (picture(kept.photo, listing.title) for kept in listing.photos) if shown is not None
        ),
    )


@dataclass(frozen=True)
class OwnListing:
    """A listing as its vendor or a reviewer sees it."""

    facts: ListingFacts
    state: ListingState
    hidden_for: HiddenFor | None
    version: int
    has_revision: bool
    """A change of it waits for the centre."""
    reason: str
    """Why it was given back or taken down, when it was."""


def own_listings(
    session: Session, *, month: int, vendor_id: int | None = None, states: Iterable[ListingState] = tuple(ListingState)
) -> list[OwnListing]:
    """Return listings in these states, of one vendor or (for reviewers) of all, oldest first."""
    from_history: ColumnElement[str | None] = (
        select(ListingHistory.reason)
        .where(ListingHistory.listing_id == Listing.id)
        .order_by(ListingHistory.id.desc())
        .limit(1)
        .scalar_subquery()
    )
    revised = select(ListingRevision.id).where(ListingRevision.waits_for_id == Listing.id).exists()
    wanted = (
        select(Listing, from_history, revised)
        .join(Vendor)
        .where(Listing.state.in_(list(states)))
        .options(joinedload(Listing.category))
        .order_by(Listing.id)
    )
    if vendor_id is not None:
        wanted = wanted.where(Listing.vendor_id == vendor_id)
    rows = session.execute(
        wanted.options(
            joinedload(Listing.vendor, innerjoin=True),
            joinedload(Listing.origin),
            selectinload(Listing.variants),
            selectinload(Listing.photos).joinedload(ListingPhoto.photo, innerjoin=True),
        )
    )
    return [
        OwnListing(listing_facts(own, month), own.state, own.hidden_for, own.version, has_revision, reason or "")
        for own, reason, has_revision in rows
    ]
