"""Ends of an order that is not carried out: its time ran out, or its buyer changed their mind."""

import logging
from collections.abc import Collection, Mapping

from sqlalchemy.orm import Session

from shop.catalog import counter, stock
from shop.flows import refunds, settle
from shop.fulfilment.rules import is_ready_to_collect
from shop.fulfilment.services import check_bench
from shop.kernel.actor import Actor, system
from shop.kernel.clock import Clock
from shop.kernel.edge import Edge
from shop.kernel.errors import NotFound, ShopError, WrongState
from shop.notifications.services import tell_buyer
from shop.orders import services
from shop.orders.models import Handing, Order, OrderLine, OrderState, VendorOrderState
from shop.orders.queries.orders import expired_orders, order_by_code, overdue_holding
from shop.orders.rules import BEFORE_INTAKE, CARRIED_OUT, DECLINED, ENDED, GIVES_BACK, End, may_buyer_cancel, there
from shop.payments import services as payments
from shop.payments.gateways.protocol import PaymentGateway
from shop.town.queries import the_town

log = logging.getLogger(__name__)

EXPIRER = system("job:expire")


def expire_due(edge: Edge, gateways: Mapping[str, PaymentGateway], *, public_url: str, clock: Clock) -> None:
    """End every unpaid order whose time has run out."""
    with edge.reading() as session:
        codes = expired_orders(session, clock())
    for code in codes:
        try:
            expire(edge, gateways, code, public_url=public_url, clock=clock)
        except ShopError as refusal:  # one silent provider must not keep the other orders' goods
            log.warning("left for the next round", extra={"order": code, "error": type(refusal).__name__})


def expire(edge: Edge, gateways: Mapping[str, PaymentGateway], code: str, *, public_url: str, clock: Clock) -> None:
    """End one unpaid order: first the payment at its provider, then the goods go back to the shelf.

    The order matters: freed goods could be sold again while the first buyer's money still arrives. Only a payment
    whose gateway is switched off does not wait for its end: nobody could say when that comes.
    """
    settle.void_payments(edge, gateways, code, public_url=public_url, clock=clock)

    def finish(session: Session) -> None:
        order = services.lock(session, code)
        if order.state is not OrderState.PLACED or order.hold_until > clock():
            return
        if settle.is_open(session, code, gateways):
            return
        _free(session, order, OrderState.EXPIRED, actor=EXPIRER, clock=clock, reason="time")

    edge.run(finish)


def run_out(edge: Edge, gateways: Mapping[str, PaymentGateway], code: str, *, public_url: str, clock: Clock) -> None:
    """End an unpaid order before its time, as if that had run out: for trying what happens to money that comes late."""
    edge.run(lambda session: services.shorten_hold(session, code, clock=clock))
    expire(edge, gateways, code, public_url=public_url, clock=clock)


def cancel(
    edge: Edge,
    gateways: Mapping[str, PaymentGateway],
    code: str,
    *,
    public_url: str,
    actor: Actor,
    clock: Clock,
) -> None:
    """Cancel an order for its buyer, while the centre has taken nothing in; what was paid goes back in full.

    The caller has made sure that the actor is the order's buyer. Cancelled twice, it changes nothing.

    Raises:
        WrongState: the goods are being packed already, or the order is over.
    """
    with edge.reading() as session:
        order_facts = order_by_code(session, code)
    if order_facts.state is OrderState.CANCELLED:
        return
    if not may_buyer_cancel(order_facts.state, order_facts.states):
        raise WrongState("order", order_facts.state, OrderState.CANCELLED)
    if order_facts.state is OrderState.PLACED:
        settle.void_payments(edge, gateways, code, public_url=public_url, clock=clock)

    def finish(session: Session) -> None:
        order = services.lock(session, code)
        if order.state is OrderState.CANCELLED:
            return
        if not may_buyer_cancel(order.state, [part.state for part in order.vendor_orders]):
            raise WrongState("order", order.state, OrderState.CANCELLED)
        if order.state is OrderState.PLACED:
            _free(session, order, OrderState.CANCELLED, actor=actor, clock=clock, reason="buyer")
        else:
            _unsell(session, order, actor=actor, clock=clock, reason="buyer")

    edge.run(finish)


def unsell_at_counter(session: Session, code: str, *, actor: Actor, clock: Clock) -> None:
    """Let a paid order go that was to be taken along at once: somebody at the counter heard that nobody wants it.

    Raises:
        Forbidden: the actor does not work at the counter.
        NotFound: there is no such order.
        WrongState: it is another kind of order, is not paid, or has ended.
    """
    check_bench(actor, "counter")
    order = services.lock(session, code)
    if not order.at_once or order.state is not OrderState.PAID:
        raise WrongState("order", order.state, OrderState.CANCELLED)
    _unsell(session, order, actor=actor, clock=clock, reason="counter")


def free_unstarted(session: Session, variant_ids: Collection[int], clock: Clock) -> bool:
    """End at once overdue orders that hold these and whose payment never reached a provider; tell if there were any.

    The others wait for the expiry job, which first ends their payment at the provider.
    """
    freed = False
    for code in overdue_holding(session, variant_ids, clock()) if variant_ids else ():
        order = services.lock(session, code)
        if order.state is OrderState.PLACED and payments.drop_unstarted(session, code, actor=EXPIRER, clock=clock):
            _free(session, order, OrderState.EXPIRED, actor=EXPIRER, clock=clock, reason="time")
            freed = True
    return freed


def decline_part(session: Session, vendor_id: int, part_code: str, *, actor: Actor, clock: Clock) -> None:
    """A vendor has not got what was asked: their part is cancelled and its money goes back.

    The goods do not go back to the shelf, for the vendor has just said that there are none.

    Raises:
        NotFound: the vendor has no such part.
        WrongState: the goods have already been taken in, or nobody has asked for them.
    """
    part = services.lock_part(session, part_code)
    if part.vendor_id != vendor_id:
        raise NotFound("vendor_order")
    if part.state is VendorOrderState.CANCELLED:
        return
    if part.state not in BEFORE_INTAKE - {VendorOrderState.WAITING}:  # later only the centre lets it go
        raise WrongState("vendor_order", part.state, VendorOrderState.CANCELLED)
    services.advance_part(session, part, VendorOrderState.CANCELLED, actor=actor, clock=clock, reason=DECLINED)
    order = part.order
    amount = 0
    for line in part.lines:
        missing = line.quantity - line.rejected
        if not missing:  # the centre has given all of it back already
            continue
        amount += services.reject(session, line, missing)
        end_sale(session, End.DECLINED, line, missing, order, actor=actor, clock=clock)
    refunds.give_back(session, order, amount, key=f"declined:{part.code}", reason="declined", actor=actor, clock=clock)
    tell_when_ready(session, order, clock=clock)
    close_if_ended(session, order, actor=actor, clock=clock)


def close_if_ended(session: Session, order: Order, *, actor: Actor, clock: Clock) -> None:
    """End an order when the last of its parts has ended: done if it was paid and anything left, else cancelled."""
    states = {part.state for part in order.vendor_orders}
    if order.state not in CARRIED_OUT or not states <= ENDED:
        return
    left = states & {VendorOrderState.DELIVERED, VendorOrderState.RETURNED}
    is_done = bool(left) and order.state is OrderState.PAID
    services.advance(session, order, OrderState.DONE if is_done else OrderState.CANCELLED, actor=actor, clock=clock)


def tell_when_ready(session: Session, order: Order, *, clock: Clock) -> None:
    """Tell the buyer of a collected order that it lies ready, after the act by which the last of it was packed."""
    if (
        order.handing is Handing.COLLECTION
        and not order.at_once
        and is_ready_to_collect(part.state for part in order.vendor_orders)
    ):
        values = {"code": order.code, "where": the_town(session).centre_address}
        tell_buyer(session, order, "collection_ready", values, clock=clock)


def end_sale(
    session: Session, end: End, line: OrderLine, pieces: int, order: Order, *, actor: Actor, clock: Clock
) -> None:
    """Give sold pieces of a line back to the shelf, and to the counter they lie on, if the table says so of its end."""
    if not pieces or not GIVES_BACK[end]:
        return
    stock.put_back(session, line.variant_id, pieces, order.code, actor=actor, clock=clock)
    if order.at_once:
        counter.leave_there(session, {line.variant_id: pieces})


def _free(session: Session, order: Order, to: OrderState, *, actor: Actor, clock: Clock, reason: str) -> None:
    stock.release(session, order.code, clock=clock)
    counter.leave_there(session, there(order))
    services.advance(session, order, to, actor=actor, clock=clock, reason=reason)
    for part in order.vendor_orders:
        services.advance_part(session, part, VendorOrderState.CANCELLED, actor=actor, clock=clock, reason=reason)


def _unsell(session: Session, order: Order, *, actor: Actor, clock: Clock, reason: str) -> None:
    amount = 0
    for part in order.vendor_orders:
        if part.state in (VendorOrderState.CANCELLED, VendorOrderState.PASSED_ON):
            continue
        services.advance_part(session, part, VendorOrderState.CANCELLED, actor=actor, clock=clock, reason=reason)
        for line in part.lines:
            left = line.quantity - line.rejected
            if left:
                end_sale(session, End.CANCELLED, line, left, order, actor=actor, clock=clock)
                amount += services.reject(session, line, left)
    refunds.give_back(
        session, order, amount, key=f"cancelled:{order.code}", reason="cancelled", actor=actor, clock=clock
    )
    services.advance(session, order, OrderState.CANCELLED, actor=actor, clock=clock, reason=reason)
    tell_buyer(session, order, "order_cancelled", {"code": order.code}, clock=clock)
