"""What search engines are told of the shelf: every page's address and the day on which it last changed."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from shop.catalog.models import Category, Listing, ListingVersion
from shop.catalog.queries import SHOWN
from shop.vendors.models import Vendor, VendorState

PER_FILE = 5_000


@dataclass(frozen=True)
class Extent:
    """How much there is to tell.

    Attributes:
        files: how many files the listings fill.
        mark: changes with whatever the files say.
    """

    files: int
    mark: str


def extent(session: Session) -> Extent:
    """Return how many files the shelf fills, and a mark of their content; two statements, whatever its size."""
    listings = select(func.count(), func.coalesce(func.sum(Listing.id), 0)).select_from(Listing).join(Vendor)
    count, ids = session.execute(listings.where(SHOWN)).one()
    last, shelves, vendors = session.execute(
        select(
            select(func.max(ListingVersion.id)).scalar_subquery(),
            select(func.max(Category.id)).scalar_subquery(),
            select(func.sum(Vendor.id)).where(Vendor.state == VendorState.APPROVED).scalar_subquery(),
        )
    ).one()
    return Extent(max(1, -(-count // PER_FILE)), f"{count}-{ids}-{last or 0}-{shelves or 0}-{vendors or 0}")


def listings(session: Session, file: int) -> Iterator[tuple[str, datetime | None]]:
    """Yield code and last change of the listings in one file, from 1; read as they are taken."""
    shown_since = (
        select(ListingVersion.at)
        .where(ListingVersion.listing_id == Listing.id)
        .order_by(ListingVersion.number.desc())
        .limit(1)
        .scalar_subquery()
    )
    wanted = (
        select(Listing.code, shown_since)
        .join(Vendor)
        .where(SHOWN)
        .order_by(Listing.id)
        .offset((file - 1) * PER_FILE)
        .limit(PER_FILE)
        .execution_options(yield_per=500)
    )
    yield from ((code, at) for code, at in session.execute(wanted))


def shelves(session: Session) -> list[tuple[str, datetime | None]]:
    """Return every shelf's code and when something on it or its parts last changed."""
    wanted = (
        select(Category.id, Category.parent_id, Category.code, func.max(ListingVersion.at))
        .outerjoin(Listing, Listing.category_id == Category.id)
        .outerjoin(ListingVersion, ListingVersion.listing_id == Listing.id)
        .group_by(Category.id)
        .order_by(Category.position, Category.id)
    )
    rows = session.execute(wanted).all()
    own: dict[int, list[datetime]] = {}
    for key, parent, _code, at in rows:
        for place in (key, parent):
            if place is not None and at is not None:
                own.setdefault(place, []).append(at)
    return [(code, max(own.get(key, ()), default=None)) for key, _parent, code, _at in rows]


def households(session: Session) -> list[tuple[str, datetime | None]]:
    """Return the code of every vendor that may sell and when something of theirs last changed."""
    wanted = (
        select(Vendor.code, func.max(ListingVersion.at))
        .outerjoin(Listing, Listing.vendor_id == Vendor.id)
        .outerjoin(ListingVersion, ListingVersion.listing_id == Listing.id)
        .where(Vendor.state == VendorState.APPROVED)
        .group_by(Vendor.id)
        .order_by(Vendor.id)
    )
    return [(code, at) for code, at in session.execute(wanted)]
