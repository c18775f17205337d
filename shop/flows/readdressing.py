"""Putting right to whom an order goes: by its buyer until a box is closed, by the centre until a courier has it."""

from collections.abc import Sequence

from sqlalchemy.orm import Session

from shop.accounts.rules import SEEING_ROLES, PostalAddress
from shop.courier import services as courier
from shop.courier.gateways.protocol import Party
from shop.courier.models import ShipmentState
from shop.courier.readdressing import send_elsewhere
from shop.courier.rules import is_refused
from shop.fulfilment.queries import ParcelFacts, parcels_of_order
from shop.invoices.services import redirect_wish
from shop.kernel.actor import Actor
from shop.kernel.clock import Clock, town_day
from shop.kernel.errors import Forbidden, Stale, WrongState
from shop.notifications.services import tell_buyer, wanted
from shop.orders import services as orders
from shop.orders.models import Handing, Order, VendorOrderState
from shop.orders.queries.orders import OrderFacts, order_facts
from shop.orders.queries.terms import check_terms
from shop.orders.recipients import recipient_of, times_changed, write_recipient
from shop.orders.rules import NOT_COMING, OPEN, Readdressed, may_readdress

TOLD = "order_readdressed"
"""What is said of a change: not who made it, nor to whom the order goes now."""

IN_HAND = NOT_COMING | OPEN | {VendorOrderState.PACKED}


def may_buyer(order: OrderFacts) -> bool:
    """Tell whether its buyer may still change to whom an order goes."""
    return bool(order.phone) and may_readdress(order.state, order.states, at_once=order.at_once)


def may_centre(order: OrderFacts, parcels: Sequence[ParcelFacts]) -> bool:
    """Tell whether the centre may: as long as the buyer, and while a courier said no to every closed box.

    Args:
        parcels: all of the order's.
    """
    return may_buyer(order) or (
        bool(order.phone and parcels)
        and order.handing is Handing.DELIVERY
        and IN_HAND.issuperset(order.states)
        and all(map(_was_refused, parcels))
    )


def _was_refused(parcel: ParcelFacts) -> bool:
    sent = parcel.shipment
    return sent is not None and sent.state is ShipmentState.FAILED and is_refused(sent.failure)


def readdress(session: Session, code: str, to: PostalAddress, *, seen: int, actor: Actor, clock: Clock) -> None:
    """Let an order go where its buyer says now; the caller has made sure whose it is. No money moves.

    What it says already changes nothing, so that a second click is the first. Where another phone is to be called, the
    one that stood there before is told: somebody else may sit at the buyer's own.

    Args:
        to: of what is collected, with an empty place.
        seen: version that the page showed, `recipients.times_changed`.

    Raises:
        NotFound: there is no such order.
        WrongState: a box of it is closed, or it is over.
        Stale: it was changed since the page was shown.
        NoFreight, CannotSend, OtherTerms: as `check_terms`.
    """
    order = orders.lock(session, code)
    if to == recipient_of(order):
        return
    facts = order_facts(order)
    if not may_buyer(facts):
        raise WrongState("order", order.state, order.state)
    if to.phone != order.phone:
        tell_buyer(session, order, TOLD, {"code": order.code}, clock=clock)
    _change(session, order, to, Readdressed.BUYER, seen=seen, actor=actor, clock=clock)


def readdress_for(
    session: Session, code: str, to: PostalAddress, why: Readdressed, *, seen: int, actor: Actor, clock: Clock
) -> None:
    """Do the same for a buyer who asked the centre to; a parcel that a courier said no to goes there too.

    The buyer is told, and under the number that stood there before as well: somebody else may have telephoned.

    Args:
        to, seen: as in `readdress`.

    Raises:
        Forbidden: the actor has nothing to do with buyers.
        WrongState: a box is with a courier or being booked, or it is over.
        NotFound, Stale, NoFreight, CannotSend, OtherTerms: as `readdress`.
    """
    if not actor.has(*SEEING_ROLES):
        raise Forbidden("recipient")
    order = orders.lock(session, code)
    was = recipient_of(order)
    parcels = parcels_of_order(session, order.id)
    if not may_centre(order_facts(order), parcels):
        raise WrongState("order", order.state, order.state)
    told = {"code": order.code}
    tell_buyer(session, order, TOLD, told, clock=clock)
    _change(session, order, to, why, seen=seen, actor=actor, clock=clock)
    if to.phone != was.phone:
        wanted(session, TOLD, phone=to.phone, language=order.language, values=told, clock=clock)
    party = Party(to.name, to.phone, to.province, to.city, to.district, to.street)
    for parcel in parcels:
        send_elsewhere(session, courier.lock(session, parcel.code), party, actor=actor, clock=clock)


def _change(
    session: Session, order: Order, to: PostalAddress, why: Readdressed, *, seen: int, actor: Actor, clock: Clock
) -> None:
    if times_changed(session, order.id) != seen:
        raise Stale("recipient")
    check_terms(session, order_facts(order), to.province, today=town_day(clock()))
    redirect_wish(session, order.id, recipient_of(order), to)
    write_recipient(session, order, to, why, actor=actor, clock=clock)
