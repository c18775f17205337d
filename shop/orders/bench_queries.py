"""Reads that only the centre's pages need: whose part of which order, how many orders there are, who did what."""

from collections.abc import Collection

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from shop.accounts.models import User
from shop.orders.models import Order, VendorOrder


def order_code_of_part(session: Session, part_code: str) -> str | None:
    """Return the code of the order that a vendor's part belongs to, or None when there is no such part."""
    return session.scalar(select(Order.code).join(VendorOrder).where(VendorOrder.code == part_code))


def order_count(session: Session) -> int:
    """Return how many orders were ever placed."""
    return session.scalar(select(func.count()).select_from(Order)) or 0


def names_of(session: Session, labels: Collection[str]) -> dict[str, str]:
    """Return the names of the people among the labels that histories keep; processes and visitors have none."""
    rows = session.execute(select(User.code, User.name).where(User.code.in_(labels)))
    return {row[0]: row[1] for row in rows}
