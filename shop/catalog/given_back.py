"""A listing that was given back, as its household puts it right."""

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload, selectinload

from shop.catalog.models import Listing, ListingHistory, ListingState
from shop.catalog.rules import NEXT, season_months
from shop.kernel.errors import NotFound
from shop.kernel.states import check_passage


@dataclass(frozen=True)
class GivenBack:
    """What it says now, and why it was given back; weight in grams, money in fen."""

    code: str
    version: int
    reason: str
    title: str
    category_code: str
    unit: str
    pieces: int
    price_fen: int
    gross_g: int
    free: int
    months: tuple[int, ...]
    story: str
    photo_keys: tuple[str, ...]


def given_back(session: Session, vendor_id: int, code: str) -> GivenBack:
    """Return a vendor's listing that may be put right.

    Raises:
        NotFound: the vendor has no such listing.
        WrongState: it was not given back.
    """
    wanted = (
        select(Listing)
        .where(Listing.code == code, Listing.vendor_id == vendor_id)
        .options(joinedload(Listing.category), selectinload(Listing.variants), selectinload(Listing.photos))
    )
    listing = session.scalars(wanted).one_or_none()
    if listing is None:
        raise NotFound("listing")
    check_passage("listing", NEXT, listing.state, ListingState.IN_REVIEW)
    last = select(ListingHistory.reason).where(ListingHistory.listing_id == listing.id)
    variant = listing.variants[0]
    return GivenBack(
        code=listing.code,
        version=listing.version,
        reason=session.scalars(last.order_by(ListingHistory.id.desc()).limit(1)).first() or "",
        title=listing.title,
        category_code=listing.category.code,
        unit=variant.unit,
        pieces=variant.pieces,
        price_fen=variant.price_fen,
        gross_g=variant.gross_g,
        free=variant.on_hand - variant.held,
        months=season_months(listing.season_bits),
        story=listing.story,
        photo_keys=tuple(kept.photo_key for kept in listing.photos),
    )
