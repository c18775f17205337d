"""Reads of the catalogue. Only published listings of approved vendors are ever shown to buyers."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, and_, func, select
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
from shop.media.queries import Picture, picture
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


@dataclass(frozen=True)
class Shelf:
    """One page of a longer list."""

    cards: tuple[Card, ...]
    total: int
    page: int
    pages: int


def full(wanted: Select[Listing]) -> Select[Listing]:
    """Let a listing come with everything that its card and page show."""
    return wanted.options(
        joinedload(Listing.vendor, innerjoin=True),
        joinedload(Listing.category, innerjoin=True),
        joinedload(Listing.origin),
        selectinload(Listing.variants),
        selectinload(Listing.photos).joinedload(ListingPhoto.photo, innerjoin=True),
    )


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
    """Return a listing, loaded by `full`, as a grid shows it in a month of the town."""
    ways = [way_facts(variant) for variant in listing.variants]
    village = listing.origin or listing.vendor.village
    return Card(
        id=listing.id,
        code=listing.code,
        ref=listing.ref,
        title=listing.title,
        way=cheapest([way for way in ways if way.free > 0] or ways),
        has_ways=len(ways) > 1,
        vendor_name=listing.vendor.name,
        vendor_code=listing.vendor.code,
        village=village.name,
        village_code=village.code,
        category_code=listing.category.code,
        is_live=listing.category.is_live,
        months=season_months(listing.season_bits),
        in_season=is_in_season(listing.season_bits, month),
        harvest=harvest_of(listing),
        free=sum(way.free for way in ways),
        photo=picture(listing.photos[0].photo, listing.title) if listing.photos else None,
    )


def cards(session: Session, listing_ids: Sequence[int], *, month: int) -> list[Card]:
    """Return cards of these listings in this order; what may not be shown is left out."""
    # Asked for by id alone: with the state beside it SQLite would read every shown listing for a handful.
    wanted = full(select(Listing).where(Listing.id.in_(listing_ids)))
    found = {
        listing.id: listing
        for listing in session.scalars(wanted)
        if listing.state is ListingState.PUBLISHED and listing.vendor.state is VendorState.APPROVED
    }
    return [card_of(found[i], month) for i in listing_ids if i in found]


def categories(session: Session) -> list[CategoryFacts]:
    """Return every shelf and part of one in its order, with how many listings are shown on it and its parts."""
    counts = (
        select(Listing.category_id, func.count().label("n")).join(Vendor).where(SHOWN).group_by(Listing.category_id)
    ).subquery()
    count: ColumnElement[int] = func.coalesce(counts.c.n, 0)
    rows = session.execute(
        select(Category, count).outerjoin(counts, counts.c.category_id == Category.id).order_by(Category.position)
    ).all()
    codes = {category.id: category.code for category, _ in rows}
    totals = {category.id: n for category, n in rows}
    for category, n in rows:
        if category.parent_id is not None:
            totals[category.parent_id] += n
    return [category_facts(c, codes.get(c.parent_id or 0), totals[c.id]) for c, _ in rows]


def category_facts(category: Category, parent_code: str | None, count: int = 0) -> CategoryFacts:
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


def shelf(
    session: Session,
    *,
    month: int,
    page: int = 1,
    per_page: int = 24,
    category_id: int | None = None,
    vendor_id: int | None = None,
    village_id: int | None = None,
    in_season_only: bool = False,
    seasonal_only: bool = False,
) -> Shelf:
    """Return one page of shown listings: in season and in stock first, then the newest.

    Args:
        month: the town's present month, 1 to 12.
        page: from 1; beyond the last it is empty.
        category_id: of a shelf, with its parts.
        village_id: where it grew or was made.
        seasonal_only: leave out what is sold all year.
    """
    conditions: list[ColumnElement[bool]] = [SHOWN]
    bit = 1 << (month - 1)
    if category_id is not None:
        parts = select(Category.id).where((Category.id == category_id) | (Category.parent_id == category_id))
        conditions.append(Listing.category_id.in_(parts))
    if vendor_id is not None:
        conditions.append(Listing.vendor_id == vendor_id)
    if village_id is not None:
        conditions.append(func.coalesce(Listing.origin_id, Vendor.village_id) == village_id)
    in_season = Listing.season_bits.bitwise_and(bit) != 0
    if in_season_only:
        conditions.append(in_season)
    if seasonal_only:
        conditions.append(Listing.season_bits != 4095)
    total = session.scalar(select(func.count()).select_from(Listing).join(Vendor).where(*conditions)) or 0
    has_stock = is_to_be_had()
    wanted = (
        select(Listing)
        .join(Vendor)
        .where(*conditions)
        .order_by(has_stock.desc(), in_season.desc(), Listing.published_at.desc(), Listing.id.desc())
        .offset((page - 1) * per_page)
        .limit(per_page)
    )
    found = session.scalars(full(wanted)).all()
    return Shelf(tuple(card_of(listing, month) for listing in found), total, page, max(1, -(-total // per_page)))


def listing_by_code(session: Session, code: str, *, month: int) -> ListingFacts | None:
    """Return a shown listing, or None."""
    listing = session.scalars(full(select(Listing).join(Vendor).where(SHOWN, Listing.code == code))).one_or_none()
    return None if listing is None else listing_facts(listing, month)


def listing_facts(listing: Listing, month: int) -> ListingFacts:
    """Return a listing, loaded by `full`, as its own page shows it."""
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
