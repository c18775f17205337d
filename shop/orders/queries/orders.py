"""Reads of orders, whole or as one vendor sees their part."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import ColumnElement, Select, and_, bindparam, case, func, or_, select
from sqlalchemy.orm import Session, joinedload

from shop.catalog.models import Hold, HoldState, ReturnClass
from shop.kernel.db import direct
from shop.kernel.errors import NotFound
from shop.kernel.languages import Language
from shop.orders.models import (
    Box,
    Handing,
    Order,
    OrderHistory,
    OrderLine,
    OrderState,
    VendorOrder,
    VendorOrderState,
)
from shop.orders.rules import UNPAID


@dataclass(frozen=True)
class LineFacts:
    """A line of an order."""

    id: int
    title: str
    unit: str
    pieces: int
    price_fen: int
    quantity: int
    rejected: int
    freight_share_fen: int
    gross_g: int
    per_500g_fen: int | None
    weighed_g: int | None
    weight_back_fen: int
    weight_over_fen: int
    harvest_on: date | None
    variant_id: int
    listing_version_id: int | None
    return_class: ReturnClass | None
    exception_confirmed: bool

    @property
    def accepted(self) -> int:
        """How many were not turned down."""
        return self.quantity - self.rejected

    @property
    def goods_fen(self) -> int:
        """Price times quantity as ordered."""
        return self.price_fen * self.quantity

    @property
    def kept_fen(self) -> int:
        """What the buyer pays for the pieces of it that come."""
        return self.price_fen * self.accepted - self.weight_back_fen


@dataclass(frozen=True)
class PartFacts:
    """One vendor's part of an order."""

    code: str
    state: VendorOrderState
    box: Box
    vendor_code: str
    vendor_name: str
    village: str
    due_on: date | None
    lines: tuple[LineFacts, ...]


@dataclass(frozen=True)
class Passage:
    """One passage in an order's history."""

    part: str | None
    """The vendor order's code, or None for the order itself."""
    to_state: str
    at: datetime
    actor: str
    reason: str
    is_note: bool = False
    """Something was said of it, and its state stayed."""


@dataclass(frozen=True)
class OrderFacts:
    """An order with everything on it."""

    id: int
    code: str
    user_id: int | None
    name: str
    phone: str
    handing: Handing
    province: str
    city: str
    district: str
    street: str
    note: str
    state: OrderState
    goods_fen: int
    freight_fen: int
    total_fen: int
    placed_at: datetime
    hold_until: datetime
    promised_on: date | None
    parts: tuple[PartFacts, ...]
    passed_on: tuple[PartFacts, ...] = ()
    """Parts of which nothing is left, for other households bring it."""
    at_once: bool = False
    """Taken along from what lies at the counter."""
    language: Language = Language.HANS
    """What its buyer read when they bought."""

    @property
    def states(self) -> tuple[VendorOrderState, ...]:
        """The states of its parts."""
        return tuple(part.state for part in self.parts)


def _line(line: OrderLine) -> LineFacts:
    return LineFacts(
        line.id,
        line.title,
        line.unit,
        line.pieces,
        line.price_fen,
        line.quantity,
        line.rejected,
        line.freight_share_fen,
        line.gross_g,
        line.per_500g_fen,
        line.weighed_g,
        line.weight_back_fen,
        line.weight_over_fen,
        line.harvest_on,
        line.variant_id,
        line.listing_version_id,
        line.return_class,
        line.exception_confirmed,
    )


def part_facts(part: VendorOrder) -> PartFacts:
    """Return a loaded part's facts."""
    vendor = part.vendor
    lines = tuple(_line(line) for line in part.lines)
    return PartFacts(part.code, part.state, part.box, vendor.code, vendor.name, vendor.village.name, part.due_on, lines)


def order_facts(order: Order) -> OrderFacts:
    """Return a loaded order's facts."""
    return OrderFacts(
        id=order.id,
        code=order.code,
        user_id=order.user_id,
        name=order.name,
        phone=order.phone,
        handing=order.handing,
        province=order.province,
        city=order.city,
        district=order.district,
        street=order.street,
        note=order.note,
        state=order.state,
        goods_fen=order.goods_fen,
        freight_fen=order.freight_fen,
        total_fen=order.total_fen,
        placed_at=order.placed_at,
        hold_until=order.hold_until,
        promised_on=order.promised_on,
        parts=tuple(part_facts(part) for part in order.vendor_orders if part.lines),
        passed_on=tuple(part_facts(part) for part in order.vendor_orders if not part.lines),
        at_once=order.at_once,
        language=order.language,
    )


def order_by_code(session: Session, code: str) -> OrderFacts:
    """Return an order, for staff and for flows.

    Raises:
        NotFound: there is none.
    """
    order = session.scalars(select(Order).where(Order.code == code)).one_or_none()
    if order is None:
        raise NotFound("order")
    return order_facts(order)


def order_of_phone(session: Session, code: str, phone: str) -> OrderFacts:
    """Return an order to whoever knows its code and phone.

    Raises:
        NotFound: the two do not belong together; which of them is wrong is not said.
    """
    order = session.scalars(select(Order).where(Order.code == code, Order.phone == phone)).one_or_none()
    if order is None:
        raise NotFound("order")
    return order_facts(order)


def order_of_member(session: Session, code: str, user_id: int) -> OrderFacts:
    """Return a member's own order.

    Raises:
        NotFound: there is none of theirs.
    """
    order = session.scalars(select(Order).where(Order.code == code, Order.user_id == user_id)).one_or_none()
    if order is None:
        raise NotFound("order")
    return order_facts(order)


PLACED_WITH = select(Order.code).where(Order.checkout_key == bindparam("key"))


def order_by_checkout_key(session: Session, key: str) -> str | None:
    """Return the code of the order a checkout page already placed, or None."""
    return direct(session, PLACED_WITH, {"key": key}).scalar_one_or_none()


def order_id_of(session: Session, code: str) -> int:
    """Return the id of an order that is there."""
    return session.scalars(select(Order.id).where(Order.code == code)).one()


def orders_of_member(session: Session, user_id: int, limit: int = 50) -> list[OrderFacts]:
    """Return a member's orders, newest first."""
    wanted = select(Order).where(Order.user_id == user_id).order_by(Order.id.desc()).limit(limit)
    return [order_facts(order) for order in session.scalars(wanted)]


def recent_orders(session: Session, *, offset: int, limit: int) -> list[OrderFacts]:
    """Return orders for staff, newest first."""
    wanted = select(Order).order_by(Order.id.desc()).offset(offset).limit(limit)
    return [order_facts(order) for order in session.scalars(wanted)]


def orders_by_code(session: Session, codes: Collection[str]) -> list[OrderFacts]:
    """Return orders by their codes, newest first; codes of none are left out."""
    wanted = select(Order).where(Order.code.in_(codes)).order_by(Order.id.desc())
    return [order_facts(order) for order in session.scalars(wanted)] if codes else []


def orders_by_id(session: Session, ids: Collection[int]) -> dict[int, OrderFacts]:
    """Return orders, by their ids."""
    return {order.id: order_facts(order) for order in session.scalars(select(Order).where(Order.id.in_(ids)))}


def expired_orders(session: Session, now: datetime, limit: int = 100) -> list[str]:
    """Return codes of unpaid orders whose time has run out, oldest first."""
    wanted = select(Order.code).where(Order.state == OrderState.PLACED, Order.hold_until <= now)
    return list(session.scalars(wanted.order_by(Order.id).limit(limit)))


def orders_unpaid(session: Session, codes: Collection[str]) -> set[str]:
    """Return which of these orders still wait for their money."""
    return set(session.scalars(select(Order.code).where(Order.code.in_(list(codes)), Order.state.in_(UNPAID))))


def _unpaid_counts(*, by_place: bool) -> Select[*tuple[int, ...]]:
    """Return what counts unpaid and lapsed orders by phone, by browser and, where goods are sent, by place."""
    marks: list[ColumnElement[bool]] = [
        Order.phone == bindparam("phone"),
        Order.browser == bindparam("browser"),
        and_(*(getattr(Order, part) == bindparam(part) for part in ("province", "city", "district", "street"))),
    ][: 3 if by_place else 2]
    unpaid = Order.state.in_(UNPAID)
    lapsed = and_(Order.state == OrderState.EXPIRED, Order.placed_at >= bindparam("since"))
    return select(*(func.count(case((and_(kind, mark), 1))) for kind in (unpaid, lapsed) for mark in marks)).where(
        or_(*marks)
    )


UNPAID_BY_ALL, UNPAID_COLLECTED = _unpaid_counts(by_place=True), _unpaid_counts(by_place=False)


def unpaid_orders(
    session: Session, *, phone: str, place: tuple[str, str, str, str], browser: str, since: datetime
) -> tuple[int, int]:
    """Return the most orders that wait for their money by one of phone, place and browser, and the most that lapsed.

    Args:
        place: province, city, district, street; an empty street is nobody's.
        since: lapsed orders are counted from this moment on.
    """
    values = {"phone": phone, "browser": browser, "since": since}
    if place[3]:
        values |= dict(zip(("province", "city", "district", "street"), place, strict=True))
    counted = direct(session, UNPAID_BY_ALL if place[3] else UNPAID_COLLECTED, values).one()
    half = len(counted) // 2
    return max(counted[:half]), max(counted[half:])


def held_until(session: Session, variant_id: int, *, besides: str = "") -> datetime | None:
    """Return until when an unpaid order holds pieces of a variant, the earliest of several; None when none does.

    Args:
        besides: an order that does not count.
    """
    wanted = (
        select(func.min(Order.hold_until))
        .join(Hold, Hold.reference == Order.code)
        .where(
            Hold.variant_id == variant_id,
            Hold.state == HoldState.HELD,
            Order.state == OrderState.PLACED,
            Order.code != besides,
        )
    )
    return session.scalar(wanted)


def overdue_holding(session: Session, variant_ids: Collection[int], now: datetime) -> list[str]:
    """Return codes of unpaid orders past their time that hold pieces of one of these, oldest first."""
    held = select(Hold.reference).where(Hold.variant_id.in_(list(variant_ids)), Hold.state == HoldState.HELD)
    wanted = select(Order.code).where(Order.state == OrderState.PLACED, Order.hold_until <= now, Order.code.in_(held))
    return list(session.scalars(wanted.order_by(Order.id)))


def history(session: Session, order_id: int) -> list[Passage]:
    """Return every passage of an order and its parts, in order."""
    rows = session.execute(
        select(OrderHistory, VendorOrder.code)
        .outerjoin(VendorOrder, VendorOrder.id == OrderHistory.vendor_order_id)
        .where(OrderHistory.order_id == order_id)
        .order_by(OrderHistory.id)
    )
    return [
        Passage(part, row.to_state, row.at, row.actor, row.reason, row.from_state == row.to_state) for row, part in rows
    ]


@dataclass(frozen=True)
class Wanted:
    """What one vendor is asked for: no buyer's name, phone or street is in it."""

    code: str
    order_code: str
    state: VendorOrderState
    placed_at: datetime
    due_on: date | None
    is_shared: bool
    """Another vendor sells it, and other households bring some of it too."""
    lines: tuple[LineFacts, ...]


def wanted_of_vendor(session: Session, vendor_id: int, states: Sequence[VendorOrderState]) -> list[Wanted]:
    """Return a vendor's parts in these states, oldest first."""
    wanted = (
        select(VendorOrder)
        .where(VendorOrder.vendor_id == vendor_id, VendorOrder.state.in_(states))
        .options(joinedload(VendorOrder.order, innerjoin=True).lazyload(Order.vendor_orders))
        .order_by(VendorOrder.id)
    )
    return [
        Wanted(
            code=part.code,
            order_code=part.order.code,
            state=part.state,
            placed_at=part.order.placed_at,
            due_on=part.due_on,
            is_shared=part.pool_id is not None,
            lines=tuple(_line(line) for line in part.lines),
        )
        for part in session.scalars(wanted)
    ]


def order_code_of_part(session: Session, part_code: str) -> str | None:
    """Return the code of the order that a vendor's part belongs to, or None when there is no such part."""
    return session.scalar(select(Order.code).join(VendorOrder).where(VendorOrder.code == part_code))


def order_count(session: Session) -> int:
    """Return how many orders were ever placed."""
    return session.scalar(select(func.count()).select_from(Order)) or 0
