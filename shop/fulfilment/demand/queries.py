"""Reads of the demand sheet: one statement each, however many orders a day has."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import ColumnElement, SQLColumnExpression, and_, case, func, or_, select
from sqlalchemy.orm import Session

from shop.kernel.queues import Queue
from shop.orders.models import Order, OrderHistory, OrderLine, OrderState, VendorOrder, VendorOrderState
from shop.orders.rules import CARRIED_OUT, DECLINED
from shop.town.models import Village
from shop.vendors.models import Vendor

V = VendorOrderState
AT_CENTRE = (V.RECEIVED, V.REJECTED, V.PACKED, V.SHIPPED, V.DELIVERED, V.RETURNED)
COUNTED = (*CARRIED_OUT, OrderState.DONE)


@dataclass(frozen=True)
class Need:
    """What one household is asked for of one thing on a day, in its units.

    Attributes:
        waiting: not answered yet.
        promised: its household said that it is there.
        came: the centre has it in hand, or had.
        refused: its household said that there is none.
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
    calls: int
    since: datetime | None

    @property
    def wanted(self) -> int:
        """How many were asked for."""
        return self.waiting + self.promised + self.came + self.refused


def _waits() -> ColumnElement[bool]:
    return and_(VendorOrder.state == V.ASKED, VendorOrder.answered_at.is_(None), Order.state.in_(CARRIED_OUT))


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
                and_(Order.state.in_(COUNTED), or_(before, VendorOrder.state.in_(AT_CENTRE))),
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
    """Return the parts that are wanted by a day and have no answer."""
    return (
        select(Order.placed_at)
        .select_from(VendorOrder)
        .join(Order, Order.id == VendorOrder.order_id)
        .where(_waits(), VendorOrder.due_on <= day)
    )


def days_wanted(session: Session) -> dict[date, int]:
    """Return the days for which something is asked and has not come, the earliest first, with the parts unanswered."""
    wanted = (
        select(VendorOrder.due_on, func.count(case((_waits(), VendorOrder.id))))
        .join(Order, Order.id == VendorOrder.order_id)
        .where(
            VendorOrder.state.in_([V.ASKED, V.READY]),
            VendorOrder.due_on.is_not(None),
            Order.state.in_(CARRIED_OUT),
        )
        .group_by(VendorOrder.due_on)
        .order_by(VendorOrder.due_on)
    )
    return {day: count for day, count in session.execute(wanted) if day is not None}


def parts_to_answer(session: Session, vendor_code: str, day: date) -> list[str]:
    """Return the codes of a household's parts for a day that wait for an answer, the first ordered first."""
    wanted = (
        select(VendorOrder.code)
        .join(Order, Order.id == VendorOrder.order_id)
        .join(Vendor, Vendor.id == VendorOrder.vendor_id)
        .where(_waits(), Vendor.code == vendor_code, VendorOrder.due_on == day)
    )
    return list(session.scalars(wanted.order_by(Order.id, VendorOrder.id)))
