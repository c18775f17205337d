"""Parcels that reached their buyers after the day they were promised for, or have not yet."""

from collections import Counter
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Date, Select, and_, case, exists, func, literal, select
from sqlalchemy.orm import Session

from shop.courier.models import Shipment
from shop.courier.queries import carrier_name
from shop.flows.reporting.periods import Period, Stretch
from shop.fulfilment.models import Parcel, ParcelHistory, ParcelState
from shop.kernel.days import TownDay
from shop.orders.models import Handing, Order, VendorOrder, VendorOrderState
from shop.orders.rules import BEFORE_INTAKE, CARRIED_OUT

MOST_OPEN = 30
COUNTED = (ParcelState.PACKED, ParcelState.HANDED_OVER, ParcelState.DELIVERED)
"""One that was taken apart, or came back, never reaches anybody."""
UNPACKED = BEFORE_INTAKE | {VendorOrderState.RECEIVED}


@dataclass(frozen=True)
class CarrierLate:
    """One carrier's parcels: how many were promised, and how many of those were late.

    Attributes:
        name: as people know it; empty where nobody was booked yet.
        is_counter: nobody carries them, they lie at the centre to be collected.
    """

    name: str
    is_counter: bool
    promised: int
    late: int


@dataclass(frozen=True)
class OpenLate:
    """An order past its day of which something is not packed or not there yet."""

    order_code: str
    promised_on: date
    days: int


@dataclass(frozen=True)
class Lateness:
    """Parcels promised for days of a period, as far as these days are over.

    Attributes:
        promised: parcels.
        late: of these, which came later than promised, or have not come.
        by_days: (days late, parcels); the last stands for so many and more.
        before: (promised, late) of the period before.
        waiting: how many orders still have something on its way or not packed past their day.
        open: the oldest of these.
    """

    promised: int
    late: int
    by_days: tuple[tuple[int, int], ...]
    carriers: tuple[CarrierLate, ...]
    before: tuple[int, int]
    waiting: int
    open: tuple[OpenLate, ...]


MOST_DAYS = 5
CAME_ON = (
    select(func.min(TownDay(ParcelHistory.at)))
    .where(ParcelHistory.parcel_id == Parcel.id, ParcelHistory.to_state == ParcelState.DELIVERED)
    .correlate(Parcel)
    .scalar_subquery()
)


def _promised(stretch: Stretch, today: date) -> tuple[Any, ...]:
    # What lies at the counter from the beginning is never late, whenever its buyer comes.
    return (
        Order.at_once.is_(False),
        Order.promised_on >= stretch.first,
        Order.promised_on < min(stretch.until, today),
    )


def _parcels(stretch: Stretch, today: date) -> Select[Any]:
    """Return a statement whose rows are: promised day, day it was there or none, how, carrier, company, how many."""
    is_collected = Order.handing == Handing.COLLECTION
    there = case((is_collected, TownDay(Parcel.packed_at)), else_=CAME_ON)
    each = (
        select(
            Order.promised_on.label("promised_on"),
            func.coalesce(there, literal(None, Date)).label("there_on"),
            Order.handing.label("handing"),
            func.coalesce(Shipment.carrier, "").label("carrier"),
            func.coalesce(Shipment.company, "").label("company"),
        )
        .select_from(Order)
        .join(Parcel, Parcel.order_id == Order.id)
        .outerjoin(Shipment, Shipment.key == Parcel.code)
        .where(*_promised(stretch, today), Parcel.state.in_(COUNTED))
        .subquery()
    )
    return select(*each.c, func.count()).group_by(*each.c)


def lateness(session: Session, period: Period, *, today: date) -> Lateness:
    """Return which parcels promised for a period were late; what is to be collected is there when it is packed.

    Args:
        today: the town's day; a promise for today is not broken yet.
    """
    days: Counter[int] = Counter()
    promised: Counter[tuple[str, bool]] = Counter()
    late: Counter[tuple[str, bool]] = Counter()
    before, before_late = 0, 0
    for on, there_on, handing, carrier, company, count in session.execute(
        _parcels(Stretch(period.before.first, period.until), today)
    ):
        behind = ((there_on or today) - on).days
        if on not in period:
            before, before_late = before + count, before_late + count * (behind > 0)
            continue
        is_counter = handing is Handing.COLLECTION
        key = ("" if is_counter else carrier_name(carrier, company), is_counter)
        promised[key] += count
        if behind > 0:
            late[key] += count
            days[min(behind, MOST_DAYS)] += count
    waiting, found = _open(session, period, today)
    return Lateness(
        promised=promised.total(),
        late=late.total(),
        by_days=tuple((number, days[number]) for number in range(1, MOST_DAYS + 1)),
        carriers=tuple(
            CarrierLate(name, is_counter, count, late[name, is_counter])
            for (name, is_counter), count in sorted(promised.items(), key=lambda each: (-late[each[0]], each[0]))
        ),
        before=(before, before_late),
        waiting=waiting,
        open=found,
    )


def _open(session: Session, period: Period, today: date) -> tuple[int, tuple[OpenLate, ...]]:
    on_its_way = exists().where(
        Parcel.order_id == Order.id,
        Parcel.state == ParcelState.HANDED_OVER,
    )
    lies = exists().where(
        and_(Parcel.order_id == Order.id, Parcel.state == ParcelState.PACKED, Order.handing == Handing.DELIVERY)
    )
    unpacked = exists().where(VendorOrder.order_id == Order.id, VendorOrder.state.in_(UNPACKED))
    wanted = select(Order.code, Order.promised_on, func.count().over()).where(
        *_promised(period, today), Order.state.in_(CARRIED_OUT), on_its_way | lies | unpacked
    )
    rows = session.execute(wanted.order_by(Order.promised_on, Order.id).limit(MOST_OPEN)).all()
    found = tuple(OpenLate(code, on, (today - on).days) for code, on, _count in rows if on is not None)
    return (rows[0][2] if rows else 0), found
