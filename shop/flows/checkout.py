"""Placing an order: quote again, hold, write, one transaction; then the buyer is sent to pay."""

from dataclasses import dataclass

from sqlalchemy.orm import Session

from shop.catalog import stock
from shop.catalog.offers import offers
from shop.catalog.versions import version_ids
from shop.kernel import outbox
from shop.kernel.actor import Actor
from shop.kernel.clock import Clock, town_day
from shop.kernel.errors import ShopError
from shop.orders import services
from shop.orders.queries.baskets import BasketFacts, Quote, basket, quote
from shop.orders.queries.orders import order_by_checkout_key
from shop.orders.services import Recipient
from shop.payments.queries import payments_of
from shop.payments.services import create
from shop.payments.topics import START_WANTED
from shop.town.queries import the_town


@dataclass
class QuoteChanged(ShopError):
    """What the buyer saw is no longer what it would cost; `now` is."""

    now: Quote


@dataclass
class BasketChanged(ShopError):
    """Something in the basket cannot be ordered any more."""

    now: BasketFacts


@dataclass(frozen=True)
class Placed:
    """An order stands; its payment is to be started."""

    order_code: str
    payment_code: str


def place_order(
    session: Session,
    to: Recipient,
    *,
    checkout_key: str,
    seen: str,
    gateway: str,
    token: str | None,
    actor: Actor,
    clock: Clock,
) -> Placed:
    """Place an order of everything in the basket, exactly as its buyer saw it.

    Args:
        checkout_key: made with the checkout page; a second click with it returns the first order.
        seen: the digest of the quote that was shown.
        token: the visitor's basket, when nobody is signed in.

    Raises:
        BasketChanged: something is sold out, paused or gone.
        QuoteChanged: a price or the freight differs from what was shown.
        NoFreight: parcels do not go there.
        OutOfStock: another buyer was quicker by a moment.
        HarvestFull: likewise, for what is ordered ahead.
    """
    first = order_by_checkout_key(session, checkout_key)
    if first is not None:
        return Placed(first, payments_of(session, first)[0].code)
    town = the_town(session)
    today = town_day(clock())
    current = basket(session, token=token, user_id=actor.user_id, today=today)
    if not current.is_orderable:
        raise BasketChanged(current)
    agreed = quote(session, current, to.province)
    if agreed.digest != seen:
        raise QuoteChanged(agreed)
    fees = {
        offer.vendor_id: town.fee_bp if offer.vendor_fee_bp is None else offer.vendor_fee_bp
        for offer in offers(session, [line.variant_id for line in agreed.lines], today=today).values()
    }
    order = services.write_order(
        session,
        agreed,
        to,
        checkout_key=checkout_key,
        user_id=actor.user_id,
        fees_bp=fees,
        version_ids=version_ids(session, {line.listing_id for line in agreed.lines}),
        hold_minutes=town.hold_minutes,
        actor=actor,
        clock=clock,
    )
    stock.hold(
        session,
        order.code,
        {line.variant_id: line.quantity for line in agreed.lines},
        harvests={line.variant_id: line.harvest_on for line in agreed.lines if line.harvest_on is not None},
        clock=clock,
    )
    payment = create(session, reference=order.code, gateway=gateway, amount_fen=order.total_fen, clock=clock)
    outbox.post(session, START_WANTED, {"payment": payment.code}, clock=clock)
    services.empty_basket(session, token=token, user_id=actor.user_id)
    return Placed(order.code, payment.code)
