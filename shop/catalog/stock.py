"""Stock: scarce, so every change is one guarded UPDATE with a movement or a hold beside it."""

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import Update, select, update
from sqlalchemy.engine import CursorResult
from sqlalchemy.orm import Session

from shop.catalog.models import Hold, HoldState, Listing, ListingState, StockMovement, StockReason, Variant
from shop.catalog.rules import MAX_STOCK
from shop.kernel.actor import Actor
from shop.kernel.clock import Clock
from shop.kernel.errors import Invalid, NotFound, ShopError, Stale


@dataclass
class OutOfStock(ShopError):
    """Fewer are free than wanted, or the thing is no longer on the shelf."""

    variant_id: int
    free: int


def hold(session: Session, reference: str, wanted: Mapping[int, int], *, clock: Clock) -> None:
    """Hold pieces of each variant for an order, in variant order so that two buyers cannot deadlock.

    Args:
        reference: the order's code.
        wanted: variant id -> pieces (> 0).

    Raises:
        OutOfStock: fewer pieces are free than wanted, or the listing is not published; the caller rolls back.
    """
    now = clock()
    for variant_id, quantity in sorted(wanted.items()):
        guarded = (
            update(Variant)
            .where(
                Variant.id == variant_id,
                Variant.on_hand - Variant.held >= quantity,
                select(Listing.id)
                .where(Listing.id == Variant.listing_id, Listing.state == ListingState.PUBLISHED)
                .exists(),
            )
            .values(held=Variant.held + quantity)
        )
        if not _hit(session, guarded):
            raise OutOfStock(variant_id, free_of(session, variant_id))
        session.add(Hold(reference=reference, variant_id=variant_id, quantity=quantity, created_at=now))
    session.flush()


def free_of(session: Session, variant_id: int) -> int:
    """Return how many pieces can be bought now: none when the listing is not published."""
    found = session.execute(
        select(Variant.on_hand - Variant.held)
        .join(Listing, Listing.id == Variant.listing_id)
        .where(Variant.id == variant_id, Listing.state == ListingState.PUBLISHED)
    ).scalar_one_or_none()
    return found or 0


def release(session: Session, reference: str, *, clock: Clock) -> None:
    """Give held pieces back to the shelf; those already taken or released stay as they are."""
    for kept in _open_holds(session, reference):
        _must_hit(
            session,
            update(Variant).where(Variant.id == kept.variant_id).values(held=Variant.held - kept.quantity),
        )
        kept.state, kept.ended_at = HoldState.RELEASED, clock()
    session.flush()


def take(session: Session, reference: str, *, actor: Actor, clock: Clock) -> None:
    """Turn an order's holds into a sale: the pieces leave the shelf, each with its movement."""
    for kept in _open_holds(session, reference):
        _must_hit(
            session,
            update(Variant)
            .where(Variant.id == kept.variant_id)
            .values(held=Variant.held - kept.quantity, on_hand=Variant.on_hand - kept.quantity),
        )
        kept.state, kept.ended_at = HoldState.TAKEN, clock()
        _move(session, kept.variant_id, -kept.quantity, StockReason.SOLD, reference, actor=actor, clock=clock)
    session.flush()


def hold_again(session: Session, reference: str, *, clock: Clock) -> None:
    """Hold once more what was released for this order: money arrived after all.

    Raises:
        OutOfStock: not everything is free any more; the caller rolls back, for an order is never half revived.
    """
    ended = session.scalars(
        select(Hold).where(Hold.reference == reference, Hold.state == HoldState.RELEASED).order_by(Hold.variant_id)
    ).all()
    wanted = {kept.variant_id: kept.quantity for kept in ended}
    for kept in ended:
        session.delete(kept)
    session.flush()
    hold(session, reference, wanted, clock=clock)


def put_back(session: Session, variant_id: int, quantity: int, reference: str, *, actor: Actor, clock: Clock) -> None:
    """Put sold pieces back on the shelf: the sale was cancelled before the goods left the household."""
    _must_hit(session, update(Variant).where(Variant.id == variant_id).values(on_hand=Variant.on_hand + quantity))
    _move(session, variant_id, quantity, StockReason.CANCELLED, reference, actor=actor, clock=clock)


def open_with(session: Session, variant: Variant, count: int, *, actor: Actor, clock: Clock) -> None:
    """Give a new variant its first stock."""
    _check_count(count)
    if count:
        variant.on_hand = count
        session.flush()
        _move(session, variant.id, count, StockReason.OPENING, "opening", actor=actor, clock=clock)


def count(session: Session, variant_id: int, free: int, *, saw_free: int, actor: Actor, clock: Clock) -> None:
    """Set how many are free to buy, as counted at home.

    Args:
        free: the new number; pieces held for buyers who are paying come on top.
        saw_free: the number the page showed; a sale in between is not overwritten.

    Raises:
        Stale: pieces were sold or held since the page was shown.
        NotFound: there is no such variant.
    """
    _check_count(free)
    row = session.execute(select(Variant.on_hand, Variant.held).where(Variant.id == variant_id)).one_or_none()
    if row is None:
        raise NotFound("variant")
    on_hand, held = row
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
    if not _hit(session, guarded):
        raise Stale("stock")
    _move(session, variant_id, delta, StockReason.COUNTED, "count", actor=actor, clock=clock)


def _check_count(number: int) -> None:
    if not 0 <= number <= MAX_STOCK:
        raise Invalid("stock", "range")


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
