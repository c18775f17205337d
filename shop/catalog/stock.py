"""Stock: scarce, so every change is one guarded UPDATE with a movement or a hold beside it."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Update, bindparam, insert, select, update
from sqlalchemy.engine import CursorResult
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from shop.catalog.models import (
    HarvestDay,
    Hold,
    HoldState,
    Listing,
    ListingState,
    StockMovement,
    StockReason,
    Variant,
)
from shop.catalog.rules import check_stock
from shop.catalog.sequence import touch
from shop.kernel.actor import Actor
from shop.kernel.clock import Clock
from shop.kernel.db import Values, direct
from shop.kernel.errors import NotFound, ShopError, Stale


@dataclass
class OutOfStock(ShopError):
    """Fewer are free than wanted, or the thing is no longer on the shelf."""

    variant_id: int
    free: int


@dataclass
class HarvestFull(ShopError):
    """A day's harvest does not give so many any more."""

    variant_id: int
    on: date


HOLD = (
    update(Variant)
    .where(
        Variant.id == bindparam("which"),
        Variant.is_sold,
        Variant.on_hand - Variant.held >= Variant.draw * bindparam("units"),
        select(Listing.id).where(Listing.id == Variant.listing_id, Listing.state == ListingState.PUBLISHED).exists(),
    )
    .values(held=Variant.held + Variant.draw * bindparam("units"))
    .returning(Variant.draw, Variant.listing_id, Variant.on_hand, Variant.held)
)
"""The guard: of two buyers of the last piece, whoever comes second finds no such row."""
NEW_HOLDS = insert(Hold)


def hold(
    session: Session,
    reference: str,
    wanted: Mapping[int, int],
    *,
    clock: Clock,
    harvests: Mapping[int, date] | None = None,
) -> None:
    """Hold pieces of each variant for an order, in variant order so that two buyers cannot deadlock.

    Args:
        reference: the order's code.
        wanted: variant id -> pieces (> 0).
        harvests: variant id -> the town's day from whose harvest it is promised, where it is ordered ahead.

    Raises:
        OutOfStock: fewer pieces are free than wanted, or the listing is not published; the caller rolls back.
        HarvestFull: that day gives no more.
    """
    now, days = clock(), harvests or {}
    turned: list[int] = []
    rows: list[Values] = []
    for variant_id, quantity in sorted(wanted.items()):
        kept = direct(session, HOLD, {"which": variant_id, "units": quantity}).one_or_none()
        if kept is None:
            raise OutOfStock(variant_id, free_of(session, variant_id))
        # It was to be had, for it could be held. Now it is not, unless something is left of it or of its sisters.
        if kept.on_hand - kept.held < kept.draw and not _is_free(session, variant_id):
            turned.append(variant_id)
        day = days.get(variant_id)
        if day is not None:
            _promise(session, variant_id, kept.listing_id, day, quantity)
        rows.append(
            {
                "reference": reference,
                "variant_id": variant_id,
                "quantity": quantity,
                "draw": kept.draw,
                "harvest_on": day,
                "created_at": now,
            }
        )
    if rows:
        direct(session, NEW_HOLDS, rows)
    _touch(session, turned)


def _promise(session: Session, variant_id: int, listing_id: int, day: date, quantity: int) -> None:
    """Take pieces of one day's harvest, by one guarded UPDATE."""
    known = select(HarvestDay.id).where(HarvestDay.variant_id == variant_id, HarvestDay.on == day)
    if session.scalar(known) is None:
        cap = session.scalar(select(Listing.harvest_cap).where(Listing.id == listing_id)) or 0
        if cap < quantity:
            raise HarvestFull(variant_id, day)
        try:
            with session.begin_nested():
                session.add(HarvestDay(variant_id=variant_id, on=day, cap=cap, taken=0))
                session.flush()
        except IntegrityError:  # another buyer opened the day a moment ago; theirs is ours
            pass
    guarded = (
        update(HarvestDay)
        .where(HarvestDay.variant_id == variant_id, HarvestDay.on == day, HarvestDay.taken + quantity <= HarvestDay.cap)
        .values(taken=HarvestDay.taken + quantity)
    )
    if not _hit(session, guarded):
        raise HarvestFull(variant_id, day)


def _unpromise(session: Session, kept: Hold) -> None:
    if kept.harvest_on is not None:
        _hit(
            session,
            update(HarvestDay)
            .where(HarvestDay.variant_id == kept.variant_id, HarvestDay.on == kept.harvest_on)
            .values(taken=HarvestDay.taken - kept.quantity),
        )


@contextmanager
def _followed(session: Session, variant_id: int, turned: list[int]) -> Iterator[None]:
    """Note a variant by which its listing runs out within, or is to be had again."""
    before = _is_free(session, variant_id)
    yield
    if _is_free(session, variant_id) != before:
        turned.append(variant_id)


def _touch(session: Session, turned: Sequence[int]) -> None:
    """Let the search index hear of it, once every variant is done: who waits for the counter holds up no variant."""
    session.flush()
    if not turned:
        return
    for listing_id in session.scalars(select(Variant.listing_id).where(Variant.id.in_(turned)).distinct()).all():
        touch(session, listing_id)


def _is_free(session: Session, variant_id: int) -> bool:
    one = select(Variant.listing_id).where(Variant.id == variant_id).scalar_subquery()
    wanted = select(Variant.id).where(
        Variant.listing_id == one, Variant.is_sold, Variant.on_hand - Variant.held >= Variant.draw
    )
    return session.scalars(wanted.limit(1)).first() is not None


def free_of(session: Session, variant_id: int) -> int:
    """Return how many pieces can be bought now: none when the listing is not published."""
    found = session.scalars(
        select(Variant)
        .join(Listing, Listing.id == Variant.listing_id)
        .where(Variant.id == variant_id, Variant.is_sold, Listing.state == ListingState.PUBLISHED)
        .execution_options(populate_existing=True)
    ).one_or_none()
    return 0 if found is None else found.free


def release(session: Session, reference: str, *, clock: Clock) -> None:
    """Give held pieces back to the shelf; those already taken or released stay as they are."""
    turned: list[int] = []
    for kept in _open_holds(session, reference):
        with _followed(session, kept.variant_id, turned):
            _must_hit(
                session,
                update(Variant)
                .where(Variant.id == kept.variant_id)
                .values(held=Variant.held - kept.quantity * kept.draw),
            )
        _unpromise(session, kept)
        kept.state, kept.ended_at = HoldState.RELEASED, clock()
    _touch(session, turned)


def take(session: Session, reference: str, *, actor: Actor, clock: Clock) -> None:
    """Turn an order's holds into a sale: the pieces leave the shelf, each with its movement."""
    for kept in _open_holds(session, reference):
        drawn = kept.quantity * kept.draw
        _must_hit(
            session,
            update(Variant)
            .where(Variant.id == kept.variant_id)
            .values(held=Variant.held - drawn, on_hand=Variant.on_hand - drawn),
        )
        kept.state, kept.ended_at = HoldState.TAKEN, clock()
        _move(session, kept.variant_id, -drawn, StockReason.SOLD, reference, actor=actor, clock=clock)
    session.flush()


def hold_again(session: Session, reference: str, *, clock: Clock) -> None:
    """Hold once more what was released for this order: money arrived after all.

    Raises:
        OutOfStock: not everything is free any more; the caller rolls back, for an order is never half revived.
        HarvestFull: the promised day's harvest is.
    """
    ended = session.scalars(
        select(Hold).where(Hold.reference == reference, Hold.state == HoldState.RELEASED).order_by(Hold.variant_id)
    ).all()
    wanted = {kept.variant_id: kept.quantity for kept in ended}
    days = {kept.variant_id: kept.harvest_on for kept in ended if kept.harvest_on is not None}
    for kept in ended:
        session.delete(kept)
    session.flush()
    hold(session, reference, wanted, harvests=days, clock=clock)


def put_back(session: Session, variant_id: int, quantity: int, reference: str, *, actor: Actor, clock: Clock) -> None:
    """Put a whole sold line back on the shelf: the sale was cancelled before the goods left the household."""
    kept = _sale(session, reference, variant_id)
    _return(session, variant_id, quantity * kept.draw, StockReason.CANCELLED, reference, actor=actor, clock=clock)
    _unpromise(session, kept)
    # The order's line remembers which day it was; for the harvest the promise is over.
    kept.harvest_on = None
    session.flush()


def note_weight(
    session: Session, variant_id: int, quantity: int, grams: int, reference: str, *, actor: Actor, clock: Clock
) -> None:
    """Put back what pieces cut to order left over; of what is counted in pieces nothing is left over.

    Args:
        quantity: pieces that came, which together weighed `grams`.
    """
    kept = _sale(session, reference, variant_id)
    left = quantity * kept.draw - grams
    if kept.draw > 1 and left > 0:
        _return(session, variant_id, left, StockReason.WEIGHED, reference, actor=actor, clock=clock)


def _sale(session: Session, reference: str, variant_id: int) -> Hold:
    wanted = select(Hold).where(
        Hold.reference == reference, Hold.variant_id == variant_id, Hold.state == HoldState.TAKEN
    )
    kept = session.scalars(wanted).one_or_none()
    if kept is None:
        raise NotFound("hold")
    return kept


def _return(
    session: Session,
    variant_id: int,
    number: int,
    reason: StockReason,
    reference: str,
    *,
    actor: Actor,
    clock: Clock,
) -> None:
    turned: list[int] = []
    with _followed(session, variant_id, turned):
        _must_hit(session, update(Variant).where(Variant.id == variant_id).values(on_hand=Variant.on_hand + number))
    _move(session, variant_id, number, reason, reference, actor=actor, clock=clock)
    _touch(session, turned)


def open_with(session: Session, variant: Variant, count: int, *, actor: Actor, clock: Clock) -> None:
    """Give a new variant its first stock, in pieces or, when it is cut to order, in grams."""
    check_stock(count, draw=variant.draw)
    if count:
        variant.on_hand = count
        session.flush()
        _move(session, variant.id, count, StockReason.OPENING, "opening", actor=actor, clock=clock)


def count(session: Session, variant_id: int, free: int, *, saw_free: int, actor: Actor, clock: Clock) -> None:
    """Set how many are free to buy, as counted at home: pieces or, when it is cut to order, grams.

    Args:
        free: the new number; what is held for buyers who are paying comes on top.
        saw_free: the number the page showed; a sale in between is not overwritten.

    Raises:
        Stale: something was sold or held since the page was shown.
        NotFound: there is no such variant.
    """
    wanted = select(Variant.on_hand, Variant.held, Variant.draw).where(Variant.id == variant_id)
    row = session.execute(wanted).one_or_none()
    if row is None:
        raise NotFound("variant")
    on_hand, held, draw = row
    check_stock(free, draw=draw)
    delta = free - saw_free
    if on_hand - held != saw_free:
        raise Stale("stock")
    if delta == 0:
        return
    guarded = (
        update(Variant)
        .where(Variant.id == variant_id, Variant.on_hand - Variant.held == saw_free)
        .values(on_hand=Variant.on_hand + delta)
    )
    turned: list[int] = []
    with _followed(session, variant_id, turned):
        if not _hit(session, guarded):
            raise Stale("stock")
    _move(session, variant_id, delta, StockReason.COUNTED, "count", actor=actor, clock=clock)
    _touch(session, turned)


def _open_holds(session: Session, reference: str) -> list[Hold]:
    wanted = select(Hold).where(Hold.reference == reference, Hold.state == HoldState.HELD)
    return list(session.scalars(wanted.order_by(Hold.variant_id).with_for_update()))


def _hit(session: Session, statement: Update) -> bool:
    result = session.execute(statement, execution_options={"synchronize_session": False})
    assert isinstance(result, CursorResult)
    return result.rowcount == 1


def _must_hit(session: Session, statement: Update) -> None:
    if not _hit(session, statement):
        raise NotFound("variant")


def _move(
    session: Session,
    variant_id: int,
    delta: int,
    reason: StockReason,
    reference: str,
    *,
    actor: Actor,
    clock: Clock,
) -> None:
    session.add(
        StockMovement(
            variant_id=variant_id, delta=delta, reason=reason, reference=reference, at=clock(), actor=actor.label
        )
    )
    session.flush()
