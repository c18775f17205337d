"""A listing as its own page needs it, and what is still told of one that is no longer sold."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload, selectinload

from shop.catalog.models import Category, HiddenFor, Listing, ListingPhoto, ListingState
from shop.catalog.offers import OfferFacts, listing_offers
from shop.catalog.queries import SHOWN, CategoryFacts, ListingFacts, category_facts, listing_facts
from shop.vendors.models import Vendor, VendorState
from shop.vendors.queries import PaperFacts, VendorFacts, papers_of, vendor_facts


@dataclass(frozen=True)
class ShownListing:
    """A listing on the shelf.

    Attributes:
        parent: the shelf of which its own is a part.
        papers: of its vendor, where its shelf asks for any.
        offers: each way in which it is sold, with what is promised of its harvests.
    """

    facts: ListingFacts
    parent: CategoryFacts | None
    vendor: VendorFacts
    papers: tuple[PaperFacts, ...]
    offers: tuple[OfferFacts, ...]


@dataclass(frozen=True)
class FormerListing:
    """What is told of a listing that is not sold now.

    Attributes:
        title: None where the centre took it down: what was wrong with it may stand in its name.
        is_ended: it will not come back.
    """

    title: str | None
    is_ended: bool
    category_id: int
    category_code: str
    category_name: str
    category_name_en: str
    vendor_id: int
    vendor_code: str
    vendor_name: str
    is_vendor_shown: bool


def shown_listing(session: Session, code: str, *, today: date) -> ShownListing | None:
    """Return a listing on the shelf as it is offered on a town day, or None."""
    wanted = (
        select(Listing)
        .join(Vendor)
        .where(SHOWN, Listing.code == code)
        .options(
            joinedload(Listing.vendor, innerjoin=True),
            joinedload(Listing.category, innerjoin=True).joinedload(Category.parent),
            joinedload(Listing.origin),
            joinedload(Listing.variants),
            selectinload(Listing.photos).joinedload(ListingPhoto.photo, innerjoin=True),
        )
    )
    listing = session.scalars(wanted).unique().one_or_none()
    if listing is None:
        return None
    parent = listing.category.parent
    held = papers_of(session, [listing.vendor_id]).get(listing.vendor_id, ()) if listing.category.papers else ()
    return ShownListing(
        facts=listing_facts(listing, today.month),
        parent=None if parent is None else category_facts(parent, None),
        vendor=vendor_facts(listing.vendor),
        papers=held,
        offers=listing_offers(session, listing, held, today=today),
    )


def former_listing(session: Session, code: str) -> FormerListing | None:
    """Return what may be told of a listing that buyers have seen and that is not on the shelf now, or None."""
    wanted = (
        select(Listing)
        .where(Listing.code == code, Listing.published_at.is_not(None))
        .options(joinedload(Listing.vendor, innerjoin=True), joinedload(Listing.category, innerjoin=True))
    )
    listing = session.scalars(wanted).one_or_none()
    if listing is None:
        return None
    is_unspoken = listing.hidden_for is HiddenFor.TAKEN_DOWN or listing.state in (
        ListingState.DRAFT,
        ListingState.IN_REVIEW,
    )
    return FormerListing(
        title=None if is_unspoken else listing.title,
        is_ended=listing.state is ListingState.ARCHIVED,
        category_id=listing.category_id,
        category_code=listing.category.code,
        category_name=listing.category.name,
        category_name_en=listing.category.name_en,
        vendor_id=listing.vendor_id,
        vendor_code=listing.vendor.code,
        vendor_name=listing.vendor.name,
        is_vendor_shown=listing.vendor.state is VendorState.APPROVED,
    )
