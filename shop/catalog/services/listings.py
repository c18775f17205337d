"""Listing a thing and changing it."""

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from shop.catalog import stock, versions
from shop.catalog.models import Listing, ListingState
from shop.catalog.restock import forget_back
from shop.catalog.rules import NEXT, Offer
from shop.catalog.sequence import touch
from shop.catalog.services.passages import advance, check_lawful, of_vendor
from shop.catalog.services.revisions import wait
from shop.catalog.services.waiting import withdraw
from shop.catalog.services.writing import (
    change,
    check_offer,
    count_stock,
    mark_changed,
    parts_to_review,
    show,
    write,
    write_ways,
)
from shop.kernel.actor import Actor
from shop.kernel.clock import Clock, town_day
from shop.kernel.codes import new_code
from shop.kernel.errors import NotFound, Stale
from shop.kernel.states import check_passage


def offer(session: Session, vendor_id: int, wanted: Offer, *, actor: Actor, clock: Clock) -> Listing:
    """Write down a thing to sell and send it for review; a second time with the same key, return the first.

    Args:
        vendor_id: whose thing it is; the caller has asked whether the actor may act for them.

    Raises:
        Invalid: naming the field that cannot be.
        NotFound: the category, the village or a photo does not exist.
    """
    if wanted.key is not None:
        first = select(Listing).where(Listing.offer_key == wanted.key, Listing.vendor_id == vendor_id)
        if (sent := session.scalars(first).one_or_none()) is not None:
            return sent
    check_offer(session, wanted)
    code = _unused_code(session)
    listing = Listing(code=code, ref=wanted.ref, offer_key=wanted.key, vendor_id=vendor_id, created_at=clock())
    write(session, listing, wanted)
    session.add(listing)
    session.flush()
    write_ways(session, listing, wanted.ways, actor=actor, clock=clock)
    show(session, listing, wanted.photo_keys, clock=clock)
    advance(session, listing, ListingState.IN_REVIEW, actor=actor, clock=clock)
    return listing


def _unused_code(session: Session) -> str:
    """Return a code that no listing has: of ten thousand random ones, two are alike one time in fifteen."""
    while True:
        code = new_code(6)
        if session.scalars(select(Listing.id).where(Listing.code == code)).first() is None:
            return code


@dataclass(frozen=True)
class Revised:
    """What became of a change: shown at once, or waiting because of these parts of it."""

    listing: Listing
    waits_for: frozenset[str]


def revise(
    session: Session, vendor_id: int, code: str, wanted: Offer, *, version: int, actor: Actor, clock: Clock
) -> Revised:
    """Change a listing.

    What is not on the shelf is changed and goes for review. What is on the shelf is changed at once or, by the rule in
    `shop.catalog.rules.needs_review`, goes on being shown as it was until the centre has looked; stock counts at once
    in any case. A newer change takes the place of one that waits.

    Args:
        wanted: as it shall be; each way's `stock` is how many are free now, in its own measure.
        version: the version the vendor saw.

    Raises:
        NotFound: the vendor has no such listing, or the category, the village or a photo does not exist.
        Stale: it was changed meanwhile, or some were sold and another number was typed.
        WrongState: it was ended.
        Invalid: naming the field that cannot be.
        NotLawful: it would be shown at once, and the law does not let it.
    """
    listing = of_vendor(session, vendor_id, code)
    if listing.version != version:
        raise Stale("listing")
    check_offer(session, wanted)
    is_shown = listing.state in (ListingState.PUBLISHED, ListingState.PAUSED)
    if not is_shown and listing.state is not ListingState.IN_REVIEW:
        check_passage("listing", NEXT, listing.state, ListingState.IN_REVIEW)
    count_stock(session, listing, wanted.ways, actor=actor, clock=clock)
    if is_shown:
        waits_for = parts_to_review(session, listing, wanted)
        if waits_for:
            wait(session, listing, wanted, actor=actor, clock=clock)
            return Revised(listing, waits_for)
    change(session, listing, wanted, actor=actor, clock=clock)
    withdraw(session, listing, actor=actor, clock=clock)
    mark_changed(session, listing)
    if is_shown:
        check_lawful(session, listing, town_day(clock()))
        listing.confirmed_at = clock()
        versions.keep(session, listing, is_reviewed=False, actor=actor, clock=clock)
        touch(session, listing.id)
    elif listing.state is not ListingState.IN_REVIEW:
        advance(session, listing, ListingState.IN_REVIEW, actor=actor, clock=clock)
    return Revised(listing, frozenset())


def set_free(
    session: Session, vendor_id: int, code: str, free: int, *, saw_free: int, place: int = 0, actor: Actor, clock: Clock
) -> None:
    """Set how much of one way of a vendor's thing is free to buy; it is a sign that it is still to be had.

    Args:
        free: units, or grams where it is cut to order.
        place: of the way among those in which the thing is sold, from 0.

    Raises:
        NotFound: the vendor has no such listing, or it is not sold in so many ways.
        Stale: some were sold since the page was shown.
    """
    listing = of_vendor(session, vendor_id, code)
    if not 0 <= place < len(listing.variants):
        raise NotFound("variant")
    variant_id = listing.variants[place].id
    stock.count(session, variant_id, free, saw_free=saw_free, actor=actor, clock=clock)
    forget_back(session, [variant_id])
    listing.confirmed_at = clock()
    session.flush()
