"""A listing as those who may change it read it: its household and the centre."""

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from shop.catalog.models import HiddenFor, Listing, ListingHistory, ListingState, Variant
from shop.catalog.rules import Offer, Way, season_months
from shop.catalog.services.revisions import offer_of, waiting_revision
from shop.catalog.versions import shown_listing
from shop.kernel.errors import NotFound


@dataclass(frozen=True)
class Present:
    """A listing as it stands.

    Attributes:
        reason: why it was given back or taken down, when it was.
        offer: what it says now; each way's `stock` is what is free of it.
        waiting: the change that waits for the centre, or None.
    """

    id: int
    code: str
    vendor_id: int
    vendor_name: str
    category_code: str
    version: int
    state: ListingState
    hidden_for: HiddenFor | None
    reason: str
    offer: Offer
    waiting: Offer | None


def present(session: Session, code: str, *, vendor_id: int | None = None) -> Present:
    """Return a listing as it stands.

    Args:
        vendor_id: whose it must be; None for the centre, which may see all.

    Raises:
        NotFound: there is none, or it is another's.
    """
    found = session.execute(select(Listing.id, Listing.vendor_id).where(Listing.code == code)).one_or_none()
    if found is None or vendor_id not in (None, found.vendor_id):
        raise NotFound("listing")
    listing = shown_listing(session, found.id)
    last = select(ListingHistory.reason).where(ListingHistory.listing_id == listing.id)
    revision = waiting_revision(session, listing.id)
    return Present(
        id=listing.id,
        code=listing.code,
        vendor_id=listing.vendor_id,
        vendor_name=listing.vendor.name,
        category_code=listing.category.code,
        version=listing.version,
        state=listing.state,
        hidden_for=listing.hidden_for,
        reason=session.scalars(last.order_by(ListingHistory.id.desc()).limit(1)).first() or "",
        offer=_offer(listing),
        waiting=None if revision is None else offer_of(revision.wanted),
    )


def _offer(listing: Listing) -> Offer:
    return Offer(
        category_id=listing.category_id,
        title=listing.title,
        ways=tuple(map(_way, listing.variants)),
        story=listing.story,
        origin_code=None if listing.origin is None else listing.origin.code,
        ingredients=listing.ingredients,
        keep_note=listing.keep_note,
        shelf_days=listing.shelf_days,
        travel_days=listing.travel_days,
        months=season_months(listing.season_bits),
        harvest_from=listing.harvest_from,
        harvest_until=listing.harvest_until,
        harvest_cap=listing.harvest_cap,
        tags=tuple(listing.tags),
        photo_keys=tuple(photo.photo_key for photo in listing.photos),
        ref=listing.ref,
    )


def _way(variant: Variant) -> Way:
    return Way(
        unit=variant.unit,
        gross_g=variant.gross_g,
        price_fen=variant.price_fen if variant.per_500g_fen is None else 0,
        pieces=variant.pieces,
        stock=variant.on_hand - variant.held,
        name=variant.name,
        net_g=variant.net_g,
        per_500g_fen=variant.per_500g_fen,
        least_g=variant.least_g,
        most_g=variant.most_g,
        is_cut=variant.draw > 1,
        variant_id=variant.id,
    )
