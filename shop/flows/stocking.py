"""A household's word about its stock: sold out, back tomorrow, still there; and the clock that acts on it."""

import logging
from collections.abc import Mapping
from datetime import datetime, timedelta
from functools import partial

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from shop.catalog.models import Listing, ListingState
from shop.catalog.restock import bring_back, due_back, note_back
from shop.catalog.rules import ASK_DAYS
from shop.catalog.services import listings, passages
from shop.catalog.still import unasked
from shop.flows.keeping import Words
from shop.kernel.actor import Actor
from shop.kernel.clock import TOWN_ZONE, Clock, town_day
from shop.kernel.edge import Edge
from shop.kernel.errors import NotFound, Stale, WrongState
from shop.notifications.services import wanted
from shop.vendors.acts.models import ActKind
from shop.vendors.acts.services import note_act
from shop.vendors.models import Vendor, VendorState

log = logging.getLogger(__name__)

MORNING = 6
"""The hour of the town's day at which goods come back."""
WAKING = range(9, 20)
"""The hours of the town's day in which a household is asked."""


def sell_out(
    session: Session,
    vendor_id: int,
    code: str,
    *,
    back: Mapping[int, int] | None = None,
    words: Words,
    actor: Actor,
    clock: Clock,
) -> str:
    """Set what is free of a thing to none in every way it is sold, and return the act's code.

    What buyers are paying for at this moment stays theirs.

    Args:
        back: place of a way -> how many are there again tomorrow morning, in its own measure; without it none comes
            back by itself.

    Raises:
        NotFound: the vendor has no such listing, or it is not sold in so many ways.
        WrongState: it was put away.
        Stale: some were sold at this moment.
        Invalid: there cannot be so many.
    """
    listing = passages.of_vendor(session, vendor_id, code)
    if listing.state is ListingState.ARCHIVED:
        raise WrongState("listing", listing.state, listing.state)
    if back and not set(back) <= set(range(len(listing.variants))):
        raise NotFound("variant")
    sold = tuple(listing.variants)
    ways = [{"variant": variant.id, "free": variant.on_hand - variant.held, "after": 0} for variant in sold]
    for place, way in enumerate(ways):
        listings.set_free(session, vendor_id, code, 0, saw_free=way["free"], place=place, actor=actor, clock=clock)
    tomorrow = town_day(clock()) + timedelta(days=1)
    for place, number in (back or {}).items():
        note_back(session, sold[place], number, tomorrow, actor=actor, clock=clock)
    told = words(listing.title)
    return note_act(session, vendor_id, ActKind.COUNTED, code, {"ways": ways}, words=told, actor=actor, clock=clock)


def recount(
    session: Session,
    vendor_id: int,
    code: str,
    counts: Mapping[int, tuple[int, int]],
    *,
    words: Words,
    actor: Actor,
    clock: Clock,
) -> str:
    """Set what is free of several ways of a thing in one act, and return the act's code.

    Args:
        counts: place of a way -> how much was seen to be free, and how much there is, in its own measure.

    Raises:
        NotFound: the vendor has no such listing, or it is not sold in so many ways.
        Stale: some were sold at this moment.
    """
    listing = passages.of_vendor(session, vendor_id, code)
    ways = []
    for place, (saw, free) in counts.items():
        listings.set_free(session, vendor_id, code, free, saw_free=saw, place=place, actor=actor, clock=clock)
        ways.append({"variant": listing.variants[place].id, "free": saw, "after": free})
    told = words(listing.title)
    return note_act(session, vendor_id, ActKind.COUNTED, code, {"ways": ways}, words=told, actor=actor, clock=clock)


def bring_back_due(edge: Edge, *, actor: Actor, clock: Clock) -> None:
    """Put back on the shelf what its household said would be there this morning."""
    if _town_hour(clock()) < MORNING:
        return
    today = town_day(clock())
    with edge.reading() as session:
        due = due_back(session, today)
    for variant_id in due:
        try:
            edge.run(partial(bring_back, variant_id=variant_id, today=today, actor=actor, clock=clock))
        except Stale:
            log.info("left for the next round", extra={"variant": variant_id})


def ask_due(edge: Edge, *, clock: Clock) -> None:
    """Ask every household, once a week and by day, whether the things they were long silent about are still there."""
    now = clock()
    if _town_hour(now) not in WAKING:
        return
    with edge.reading() as session:
        asking = select(Listing.vendor_id).join(Vendor).where(unasked(now), Vendor.state == VendorState.APPROVED)
        vendor_ids = session.scalars(asking.distinct().order_by(Listing.vendor_id)).all()
    for vendor_id in vendor_ids:
        edge.run(partial(_ask, vendor_id=vendor_id, clock=clock))


def _ask(session: Session, vendor_id: int, *, clock: Clock) -> None:
    """Ask one household in one short message; asked within the week, it is left in peace."""
    now = clock()
    locked = select(Vendor.phone).where(Vendor.id == vendor_id).with_for_update()
    phone = session.scalars(locked).one()
    last = session.scalar(select(func.max(Listing.asked_at)).where(Listing.vendor_id == vendor_id))
    if last is not None and now - last < timedelta(days=ASK_DAYS):
        return
    found = select(Listing.id, Listing.title).where(Listing.vendor_id == vendor_id, unasked(now))
    rows = session.execute(found.order_by(Listing.confirmed_at, Listing.id)).all()
    if not rows:
        return
    session.execute(
        update(Listing).where(Listing.id.in_([row.id for row in rows])).values(asked_at=now),
        execution_options={"synchronize_session": False},
    )
    values = {"goods": rows[0].title, "others": len(rows) - 1}
    wanted(session, "still_there", phone=phone, values=values, clock=clock)


def _town_hour(now: datetime) -> int:
    return now.astimezone(TOWN_ZONE).hour
