"""The order that somebody placed and has not paid yet, found by the basket it came from."""

import hashlib
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from shop.orders.models import Order, OrderState


def basket_mark(token: str | None, user_id: int | None) -> str:
    """Return a mark of a basket, from which nobody can find the basket."""
    return hashlib.sha256(f"{user_id}:{token}".encode()).hexdigest()[:32]


def waiting_order(session: Session, *, token: str | None, user_id: int | None, now: datetime) -> str | None:
    """Return the code of the newest order out of a basket that still waits for its money, or None."""
    wanted = select(Order.code).where(
        Order.browser == basket_mark(token, user_id), Order.state == OrderState.PLACED, Order.hold_until > now
    )
    return session.scalars(wanted.order_by(Order.id.desc()).limit(1)).first()
