"""Writes of the demand sheet: who has no more for a day."""

from collections.abc import Collection
from datetime import date

from sqlalchemy import delete, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from shop.catalog.models import Variant
from shop.catalog.pools.models import Pool, Supplier
from shop.fulfilment.demand.models import Refusal
from shop.kernel.clock import Clock


def refuse(session: Session, vendor_id: int, variant_ids: Collection[int], day: date, *, clock: Clock) -> None:
    """Write down that a household has no more of some pooled goods for a day; said twice, the first stands."""
    wanted = (
        select(Supplier.id)
        .join(Pool, Pool.id == Supplier.pool_id)
        .join(Variant, Variant.listing_id == Pool.listing_id)
        .where(Supplier.vendor_id == vendor_id, Variant.id.in_(variant_ids))
        .distinct()
    )
    for supplier_id in session.scalars(wanted).all():
        try:
            with session.begin_nested():
                session.add(Refusal(supplier_id=supplier_id, on=day, at=clock()))
                session.flush()
        except IntegrityError:  # said for another order of the same day
            pass


def ask_again(session: Session, day: date) -> None:
    """Forget who said that they had no more for a day: they may be given some again."""
    session.execute(delete(Refusal).where(Refusal.on == day))
