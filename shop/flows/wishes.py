"""A buyer's wish to be let go after the centre took goods in: asked once, answered by a person, in words."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from shop.flows import refunds
from shop.flows.closing import end_sale
from shop.flows.giving import AT_CENTRE, Pieces, check_desk, check_figures, end_emptied, take_back
from shop.kernel.actor import Actor
from shop.kernel.clock import Clock
from shop.kernel.edge import Edge
from shop.kernel.errors import Invalid, NotFound, Stale, WrongState
from shop.notifications.services import tell_buyer
from shop.orders import services
from shop.orders.models import CancelWish, Order, OrderHistory, OrderState, VendorOrderState
from shop.orders.queries.orders import OrderFacts
from shop.orders.rules import BEFORE_INTAKE, CARRIED_OUT, End, may_buyer_cancel
from shop.payments.gateways.protocol import PaymentGateway
from shop.payments.models import RefundSource

STILL_HERE = BEFORE_INTAKE | AT_CENTRE


@dataclass(frozen=True)
class WishFacts:
    """A wish and, once there is one, its answer.

    Attributes:
        version: how far the order had come: how many passages it had made.
    """

    order_code: str
    name: str
    reason: str
    asked_at: datetime
    is_granted: bool | None
    answer: str
    version: int


PASSAGES = (
    select(func.count(OrderHistory.id))
    .where(OrderHistory.order_id == CancelWish.order_id)
    .correlate(CancelWish)
    .scalar_subquery()
)


def _facts(wish: CancelWish, order_code: str, name: str, version: int) -> WishFacts:
    return WishFacts(order_code, name, wish.reason, wish.asked_at, wish.is_granted, wish.answer, version)


def wish_of(session: Session, order: OrderFacts) -> WishFacts | None:
    """Return the wish about an order, or None."""
    row = session.execute(select(CancelWish, PASSAGES).where(CancelWish.order_id == order.id)).one_or_none()
    return None if row is None else _facts(row[0], order.code, order.name, row[1])


def open_wishes(session: Session, *, offset: int = 0, limit: int | None = None) -> list[WishFacts]:
    """Return the wishes that nobody has answered, oldest first."""
    rows = session.execute(
        select(CancelWish, Order.code, Order.name, PASSAGES)
        .join(Order, Order.id == CancelWish.order_id)
        .where(CancelWish.answered_at.is_(None))
        .order_by(CancelWish.id)
        .offset(offset)
        .limit(limit)
    )
    return [_facts(*row) for row in rows]


def may_wish(order: OrderFacts) -> bool:
    """Tell whether a buyer who may no longer cancel alone may ask to be let go: something has not left yet."""
    return _may(order.state, order.states)


def _may(state: OrderState, parts: tuple[VendorOrderState, ...]) -> bool:
    return state in CARRIED_OUT and not may_buyer_cancel(state, parts) and not STILL_HERE.isdisjoint(parts)


def ask_cancel(session: Session, code: str, *, reason: str, clock: Clock) -> None:
    """Write down that a buyer wants to be let go; asked twice, the first stands. The caller has made sure whose it is.

    Raises:
        NotFound: there is no such order.
        WrongState: the buyer may still cancel alone, or everything has left.
    """
    order = services.lock(session, code)
    if session.scalar(select(CancelWish.id).where(CancelWish.order_id == order.id)) is not None:
        return
    if not _may(order.state, tuple(part.state for part in order.vendor_orders)):
        raise WrongState("order", order.state, OrderState.CANCELLED)
    session.add(CancelWish(order_id=order.id, reason=reason.strip(), asked_at=clock()))
    session.flush()


def answer(
    edge: Edge,
    gateways: Mapping[str, PaymentGateway],
    code: str,
    *,
    grants: bool,
    words: str,
    seen: int | None = None,
    actor: Actor,
    clock: Clock,
) -> None:
    """Answer a wish, once: granted, whatever has not left is cancelled and its money goes back in full.

    The same answer of the same person again changes nothing.

    Goods that the household still has go back on the shelf; those that the centre has taken in do not, as the table of
    `orders.rules.GIVES_BACK` says.

    Args:
        seen: version of the wish that the page showed; None where no page was.

    Raises:
        Forbidden: the actor is not staff.
        Invalid: there are no words for the buyer.
        NotFound: nobody wished that.
        Stale: the order has come further since.
        WrongState: it was answered already, or everything has left meanwhile.
        FiguresDiffer, GatewayUnavailable: as `giving.check_figures`; nothing was moved.
    """
    check_desk(actor)
    if not words.strip():
        raise Invalid("words", "empty")
    if grants:
        check_figures(edge, gateways, code)

    def act(session: Session) -> None:
        order = services.lock(session, code)
        asked = select(CancelWish, PASSAGES).where(CancelWish.order_id == order.id)
        row = session.execute(asked.execution_options(populate_existing=True)).one_or_none()
        if row is None:
            raise NotFound("wish")
        wish, version = row
        if wish.answered_at is not None:
            if (wish.answered_by, wish.is_granted, wish.answer) == (actor.label, grants, words.strip()):
                return
            raise WrongState("order", order.state, OrderState.CANCELLED)
        if seen is not None and seen != version:
            raise Stale("wish")
        if grants:
            _let_go(session, order, words.strip(), actor=actor, clock=clock)
        wish.answered_at, wish.answered_by = clock(), actor.label
        wish.is_granted, wish.answer = grants, words.strip()
        session.flush()
        values = {"code": order.code, "is_granted": grants, "words": words.strip()}
        tell_buyer(session, order, "wish_answered", values, clock=clock)

    edge.run(act)


def _let_go(session: Session, order: Order, words: str, *, actor: Actor, clock: Clock) -> None:
    amount = 0
    for part in order.vendor_orders:
        if part.state not in STILL_HERE:
            continue
        end = End.CANCELLED if part.state in BEFORE_INTAKE else End.RETURNED
        for line in part.lines:
            pieces = line.quantity - line.rejected
            if pieces:
                amount += take_back(session, line, Pieces(line.id, pieces)).fen
                end_sale(session, end, line, pieces, order, actor=actor, clock=clock)
    if not amount:
        raise WrongState("order", order.state, OrderState.CANCELLED)
    refunds.give_back(
        session,
        order,
        amount,
        key=f"wish:{order.code}",
        reason="wish",
        actor=actor,
        clock=clock,
        source=RefundSource.BUYER,
        note=words,
    )
    end_emptied(session, order, reason="wish", actor=actor, clock=clock)
