"""A listing as its own page needs it, and what is still told of one that is no longer sold."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from types import SimpleNamespace
from typing import Any

from sqlalchemy import Row, bindparam, select
from sqlalchemy.orm import Session, aliased, joinedload

from shop.catalog.models import Category, HiddenFor, Listing, ListingPhoto, ListingState, Variant
from shop.catalog.obstacles import paper_obstacles
from shop.catalog.offers import OFFERS, OfferFacts, offers_of
from shop.catalog.queries import (
    SHOWN,
    CategoryFacts,
    ListingFacts,
    Told,
    card_from,
    category_facts,
    harvest_of,
)
from shop.kernel.db import direct
from shop.media.models import Photo
from shop.media.queries import COVER, cover_of, picture
from shop.town.models import Village
from shop.vendors.models import Vendor, VendorState
from shop.vendors.queries import PaperFacts, VendorFacts, papers_of

PARENT, HOME = aliased(Category), aliased(Village)
COLUMNS = Category.__table__.columns.keys()
"""Of a shelf; its goods' rows hold them twice, of the shelf itself and of the one it is a part of."""
THING = (
    OFFERS.add_columns(
        Listing.ref,
        Listing.story,
        Listing.ingredients,
        Listing.keep_note,
        Listing.shelf_days,
        Listing.tags,
        Village.code.label("village_code"),
        *(getattr(Category, name).label(f"shelf_{name}") for name in COLUMNS),
        *(getattr(PARENT, name).label(f"parent_{name}") for name in COLUMNS),
        Vendor.code.label("seller_code"),
        HOME.code.label("seller_village_code"),
        HOME.name.label("seller_village"),
        Vendor.standing.label("seller_standing"),
        Vendor.story.label("seller_story"),
        Vendor.since_year.label("seller_since_year"),
        Vendor.leaves_on.label("seller_leaves_on"),
        Vendor.created_at.label("seller_since"),
    )
    .join(HOME, HOME.id == Vendor.village_id)
    .outerjoin(PARENT, PARENT.id == Category.parent_id)
    .where(SHOWN, Listing.code == bindparam("code"), Variant.is_sold.is_(True))
    .order_by(Variant.position, Variant.id)
)
"""A shown listing with all that is known of it, a row for each way in which it is sold."""
PHOTOS = (
    select(*COVER)
    .join(ListingPhoto, ListingPhoto.photo_key == Photo.key)
    .where(ListingPhoto.listing_id == bindparam("listing"), ListingPhoto.removed_at.is_(None))
    .order_by(ListingPhoto.position, ListingPhoto.id)
)


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
    rows = direct(session, THING, {"code": code}).all()
    if not rows:
        return None
    row = rows[0]
    held = papers_of(session, [row.vendor_id]).get(row.vendor_id, ()) if row.papers else ()
    lawful = () if paper_obstacles(row.papers, held, today) else (row.listing_id,)
    offers = offers_of(session, rows, lawful=lawful, today=today)
    return ShownListing(
        facts=_facts(session, row, offers, today.month),
        parent=None if row.parent_id is None else category_facts(_part(row, "parent_"), None),
        vendor=_vendor(row),
        papers=held,
        offers=offers,
    )


def _part(row: Row[Any], prefix: str) -> SimpleNamespace:
    """Return the columns of a row whose names begin so, without that beginning."""
    found = row._asdict()
    return SimpleNamespace(**{name[len(prefix) :]: found[name] for name in found if name.startswith(prefix)})


def _vendor(row: Row[Any]) -> VendorFacts:
    return VendorFacts(
        id=row.vendor_id,
        name=row.vendor_name,
        fee_bp=row.vendor_fee_bp,
        state=row.vendor_state,
        **vars(_part(row, "seller_")),
    )


def _facts(session: Session, row: Row[Any], offers: Sequence[OfferFacts], month: int) -> ListingFacts:
    told = Told(
        id=row.listing_id,
        code=row.code,
        ref=row.ref,
        title=row.title,
        season_bits=row.season_bits,
        vendor_name=row.vendor_name,
        vendor_code=row.seller_code,
        village=row.village,
        village_code=row.village_code,
        category_code=row.shelf_code,
        is_live=row.is_live,
    )
    ways = tuple(offer.way for offer in offers)
    photos = [picture(cover_of(one), row.title) for one in direct(session, PHOTOS, {"listing": row.listing_id})]
    return ListingFacts(
        card=card_from(told, ways, harvest_of(row), cover_of(row), month),
        ways=ways,
        story=row.story,
        ingredients=row.ingredients,
        keep_note=row.keep_note,
        shelf_days=row.shelf_days,
        travel_days=row.travel_days,
        tags=tuple(row.tags),
        category=category_facts(_part(row, "shelf_"), None),
        vendor_id=row.vendor_id,
        photos=tuple(photo for photo in photos if photo is not None),
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
