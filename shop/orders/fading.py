"""Who bought, forgotten: name, phone, street and what else tells them go from an order; what was bought, stays."""

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from shop.orders.models import Basket, Order, OrderHistory, OrderState

FADED = dict.fromkeys(("name", "phone", "street", "note", "email", "browser"), "")
"""Province, city and district stay: where goods went to is counted, and is many people's."""
OVER = frozenset({OrderState.DONE, OrderState.CANCELLED, OrderState.EXPIRED})


def ended_before(session: Session, before: datetime, *, after_id: int = 0, limit: int) -> Sequence[tuple[int, str]]:
    """Return ids and codes of orders that say who bought, though nothing was done to them since a moment; oldest first.

    Args:
        after_id: only younger ones than this.
    """
    last = select(func.max(OrderHistory.at)).where(OrderHistory.order_id == Order.id).correlate(Order).scalar_subquery()
    wanted = select(Order.id, Order.code).where(
        Order.id > after_id,
        Order.phone != "",
        Order.state.in_(OVER),
        Order.placed_at < before,
        func.coalesce(last, Order.placed_at) < before,
    )
    return [(row.id, row.code) for row in session.execute(wanted.order_by(Order.id).limit(limit))]


def still_open(session: Session, user_id: int) -> Sequence[str]:
    """Return codes of a member's orders that have not ended, the oldest first."""
    mine = select(Order.code).where(Order.user_id == user_id, Order.state.not_in(OVER))
    return session.scalars(mine.order_by(Order.id)).all()


def said_of(session: Session, user_id: int) -> Sequence[tuple[int, str]]:
    """Return ids and codes of a member's orders that say who bought, oldest first."""
    mine = select(Order.id, Order.code).where(Order.user_id == user_id, Order.phone != "")
    return [(row.id, row.code) for row in session.execute(mine.order_by(Order.id))]


def mails_of(session: Session, order_ids: Collection[int]) -> frozenset[str]:
    """Return the mail addresses to which was written about these."""
    return frozenset(session.scalars(select(Order.email).where(Order.id.in_(order_ids), Order.email != "")))


def forget_basket(session: Session, user_id: int) -> None:
    """Remove a member's basket."""
    basket = session.scalar(select(Basket).where(Basket.user_id == user_id))
    if basket is not None:
        session.delete(basket)
        session.flush()


def fade_orders(session: Session, order_ids: Collection[int]) -> None:
    """Forget who bought these."""
    session.execute(update(Order).where(Order.id.in_(order_ids)).values(FADED))
