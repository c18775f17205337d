"""Cash: taken when goods are handed over, handed back at the counter, handed in by the driver.

What people note goes into the cash gateway's book first and is then applied like any provider's word; what a crash
leaves between the two is found by the sweeps, or by noting it again.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from shop.flows import refunds, settle
from shop.fulfilment.models import Parcel
from shop.kernel.actor import Actor
from shop.kernel.clock import Clock
from shop.kernel.edge import Edge
from shop.kernel.errors import Forbidden, Invalid, NotFound, WrongState
from shop.kernel.queues import Queue
from shop.ledger import rules as accounts
from shop.ledger.models import Account
from shop.ledger.queries import balance, legs
from shop.ledger.services import post
from shop.orders.models import Handing, Order, OrderState
from shop.orders.queries.orders import order_by_code
from shop.payments import queries
from shop.payments.gateways.cash import CashGateway
from shop.payments.gateways.protocol import InvalidState, PaymentGateway, wired
from shop.payments.models import Payment, PaymentState, Refund, RefundState

TAKERS: Mapping[Handing, tuple[str, ...]] = {
    Handing.COLLECTION: ("staff", "counter", "manager"),
    Handing.DELIVERY: ("driver", "manager"),
}
"""Who takes cash where."""


@dataclass(frozen=True)
class Due:
    """Cash to be taken for an order, in fen."""

    order_code: str
    payment_code: str
    amount_fen: int


@dataclass(frozen=True)
class ToHandBack:
    """Cash that waits at the counter for its buyer, in fen."""

    code: str
    order_code: str
    name: str
    phone: str
    amount_fen: int
    reason: str
    asked_at: datetime


def due_for(session: Session, order_code: str) -> Due | None:
    """Return what is to be taken in cash for an order, or None when nothing is."""
    wanted = _due().where(Order.code == order_code)
    row = session.execute(wanted).first()
    return None if row is None else Due(*row)


def due_at_doors(session: Session, parcel_codes: Collection[str]) -> Mapping[str, Due]:
    """Return what is to be taken in cash when these parcels are handed over, by the parcel's code.

    An order's money is taken with its first box, for all of them.
    """
    wanted = _due().add_columns(Parcel.code).join(Parcel, Parcel.order_id == Order.id)
    rows = session.execute(wanted.where(Parcel.code.in_(parcel_codes)))
    return {parcel: Due(order, payment, amount_fen) for order, payment, amount_fen, parcel in rows}


_CASH_BACK = (Payment.gateway == CashGateway.code, Refund.state.in_((RefundState.CREATED, RefundState.PENDING)))
CASH_BACK: Queue = select(Refund.created_at).join(Payment, Payment.id == Refund.payment_id).where(*_CASH_BACK)
"""Cash that waits to be handed back."""


def waiting_refunds(session: Session) -> list[ToHandBack]:
    """Return the cash that waits to be handed back, oldest first."""
    wanted = (
        select(Refund.code, Order.code, Order.name, Order.phone, Refund.amount_fen, Refund.reason, Refund.created_at)
        .join(Payment, Payment.id == Refund.payment_id)
        .join(Order, Order.code == Payment.reference)
        .where(*_CASH_BACK)
        .order_by(Refund.id)
    )
    return [ToHandBack(*row) for row in session.execute(wanted)]


def take(
    edge: Edge,
    gateways: Mapping[str, PaymentGateway],
    payment_code: str,
    amount_fen: int,
    *,
    actor: Actor,
    clock: Clock,
) -> None:
    """Note that the cash for an order was taken: the order is paid. Noted again, it is once.

    Args:
        amount_fen: what the person who took it was shown, exactly.

    Raises:
        Forbidden: cash for such an order is not this actor's to take.
        NotFound: there is no such payment.
        InvalidState: it comes to another amount by now, or is not to be paid in cash.
        WrongState: the order waits for no cash.
        GatewayUnavailable: cash was switched off.
    """
    with edge.reading() as session:
        payment = queries.payment_by_code(session, payment_code)
        order = order_by_code(session, payment.reference)
    if not actor.has(*TAKERS[order.handing]):
        raise Forbidden("cash")
    gateway = _cash(gateways, payment.gateway)
    if payment.state is not PaymentState.CAPTURED and order.state is not OrderState.AGREED:
        raise WrongState("order", order.state, OrderState.PAID)
    # It may not have come to its turn yet; cash leads nobody to another page, so it needs no address to come back to.
    settle.start(edge, gateway, payment.code, public_url="", clock=clock)
    with edge.reading() as session:
        provider_ref = queries.payment_by_code(session, payment.code).provider_ref
    assert provider_ref is not None, "a started payment has its provider's reference"
    said = gateway.take(provider_ref, amount_fen, by=actor.label, now=clock())
    edge.run(lambda session: settle.apply(session, said, clock=clock))


def check_waiting(session: Session, refund_code: str, *, actor: Actor) -> None:
    """Refuse whoever may not hand cash back, and what is no refund in cash.

    Raises:
        Forbidden: the actor is not of the counter.
        NotFound: there is no such refund in cash.
    """
    if not actor.has(*TAKERS[Handing.COLLECTION]):
        raise Forbidden("cash")
    _refund_in_cash(session, refund_code)


def hand_back(
    edge: Edge, gateways: Mapping[str, PaymentGateway], refund_code: str, *, actor: Actor, clock: Clock
) -> None:
    """Note that the cash of a refund was handed back at the counter. Noted again, it is once.

    Raises:
        Forbidden: the actor is not staff.
        NotFound: there is no such refund in cash.
        GatewayUnavailable: cash was switched off.
    """
    with edge.reading() as session:
        check_waiting(session, refund_code, actor=actor)
    gateway = _cash(gateways, CashGateway.code)
    refunds.drive(edge, gateways, refund_code, clock=clock)
    with edge.reading() as session:
        refund_ref = _refund_in_cash(session, refund_code).provider_ref
    assert refund_ref is not None, "a driven refund has its provider's reference"
    gateway.hand_back(refund_ref, by=actor.label, now=clock())
    refunds.drive(edge, gateways, refund_code, clock=clock)


def hand_in(session: Session, amount_fen: int, *, key: str, actor: Actor, clock: Clock) -> None:
    """Post that the driver's cash, or part of it, came into the till.

    Args:
        key: made with the form; the same one hands in once.

    Raises:
        Forbidden: the actor is not staff.
        Invalid: it is nothing, or more than the driver has taken.
    """
    if not actor.has(*TAKERS[Handing.COLLECTION]):
        raise Forbidden("cash")
    session.scalars(select(Account).where(Account.code == accounts.COURIER_TOWN).with_for_update()).first()
    key = f"handed_in:{key}"
    if legs(session, key):
        return
    if not 0 < amount_fen <= balance(session, accounts.COURIER_TOWN):
        raise Invalid("amount", "range")
    post(
        session,
        key=key,
        kind="handed_in",
        reference="",
        legs={accounts.CASH_CENTRE: amount_fen, accounts.COURIER_TOWN: -amount_fen},
        actor=actor,
        clock=clock,
    )


def _due() -> Select[str, str, int]:
    return (
        select(Order.code, Payment.code, Payment.amount_fen)
        .join(Payment, Payment.reference == Order.code)
        .where(
            Order.state == OrderState.AGREED,
            Payment.gateway == CashGateway.code,
            Payment.state.in_((PaymentState.CREATED, PaymentState.PENDING)),
        )
    )


def _refund_in_cash(session: Session, code: str) -> Refund:
    refund = session.scalars(select(Refund).where(Refund.code == code)).one_or_none()
    if refund is None or refund.payment.gateway != CashGateway.code:
        raise NotFound("refund")
    return refund


def _cash(gateways: Mapping[str, PaymentGateway], code: str) -> CashGateway:
    gateway = wired(gateways, code)
    if not isinstance(gateway, CashGateway):
        raise InvalidState
    return gateway
