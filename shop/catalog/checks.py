"""What `shop doctor` asks of the catalogue."""

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from shop.catalog.models import HarvestDay, Hold, HoldState, StockMovement, Variant


def stock_differences(session: Session) -> int:
    """Return how many variants have stock that their movements or open holds do not explain; zero is right."""
    moved = (
        select(func.coalesce(func.sum(StockMovement.delta), 0))
        .where(StockMovement.variant_id == Variant.id)
        .scalar_subquery()
    )
    kept = (
        select(func.coalesce(func.sum(Hold.quantity * Hold.draw), 0))
        .where(Hold.variant_id == Variant.id, Hold.state == HoldState.HELD)
        .scalar_subquery()
    )
    wrong = select(func.count()).select_from(Variant).where((Variant.on_hand != moved) | (Variant.held != kept))
    return session.scalar(wrong) or 0


def harvest_differences(session: Session) -> int:
    """Return how many harvest days have promised more or less than their orders hold; zero is right."""
    promised = (
        select(func.coalesce(func.sum(Hold.quantity), 0))
        .where(
            Hold.variant_id == HarvestDay.variant_id,
            Hold.harvest_on == HarvestDay.on,
            Hold.state != HoldState.RELEASED,
        )
        .scalar_subquery()
    )
    wrong = select(func.count()).select_from(HarvestDay).where(HarvestDay.taken != promised)
    return session.scalar(wrong) or 0
