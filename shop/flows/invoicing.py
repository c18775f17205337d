"""A buyer's wish for invoices: kept with the order, made one request for each issuer when the goods are settled."""

import logging
from collections.abc import Mapping
from functools import partial
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from shop.invoices import services
from shop.invoices.billing import Bill, bill, bills, left_of
from shop.invoices.models import InvoiceKind, InvoiceRequest, InvoiceWish, RequestState
from shop.invoices.queries import ready_wishes, unissued_orders
from shop.invoices.rules import MAY_BE_SPECIAL, MAY_WITHDRAW, UNISSUED
from shop.kernel.actor import Actor, system
from shop.kernel.clock import Clock
from shop.kernel.edge import Edge
from shop.kernel.errors import Invalid, ShopError, WrongState
from shop.orders import services as orders
from shop.orders.models import Order, OrderState

log = logging.getLogger(__name__)

INVOICING = system("job:invoices")
WANTED_IN = frozenset({OrderState.PLACED, OrderState.AGREED, OrderState.PAID, OrderState.DONE})
"""Orders for which an invoice may be wanted: those that came to nothing are none."""
NOTHING_LEFT = "nothing_left"
"""Why the house itself withdraws a request: everything it was about went back to its buyer."""


def ask(session: Session, order_code: str, said: Mapping[str, Any], *, actor: Actor, clock: Clock) -> int:
    """Write down what invoice is wanted for an order, and ask for it at once where everything is settled.

    Args:
        said: from `services.columns_of`.

    Returns:
        How many requests were made; none while goods are still to come, or to be paid.

    Raises:
        NotFound: there is no such order.
        WrongState: it came to nothing.
        Invalid: nobody of this order can issue a special invoice (`kind`), or there is nothing to invoice any more
            (`invoice`): all of it is asked for, or went back.
    """
    order = orders.lock(session, order_code)
    if order.state not in WANTED_IN:
        raise WrongState("order", order.state, OrderState.PAID)
    of = bill(session, order)
    if said["kind"] is InvoiceKind.SPECIAL and not _may_be_special(of):
        raise Invalid("kind", "issuer")
    if of.is_settled and not services.unclaimed(session, order, of):
        raise Invalid("invoice", "nothing")
    wish = services.keep_wish(session, order.id, said, clock=clock)
    return _meet(session, order, wish, of, actor=actor, clock=clock)


def _may_be_special(of: Bill) -> bool:
    """Tell whether anybody issues a special invoice for goods of it; the freight alone is not what was meant."""
    return any(line.issuer in MAY_BE_SPECIAL for line in of.lines if line.order_line_id is not None)


def _meet(session: Session, order: Order, wish: InvoiceWish, of: Bill, *, actor: Actor, clock: Clock) -> int:
    if not of.is_settled or wish.met_at is not None:
        return 0
    return len(services.make_requests(session, order, wish, of, actor=actor, clock=clock))


def withdraw(session: Session, order_code: str, *, actor: Actor, clock: Clock) -> int:
    """Take back a wish, and every request of an order that nobody has begun to issue; return how many things went.

    Raises:
        NotFound: there is no such order.
    """
    order = orders.lock(session, order_code)
    gone = int(services.drop_wish(session, order.id))
    for request in _requests(session, order):
        if request.state in MAY_WITHDRAW:
            services.advance(session, request, RequestState.WITHDRAWN, actor=actor, clock=clock)
            gone += 1
    return gone


def mend(session: Session, order_code: str, said: Mapping[str, Any], *, actor: Actor, clock: Clock) -> int:
    """Let every request of an order that waits for a correction ask for what is said now; return how many did.

    Raises:
        NotFound: there is no such order.
        WrongState: none of them waits for one any more.
    """
    order = orders.lock(session, order_code)
    requests = _requests(session, order)
    mended = services.mend(session, requests, said, actor=actor, clock=clock)
    wish = services.find_wish(session, order.id)
    if mended and wish is not None:
        services.write_wish(wish, said)
    if not mended:
        raise WrongState("invoice_request", requests[-1].state if requests else "", RequestState.REQUESTED)
    return mended


def _requests(session: Session, order: Order) -> list[InvoiceRequest]:
    wanted = select(InvoiceRequest).where(InvoiceRequest.order_id == order.id).order_by(InvoiceRequest.id)
    return list(session.scalars(wanted.execution_options(populate_existing=True)))


def meet_due(edge: Edge, *, clock: Clock) -> None:
    """Ask for what is wanted for orders that are settled now; end requests of which everything went back meanwhile."""
    with edge.reading() as session:
        codes = dict.fromkeys([*ready_wishes(session), *_spent(session)])
    for code in codes:
        try:
            edge.run(partial(_bring_up, code=code, clock=clock))
        except ShopError as refusal:  # one order must not keep the others' invoices
            log.warning("left for the next round", extra={"order": code, "error": type(refusal).__name__})


def _spent(session: Session) -> list[str]:
    found = unissued_orders(session)
    reckoned = bills(session, [order for order, _requests_of in found])
    return [order.code for order, requests in found if any(not left_of(one, reckoned[order.id]) for one in requests)]


def _bring_up(session: Session, *, code: str, clock: Clock) -> None:
    order = orders.lock(session, code)
    of, wish = bill(session, order), services.find_wish(session, order.id)
    if wish is not None:
        _meet(session, order, wish, of, actor=INVOICING, clock=clock)
    for request in _requests(session, order):
        if request.state in UNISSUED and not left_of(request, of):
            services.advance(
                session, request, RequestState.WITHDRAWN, actor=INVOICING, clock=clock, reason=NOTHING_LEFT
            )
