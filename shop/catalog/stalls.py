"""Households with the faces of their goods."""

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import Executable, bindparam, func, select
from sqlalchemy.orm import Session, aliased

from shop.catalog.models import Listing, ListingPhoto
from shop.catalog.queries import SHOWN, is_to_be_had
from shop.kernel.db import direct
from shop.media.models import Photo
from shop.media.queries import COVER, Picture, cover_of, picture
from shop.vendors.models import Vendor


@dataclass(frozen=True)
class Face:
    """A thing by its name and its cover."""

    title: str
    picture: Picture | None


@dataclass(frozen=True)
class Stall:
    """The first of a household's goods, and how many it has."""

    faces: tuple[Face, ...]
    total: int


def _faces() -> Executable:
    in_season = Listing.season_bits.bitwise_and(bindparam("bit", type_=Listing.season_bits.type)) != 0
    place = func.row_number().over(
        partition_by=Listing.vendor_id, order_by=[is_to_be_had().desc(), in_season.desc(), Listing.id]
    )
    ranked = (
        select(
            Listing.id.label("id"),
            Listing.title.label("title"),
            Listing.vendor_id.label("vendor_id"),
            place.label("place"),
            func.count().over(partition_by=Listing.vendor_id).label("total"),
        )
        .join(Vendor)
        .where(SHOWN, Listing.vendor_id.in_(bindparam("vendors", expanding=True)))
        .subquery()
    )
    first = aliased(ListingPhoto)
    cover = (
        select(first.photo_key)
        .where(first.listing_id == ranked.c.id, first.removed_at.is_(None))
        .order_by(first.position, first.id)
        .limit(1)
        .scalar_subquery()
    )
    return (
        select(ranked.c.vendor_id, ranked.c.title, ranked.c.total, *COVER)
        .select_from(ranked)
        .outerjoin(Photo, Photo.key == cover)
        .where(ranked.c.place <= bindparam("each"))
        .order_by(ranked.c.vendor_id, ranked.c.place)
    )


FACES = _faces()


def stalls(session: Session, vendor_ids: Collection[int], *, month: int, each: int) -> dict[int, Stall]:
    """Return, by vendor id, the stall of each vendor that has goods on the shelf; one statement, however many.

    Args:
        month: the town's present month, 1 to 12; goods in stock and in season come first.
        each: how many goods a vendor shows here.
    """
    faces: dict[int, list[Face]] = {}
    totals: dict[int, int] = {}
    for row in direct(session, FACES, {"bit": 1 << (month - 1), "vendors": vendor_ids, "each": each}):
        faces.setdefault(row.vendor_id, []).append(Face(row.title, picture(cover_of(row), row.title)))
        totals[row.vendor_id] = row.total
    return {vendor_id: Stall(tuple(shown), totals[vendor_id]) for vendor_id, shown in faces.items()}
