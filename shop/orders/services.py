"""Writes of baskets and orders. Stock, money and messages of the same act are joined to them in `shop.flows`."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import bindparam, delete, insert, select
from sqlalchemy.orm import Session

from shop.catalog.models import ReturnClass, Variant
from shop.kernel.actor import Actor
from shop.kernel.clock import Clock, town_day
from shop.kernel.codes import new_code
from shop.kernel.db import Values, direct
from shop.kernel.errors import Invalid, NotFound
from shop.kernel.languages import Language
from shop.kernel.states import check_passage, passage
from shop.orders.models import (
    Basket,
    BasketLine,
    Box,
    Handing,
    Order,
    OrderHistory,
    OrderLine,
    OrderState,
    VendorOrder,
    VendorOrderState,
)
from shop.orders.queries.baskets import MAX_QUANTITY, BasketFacts, basket, find_basket
from shop.orders.queries.quotes import Destination, Quote, QuoteLine
from shop.orders.rules import NEXT, VENDOR_NEXT, rejected_share, weight_back, weight_over

MAX_LINES = 50


@dataclass(frozen=True)
class Recipient:
    """To whom an order goes, how, and where; the four parts of the place are empty when it is collected."""

    name: str
    phone: str
    province: str = ""
    city: str = ""
    district: str = ""
    street: str = ""
    note: str = ""
    handing: Handing = Handing.DELIVERY
    email: str = ""
    at_once: bool = False
    language: Language = Language.HANS

    @property
    def destination(self) -> Destination:
        """What its price depends on."""
        return Destination(self.handing, self.province if self.handing is Handing.DELIVERY else "", self.at_once)


def put_in_basket(
    session: Session,
    variant_id: int,
    quantity: int,
    *,
    token: str | None,
    user_id: int | None,
    add: bool,
    clock: Clock,
) -> BasketFacts:
    """Set, or add to, how many of a variant a basket holds; none takes the line out. Nothing is held back by it.

    Args:
        token: the visitor's browser, when nobody is signed in.
        add: add to what is there instead of replacing it.

    Raises:
        Invalid: the quantity is outside 0 to 999, or the basket is full.
        NotFound: there is no such variant.
    """
    if not 0 <= quantity <= MAX_QUANTITY or (add and quantity == 0):
        raise Invalid("quantity", "range")
    if session.get(Variant, variant_id) is None:
        raise NotFound("variant")
    kept = own_basket(session, token=token, user_id=user_id, clock=clock)
    line = next((line for line in kept.lines if line.variant_id == variant_id), None)
    if add and line is not None:
        quantity += line.quantity
        if quantity > MAX_QUANTITY:
            raise Invalid("quantity", "range")
    if quantity == 0:
        if line is not None:
            kept.lines.remove(line)
    elif line is not None:
        line.quantity = quantity
    else:
        if len(kept.lines) >= MAX_LINES:
            raise Invalid("quantity", "full")
        kept.lines.append(BasketLine(variant_id=variant_id, quantity=quantity))
    session.flush()
    now_there = basket(session, token=token, user_id=user_id, today=town_day(clock()))
    note_seen(session, now_there, token=token, user_id=user_id, variant_ids={variant_id})
    return now_there


def own_basket(session: Session, *, token: str | None, user_id: int | None, clock: Clock) -> Basket:
    """Return the basket of a member or of a visitor's browser for change, a new one where there was none."""
    kept = find_basket(session, token=token, user_id=user_id)
    if kept is None:
        kept = Basket(token=None if user_id is not None else token, user_id=user_id, updated_at=clock())
        session.add(kept)
        session.flush()
    kept.updated_at = clock()
    return kept


def note_seen(
    session: Session,
    shown: BasketFacts,
    *,
    token: str | None,
    user_id: int | None,
    variant_ids: Collection[int] | None = None,
) -> None:
    """Remember the prices that a buyer was shown, so that a later page can say what has changed.

    Args:
        variant_ids: of these lines only; without it of all.
    """
    kept = find_basket(session, token=token, user_id=user_id)
    prices = {line.offer.way.variant_id: line.offer.way.price_fen for line in shown.lines}
    for line in kept.lines if kept is not None else ():
        if (variant_ids is None or line.variant_id in variant_ids) and line.variant_id in prices:
            line.seen_fen = prices[line.variant_id]
    session.flush()


def merge_baskets(session: Session, token: str, user_id: int, *, clock: Clock) -> int:
    """Pour a visitor's basket into the member's own; where both hold a thing, the larger number stays.

    Returns:
        How many things found no room.
    """
    guest = find_basket(session, token=token, user_id=None)
    if guest is None:
        return 0
    own = find_basket(session, token=None, user_id=user_id)
    if own is None:
        guest.token, guest.user_id, guest.updated_at = None, user_id, clock()
        session.flush()
        return 0
    left_out = 0
    mine = {line.variant_id: line for line in own.lines}
    for line in guest.lines:
        if line.variant_id in mine:
            mine[line.variant_id].quantity = max(mine[line.variant_id].quantity, line.quantity)
        elif len(own.lines) < MAX_LINES:
            own.lines.append(BasketLine(variant_id=line.variant_id, quantity=line.quantity, seen_fen=line.seen_fen))
        else:
            left_out += 1
    own.updated_at = clock()
    session.delete(guest)
    session.flush()
    return left_out


EMPTY_OF_MEMBER, EMPTY_OF_VISITOR = (
    delete(BasketLine).where(BasketLine.basket_id.in_(select(Basket.id).where(whose == bindparam("whose"))))
    for whose in (Basket.user_id, Basket.token)
)


def empty_basket(session: Session, *, token: str | None, user_id: int | None) -> None:
    """Take everything out of a basket: it was ordered."""
    statement, whose = (EMPTY_OF_VISITOR, token) if user_id is None else (EMPTY_OF_MEMBER, user_id)
    if whose is not None:
        direct(session, statement, {"whose": whose})


NEW_ORDER = insert(Order).returning(Order.id)
NEW_PART = insert(VendorOrder).returning(VendorOrder.id)
NEW_LINES = insert(OrderLine)
NEW_PASSAGE = insert(OrderHistory)


def write_order(
    session: Session,
    agreed: Quote,
    to: Recipient,
    *,
    checkout_key: str,
    user_id: int | None,
    browser: str,
    fees_bp: Mapping[int, int],
    version_ids: Mapping[int, int],
    hold_minutes: int,
    actor: Actor,
    clock: Clock,
) -> str:
    """Write an order as its buyer agreed to it: a part for each vendor and box, each line with its frozen freight.

    What its buyer had to confirm is written down as confirmed: without that no order gets this far. It writes rows and
    makes no objects, for an order is placed while all other buyers wait for their turn.

    Args:
        checkout_key: made with the page; UNIQUE, so a second click cannot write a second order.
        browser: a mark of the basket it came from.
        fees_bp: vendor id -> the centre's fee in basis points, frozen here.
        version_ids: listing id -> the kept version that its buyer saw.

    Returns:
        The order's code.
    """
    now, code = clock(), new_code(8)
    row = {
        "code": code,
        "checkout_key": checkout_key,
        "user_id": user_id,
        "browser": browser,
        "name": to.name,
        "phone": to.phone,
        "handing": to.handing,
        "province": to.province,
        "city": to.city,
        "district": to.district,
        "street": to.street,
        "note": to.note,
        "email": to.email,
        "language": to.language,
        "goods_fen": agreed.goods_fen,
        "freight_fen": agreed.freight_fen,
        "total_fen": agreed.total_fen,
        "placed_at": now,
        "hold_until": now + timedelta(minutes=hold_minutes),
        "promised_on": agreed.promised_on,
        "at_once": to.at_once,
    }
    order_id: int = direct(session, NEW_ORDER, row).scalar_one()
    parts: dict[tuple[int, Box], int] = {}
    for vendor_id, box in dict.fromkeys((line.vendor_id, line.box) for line in agreed.lines):
        part = {
            "code": new_code(8),
            "order_id": order_id,
            "vendor_id": vendor_id,
            "box": box,
            "fee_bp": fees_bp[vendor_id],
        }
        parts[vendor_id, box] = direct(session, NEW_PART, part).scalar_one()
    # Part by part, as the centre works through them.
    lines = sorted(agreed.lines, key=lambda line: parts[line.vendor_id, line.box])
    direct(session, NEW_LINES, [_line(line, parts[line.vendor_id, line.box], version_ids) for line in lines])
    first = passage(None, OrderState.PLACED, actor=actor, clock=clock)
    direct(session, NEW_PASSAGE, {"order_id": order_id, **first})
    return code


def _line(line: QuoteLine, part_id: int, version_ids: Mapping[int, int]) -> Values:
    return {
        "vendor_order_id": part_id,
        "variant_id": line.variant_id,
        "title": line.title,
        "unit": line.unit,
        "pieces": line.pieces,
        "price_fen": line.price_fen,
        "per_500g_fen": line.per_500g_fen,
        "quantity": line.quantity,
        "gross_g": line.gross_g,
        "harvest_on": line.harvest_on,
        "listing_version_id": version_ids.get(line.listing_id),
        "freight_share_fen": line.freight_share_fen,
        "return_class": line.return_class,
        "exception_confirmed": line.return_class is ReturnClass.CONFIRMED_EXCEPTION,
    }


def lock(session: Session, code: str) -> Order:
    """Return an order for change.

    Raises:
        NotFound: there is none.
    """
    wanted = select(Order).where(Order.code == code).with_for_update()
    order = session.scalars(wanted.execution_options(populate_existing=True)).one_or_none()
    if order is None:
        raise NotFound("order")
    return order


def lock_part(session: Session, code: str) -> VendorOrder:
    """Return a vendor's part for change, its order locked first so that all acts lock in one direction.

    Raises:
        NotFound: there is none.
    """
    order_code = session.scalar(select(Order.code).join(VendorOrder).where(VendorOrder.code == code))
    if order_code is None:
        raise NotFound("vendor_order")
    order = lock(session, order_code)
    return next(part for part in order.vendor_orders if part.code == code)


def advance(session: Session, order: Order, to: OrderState, *, actor: Actor, clock: Clock, reason: str = "") -> None:
    """Move an order on, with its history; the only writer of an order's state.

    Raises:
        WrongState: the table has no such passage.
    """
    check_passage("order", NEXT, order.state, to)
    row = passage(order.state, to, actor=actor, clock=clock, reason=reason)
    session.add(OrderHistory(order_id=order.id, **row))
    order.state = to
    session.flush()


def advance_part(
    session: Session, part: VendorOrder, to: VendorOrderState, *, actor: Actor, clock: Clock, reason: str = ""
) -> None:
    """Move a vendor's part on, with its history; the only writer of its state.

    Raises:
        WrongState: the table has no such passage.
    """
    check_passage("vendor_order", VENDOR_NEXT, part.state, to)
    row = passage(part.state, to, actor=actor, clock=clock, reason=reason)
    session.add(OrderHistory(order_id=part.order_id, vendor_order_id=part.id, **row))
    part.state = to
    session.flush()


def lie_there(session: Session, order: Order, on: date, *, actor: Actor, clock: Clock) -> None:
    """Let the parts of a paid order that is taken along at once wait at the counter, also when its money came late.

    Args:
        on: the first day on which they can be taken along now that it is paid.
    """
    order.promised_on = on
    for part in order.vendor_orders:
        if part.state is not VendorOrderState.WAITING:
            advance_part(session, part, VendorOrderState.WAITING, actor=actor, clock=clock)


def shorten_hold(session: Session, code: str, *, clock: Clock) -> None:
    """Let an unpaid order's time be over now."""
    order = lock(session, code)
    if order.state is OrderState.PLACED:
        order.hold_until = min(order.hold_until, clock())
        session.flush()


def mark_ready(session: Session, vendor_id: int, code: str, *, actor: Actor, clock: Clock) -> VendorOrder:
    """Note that a vendor has a part ready to be brought; said twice, it changes nothing.

    Raises:
        NotFound: the vendor has no such part.
        WrongState: it was not asked for, or has gone on.
    """
    part = lock_part(session, code)
    if part.vendor_id != vendor_id:
        raise NotFound("vendor_order")
    if part.state is not VendorOrderState.READY:
        advance_part(session, part, VendorOrderState.READY, actor=actor, clock=clock)
    return part


def reject(session: Session, line: OrderLine, more: int) -> int:
    """Write down that more of a line will not come, and return what the buyer gets back for it in fen.

    Raises:
        Invalid: more than there are left of it.
    """
    if not 0 < more <= line.quantity - line.rejected:
        raise Invalid("rejected", "range")
    back = rejected_share(
        price_fen=line.price_fen,
        freight_share_fen=line.freight_share_fen,
        quantity=line.quantity,
        before=line.rejected,
        more=more,
    )
    line.rejected += more
    session.flush()
    return back


def weigh(session: Session, line: OrderLine, grams: int) -> int:
    """Write down what the pieces of a line that came weigh together, and return what the buyer gets back in fen.

    They were charged at the ceiling; what they cost the buyer by weight is never more than that, whatever they weigh.
    What they cost above it is written down too: the centre carries it.

    Raises:
        Invalid: it is not sold by weight, or nothing of that kind can weigh so much or so little.
    """
    good = line.quantity - line.rejected
    if line.per_500g_fen is None or line.weighed_g is not None:
        raise Invalid("weighed", "by_piece")
    back = weight_back(line.price_fen, line.per_500g_fen, good, grams)
    line.weighed_g, line.weight_back_fen = grams, back
    line.weight_over_fen = weight_over(line.price_fen, line.per_500g_fen, good, grams)
    session.flush()
    return back
