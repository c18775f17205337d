"""The order that somebody placed and has not paid yet, found by the basket it came from or by its browser."""

import hashlib
from collections.abc import Collection
from datetime import datetime

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import Session

from shop.orders.models import Order, OrderState


def basket_mark(token: str | None, user_id: int | None) -> str:
    """Return a mark of a basket, from which nobody can find the basket."""
    return hashlib.sha256(f"{user_id}:{token}".encode()).hexdigest()[:32]


def waiting_order(
    session: Session, *, token: str | None, user_id: int | None, known: Collection[str], now: datetime
) -> str | None:
    """Return the code of somebody's newest order that still waits for its money, or None.

    Args:
        token, user_id: whose basket it came from; of neither there was none.
        known: codes of the orders this browser may look at; what is taken along from a card needs no basket.
    """
    theirs: ColumnElement[bool] = Order.code.in_(known)
    if token is not None or user_id is not None:
        theirs = or_(theirs, Order.browser == basket_mark(token, user_id))
    wanted = select(Order.code).where(theirs, Order.state == OrderState.PLACED, Order.hold_until > now)
    return session.scalars(wanted.order_by(Order.id.desc()).limit(1)).first()
