"""Reads of the demand sheet: one statement each, however many orders a day has."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import ColumnElement, SQLColumnExpression, and_, case, func, or_, select
from sqlalchemy.orm import Session

from shop.catalog.models import Variant
from shop.catalog.pools.models import Pool, Supplier
from shop.fulfilment.demand.models import Refusal
from shop.kernel.queues import Queue
from shop.orders.models import Order, OrderHistory, OrderLine, OrderState, VendorOrder, VendorOrderState
from shop.orders.rules import CARRIED_OUT, DECLINED
from shop.town.models import Village
from shop.vendors.models import Vendor

V = VendorOrderState
AT_CENTRE = (V.RECEIVED, V.REJECTED, V.PACKED, V.SHIPPED, V.DELIVERED, V.RETURNED)
UNASKED = (V.POOLED, V.SHARED)
COUNTED = (*CARRIED_OUT, OrderState.DONE)


@dataclass(frozen=True)
class Need:
    """What one household is asked for of one thing on a day, in its units.

    Attributes:
        waiting: not answered yet.
        promised: its household said that it is there.
        came: the centre has it in hand, or had.
        refused: its household said that there is none.
        pooled: several households bring it, and none of them has been asked: the day is not shared out, or nobody has
            room.
        calls: how many parts wait for an answer.
        since: when the first of those was ordered.
    """

    village: str
    vendor_code: str
    household: str
    phone: str
    variant_id: int
    title: str
    unit: str
    waiting: int
    promised: int
    came: int
    refused: int
    pooled: int
    calls: int
    since: datetime | None

    @property
    def wanted(self) -> int:
        """How many were asked for."""
        return self.waiting + self.promised + self.came + self.refused + self.pooled


def _waits() -> ColumnElement[bool]:
    return and_(VendorOrder.state == V.ASKED, VendorOrder.answered_at.is_(None), Order.state.in_(CARRIED_OUT))


def _is_open() -> ColumnElement[bool]:
    """Tell whether somebody must do something about a part: call its household, or find one."""
    return or_(_waits(), and_(VendorOrder.state == V.POOLED, Order.state.in_(CARRIED_OUT)))


def needs_of(session: Session, day: date) -> list[Need]:
    """Return what is needed on a day by village, household and thing."""
    declined = (
        select(OrderHistory.id)
        .where(
            OrderHistory.vendor_order_id == VendorOrder.id,
            OrderHistory.to_state == V.CANCELLED,
            OrderHistory.reason == DECLINED,
        )
        .exists()
    )
    comes = OrderLine.quantity - OrderLine.rejected
    has = or_(VendorOrder.state == V.READY, and_(VendorOrder.state == V.ASKED, VendorOrder.answered_at.is_not(None)))
    before = VendorOrder.state.in_([V.ASKED, V.READY])

    def units(when: ColumnElement[bool], count: SQLColumnExpression[int]) -> ColumnElement[int]:
        return func.coalesce(func.sum(case((when, count), else_=0)), 0)

    wanted = (
        select(
            Village.name,
            Vendor.code,
            Vendor.name,
            Vendor.phone,
            OrderLine.variant_id,
            OrderLine.title,
            OrderLine.unit,
            units(_waits(), comes),
            units(has, comes),
            units(VendorOrder.state.in_(AT_CENTRE), comes),
            units(or_(before, VendorOrder.state == V.CANCELLED), OrderLine.rejected),
            units(VendorOrder.state.in_(UNASKED), comes),
            func.count(case((and_(_waits(), comes > 0), VendorOrder.id)).distinct()),
            func.min(case((_waits(), Order.placed_at))),
        )
        .select_from(OrderLine)
        .join(VendorOrder, VendorOrder.id == OrderLine.vendor_order_id)
        .join(Order, Order.id == VendorOrder.order_id)
        .join(Vendor, Vendor.id == VendorOrder.vendor_id)
        .join(Village, Village.id == Vendor.village_id)
        .where(
            VendorOrder.due_on == day,
            or_(
                and_(Order.state.in_(COUNTED), VendorOrder.state.in_([V.ASKED, V.READY, *UNASKED, *AT_CENTRE])),
                and_(VendorOrder.state == V.CANCELLED, declined),
            ),
        )
        .group_by(
            Village.id,
            Village.name,
            Vendor.id,
            Vendor.code,
            Vendor.name,
            Vendor.phone,
            OrderLine.variant_id,
            OrderLine.title,
            OrderLine.unit,
        )
        .order_by(Village.id, Vendor.id, OrderLine.title, OrderLine.variant_id)
    )
    return [Need(*tuple(row)) for row in session.execute(wanted)]


def unanswered(day: date) -> Queue:
    """Return the parts that are wanted by a day and have no answer, or no household."""
    return (
        select(Order.placed_at)
        .select_from(VendorOrder)
        .join(Order, Order.id == VendorOrder.order_id)
        .where(_is_open(), VendorOrder.due_on <= day)
    )


def days_wanted(session: Session) -> dict[date, int]:
    """Return the days for which something is asked and has not come, the earliest first, with the parts unanswered."""
    wanted = (
        select(VendorOrder.due_on, func.count(case((_is_open(), VendorOrder.id))))
        .join(Order, Order.id == VendorOrder.order_id)
        .where(
            VendorOrder.state.in_([V.ASKED, V.READY, V.POOLED]),
            VendorOrder.due_on.is_not(None),
            Order.state.in_(CARRIED_OUT),
        )
        .group_by(VendorOrder.due_on)
        .order_by(VendorOrder.due_on)
    )
    return {day: count for day, count in session.execute(wanted) if day is not None}


def pooled_until(session: Session, until: date) -> dict[tuple[int, date], list[str]]:
    """Return the codes of parts that wait to be shared out, by the listing's id and the day, the first ordered first.

    Args:
        until: the last day of those looked at.
    """
    wanted = (
        select(Pool.listing_id, VendorOrder.due_on, VendorOrder.code)
        .select_from(VendorOrder)
        .join(Order, Order.id == VendorOrder.order_id)
        .join(OrderLine, OrderLine.vendor_order_id == VendorOrder.id)
        .join(Variant, Variant.id == OrderLine.variant_id)
        .join(Pool, Pool.listing_id == Variant.listing_id)
        .where(
            VendorOrder.state == V.POOLED,
            VendorOrder.due_on <= until,
            Order.state.in_(CARRIED_OUT),
            OrderLine.quantity > OrderLine.rejected,
        )
        .group_by(Pool.listing_id, VendorOrder.due_on, VendorOrder.code, Order.id)
        .order_by(Pool.listing_id, VendorOrder.due_on, Order.id, VendorOrder.code)
    )
    found: dict[tuple[int, date], list[str]] = {}
    for listing_id, day, code in session.execute(wanted):
        if day is not None:
            found.setdefault((listing_id, day), []).append(code)
    return found


def pieces_of(session: Session, listing_id: int) -> dict[int, int]:
    """Return of how many pieces one unit of each way of selling a listing is, by the variant's id."""
    rows = session.execute(select(Variant.id, Variant.pieces).where(Variant.listing_id == listing_id))
    return {row.id: row.pieces for row in rows}


def brought_on(session: Session, listing_id: int, day: date) -> dict[int, int]:
    """Return how many pieces of a pool each household has been given for a day, by the vendor's id.

    What a household sells itself is another listing and does not count: it has told us what it brings besides.
    """
    wanted = (
        select(VendorOrder.vendor_id, func.sum((OrderLine.quantity - OrderLine.rejected) * Variant.pieces))
        .select_from(VendorOrder)
        .join(OrderLine, OrderLine.vendor_order_id == VendorOrder.id)
        .join(Variant, Variant.id == OrderLine.variant_id)
        .where(
            Variant.listing_id == listing_id,
            VendorOrder.due_on == day,
            VendorOrder.pool_id.is_not(None),
            VendorOrder.state.in_([V.SHARED, V.ASKED, V.READY, *AT_CENTRE]),
        )
        .group_by(VendorOrder.vendor_id)
    )
    return {vendor_id: int(pieces) for vendor_id, pieces in session.execute(wanted)}


def refusers_of(session: Session, pool_id: int, day: date) -> frozenset[int]:
    """Return which suppliers of a pool have said that they have no more for a day."""
    wanted = (
        select(Refusal.supplier_id)
        .join(Supplier, Supplier.id == Refusal.supplier_id)
        .where(Supplier.pool_id == pool_id, Refusal.on == day)
    )
    return frozenset(session.scalars(wanted))


def shares_to_ask(session: Session) -> list[list[str]]:
    """Return the parts whose households were given something and have not been asked, by household and day."""
    wanted = (
        select(VendorOrder.vendor_id, VendorOrder.due_on, VendorOrder.code)
        .join(Order, Order.id == VendorOrder.order_id)
        .where(VendorOrder.state == V.SHARED, Order.state.in_(CARRIED_OUT))
        .order_by(VendorOrder.vendor_id, VendorOrder.due_on, Order.id)
    )
    found: dict[tuple[int, date | None], list[str]] = {}
    for vendor_id, day, code in session.execute(wanted):
        found.setdefault((vendor_id, day), []).append(code)
    return list(found.values())


def pooled_parts(session: Session, vendor_code: str, day: date) -> list[str]:
    """Return the codes of a vendor's parts for a day that no household brings, the first ordered first."""
    wanted = (
        select(VendorOrder.code)
        .join(Order, Order.id == VendorOrder.order_id)
        .join(Vendor, Vendor.id == VendorOrder.vendor_id)
        .where(
            VendorOrder.state == V.POOLED,
            Order.state.in_(CARRIED_OUT),
            Vendor.code == vendor_code,
            VendorOrder.due_on == day,
        )
    )
    return list(session.scalars(wanted.order_by(Order.id, VendorOrder.id)))


def parts_to_answer(session: Session, vendor_code: str, day: date) -> list[str]:
    """Return the codes of a household's parts for a day that wait for an answer, the first ordered first."""
    wanted = (
        select(VendorOrder.code)
        .join(Order, Order.id == VendorOrder.order_id)
        .join(Vendor, Vendor.id == VendorOrder.vendor_id)
        .where(_waits(), Vendor.code == vendor_code, VendorOrder.due_on == day)
    )
    return list(session.scalars(wanted.order_by(Order.id, VendorOrder.id)))
