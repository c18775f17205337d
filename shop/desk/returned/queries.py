"""Reads of returned parcels: what waits for a person, and what buyers and households are told."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from shop.desk.models import Bearer
from shop.desk.returned.models import ReturnCause, ReturnedLine, ReturnedParcel
from shop.kernel.errors import NotFound
from shop.kernel.queues import Queue
from shop.orders.models import Handing, Order, OrderLine, OrderState, VendorOrder
from shop.vendors.models import Vendor

_WAITS = ReturnedParcel.decided_at.is_(None)
RETURNED: Queue = select(ReturnedParcel.came_at).where(_WAITS)
"""Parcels that came back and about which nobody has decided."""


@dataclass(frozen=True)
class BackLine:
    """Pieces that came back; `goods_fen` is what their buyer had paid, or agreed to pay, for them.

    Attributes:
        is_good: they go back to their household as they are; None while nobody has looked.
    """

    id: int
    title: str
    unit: str
    pieces: int
    goods_fen: int
    vendor: str
    vendor_name: str
    part: str
    is_good: bool | None


@dataclass(frozen=True)
class Returned:
    """A parcel that did not reach its buyer, with what was decided about it.

    Attributes:
        was_sent: it was on its way; otherwise nobody came for it to the centre.
        reason: in the words of whoever brought it back.
        freight_fen: that its buyer paid for it and that the centre kept.
        is_paid: its order was paid, so that the price of its goods went back as money.
        answer: why it was decided so, in words for the buyer.
    """

    code: str
    order: str
    name: str
    handing: Handing
    is_paid: bool
    was_sent: bool
    reason: str
    freight_fen: int
    came_at: datetime
    cause: ReturnCause | None
    bearer: Bearer | None
    answer: str
    freight_back_fen: int
    decided_at: datetime | None
    decided_by: str
    lines: tuple[BackLine, ...]

    @property
    def goods_fen(self) -> int:
        """What its goods had cost their buyer."""
        return sum(line.goods_fen for line in self.lines)


def _found(session: Session, *which: ColumnElement[bool], offset: int = 0, limit: int | None = None) -> list[Returned]:
    """Return parcels oldest first, in two statements."""
    wanted = select(ReturnedParcel, Order).join(Order, Order.id == ReturnedParcel.order_id).where(*which)
    page = wanted.order_by(ReturnedParcel.came_at, ReturnedParcel.id).offset(offset).limit(limit)
    rows = [(parcel, order) for parcel, order in session.execute(page)]
    inside = _lines(session, [parcel.id for parcel, _order in rows]) if rows else {}
    return [_facts(parcel, order, inside.get(parcel.id, ())) for parcel, order in rows]


def _lines(session: Session, parcel_ids: list[int]) -> Mapping[int, tuple[BackLine, ...]]:
    rows = session.execute(
        select(ReturnedLine, OrderLine.title, OrderLine.unit, VendorOrder.code, Vendor.code, Vendor.name)
        .join(OrderLine, OrderLine.id == ReturnedLine.line_id)
        .join(VendorOrder, VendorOrder.id == OrderLine.vendor_order_id)
        .join(Vendor, Vendor.id == VendorOrder.vendor_id)
        .where(ReturnedLine.returned_id.in_(parcel_ids))
        .order_by(ReturnedLine.id)
    )
    found: dict[int, tuple[BackLine, ...]] = {}
    for line, title, unit, part, vendor, vendor_name in rows:
        one = BackLine(line.id, title, unit, line.pieces, line.goods_fen, vendor, vendor_name, part, line.is_good)
        found[line.returned_id] = (*found.get(line.returned_id, ()), one)
    return found


def _facts(parcel: ReturnedParcel, order: Order, lines: tuple[BackLine, ...]) -> Returned:
    return Returned(
        code=parcel.code,
        order=order.code,
        name=order.name,
        handing=order.handing,
        is_paid=order.state in (OrderState.PAID, OrderState.DONE),
        was_sent=parcel.was_sent,
        reason=parcel.reason,
        freight_fen=parcel.freight_fen,
        came_at=parcel.came_at,
        cause=parcel.cause,
        bearer=parcel.bearer,
        answer=parcel.answer,
        freight_back_fen=parcel.freight_back_fen,
        decided_at=parcel.decided_at,
        decided_by=parcel.decided_by,
        lines=lines,
    )


def waiting(session: Session, *, offset: int = 0, limit: int) -> list[Returned]:
    """Return the parcels about which nobody has decided, the longest waiting first."""
    return _found(session, _WAITS, offset=offset, limit=limit)


def returned_by_code(session: Session, code: str) -> Returned:
    """Return one returned parcel.

    Raises:
        NotFound: none of this code came back.
    """
    found = _found(session, ReturnedParcel.code == code)
    if not found:
        raise NotFound("returned_parcel")
    return found[0]


def is_returned(session: Session, code: str) -> bool:
    """Tell whether a parcel of this code came back and was left to a person."""
    return session.scalar(select(ReturnedParcel.id).where(ReturnedParcel.code == code)) is not None


def returned_of(session: Session, order_id: int) -> list[Returned]:
    """Return the parcels of an order that came back, oldest first."""
    return _found(session, ReturnedParcel.order_id == order_id)


def answers_for(session: Session, vendor_id: int, part: str) -> list[tuple[str, bool]]:
    """Return what was decided about goods of one part of a vendor's: the reason, and whether they may be fetched."""
    rows = session.execute(
        select(ReturnedParcel.answer, ReturnedLine.is_good)
        .join(ReturnedLine, ReturnedLine.returned_id == ReturnedParcel.id)
        .join(OrderLine, OrderLine.id == ReturnedLine.line_id)
        .join(VendorOrder, VendorOrder.id == OrderLine.vendor_order_id)
        .where(VendorOrder.code == part, VendorOrder.vendor_id == vendor_id, ReturnedParcel.decided_at.is_not(None))
        .order_by(ReturnedLine.id)
    )
    return [(answer, bool(is_good)) for answer, is_good in dict.fromkeys((a, g) for a, g in rows)]
