"""Lists behind the reports, row by row: lines of orders, and what was turned down. No buyer is named in them."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from shop.flows.reporting.periods import Stretch
from shop.fulfilment.models import Intake
from shop.orders.models import Handing, Order, OrderLine, VendorOrder, VendorOrderState
from shop.orders.queries.sold import IS_SOLD, KEPT_FEN, lines_of_orders
from shop.town.models import Village
from shop.vendors.models import Vendor

AT_ONCE = 1000
"""Rows that are held at a time."""


@dataclass(frozen=True)
class SoldLine:
    """One line of an order.

    Attributes:
        sold_fen: what counts as sold of it.
    """

    order: str
    placed_at: datetime
    state: VendorOrderState
    village: str
    household: str
    title: str
    unit: str
    price_fen: int
    quantity: int
    rejected: int
    weighed_g: int | None
    freight_fen: int
    handing: Handing
    province: str
    promised_on: date | None
    is_sold: bool
    kept_fen: int

    @property
    def sold_fen(self) -> int:
        """What it adds to the sales."""
        return self.kept_fen if self.is_sold else 0


@dataclass(frozen=True)
class RejectedLine:
    """Goods of one line that were turned down."""

    at: datetime
    order: str
    village: str
    household: str
    title: str
    unit: str
    came: int
    rejected: int
    reason: str


def line_count(session: Session, stretch: Stretch) -> int:
    """Return how many lines the orders placed in a stretch have."""
    wanted = lines_of_orders(func.count()).where(
        Order.placed_at >= stretch.since_at, Order.placed_at < stretch.until_at
    )
    return int(session.scalar(wanted) or 0)


def sold_lines(session: Session, stretch: Stretch, *, offset: int, limit: int) -> Iterator[SoldLine]:
    """Yield the lines of orders placed in a stretch, oldest first; those that were called off count nothing."""
    wanted = (
        lines_of_orders(
            Order.code,
            Order.placed_at,
            VendorOrder.state,
            Village.name,
            Vendor.name,
            OrderLine.title,
            OrderLine.unit,
            OrderLine.price_fen,
            OrderLine.quantity,
            OrderLine.rejected,
            OrderLine.weighed_g,
            OrderLine.freight_share_fen,
            Order.handing,
            Order.province,
            Order.promised_on,
            IS_SOLD,
            KEPT_FEN,
        )
        .join(Vendor, Vendor.id == VendorOrder.vendor_id)
        .join(Village, Village.id == Vendor.village_id)
        .where(Order.placed_at >= stretch.since_at, Order.placed_at < stretch.until_at)
        .order_by(Order.placed_at, OrderLine.id)
        .offset(offset)
        .limit(limit)
    )
    for row in session.execute(wanted.execution_options(yield_per=AT_ONCE)):
        yield SoldLine(*row)


def rejected_lines(session: Session, stretch: Stretch) -> Iterator[RejectedLine]:
    """Yield what was turned down in a stretch, oldest first."""
    wanted = (
        select(
            Intake.at,
            Order.code,
            Village.name,
            Vendor.name,
            OrderLine.title,
            OrderLine.unit,
            Intake.accepted + Intake.rejected,
            Intake.rejected,
            Intake.reason,
        )
        .join(OrderLine, OrderLine.id == Intake.order_line_id)
        .join(VendorOrder, VendorOrder.id == OrderLine.vendor_order_id)
        .join(Order, Order.id == VendorOrder.order_id)
        .join(Vendor, Vendor.id == VendorOrder.vendor_id)
        .join(Village, Village.id == Vendor.village_id)
        .where(Intake.at >= stretch.since_at, Intake.at < stretch.until_at, Intake.rejected > 0)
        .order_by(Intake.at, Intake.id)
    )
    for row in session.execute(wanted.execution_options(yield_per=AT_ONCE)):
        yield RejectedLine(*row)
