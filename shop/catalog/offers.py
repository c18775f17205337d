"""What baskets and orders need to know of a variant now."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

from sqlalchemy import Row, bindparam, func, select
from sqlalchemy.orm import Session, aliased

from shop.catalog.models import (
    Category,
    Climate,
    HarvestDay,
    Listing,
    ListingPhoto,
    ListingState,
    ReturnClass,
    Variant,
)
from shop.catalog.obstacles import paper_obstacles
from shop.catalog.queries import WayFacts, harvest_of, way_facts
from shop.catalog.rules import Harvest, is_in_season, season_months
from shop.kernel.db import direct
from shop.media.models import Photo
from shop.media.queries import COVER, Picture, cover_of, picture
from shop.town.models import Village
from shop.vendors.models import Vendor, VendorState
from shop.vendors.queries import papers_of


@dataclass(frozen=True)
class OfferFacts:
    """A variant as it is offered now; `is_shown` tells whether it may be bought at all.

    Attributes:
        title: with the variant's name, where it has one.
        harvest: what is promised of it already included; None when it is not, or no longer, ordered ahead.
    """

    way: WayFacts
    listing_id: int
    listing_code: str
    title: str
    vendor_id: int
    vendor_name: str
    vendor_fee_bp: int | None
    village: str
    is_shown: bool
    is_live: bool
    """Collected at the centre only: no courier carries it."""
    climate: Climate
    return_class: ReturnClass
    travel_days: int | None
    """How long it bears being on its way; None when that does not matter."""
    months: tuple[int, ...]
    in_season: bool
    harvest: Harvest | None
    earliest: date
    photo: Picture | None

    def harvest_day(self, quantity: int) -> date | None:
        """Return the day on which so many would be gathered, when it is ordered ahead and they can be."""
        return None if self.harvest is None else self.harvest.day_for(quantity, self.earliest)

    def problem(self, quantity: int) -> str | None:
        """Why so many cannot be ordered, or None when they can.

        One of: gone, harvest_full, out_of_season, sold_out, being_paid (the last ones are held by somebody who is
        paying), too_few.
        """
        if not self.is_shown:
            return "gone"
        if self.way.free <= 0:
            return "being_paid" if self.way.is_held else "sold_out"
        if self.harvest is not None:
            if self.harvest_day(quantity) is None:
                return "harvest_full"
        elif not self.in_season:
            return "out_of_season"
        return "too_few" if self.way.free < quantity else None


OTHER = aliased(Variant)
OFFERS = (
    select(
        *Variant.__table__.columns,
        Listing.code,
        Listing.title,
        Listing.state,
        Listing.travel_days,
        Listing.season_bits,
        Listing.harvest_first_on,
        Listing.harvest_last_on,
        Listing.harvest_cap,
        Listing.vendor_id,
        Vendor.name.label("vendor_name"),
        Vendor.fee_bp.label("vendor_fee_bp"),
        Vendor.state.label("vendor_state"),
        Village.name.label("village"),
        Category.papers,
        Category.is_live,
        Category.climate,
        Category.return_class,
        select(func.count())
        .where(OTHER.listing_id == Listing.id, OTHER.is_sold.is_(True))
        .scalar_subquery()
        .label("ways"),
        *COVER,
    )
    .join(Listing, Listing.id == Variant.listing_id)
    .join(Vendor, Vendor.id == Listing.vendor_id)
    .join(Village, Village.id == func.coalesce(Listing.origin_id, Vendor.village_id))
    .join(Category, Category.id == Listing.category_id)
    .outerjoin(
        Photo,
        Photo.key
        == select(ListingPhoto.photo_key)
        .where(ListingPhoto.listing_id == Listing.id, ListingPhoto.removed_at.is_(None))
        .order_by(ListingPhoto.position, ListingPhoto.id)
        .limit(1)
        .scalar_subquery(),
    )
)
"""What is known of variants, in plain rows: every page with a basket reads it, and every order."""
OFFERED = OFFERS.where(Variant.id.in_(bindparam("wanted", expanding=True)))
TAKEN = select(HarvestDay.variant_id, HarvestDay.on, HarvestDay.taken).where(
    HarvestDay.variant_id.in_(bindparam("wanted", expanding=True)), HarvestDay.on > bindparam("today")
)


def offers(session: Session, variant_ids: Iterable[int], *, today: date) -> dict[int, OfferFacts]:
    """Return the present offer of each variant that exists.

    Args:
        today: the town's day; what is ordered ahead is gathered tomorrow at the earliest.
    """
    found = direct(session, OFFERED, {"wanted": list(variant_ids)}).all()
    lawful = _lawful(session, [(row.listing_id, row.vendor_id, row.papers) for row in found], today)
    return {one.way.variant_id: one for one in offers_of(session, found, lawful=lawful, today=today)}


def offers_of(
    session: Session, rows: Sequence[Row[Any]], *, lawful: Collection[int], today: date
) -> tuple[OfferFacts, ...]:
    """Return the present offers of rows of `OFFERS`, in their order.

    Args:
        lawful: ids of listings whose vendors hold what their category asks for.
    """
    ahead = [row.id for row in rows if row.harvest_first_on is not None]
    taken = _taken(session, ahead, today) if ahead else {}
    return tuple(
        _offer(row, taken=taken.get(row.id, {}), today=today, is_lawful=row.listing_id in lawful) for row in rows
    )


def _lawful(session: Session, listings: Collection[tuple[int, int, Sequence[str]]], today: date) -> set[int]:
    """Return the ids of listings whose vendors hold on this day what the category asks for.

    The shelf is swept every ten minutes; a paper that ended at midnight sells nothing from then on.

    Args:
        listings: id, vendor's id, and the papers that the category asks for.
    """
    asking = {vendor_id for _id, vendor_id, papers in listings if papers}
    held = papers_of(session, asking) if asking else {}
    return {
        listing_id
        for listing_id, vendor_id, papers in listings
        if not paper_obstacles(papers, held.get(vendor_id, ()), today)
    }


def _taken(session: Session, variant_ids: list[int], today: date) -> Mapping[int, Mapping[date, int]]:
    found: dict[int, dict[date, int]] = {}
    for day in direct(session, TAKEN, {"wanted": variant_ids, "today": today}):
        found.setdefault(day.variant_id, {})[day.on] = day.taken
    return found


def _offer(row: Row[Any], *, taken: Mapping[date, int], today: date, is_lawful: bool) -> OfferFacts:
    harvest = harvest_of(row)
    if harvest is not None:
        harvest = None if harvest.last <= today else replace(harvest, taken=taken)
    is_published = row.state is ListingState.PUBLISHED and row.vendor_state is VendorState.APPROVED
    return OfferFacts(
        way=way_facts(row),
        listing_id=row.listing_id,
        listing_code=row.code,
        title=f"{row.title} {row.name}" if row.name and row.ways > 1 else row.title,
        vendor_id=row.vendor_id,
        vendor_name=row.vendor_name,
        vendor_fee_bp=row.vendor_fee_bp,
        village=row.village,
        is_shown=is_lawful and is_published and row.is_sold,
        is_live=row.is_live,
        climate=row.climate,
        return_class=row.return_class,
        travel_days=row.travel_days,
        months=season_months(row.season_bits),
        in_season=is_in_season(row.season_bits, today.month),
        harvest=harvest,
        earliest=today + timedelta(days=1),
        photo=picture(cover_of(row), row.title),
    )
