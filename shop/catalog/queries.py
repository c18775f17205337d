"""Reads of the catalogue. Only published listings of approved vendors are ever shown to buyers."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Select, and_, func, select
from sqlalchemy.orm import Session, joinedload, selectinload

from shop.catalog.models import Category, Listing, ListingHistory, ListingPhoto, ListingState, Variant
from shop.catalog.rules import is_in_season, season_months
from shop.media.queries import Picture, picture
from shop.vendors.models import Vendor, VendorState

SHOWN = and_(Listing.state == ListingState.PUBLISHED, Vendor.state == VendorState.APPROVED)


@dataclass(frozen=True)
class CategoryFacts:
    """A shelf, with how many things lie on it."""

    id: int
    code: str
    name: str
    hint: str
    count: int


@dataclass(frozen=True)
class Card:
    """A listing as a grid shows it."""

    id: int
    code: str
    title: str
    price_fen: int
    unit: str
    pieces: int
    vendor_name: str
    vendor_code: str
    village: str
    months: tuple[int, ...]
    in_season: bool
    free: int
    photo: Picture | None


@dataclass(frozen=True)
class ListingFacts:
    """A listing as its own page shows it."""

    card: Card
    variant_id: int
    gross_g: int
    story: str
    keep_note: str
    shelf_days: int | None
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


def _full(wanted: Select[Listing]) -> Select[Listing]:
    return wanted.options(
        joinedload(Listing.vendor, innerjoin=True),
        selectinload(Listing.variants),
        selectinload(Listing.photos).joinedload(ListingPhoto.photo, innerjoin=True),
    )


def _card(listing: Listing, month: int) -> Card:
    variant = listing.variants[0]
    return Card(
        id=listing.id,
        code=listing.code,
        title=listing.title,
        price_fen=variant.price_fen,
        unit=variant.unit,
        pieces=variant.pieces,
        vendor_name=listing.vendor.name,
        vendor_code=listing.vendor.code,
        village=listing.vendor.village.name,
        months=season_months(listing.season_bits),
        in_season=is_in_season(listing.season_bits, month),
        free=variant.on_hand - variant.held,
        photo=picture(listing.photos[0].photo, listing.title) if listing.photos else None,
    )


def cards(session: Session, listing_ids: Sequence[int], *, month: int) -> list[Card]:
    """Return cards of these listings in this order; what may not be shown is left out."""
    wanted = select(Listing).join(Vendor).where(SHOWN, Listing.id.in_(listing_ids))
    found = {listing.id: listing for listing in session.scalars(_full(wanted))}
    return [_card(found[i], month) for i in listing_ids if i in found]


def categories(session: Session) -> list[CategoryFacts]:
    """Return every shelf in its order, with how many listings are shown on it."""
    counts = (
        select(Listing.category_id, func.count().label("n")).join(Vendor).where(SHOWN).group_by(Listing.category_id)
    ).subquery()
    count: ColumnElement[int] = func.coalesce(counts.c.n, 0)
    rows = session.execute(
        select(Category, count).outerjoin(counts, counts.c.category_id == Category.id).order_by(Category.position)
    )
    return [CategoryFacts(c.id, c.code, c.name, c.hint, n) for c, n in rows]


def shelf(
    session: Session,
    *,
    month: int,
    page: int = 1,
    per_page: int = 24,
    category_id: int | None = None,
    vendor_id: int | None = None,
    in_season_only: bool = False,
    seasonal_only: bool = False,
) -> Shelf:
    """Return one page of shown listings: in season and in stock first, then the newest.

    Args:
        month: the town's present month, 1 to 12.
        page: from 1; beyond the last it is empty.
        seasonal_only: leave out what is sold all year.
    """
    conditions: list[ColumnElement[bool]] = [SHOWN]
    bit = 1 << (month - 1)
    if category_id is not None:
        conditions.append(Listing.category_id == category_id)
    if vendor_id is not None:
        conditions.append(Listing.vendor_id == vendor_id)
    in_season = Listing.season_bits.bitwise_and(bit) != 0
    if in_season_only:
        conditions.append(in_season)
    if seasonal_only:
        conditions.append(Listing.season_bits != 4095)
    total = session.scalar(select(func.count()).select_from(Listing).join(Vendor).where(*conditions)) or 0
    has_stock = select(Variant.id).where(Variant.listing_id == Listing.id, Variant.on_hand > Variant.held).exists()
    wanted = (
        select(Listing)
        .join(Vendor)
        .where(*conditions)
        .order_by(has_stock.desc(), in_season.desc(), Listing.published_at.desc(), Listing.id.desc())
        .offset((page - 1) * per_page)
        .limit(per_page)
    )
    found = session.scalars(_full(wanted)).all()
    return Shelf(tuple(_card(listing, month) for listing in found), total, page, max(1, -(-total // per_page)))


def listing_by_code(session: Session, code: str, *, month: int) -> ListingFacts | None:
    """Return a shown listing, or None."""
    wanted = select(Listing).join(Vendor).where(SHOWN, Listing.code == code).options(joinedload(Listing.category))
    listing = session.scalars(_full(wanted)).one_or_none()
    return None if listing is None else _facts(listing, month)


def _facts(listing: Listing, month: int) -> ListingFacts:
    category = listing.category
    return ListingFacts(
        card=_card(listing, month),
        variant_id=listing.variants[0].id,
        gross_g=listing.variants[0].gross_g,
        story=listing.story,
        keep_note=listing.keep_note,
        shelf_days=listing.shelf_days,
        tags=tuple(listing.tags),
        category=CategoryFacts(category.id, category.code, category.name, category.hint, 0),
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
    version: int
    reason: str
    """Why it was given back, when it was."""


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
    wanted = (
        select(Listing, from_history)
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
            selectinload(Listing.variants),
            selectinload(Listing.photos).joinedload(ListingPhoto.photo, innerjoin=True),
        )
    )
    return [OwnListing(_facts(found, month), found.state, found.version, reason or "") for found, reason in rows]


@dataclass(frozen=True)
class OfferFacts:
    """What a basket or an order needs to know of a variant now."""

    variant_id: int
    listing_id: int
    listing_code: str
    title: str
    unit: str
    pieces: int
    price_fen: int
    gross_g: int
    vendor_id: int
    vendor_name: str
    vendor_fee_bp: int | None
    village: str
    free: int
    is_shown: bool
    months: tuple[int, ...]
    in_season: bool
    photo: Picture | None


def offers(session: Session, variant_ids: Iterable[int], *, month: int) -> dict[int, OfferFacts]:
    """Return the present offer of each variant that exists; `is_shown` tells whether it may be bought at all."""
    wanted = select(Listing).join(Listing.variants).where(Variant.id.in_(list(variant_ids)))
    found: dict[int, OfferFacts] = {}
    for listing in session.scalars(_full(wanted)).unique():
        card = _card(listing, month)
        for variant in listing.variants:
            found[variant.id] = OfferFacts(
                variant_id=variant.id,
                listing_id=listing.id,
                listing_code=listing.code,
                title=listing.title,
                unit=variant.unit,
                pieces=variant.pieces,
                price_fen=variant.price_fen,
                gross_g=variant.gross_g,
                vendor_id=listing.vendor_id,
                vendor_name=listing.vendor.name,
                vendor_fee_bp=listing.vendor.fee_bp,
                village=card.village,
                free=variant.on_hand - variant.held,
                is_shown=listing.state is ListingState.PUBLISHED and listing.vendor.state is VendorState.APPROVED,
                months=card.months,
                in_season=card.in_season,
                photo=card.photo,
            )
    return found


def reviews_waiting_since(session: Session) -> list[datetime]:
    """Return since when each listing waits for its review, the longest first."""
    since = func.max(ListingHistory.at)
    wanted = (
        select(since)
        .select_from(ListingHistory)
        .join(Listing, Listing.id == ListingHistory.listing_id)
        .where(Listing.state == ListingState.IN_REVIEW, ListingHistory.to_state == ListingState.IN_REVIEW.value)
        .group_by(Listing.id)
        .order_by(since)
    )
    return list(session.scalars(wanted))
