"""What was paid to be taken along at once and lies at the counter until its buyer comes."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from shop.kernel.queues import Queue
from shop.orders.models import Order, OrderHistory, OrderLine, OrderState, VendorOrder

_PAID = OrderHistory.to_state == OrderState.PAID, OrderHistory.vendor_order_id.is_(None)
_LIES = Order.at_once.is_(True), Order.state == OrderState.PAID
AT_ONCE: Queue = select(OrderHistory.at).join(Order, Order.id == OrderHistory.order_id).where(*_PAID, *_LIES)
"""Orders that wait at the counter for their buyers."""


@dataclass(frozen=True)
class AtOnce:
    """One of them.

    Attributes:
        since: when it was paid.
        promised_on: the town's day on which it could be taken along first; None on none that is made now.
        goods: what it is, how many and of which unit.
    """

    code: str
    name: str
    since: datetime
    promised_on: date | None
    goods: tuple[tuple[str, int, str], ...]


def paid_at_once(session: Session, *, offset: int = 0, limit: int | None = None) -> list[AtOnce]:
    """Return the orders that wait at the counter for their buyers, newest first."""
    wanted = (
        select(Order.id, Order.code, Order.name, Order.promised_on, OrderHistory.at)
        .join(OrderHistory, OrderHistory.order_id == Order.id)
        .where(*_PAID, *_LIES)
        .order_by(OrderHistory.at.desc(), Order.id.desc())
    )
    found = session.execute(wanted.offset(offset).limit(limit)).all()
    goods: dict[int, list[tuple[str, int, str]]] = {row.id: [] for row in found}
    lines = (
        select(VendorOrder.order_id, OrderLine.title, OrderLine.quantity - OrderLine.rejected, OrderLine.unit)
        .join(OrderLine, OrderLine.vendor_order_id == VendorOrder.id)
        .where(VendorOrder.order_id.in_(goods), OrderLine.quantity > OrderLine.rejected)
        .order_by(OrderLine.id)
    )
    for order_id, title, pieces, unit in session.execute(lines) if found else ():
        goods[order_id].append((title, pieces, unit))
    return [AtOnce(row.code, row.name, row.at, row.promised_on, tuple(goods[row.id])) for row in found]
