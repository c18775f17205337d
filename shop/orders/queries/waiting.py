"""What of orders waits for the centre: each as a queue of moments, and the lists that its page shows of them."""

from collections.abc import Sequence
from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import ColumnElement, Select, exists, func, select
from sqlalchemy.orm import Session

from shop.kernel.queues import Queue
from shop.orders.models import CancelWish, Order, OrderLine, VendorOrder, VendorOrderState
from shop.orders.queries.orders import OrderFacts, PartFacts, order_facts, part_facts
from shop.orders.rules import BEFORE_INTAKE, CARRIED_OUT

V = VendorOrderState
DUE_IN = (V.ASKED, V.READY)
"""Parts that their households still have to bring."""
NOT_PACKED = BEFORE_INTAKE | {V.RECEIVED}

WISHES: Queue = select(CancelWish.asked_at).where(CancelWish.answered_at.is_(None))
"""Buyers who want to be let go and have no answer."""


def _parts(*where: ColumnElement[bool]) -> Select[datetime]:
    carried = select(Order.placed_at).select_from(VendorOrder).join(Order, Order.id == VendorOrder.order_id)
    return carried.where(Order.state.in_(CARRIED_OUT), *where)


_IS_DUE = VendorOrder.state.in_(DUE_IN)
_BY_WEIGHT = exists().where(
    OrderLine.vendor_order_id == VendorOrder.id,
    OrderLine.per_500g_fen.is_not(None),
    OrderLine.weighed_g.is_(None),
    OrderLine.quantity > OrderLine.rejected,
)
PARTS_DUE: Queue = _parts(_IS_DUE)
"""Parts that are still to be brought."""
PARTS_TO_WEIGH: Queue = _parts(_IS_DUE, _BY_WEIGHT)
"""Those of them with goods whose price the scale decides."""


def asked_no_more(session: Session, codes: Sequence[str]) -> bool:
    """Tell whether none of these parts is waited for any more: each was brought, answered, or called off."""
    wanted = select(VendorOrder.id).where(VendorOrder.code.in_(codes), VendorOrder.state == V.ASKED)
    return session.scalar(wanted.limit(1)) is None


def due_parts(
    session: Session,
    today: date,
    *,
    vendor_code: str | None = None,
    to_weigh: bool = False,
    offset: int = 0,
    limit: int | None = None,
) -> list[PartFacts]:
    """Return the parts that are still to be brought, the earliest day first, and of a day what is ready first.

    Args:
        vendor_code: of this household only.
        to_weigh: only those with goods whose price the scale decides.
    """
    wanted = select(VendorOrder).join(Order, Order.id == VendorOrder.order_id)
    wanted = wanted.where(_IS_DUE, Order.state.in_(CARRIED_OUT))
    if vendor_code is not None:
        wanted = wanted.where(VendorOrder.vendor.has(code=vendor_code))
    if to_weigh:
        wanted = wanted.where(_BY_WEIGHT)
    by_day = wanted.order_by(func.coalesce(VendorOrder.due_on, today), VendorOrder.state != V.READY, VendorOrder.id)
    return [part_facts(part) for part in session.scalars(by_day.offset(offset).limit(limit))]


def _has_part(*where: ColumnElement[bool]) -> ColumnElement[bool]:
    return exists().where(VendorOrder.order_id == Order.id, *where)


_IS_OPEN = _has_part(VendorOrder.state.in_(NOT_PACKED))
_CAME_SHORT = (
    select(OrderLine.id)
    .join(VendorOrder, VendorOrder.id == OrderLine.vendor_order_id)
    .where(VendorOrder.order_id == Order.id, OrderLine.rejected > 0)
    .exists()
)


_OPEN = (Order.state.in_(CARRIED_OUT), Order.at_once.is_(False), _IS_OPEN)


class Kind(StrEnum):
    """Why somebody should look at an order that is being carried out and not packed yet.

    Not at one that lies at the counter to be taken along at once: nobody can be hurried but its buyer.
    """

    LATE = "late"
    """The day that was promised is past."""
    SHORT = "short"
    """Less comes than was ordered, and what is left has not been packed: the buyer may want to be asked."""


def _kinds(today: date) -> dict[Kind, ColumnElement[bool]]:
    return {Kind.LATE: Order.promised_on < today, Kind.SHORT: _CAME_SHORT}


def orders_queue(kind: Kind, today: date) -> Queue:
    """Return the orders of a kind as a queue."""
    return select(Order.placed_at).where(*_OPEN, _kinds(today)[kind])


def orders_of_kind(session: Session, kind: Kind, today: date, *, offset: int, limit: int) -> list[OrderFacts]:
    """Return orders of a kind, oldest first."""
    wanted = select(Order).where(*_OPEN, _kinds(today)[kind])
    return [order_facts(order) for order in session.scalars(wanted.order_by(Order.id).offset(offset).limit(limit))]
