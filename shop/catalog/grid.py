"""Goods in a grid, as every shelf, household and search shows them: read as plain rows, in time that does not grow.

What is in season and in stock comes first, then the newest. Of a few goods the database puts all in order. Of many it
reads along the index of what was shown last, one tier after the other, and stops when the page is full.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import BindParameter, ColumnElement, Executable, Row, Select, bindparam, func, not_, select, union_all
from sqlalchemy.orm import Session, aliased

from shop.catalog.models import ALL_YEAR, Category, Listing, ListingPhoto, ListingState, Variant
from shop.catalog.queries import SHOWN, Card, card_from, harvest_of, is_to_be_had, way_facts
from shop.kernel.db import Values, direct
from shop.media.models import Photo
from shop.media.queries import COVER, cover_of
from shop.town.models import Village
from shop.vendors.models import Vendor, VendorState

FEW = 300
"""So many goods are put in order at once; more, tier by tier."""
IDS: BindParameter[int] = bindparam("ids", expanding=True)
FIRST = aliased(ListingPhoto)
CARDS = (
    select(
        Listing.id,
        Listing.code,
        Listing.ref,
        Listing.title,
        Listing.season_bits,
        Listing.harvest_first_on,
        Listing.harvest_last_on,
        Listing.harvest_cap,
        Listing.state,
        Vendor.state.label("vendor_state"),
        Vendor.name.label("vendor_name"),
        Vendor.code.label("vendor_code"),
        Village.name.label("village"),
        Village.code.label("village_code"),
        Category.code.label("category_code"),
        Category.is_live,
        *COVER,
    )
    .join(Vendor, Vendor.id == Listing.vendor_id)
    .join(Village, Village.id == func.coalesce(Listing.origin_id, Vendor.village_id))
    .join(Category, Category.id == Listing.category_id)
    .outerjoin(
        Photo,
        Photo.key
        == select(FIRST.photo_key)
        .where(FIRST.listing_id == Listing.id, FIRST.removed_at.is_(None))
        .order_by(FIRST.position, FIRST.id)
        .limit(1)
        .scalar_subquery(),
    )
    # By id alone: with the state beside it SQLite would read every shown listing for a handful.
    .where(Listing.id.in_(IDS))
)
WAYS = (
    select(*Variant.__table__.columns)
    .where(Variant.listing_id.in_(IDS), Variant.is_sold.is_(True))
    .order_by(Variant.position, Variant.id)
)
PARTS = select(Category.id).where((Category.id == bindparam("shelf")) | (Category.parent_id == bindparam("shelf")))
BIT = bindparam("bit", type_=Listing.season_bits.type)
IN_SEASON = Listing.season_bits.bitwise_and(BIT) != 0
NEWEST = (Listing.published_at.desc(), Listing.id.desc())


@dataclass(frozen=True)
class Shelf:
    """One page of a longer list."""

    cards: tuple[Card, ...]
    total: int
    page: int
    pages: int


@dataclass(frozen=True)
class Scope:
    """Which goods a list is of, but for the numbers of shelf, household and village.

    Attributes:
        shelves: how many shelves it is of: one with its parts; 0 for all.
    """

    shelves: int = 0
    by_vendor: bool = False
    by_village: bool = False
    in_season_only: bool = False
    seasonal_only: bool = False

    def conditions(self) -> Iterable[ColumnElement[bool]]:
        """Yield what holds for these goods, but for the shelf they lie on."""
        yield SHOWN
        if self.by_vendor:
            yield Listing.vendor_id == bindparam("vendor")
        if self.by_village:
            yield func.coalesce(Listing.origin_id, Vendor.village_id) == bindparam("village")
        if self.in_season_only:
            yield IN_SEASON
        if self.seasonal_only:
            yield Listing.season_bits != ALL_YEAR


TIERS = ((True, True), (True, False), (False, True), (False, False))
"""(to be had, in season), in their order."""
Tier = tuple[bool, bool]


def cards(session: Session, listing_ids: Sequence[int], *, month: int, known: Iterable[Card] = ()) -> list[Card]:
    """Return cards of these listings in this order; what may not be shown is left out.

    Args:
        known: cards that were read for this page already.
    """
    found = {card.id: card for card in known}
    wanted = [i for i in listing_ids if i not in found]
    if wanted:
        ways: dict[int, list[Row[Any]]] = {}
        for way in direct(session, WAYS, {"ids": wanted}):
            ways.setdefault(way.listing_id, []).append(way)
        for row in direct(session, CARDS, {"ids": wanted}):
            if row.state is ListingState.PUBLISHED and row.vendor_state is VendorState.APPROVED:
                found[row.id] = _card(row, ways[row.id], month)
    return [found[i] for i in listing_ids if i in found]


def _card(row: Row[Any], ways: Sequence[Row[Any]], month: int) -> Card:
    return card_from(row, [way_facts(way) for way in ways], harvest_of(row), cover_of(row), month)


def _scoped(
    session: Session,
    scope: Scope,
    month: int,
    *,
    category_id: int | None,
    vendor_id: int | None,
    village_id: int | None,
) -> tuple[Scope, Values]:
    """Return a scope with its shelves, and the values of what its statements leave open."""
    shelves = [] if category_id is None else direct(session, PARTS, {"shelf": category_id}).scalars().all()
    values = {"bit": 1 << (month - 1), "vendor": vendor_id, "village": village_id}
    values |= {f"shelf_{number}": shelf for number, shelf in enumerate(shelves)}
    by = replace(scope, shelves=len(shelves), by_vendor=vendor_id is not None, by_village=village_id is not None)
    return by, values


def laid(
    session: Session,
    *,
    month: int,
    most: int,
    category_id: int | None = None,
    vendor_id: int | None = None,
    village_id: int | None = None,
    in_season_only: bool = False,
    seasonal_only: bool = False,
) -> tuple[Card, ...]:
    """Return the first of shown listings as cards: in season and in stock first, then the newest.

    Args:
        month: the town's present month, 1 to 12.
        category_id: of a shelf, with its parts.
        village_id: where it grew or was made.
        seasonal_only: leave out what is sold all year.
    """
    wanted = Scope(in_season_only=in_season_only, seasonal_only=seasonal_only)
    scope, values = _scoped(session, wanted, month, category_id=category_id, vendor_id=vendor_id, village_id=village_id)
    return tuple(cards(session, _ids(session, scope, values, most, 0, None), month=month))


def _ids(session: Session, scope: Scope, values: Values, most: int, skip: int, total: int | None) -> Sequence[int]:
    """Return the goods of a page; how many there are in all decides only how they are looked for."""
    if scope.by_vendor or (total is not None and total <= FEW):
        return direct(session, _at_once(scope), {**values, "most": most, "skip": skip}).scalars().all()
    return _by_tiers(session, scope, values, most, skip)


def _by_tiers(session: Session, scope: Scope, values: Values, most: int, skip: int) -> list[int]:
    found: list[int] = []
    for tier in TIERS:
        if scope.in_season_only and not tier[1]:
            continue
        wanted = {**values, "most": most - len(found), "skip": skip, "end": skip + most - len(found)}
        some = direct(session, _in_tier(scope, tier), wanted).scalars().all()
        found += some
        if len(found) == most:
            break
        if some:
            skip = 0
        elif skip:
            skip -= direct(session, _size_of(scope, tier), values).scalar_one()
    return found


@cache
def _at_once(scope: Scope) -> Executable:
    """Return what puts all goods of a scope in order."""
    order = (is_to_be_had().desc(), IN_SEASON.desc(), *NEWEST)
    wanted = _goods(scope).where(*_on_shelves(scope))
    return wanted.order_by(*order).limit(bindparam("most")).offset(bindparam("skip"))


@cache
def _in_tier(scope: Scope, tier: Tier) -> Executable:
    """Return what reads the newest goods of a tier, of each shelf along its own index."""
    goods = _goods(scope).where(*_of_tier(tier)).order_by(*NEWEST)
    if scope.shelves < 2:
        return goods.where(*_on_shelves(scope)).limit(bindparam("most")).offset(bindparam("skip"))
    arms = [
        select(goods.where(Listing.category_id == bindparam(f"shelf_{n}")).limit(bindparam("end")).subquery())
        for n in range(scope.shelves)
    ]
    every = union_all(*arms).subquery()
    newest = select(every.c.id).order_by(every.c.published_at.desc(), every.c.id.desc())
    return newest.limit(bindparam("most")).offset(bindparam("skip"))


@cache
def _size_of(scope: Scope, tier: Tier) -> Executable:
    """Return what counts the goods of a tier: for a page beyond its end."""
    return _goods(scope).where(*_of_tier(tier), *_on_shelves(scope)).with_only_columns(func.count())


@cache
def _count(scope: Scope) -> Executable:
    return _goods(scope).where(*_on_shelves(scope)).with_only_columns(func.count())


def _goods(scope: Scope) -> Select[int, datetime | None]:
    return select(Listing.id, Listing.published_at).join(Vendor).where(*scope.conditions())


def _on_shelves(scope: Scope) -> Iterable[ColumnElement[bool]]:
    if scope.shelves:
        yield Listing.category_id.in_([bindparam(f"shelf_{number}") for number in range(scope.shelves)])


def _of_tier(tier: Tier) -> Iterable[ColumnElement[bool]]:
    for condition, holds in zip((is_to_be_had(), IN_SEASON), tier, strict=True):
        yield condition if holds else not_(condition)


def shelf(
    session: Session,
    *,
    month: int,
    page: int = 1,
    per_page: int = 24,
    category_id: int | None = None,
    vendor_id: int | None = None,
    village_id: int | None = None,
    total: int | None = None,
    known: Iterable[Card] = (),
) -> Shelf:
    """Return one page of shown listings as `laid` orders them, and how many there are.

    Args:
        page: from 1; beyond the last it is empty.
        total: how many there are, where that is known already.
        known: cards that were read for this page already.
    """
    scope, values = _scoped(
        session, Scope(), month, category_id=category_id, vendor_id=vendor_id, village_id=village_id
    )
    if total is None:
        total = int(direct(session, _count(scope), values).scalar_one())
    ids = _ids(session, scope, values, per_page, (page - 1) * per_page, total)
    return Shelf(tuple(cards(session, ids, month=month, known=known)), total, page, max(1, -(-total // per_page)))
