"""What baskets and orders need to know of a variant now."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session, contains_eager, joinedload, selectinload

from shop.catalog.models import Climate, HarvestDay, Listing, ListingPhoto, ListingState, ReturnClass, Variant
from shop.catalog.queries import WayFacts, harvest_of, way_facts
from shop.catalog.rules import Harvest, is_in_season, season_months
from shop.media.queries import Picture, picture
from shop.vendors.models import VendorState


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


def offers(session: Session, variant_ids: Iterable[int], *, today: date) -> dict[int, OfferFacts]:
    """Return the present offer of each variant that exists.

    Args:
        today: the town's day; what is ordered ahead is gathered tomorrow at the earliest.
    """
    wanted = (
        select(Variant)
        .join(Variant.listing)
        .where(Variant.id.in_(list(variant_ids)))
        .options(
            contains_eager(Variant.listing).options(
                joinedload(Listing.vendor, innerjoin=True),
                joinedload(Listing.category, innerjoin=True),
                joinedload(Listing.origin),
                selectinload(Listing.variants),
                selectinload(Listing.photos).joinedload(ListingPhoto.photo, innerjoin=True),
            )
        )
    )
    found = session.scalars(wanted).unique().all()
    ahead = [variant.id for variant in found if variant.listing.harvest_first_on is not None]
    taken = _taken(session, ahead, today) if ahead else {}
    return {variant.id: _offer(variant, taken.get(variant.id, {}), today) for variant in found}


def listing_offers(session: Session, listing: Listing, *, today: date) -> tuple[OfferFacts, ...]:
    """Return the present offer of every way in which a listing, loaded by `full`, is sold."""
    ahead = [variant.id for variant in listing.variants] if listing.harvest_first_on is not None else []
    taken = _taken(session, ahead, today) if ahead else {}
    return tuple(_offer(variant, taken.get(variant.id, {}), today) for variant in listing.variants)


def _taken(session: Session, variant_ids: list[int], today: date) -> Mapping[int, Mapping[date, int]]:
    wanted = select(HarvestDay).where(HarvestDay.variant_id.in_(variant_ids), HarvestDay.on > today)
    found: dict[int, dict[date, int]] = {}
    for day in session.scalars(wanted):
        found.setdefault(day.variant_id, {})[day.on] = day.taken
    return found


def _offer(variant: Variant, taken: Mapping[date, int], today: date) -> OfferFacts:
    listing = variant.listing
    vendor = listing.vendor
    harvest = harvest_of(listing)
    if harvest is not None:
        harvest = None if harvest.last <= today else replace(harvest, taken=taken)
    is_named = bool(variant.name) and len(listing.variants) > 1
    return OfferFacts(
        way=way_facts(variant),
        listing_id=listing.id,
        listing_code=listing.code,
        title=f"{listing.title} {variant.name}" if is_named else listing.title,
        vendor_id=listing.vendor_id,
        vendor_name=vendor.name,
        vendor_fee_bp=vendor.fee_bp,
        village=(listing.origin or vendor.village).name,
        is_shown=(listing.state is ListingState.PUBLISHED and vendor.state is VendorState.APPROVED and variant.is_sold),
        is_live=listing.category.is_live,
        climate=listing.category.climate,
        return_class=listing.category.return_class,
        travel_days=listing.travel_days,
        months=season_months(listing.season_bits),
        in_season=is_in_season(listing.season_bits, today.month),
        harvest=harvest,
        earliest=today + timedelta(days=1),
        photo=picture(listing.photos[0].photo, listing.title) if listing.photos else None,
    )
