"""What neighbours' goods of one name have in common: how they are sold, kept and priced."""

import re
from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Select, select
from sqlalchemy.orm import Session, joinedload, selectinload

from shop.catalog.models import ALL_YEAR, Listing, Pricing
from shop.catalog.queries import SHOWN
from shop.catalog.rules import UNITS, season_months
from shop.vendors.models import Vendor

MOST_READ = 200
"""Listings that are looked at for what is common in season."""
TITLE_ENDS = re.compile(r"[\d（(【\[·，,\s]")


@dataclass(frozen=True)
class Usual:
    """How goods of one name are usually sold.

    Attributes:
        category: code of the shelf on which most of them lie.
        gross_g: what the middle one weighs in a parcel.
        months: those in which at least half of them are to be had.
        prices_fen: of one unit so sold, each seller's, the lowest first; none where all are weighed.
        per_500g_fen: prices of 500 g where the scale decides, the lowest first.
    """

    name: str
    category: str
    unit: str
    pieces: int
    gross_g: int
    net_g: int | None
    keep_note: str
    travel_days: int | None
    months: tuple[int, ...]
    prices_fen: tuple[int, ...]
    per_500g_fen: tuple[int, ...]


def neighbours(session: Session, listing_ids: Collection[int], *, not_of: int) -> dict[int, Listing]:
    """Return which of these listings are on the shelf and another vendor's, by id, for `usual`."""
    wanted = _whole(Listing.id.in_(listing_ids), Listing.vendor_id != not_of)
    return {one.id: one for one in session.scalars(wanted)}


def in_season(session: Session, month: int, count: int, *, not_of: int) -> tuple[Usual, ...]:
    """Return what other vendors sell most in a month, what is not sold all year before the rest.

    Args:
        month: the town's present month, 1 to 12.
        count: how many names at most.
    """
    bit = 1 << (month - 1)
    found = _whole(Listing.season_bits.bitwise_and(bit) != 0, Listing.vendor_id != not_of)
    rows = session.scalars(found.order_by(Listing.season_bits == ALL_YEAR, Listing.id.desc()).limit(MOST_READ))
    named: dict[str, list[Listing]] = {}
    for one in rows:
        named.setdefault(plain_name(one), []).append(one)
    most = sorted(named.items(), key=lambda pair: -len({one.vendor_id for one in pair[1]}))
    usuals = (usual(name, examples) for name, examples in most)
    return tuple(one for one in usuals if one is not None)[:count]


def plain_name(listing: Listing) -> str:
    """Return what people call it: its first tag, or its title without what stands behind the name."""
    return listing.tags[0] if listing.tags else TITLE_ENDS.split(listing.title, maxsplit=1)[0] or listing.title


def usual(name: str, examples: Sequence[Listing]) -> Usual | None:
    """Return what goods have in common, or None where nothing like them is on the shelf."""
    ways = [way for one in examples for way in one.variants if way.unit in UNITS]
    if not ways:
        return None
    fixed = [way for way in ways if way.pricing is Pricing.PIECE]
    unit, pieces = Counter((way.unit, way.pieces) for way in fixed or ways).most_common(1)[0][0]
    alike = [way for way in fixed or ways if (way.unit, way.pieces) == (unit, pieces)]
    shelf = Counter(one.category.code for one in examples).most_common(1)[0][0]
    return Usual(
        name=name,
        category=shelf,
        unit=unit,
        pieces=pieces,
        gross_g=_middle(way.gross_g for way in alike) or 0,
        net_g=_middle(way.net_g for way in alike if way.net_g is not None),
        keep_note=Counter(one.keep_note for one in examples if one.category.code == shelf).most_common(1)[0][0],
        travel_days=min((one.travel_days for one in examples if one.travel_days is not None), default=None),
        months=_half_of_them(examples),
        prices_fen=prices_of(examples, unit, pieces),
        per_500g_fen=tuple(sorted(way.per_500g_fen for way in ways if way.per_500g_fen is not None)),
    )


def prices_of(examples: Iterable[Listing], unit: str, pieces: int) -> tuple[int, ...]:
    """Return what each of these costs that is sold so, in fen, the lowest first."""
    return tuple(
        sorted(
            way.price_fen
            for one in examples
            for way in one.variants
            if way.pricing is Pricing.PIECE and (way.unit, way.pieces) == (unit, pieces)
        )
    )


def _half_of_them(examples: Sequence[Listing]) -> tuple[int, ...]:
    counts = Counter(month for one in examples for month in season_months(one.season_bits))
    return tuple(month for month in range(1, 13) if counts[month] * 2 >= len(examples))


def _middle(numbers: Iterable[int]) -> int | None:
    ordered = sorted(numbers)
    return ordered[len(ordered) // 2] if ordered else None


def _whole(*conditions: ColumnElement[bool]) -> Select[Listing]:
    return (
        select(Listing)
        .join(Vendor)
        .where(SHOWN, *conditions)
        .options(joinedload(Listing.category, innerjoin=True), selectinload(Listing.variants))
    )
