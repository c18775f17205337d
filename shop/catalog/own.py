"""A listing as those who may change it read it: its household and the centre."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from shop.catalog.models import (
    HiddenFor,
    Listing,
    ListingHistory,
    ListingRevision,
    ListingState,
    RevisionState,
    Variant,
)
from shop.catalog.rules import Offer, Way, season_months
from shop.catalog.services.revisions import offer_of
from shop.catalog.versions import listing_found
from shop.kernel.errors import NotFound


@dataclass(frozen=True)
class Present:
    """A listing as it stands.

    Attributes:
        reason: why it was given back or taken down, when it was.
        offer: what it says now; each way's `stock` is what is free of it.
        waiting: the change that waits for the centre, or None.
        declined: why the last change was not shown, when it was not.
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
    declined: str

    @property
    def told(self) -> Offer:
        """What its vendor said of it last: what waits, or what it says now."""
        return self.offer if self.waiting is None else self.waiting


def present(session: Session, code: str, *, vendor_id: int | None = None) -> Present:
    """Return a listing as it stands.

    Args:
        vendor_id: whose it must be; None for the centre, which may see all.

    Raises:
        NotFound: there is none, or it is another's.
    """
    listing = listing_found(session, Listing.code == code)
    if listing is None or vendor_id not in (None, listing.vendor_id):
        raise NotFound("listing")
    last = select(ListingHistory.reason).where(ListingHistory.listing_id == listing.id)
    changes = select(ListingRevision).where(ListingRevision.listing_id == listing.id)
    newest = session.scalars(changes.order_by(ListingRevision.id.desc()).limit(1)).first()  # only the newest can wait
    revision = newest if newest is not None and newest.waits_for_id is not None else None
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
        offer=offer_now(listing),
        waiting=None if revision is None else _counted(offer_of(revision.wanted), offer_now(listing)),
        declined=newest.reason if newest is not None and newest.state is RevisionState.DECLINED else "",
    )


def _counted(wanted: Offer, now: Offer) -> Offer:
    """Return a waiting change with what is free now of the ways that are kept: stock never waits."""
    free = {way.variant_id: way.stock for way in now.ways}
    ways = tuple(replace(way, stock=free.get(way.variant_id, way.stock), saw_stock=None) for way in wanted.ways)
    return replace(wanted, ways=ways)


def offer_now(listing: Listing) -> Offer:
    """Return what a listing, loaded by `shop.catalog.versions.shown_listing`, says now; stock is what is free."""
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
        harvest_first_on=listing.harvest_first_on,
        harvest_last_on=listing.harvest_last_on,
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


@dataclass(frozen=True)
class Sign:
    """What a household's list says beside a listing.

    Attributes:
        confirmed_at: when its vendor last said that it is still to be had.
        declined: why their last change was not shown, if that was lately.
    """

    confirmed_at: datetime | None
    declined: str


def signs(session: Session, vendor_id: int, *, since: datetime) -> Mapping[int, Sign]:
    """Return what a vendor's list says beside each listing, by its id.

    Args:
        since: changes declined before are no longer spoken of.
    """
    last = (
        select(func.max(ListingRevision.id))
        .join(Listing, Listing.id == ListingRevision.listing_id)
        .where(Listing.vendor_id == vendor_id)
        .group_by(ListingRevision.listing_id)
    )
    ended = session.execute(
        select(ListingRevision.listing_id, ListingRevision.reason).where(
            ListingRevision.id.in_(last),
            ListingRevision.state == RevisionState.DECLINED,
            ListingRevision.ended_at >= since,
        )
    )
    declined = {row.listing_id: row.reason for row in ended}
    rows = session.execute(select(Listing.id, Listing.confirmed_at).where(Listing.vendor_id == vendor_id))
    return {row.id: Sign(row.confirmed_at, declined.get(row.id, "")) for row in rows}
