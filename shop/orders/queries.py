"""Reads of baskets, quotes and orders."""

import hashlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from shop.catalog.queries import OfferFacts, offers
from shop.courier.queries import quote as freight_quote
from shop.kernel.errors import NotFound
from shop.kernel.money import split
from shop.orders.models import Basket, Order, OrderHistory, OrderLine, OrderState, VendorOrder, VendorOrderState

MAX_QUANTITY = 999


@dataclass(frozen=True)
class BasketLineFacts:
    """One line of a basket against the present offer."""

    offer: OfferFacts
    quantity: int

    @property
    def problem(self) -> str | None:
        """Why it cannot be ordered as it stands: gone, sold_out, too_few; None when it can."""
        if not self.offer.is_shown:
            return "gone"
        if self.offer.free <= 0:
            return "sold_out"
        return "too_few" if self.offer.free < self.quantity else None

    @property
    def goods_fen(self) -> int:
        """Price times quantity."""
        return self.offer.price_fen * self.quantity


@dataclass(frozen=True)
class BasketFacts:
    """A basket as it stands now."""

    lines: tuple[BasketLineFacts, ...]

    @property
    def goods_fen(self) -> int:
        """What the lines that can be ordered cost together."""
        return sum(line.goods_fen for line in self.lines if line.problem is None)

    @property
    def is_orderable(self) -> bool:
        """Tell whether there is something and nothing stands in the way."""
        return bool(self.lines) and all(line.problem is None for line in self.lines)

    @property
    def count(self) -> int:
        """How many pieces there are."""
        return sum(line.quantity for line in self.lines)


def find_basket(session: Session, *, token: str | None, user_id: int | None) -> Basket | None:
    """Return the basket of a member or, for a visitor, of this browser."""
    if user_id is not None:
        return session.scalars(select(Basket).where(Basket.user_id == user_id)).one_or_none()
    if token is None:
        return None
    return session.scalars(select(Basket).where(Basket.token == token)).one_or_none()


def basket(session: Session, *, token: str | None, user_id: int | None, month: int) -> BasketFacts:
    """Return a basket with its lines read anew."""
    kept = find_basket(session, token=token, user_id=user_id)
    if kept is None:
        return BasketFacts(())
    found = offers(session, [line.variant_id for line in kept.lines], month=month)
    return BasketFacts(tuple(BasketLineFacts(found[line.variant_id], line.quantity) for line in kept.lines))


@dataclass(frozen=True)
class QuoteLine:
    """One line of a quote, with its share of the freight."""

    variant_id: int
    title: str
    unit: str
    pieces: int
    price_fen: int
    quantity: int
    gross_g: int
    vendor_id: int
    vendor_name: str
    village: str
    freight_share_fen: int

    @property
    def goods_fen(self) -> int:
        """Price times quantity."""
        return self.price_fen * self.quantity


@dataclass(frozen=True)
class Quote:
    """All that a buyer agrees to: lines, weight, freight, total."""

    province: str
    lines: tuple[QuoteLine, ...]
    weight_g: int
    freight_fen: int
    days: int

    @property
    def goods_fen(self) -> int:
        """What the goods cost."""
        return sum(line.goods_fen for line in self.lines)

    @property
    def total_fen(self) -> int:
        """What the buyer pays."""
        return self.goods_fen + self.freight_fen

    @property
    def digest(self) -> str:
        """A mark of everything shown: an order is placed only on what its buyer saw."""
        facts = json.dumps(asdict(self), sort_keys=True, ensure_ascii=False)
        return hashlib.sha256(facts.encode()).hexdigest()[:32]


def quote(session: Session, wanted: BasketFacts, province: str) -> Quote:
    """Price a basket to a province; the freight is split over the lines by weight, to the fen.

    Raises:
        NoFreight: parcels do not go there.
        NotFound: the basket is empty.
    """
    if not wanted.lines:
        raise NotFound("basket")
    weights = [line.offer.gross_g * line.quantity for line in wanted.lines]
    freight = freight_quote(session, province, sum(weights))
    shares = split(freight.fen, weights)
    return Quote(
        province=province,
        lines=tuple(
            QuoteLine(
                variant_id=line.offer.variant_id,
                title=line.offer.title,
                unit=line.offer.unit,
                pieces=line.offer.pieces,
                price_fen=line.offer.price_fen,
                quantity=line.quantity,
                gross_g=line.offer.gross_g,
                vendor_id=line.offer.vendor_id,
                vendor_name=line.offer.vendor_name,
                village=line.offer.village,
                freight_share_fen=share,
            )
            for line, share in zip(wanted.lines, shares, strict=True)
        ),
        weight_g=sum(weights),
        freight_fen=freight.fen,
        days=freight.days,
    )


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

    @property
    def accepted(self) -> int:
        """How many were not turned down."""
        return self.quantity - self.rejected

    @property
    def goods_fen(self) -> int:
        """Price times quantity as ordered."""
        return self.price_fen * self.quantity


@dataclass(frozen=True)
class PartFacts:
    """One vendor's part of an order."""

    code: str
    state: VendorOrderState
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


@dataclass(frozen=True)
class OrderFacts:
    """An order with everything on it."""

    id: int
    code: str
    user_id: int | None
    name: str
    phone: str
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
    parts: tuple[PartFacts, ...]

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
    )


def _part(part: VendorOrder) -> PartFacts:
    vendor = part.vendor
    lines = tuple(_line(line) for line in part.lines)
    return PartFacts(part.code, part.state, vendor.code, vendor.name, vendor.village.name, part.due_on, lines)


def _facts(order: Order) -> OrderFacts:
    return OrderFacts(
        id=order.id,
        code=order.code,
        user_id=order.user_id,
        name=order.name,
        phone=order.phone,
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
        parts=tuple(_part(part) for part in order.vendor_orders),
    )


def order_by_code(session: Session, code: str) -> OrderFacts:
    """Return an order, for staff and for flows.

    Raises:
        NotFound: there is none.
    """
    order = session.scalars(select(Order).where(Order.code == code)).one_or_none()
    if order is None:
        raise NotFound("order")
    return _facts(order)


def order_of_phone(session: Session, code: str, phone: str) -> OrderFacts:
    """Return an order to whoever knows its code and phone.

    Raises:
        NotFound: the two do not belong together; which of them is wrong is not said.
    """
    order = session.scalars(select(Order).where(Order.code == code, Order.phone == phone)).one_or_none()
    if order is None:
        raise NotFound("order")
    return _facts(order)


def order_of_member(session: Session, code: str, user_id: int) -> OrderFacts:
    """Return a member's own order.

    Raises:
        NotFound: there is none of theirs.
    """
    order = session.scalars(select(Order).where(Order.code == code, Order.user_id == user_id)).one_or_none()
    if order is None:
        raise NotFound("order")
    return _facts(order)


def order_by_checkout_key(session: Session, key: str) -> str | None:
    """Return the code of the order a checkout page already placed, or None."""
    return session.scalar(select(Order.code).where(Order.checkout_key == key))


def orders_of_member(session: Session, user_id: int, limit: int = 50) -> list[OrderFacts]:
    """Return a member's orders, newest first."""
    wanted = select(Order).where(Order.user_id == user_id).order_by(Order.id.desc()).limit(limit)
    return [_facts(order) for order in session.scalars(wanted)]


def recent_orders(session: Session, *, page: int = 1, per_page: int = 50) -> list[OrderFacts]:
    """Return orders for staff, newest first; one more than a page tells that there is a next."""
    wanted = select(Order).order_by(Order.id.desc()).offset((page - 1) * per_page).limit(per_page + 1)
    return [_facts(order) for order in session.scalars(wanted)]


def orders_with_parts_in(session: Session, states: Iterable[VendorOrderState]) -> list[OrderFacts]:
    """Return paid orders with a vendor's part in one of these states, oldest first."""
    inside = (
        select(VendorOrder.id).where(VendorOrder.order_id == Order.id, VendorOrder.state.in_(list(states))).exists()
    )
    wanted = select(Order).where(Order.state == OrderState.PAID, inside).order_by(Order.id)
    return [_facts(order) for order in session.scalars(wanted)]


def expired_orders(session: Session, now: datetime, limit: int = 100) -> list[str]:
    """Return codes of unpaid orders whose time has run out, oldest first."""
    wanted = select(Order.code).where(Order.state == OrderState.PLACED, Order.hold_until <= now)
    return list(session.scalars(wanted.order_by(Order.id).limit(limit)))


def history(session: Session, order_id: int) -> list[Passage]:
    """Return every passage of an order and its parts, in order."""
    codes = {
        part.id: part.code for part in session.scalars(select(VendorOrder).where(VendorOrder.order_id == order_id))
    }
    rows = session.scalars(select(OrderHistory).where(OrderHistory.order_id == order_id).order_by(OrderHistory.id))
    return [
        Passage(
            codes[row.vendor_order_id] if row.vendor_order_id else None, row.to_state, row.at, row.actor, row.reason
        )
        for row in rows
    ]


@dataclass(frozen=True)
class Wanted:
    """What one vendor is asked for: no buyer's name, phone or street is in it."""

    code: str
    order_code: str
    state: VendorOrderState
    placed_at: datetime
    due_on: date | None
    lines: tuple[LineFacts, ...]


def wanted_of_vendor(session: Session, vendor_id: int, states: Sequence[VendorOrderState]) -> list[Wanted]:
    """Return a vendor's parts in these states, oldest first."""
    wanted = (
        select(VendorOrder)
        .where(VendorOrder.vendor_id == vendor_id, VendorOrder.state.in_(states))
        .order_by(VendorOrder.id)
    )
    return [
        Wanted(
            code=part.code,
            order_code=part.order.code,
            state=part.state,
            placed_at=part.order.placed_at,
            due_on=part.due_on,
            lines=tuple(_line(line) for line in part.lines),
        )
        for part in session.scalars(wanted)
    ]
