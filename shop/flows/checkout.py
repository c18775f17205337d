"""Placing an order: quote again, hold, write, one transaction; then the buyer is sent to pay."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from shop.catalog import counter, stock
from shop.catalog.versions import version_ids
from shop.flows import closing, settle
from shop.invoices.services import keep_wish
from shop.kernel import outbox
from shop.kernel.actor import Actor
from shop.kernel.clock import Clock, town_day
from shop.kernel.errors import Invalid, ShopError, WrongState
from shop.notifications.services import tell_buyer
from shop.orders import services
from shop.orders.models import OrderState
from shop.orders.queries.baskets import BasketFacts, basket, basket_of
from shop.orders.queries.orders import held_until, order_by_checkout_key, order_id_of, unpaid_orders
from shop.orders.queries.quotes import Quote, quote
from shop.orders.queries.unpaid import basket_mark
from shop.orders.services import Recipient
from shop.payments.gateways.protocol import PaymentGateway
from shop.payments.models import PaymentState
from shop.payments.queries import payments_of
from shop.payments.services import create
from shop.payments.topics import START_WANTED, VOID_WANTED
from shop.town.queries import the_town

LAPSED_WITHIN = timedelta(hours=12)
LAPSED_FACTOR = 2
"""So many times as many orders as may be unpaid at once may run out within `LAPSED_WITHIN`."""


@dataclass
class QuoteChanged(ShopError):
    """What the buyer saw is no longer what it would cost; `now` is."""

    now: Quote


@dataclass
class BasketChanged(ShopError):
    """Something in the basket cannot be ordered any more."""

    now: BasketFacts


@dataclass
class BeingPaid(ShopError):
    """Somebody else is paying for the last ones, until then at the latest."""

    variant_id: int
    until: datetime


@dataclass
class TooManyUnpaid(ShopError):
    """This phone, address or browser has left too many orders unpaid: nobody empties the shelf without paying."""

    most: int


@dataclass(frozen=True)
class Placed:
    """An order stands; its payment is to be started.

    Attributes:
        asking: what its provider is to be asked for, when this very click has placed it.
    """

    order_code: str
    payment_code: str
    gateway: str
    asking: settle.Asking | None = field(default=None, compare=False)


def place_order(
    session: Session,
    to: Recipient,
    *,
    checkout_key: str,
    seen: str,
    gateway: PaymentGateway,
    is_confirmed: bool = False,
    invoice: Mapping[str, Any] | None = None,
    goods: Mapping[int, int] | None = None,
    token: str | None,
    actor: Actor,
    clock: Clock,
) -> Placed:
    """Place an order of everything in the basket, exactly as its buyer saw it.

    Args:
        checkout_key: made with the checkout page; a second click with it returns the first order.
        seen: the digest of the quote that was shown.
        gateway: how it is to be paid; paid in cash at the hand-over, it is agreed on at once.
        is_confirmed: the buyer ticked that the excepted lines cannot be returned without a reason.
        invoice: what invoice is wanted (`invoices.services.columns_of`), None when none is.
        goods: variant id -> pieces, instead of the basket, which stays as it is.
        token: the visitor's basket, when nobody is signed in.

    Raises:
        BasketChanged: something is sold out, paused or gone.
        QuoteChanged: a price, the freight or the promised day differs from what was shown.
        NoFreight: parcels do not go there.
        CannotSend: some of it cannot be carried there.
        Invalid: the tick is missing (`confirmed`), or it cannot be paid so (`gateway`).
        TooManyUnpaid: there are enough unpaid orders of this buyer.
        BeingPaid: somebody else is paying for the last ones.
        OutOfStock: another buyer was quicker by a moment.
        HarvestFull: likewise, for what is ordered ahead.
        NoneThere: likewise, for what is taken along at once from the counter.
    """
    first = order_by_checkout_key(session, checkout_key)
    if first is not None:
        paying = payments_of(session, first)[0]
        return Placed(first, paying.code, paying.gateway)
    town = the_town(session)
    today = town_day(clock())
    current = _wanted(session, goods, token, actor, today)
    if closing.free_unstarted(session, [line.offer.way.variant_id for line in current.lines if line.problem], clock):
        current = _wanted(session, goods, token, actor, today)
    if not current.is_orderable:
        raise BasketChanged(current)
    agreed = quote(session, current, to.destination, now=clock(), town=town)
    if agreed.digest != seen:
        raise QuoteChanged(agreed)
    if agreed.exceptions and not is_confirmed:
        raise Invalid("confirmed", "empty")
    check_gateway(agreed, gateway)
    browser = basket_mark(token, actor.user_id)
    _check_unpaid(session, to, browser, most=town.most_unpaid, clock=clock)
    fees = {
        line.offer.vendor_id: town.fee_bp if line.offer.vendor_fee_bp is None else line.offer.vendor_fee_bp
        for line in current.lines
    }
    code = services.write_order(
        session,
        agreed,
        to,
        checkout_key=checkout_key,
        user_id=actor.user_id,
        browser=browser,
        fees_bp=fees,
        version_ids=version_ids(session, {line.listing_id for line in agreed.lines}),
        hold_minutes=town.hold_minutes,
        actor=actor,
        clock=clock,
    )
    if invoice is not None:
        keep_wish(session, order_id_of(session, code), invoice, clock=clock)
    payment = create(session, reference=code, gateway=gateway.code, amount_fen=agreed.total_fen, clock=clock)
    outbox.post(session, START_WANTED, {"payment": payment}, clock=clock)
    if goods is None:
        services.empty_basket(session, token=token, user_id=actor.user_id)
    if not gateway.is_offline:
        values = {"code": code, "total_fen": agreed.total_fen}
        tell_buyer(session, to, "order_placed", values, clock=clock)
    # Last: the row of what many want at once is theirs again as soon as this is committed.
    _hold(session, code, agreed, clock=clock)
    if gateway.is_offline:
        settle.agree(session, services.lock(session, code), actor=actor, clock=clock)
    return Placed(code, payment, gateway.code, settle.asking(town, code, payment, agreed.total_fen))


def _wanted(
    session: Session, goods: Mapping[int, int] | None, token: str | None, actor: Actor, today: date
) -> BasketFacts:
    if goods is not None:
        return basket_of(session, goods, today=today)
    return basket(session, token=token, user_id=actor.user_id, today=today)


def check_gateway(agreed: Quote, gateway: PaymentGateway) -> None:
    """Refuse a way of paying that cannot be for such an order.

    Raises:
        Invalid: it is not paid in cash there, or is less than the provider takes.
    """
    if gateway.is_offline and not agreed.takes_cash:
        raise Invalid("gateway", "cash")
    if agreed.total_fen < gateway.least_fen:
        raise Invalid("gateway", "least")


def pay_otherwise(session: Session, order_code: str, gateway: PaymentGateway, *, clock: Clock) -> str:
    """Let an unpaid order be paid through another gateway, and return the new payment's code.

    The open payments before it are ended at their providers; one that is captured all the same is given back by itself.

    Raises:
        NotFound: there is no such order.
        WrongState: it is not waiting for its money online.
    """
    order = services.lock(session, order_code)
    if order.state is not OrderState.PLACED or gateway.is_offline or order.hold_until <= clock():
        raise WrongState("order", order.state, OrderState.PLACED)
    open_ones = [p for p in payments_of(session, order.code) if p.state in (PaymentState.CREATED, PaymentState.PENDING)]
    if open_ones and open_ones[-1].gateway == gateway.code:
        return open_ones[-1].code
    for before in open_ones:
        outbox.post(session, VOID_WANTED, {"payment": before.code}, clock=clock)
    payment = create(session, reference=order.code, gateway=gateway.code, amount_fen=order.total_fen, clock=clock)
    outbox.post(session, START_WANTED, {"payment": payment}, clock=clock)
    return payment


def _check_unpaid(session: Session, to: Recipient, browser: str, *, most: int, clock: Clock) -> None:
    since = clock() - LAPSED_WITHIN
    place = (to.province, to.city, to.district, to.street)
    unpaid, lapsed = unpaid_orders(session, phone=to.phone, place=place, browser=browser, since=since)
    if unpaid >= most or lapsed >= LAPSED_FACTOR * most:
        raise TooManyUnpaid(most)


def _hold(session: Session, reference: str, agreed: Quote, *, clock: Clock) -> None:
    if agreed.to.at_once:
        counter.take_there(session, {line.variant_id: line.quantity for line in agreed.lines})
    try:
        stock.hold(
            session,
            reference,
            {line.variant_id: line.quantity for line in agreed.lines},
            harvests={line.variant_id: line.harvest_on for line in agreed.lines if line.harvest_on is not None},
            clock=clock,
        )
    except stock.OutOfStock as short:
        until = held_until(session, short.variant_id, besides=reference)
        if until is None:
            raise
        raise BeingPaid(short.variant_id, until) from short
