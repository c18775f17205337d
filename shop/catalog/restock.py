"""Goods that are sold out today and come back by themselves on a later morning."""

from collections.abc import Collection, Mapping
from datetime import date

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from shop.catalog import stock
from shop.catalog.models import Listing, ListingState, Restock, Variant
from shop.catalog.rules import check_stock
from shop.kernel.actor import Actor
from shop.kernel.clock import Clock
from shop.kernel.errors import Invalid


def note_back(session: Session, variant: Variant, number: int, back_on: date, *, actor: Actor, clock: Clock) -> None:
    """Write down that so many of a variant will be there again on a day, instead of what was said before.

    Args:
        number: units, or grams where it is cut to order.

    Raises:
        Invalid: there cannot be so many, or none.
    """
    check_stock(number, draw=variant.draw)
    if not number:
        raise Invalid("stock", "range")
    forget_back(session, [variant.id])
    row = Restock(variant_id=variant.id, back_on=back_on, count=number, noted_at=clock(), noted_by=actor.label)
    session.add(row)
    session.flush()


def forget_back(session: Session, variant_ids: Collection[int]) -> None:
    """Let variants no longer come back by themselves: their household has counted them since."""
    gone = delete(Restock).where(Restock.variant_id.in_(variant_ids))
    session.execute(gone, execution_options={"synchronize_session": False})


def due_back(session: Session, today: date) -> list[int]:
    """Return the ids of variants that are to be there again by a day."""
    return list(session.scalars(select(Restock.variant_id).where(Restock.back_on <= today).order_by(Restock.id)))


def bring_back(session: Session, variant_id: int, today: date, *, actor: Actor, clock: Clock) -> None:
    """Put a variant back on the shelf as its household said; what is there already stays.

    Raises:
        Stale: some were sold at this moment; the next round does it.
    """
    wanted = select(Restock).where(Restock.variant_id == variant_id, Restock.back_on <= today).with_for_update()
    row = session.scalars(wanted.execution_options(populate_existing=True)).one_or_none()
    if row is None:
        return
    found = select(Variant.on_hand - Variant.held, Variant.is_sold, Listing.state).join(Listing)
    free, is_sold, state = session.execute(found.where(Variant.id == variant_id)).one()
    if is_sold and state is not ListingState.ARCHIVED and free < row.count:
        stock.count(session, variant_id, row.count, saw_free=free, actor=actor, clock=clock)
    forget_back(session, [variant_id])


def coming_back(session: Session, vendor_id: int) -> Mapping[int, tuple[date, int]]:
    """Return of a vendor's variants that come back by themselves on which day, and how many."""
    wanted = (
        select(Restock.variant_id, Restock.back_on, Restock.count)
        .join(Variant, Variant.id == Restock.variant_id)
        .join(Listing, Listing.id == Variant.listing_id)
        .where(Listing.vendor_id == vendor_id)
    )
    return {variant_id: (back_on, number) for variant_id, back_on, number in session.execute(wanted)}
