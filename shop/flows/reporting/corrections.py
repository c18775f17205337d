"""How often an order had to be set right after it was placed: the centre's own measure of calm work."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, Select, String, case, distinct, func, literal, or_, select, union_all
from sqlalchemy.orm import Session

from shop.flows.reporting.periods import Period, Stretch, sum_within
from shop.fulfilment.models import Parcel, ParcelState
from shop.kernel.days import TownDay
from shop.orders.models import Order, OrderHistory
from shop.orders.rules import CARRIED_OUT
from shop.payments.models import Payment, PaymentHistory, Refund, RefundState


class Correction(StrEnum):
    """Why an order had to be set right; one order counts once for each of them."""

    SHORT = "short"
    """Its household had less than was ordered, or none."""
    TURNED_DOWN = "turned_down"
    """The centre did not take some of it in."""
    TAKEN_APART = "taken_apart"
    """A packed box was opened again."""
    TAKEN_OUT = "taken_out"
    """Goods of a recalled lot were taken out of it."""
    CAME_BACK = "came_back"
    """A parcel came back, or nobody collected it."""
    LET_GO = "let_go"
    """Its buyer was let go after the centre had taken goods in."""
    GIVEN_BACK = "given_back"
    """A person at the centre gave money back."""
    FAILED = "failed"
    """Money did not go back and a person had to find another way."""


OF_REASON: Mapping[str, Correction] = {
    "short": Correction.SHORT,
    "declined": Correction.SHORT,
    "rejected": Correction.TURNED_DOWN,
    "recalled": Correction.TAKEN_OUT,
    "returned": Correction.CAME_BACK,
    "uncollected": Correction.CAME_BACK,
    "wish": Correction.LET_GO,
    "staff": Correction.GIVEN_BACK,
}
"""What a refund's reason says. Goods that weighed less than their ceiling are as agreed: that is no correction."""
OF_KEY: Mapping[str, Correction] = {
    "short:": Correction.SHORT,
    "declined:": Correction.SHORT,
    "intake:": Correction.TURNED_DOWN,
    "recall:": Correction.TAKEN_OUT,
    "returned:": Correction.CAME_BACK,
    "wish:": Correction.LET_GO,
    "staff:": Correction.GIVEN_BACK,
}
"""The same where the buyer pays in cash and is asked for less: how the key begins under which it was lowered."""


@dataclass(frozen=True)
class Corrections:
    """How often the orders placed in a period were set right.

    Attributes:
        orders: that were carried out, or begun to be.
        counted: by kind, in how many of them.
        bins: (stretch, orders, corrections).
        before: (orders, corrections) of the period before.
    """

    orders: int
    counted: Mapping[Correction, int]
    bins: tuple[tuple[Stretch, int, int], ...]
    before: tuple[int, int]

    @property
    def total(self) -> int:
        """All of them."""
        return sum(self.counted.values())


def per_hundred(count: int, orders: int) -> int:
    """Return how many there are for each hundred orders, in tenths, rounded half up; 0 where there are no orders."""
    return (2000 * count + orders) // (2 * orders) if orders else 0


def _placed(stretch: Stretch) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    return Order.placed_at >= stretch.since_at, Order.placed_at < stretch.until_at


def begun_by_day(session: Session, stretch: Stretch) -> Mapping[date, int]:
    """Return how many orders of each day were paid, or agreed to be paid in cash."""
    rows = session.execute(
        select(TownDay(Order.placed_at), func.count(distinct(Order.id)))
        .join(OrderHistory, OrderHistory.order_id == Order.id)
        .where(*_placed(stretch), OrderHistory.vendor_order_id.is_(None), OrderHistory.to_state.in_(BEGUN))
        .group_by(TownDay(Order.placed_at))
    )
    return {row[0]: row[1] for row in rows}


BEGUN = sorted(state.value for state in CARRIED_OUT)


def _kinds(stretch: Stretch) -> Select[Any]:
    """Return a statement whose rows are: the day an order was placed, a kind, how many orders of that day."""
    by_refund = (
        select(Order.id.label("id"), case(OF_REASON, value=Refund.reason).label("kind"))
        .join(Payment, Payment.reference == Order.code)
        .join(Refund, Refund.payment_id == Payment.id)
        .where(*_placed(stretch), Refund.reason.in_(OF_REASON))
    )
    by_key = [(PaymentHistory.reason.startswith(key), literal(kind.value, String)) for key, kind in OF_KEY.items()]
    lowered = (
        select(Order.id, case(*by_key))
        .join(Payment, Payment.reference == Order.code)
        .join(PaymentHistory, PaymentHistory.payment_id == Payment.id)
        .where(
            *_placed(stretch), PaymentHistory.from_state == PaymentHistory.to_state, or_(*(key for key, _ in by_key))
        )
    )
    failed = (
        select(Order.id, literal(Correction.FAILED.value, String))
        .join(Payment, Payment.reference == Order.code)
        .join(Refund, Refund.payment_id == Payment.id)
        .where(*_placed(stretch), Refund.state == RefundState.FAILED)
    )
    opened = (
        select(Order.id, literal(Correction.TAKEN_APART.value, String))
        .join(Parcel, Parcel.order_id == Order.id)
        .where(*_placed(stretch), Parcel.state == ParcelState.OPENED)
    )
    each = union_all(by_refund, lowered, failed, opened).subquery()
    day = TownDay(Order.placed_at)
    return (
        select(day, each.c.kind, func.count(distinct(Order.id)))
        .join(each, each.c.id == Order.id)
        .group_by(day, each.c.kind)
    )


def corrections(session: Session, period: Period) -> Corrections:
    """Return how often orders placed in a period were set right, in two statements."""
    both = Stretch(period.before.first, period.until)
    orders = begun_by_day(session, both)
    counted: Counter[Correction] = Counter()
    of_day: Counter[date] = Counter()
    for day, kind, count in session.execute(_kinds(both)):
        of_day[day] += count
        if day in period:
            counted[Correction(kind)] += count
    return Corrections(
        orders=sum_within(orders, period),
        counted={kind: counted[kind] for kind in Correction},
        bins=tuple((each, sum_within(orders, each), sum_within(of_day, each)) for each in period.bins()),
        before=(sum_within(orders, period.before), sum_within(of_day, period.before)),
    )
