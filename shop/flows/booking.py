"""Booking a courier, in steps: our row and key, then the call, then what it said; and what people do when it failed."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy.orm import Session

from shop.courier import services as courier
from shop.courier.gateways.protocol import (
    AuthFailed,
    Booking,
    Courier,
    NotCancellable,
    Party,
    Quote,
    RateLimited,
    Rejected,
    Request,
    Tracker,
    Unavailable,
    Waybill,
    wired,
)
from shop.courier.models import EventCode, Shipment, ShipmentKind, ShipmentState
from shop.courier.queries import ShipmentFacts, facts_of, key_of, shipment_by_key
from shop.courier.rules import TOWN
from shop.courier.topics import BOOK_SHIPMENT, CANCEL_SHIPMENT, FOLLOW_SHIPMENT
from shop.kernel import outbox
from shop.kernel.actor import Actor
from shop.kernel.clock import Clock
from shop.kernel.edge import Edge
from shop.kernel.errors import Forbidden, Invalid, ShopError
from shop.orders.models import OrderState
from shop.orders.queries.orders import order_by_code
from shop.town.queries import the_town

MAX_CALLS = 6
"""Calls without an answer before a person decides: with the outbox's pauses that is about half an hour. One fewer than
it would take the outbox to give up, which would show the message instead of the parcel."""
MANUAL = "manual"


@dataclass(frozen=True)
class _Call:
    courier: Courier
    request: Request
    key: str
    calls: int


def drive(edge: Edge, couriers: Mapping[str, Courier], key: str, *, actor: Actor, clock: Clock) -> None:
    """Book a courier for what waits for one; booked already, it is that booking.

    What the courier refuses, and what stays without an answer for too long, is left to a person with its words.

    Raises:
        Unavailable, RateLimited: no answer yet; call again, and the same key goes out.
    """
    call = _begin(edge, couriers, key, actor=actor, clock=clock)
    if call is None:
        return
    try:
        booking = call.courier.ship(call.request, key=call.key, now=clock())
    except (Rejected, AuthFailed) as refusal:
        _fail(edge, key, _words(refusal), actor=actor, clock=clock)
        return
    except (Unavailable, RateLimited) as silence:
        if call.calls < MAX_CALLS:
            raise
        _fail(edge, key, _words(silence), actor=actor, clock=clock)
        return
    quote = _ask(call.courier, call.request, clock())
    edge.run(lambda session: _write(session, key, booking, quote, actor=actor, clock=clock))


def _begin(edge: Edge, couriers: Mapping[str, Courier], key: str, *, actor: Actor, clock: Clock) -> _Call | None:
    """Write the call down before it is made; None when there is none to make."""

    def act(session: Session) -> _Call | None:
        shipment = courier.lock(session, key)
        if shipment.state is not ShipmentState.TO_BOOK:
            return None
        try:
            carrier = wired(couriers, shipment.carrier)
        except Unavailable as off:
            courier.note_failed(session, shipment, off.words, actor=actor, clock=clock)
            return None
        call_key = courier.note_call(session, shipment, lasts=carrier.key_lasts, clock=clock)
        if call_key is None:
            courier.note_failed(session, shipment, "key_expired", actor=actor, clock=clock)
            return None
        return _Call(carrier, _request(session, shipment), call_key, shipment.calls)

    return edge.run(act)


def _request(session: Session, shipment: Shipment, waybill: str = "") -> Request:
    town = the_town(session)
    # The town keeps its division in one line, as people write it and couriers read it.
    centre = Party(town.centre_name, town.centre_phone, town.division, "", "", town.centre_address)
    to = facts_of(shipment).party
    return Request(shipment.kind, centre, to, shipment.cargo, shipment.weight_g, shipment.company, waybill)


def _write(session: Session, key: str, booking: Booking, quote: Quote | None, *, actor: Actor, clock: Clock) -> None:
    shipment = courier.lock(session, key)
    if shipment.state is ShipmentState.TO_BOOK:  # or another worker was quicker, with the same key and the same number
        courier.note_booked(session, shipment, booking, quote, actor=actor, clock=clock)


def _fail(edge: Edge, key: str, words: str, *, actor: Actor, clock: Clock) -> None:
    def act(session: Session) -> None:
        shipment = courier.lock(session, key)
        if shipment.state is ShipmentState.TO_BOOK:
            courier.note_failed(session, shipment, words, actor=actor, clock=clock)

    edge.run(act)


def _words(refusal: ShopError) -> str:
    if isinstance(refusal, Rejected):
        return refusal.reason
    if isinstance(refusal, AuthFailed):
        return f"auth:{refusal.words}"
    return f"silent:{refusal.words}" if isinstance(refusal, Unavailable) else "silent:"


def _ask(carrier: Courier, request: Request, now: datetime) -> Quote | None:
    """Ask for price and estimate; a booking is good without them."""
    try:
        return carrier.quote(request, now=now)
    except (Unavailable, RateLimited, AuthFailed, Rejected):
        return None


# What people do


def again(
    session: Session,
    couriers: Mapping[str, Courier],
    key: str,
    carrier: str,
    *,
    version: int,
    actor: Actor,
    clock: Clock,
) -> None:
    """Let a failed booking be tried again, with the same courier or another.

    Args:
        version: that the actor saw.

    Raises:
        Forbidden: the actor is not staff.
        NotFound: there is no such consignment.
        Stale: something was written down of it since.
        WrongState: it did not fail.
        Invalid: there is no such courier, or cash is due at the door and only the town's own driver takes it.
    """
    check_staff(actor)
    shipment = courier.lock(session, key, version)
    if carrier not in couriers:
        raise Invalid("carrier", "unknown")
    _check_cash(session, shipment, carrier)
    was = couriers.get(shipment.carrier)
    courier.want_again(
        session,
        shipment,
        carrier=carrier,
        company=shipment.company if carrier == shipment.carrier else "",
        lasts=None if was is None else was.key_lasts,
        actor=actor,
        clock=clock,
    )
    outbox.post(session, BOOK_SHIPMENT, {"shipment": key}, clock=clock)


def by_hand(
    session: Session,
    couriers: Mapping[str, Courier],
    key: str,
    company: str,
    waybill: str,
    *,
    version: int,
    actor: Actor,
    clock: Clock,
) -> None:
    """Give a consignment that waits for a courier the number got at a counter; who can follow it is asked to.

    Args:
        version: that the actor saw.

    Raises:
        Forbidden: the actor is not staff.
        NotFound: there is no such consignment.
        Stale: something was written down of it since.
        WrongState: it did not fail.
        Invalid: `waybill` or `company` cannot be, the number is another's, or cash is due at the door.
    """
    check_staff(actor)
    shipment = courier.lock(session, key, version)
    carrier = couriers.get(MANUAL)
    if carrier is None:
        raise Invalid("carrier", "unknown")
    _check_cash(session, shipment, MANUAL)
    booking = _at_counter(session, couriers, carrier, shipment, company, waybill, clock=clock)
    courier.want_again(session, shipment, carrier=MANUAL, company=company, lasts=None, actor=actor, clock=clock)
    courier.note_booked(session, shipment, booking, None, actor=actor, clock=clock)
    ask_to_follow(session, couriers, key, clock=clock)


def follower(couriers: Mapping[str, Courier], carrier: str) -> Tracker | None:
    """Return who tells where a consignment is: its own courier or, of a number typed by hand, whoever can."""
    own = couriers.get(carrier)
    if isinstance(own, Tracker):
        return own
    trackers = (one for one in couriers.values() if isinstance(one, Tracker))
    return next(trackers, None) if carrier == MANUAL else None


def followed(tracker: Tracker) -> tuple[str, str]:
    """Return through whom a number goes that a tracker knows: itself, or somebody's hands."""
    return tracker.code, MANUAL


def numbered(session: Session, couriers: Mapping[str, Courier], company: str, waybill: str) -> str | None:
    """Return the key of a company's number that was booked or typed here, or None when it is new."""
    tracker = follower(couriers, MANUAL)
    return key_of(session, (MANUAL,) if tracker is None else followed(tracker), company, waybill)


def ask_to_follow(session: Session, couriers: Mapping[str, Courier], key: str, *, clock: Clock) -> None:
    """Let whoever can follow a number typed by hand be asked to, after the commit."""
    if follower(couriers, MANUAL) is not None:
        outbox.post(session, FOLLOW_SHIPMENT, {"shipment": key}, clock=clock)


def _at_counter(
    session: Session,
    couriers: Mapping[str, Courier],
    carrier: Courier,
    shipment: Shipment,
    company: str,
    waybill: str,
    *,
    clock: Clock,
) -> Booking:
    request = replace(_request(session, shipment, waybill.strip()), company=company)
    try:
        booking = carrier.ship(request, key=shipment.key, now=clock())
    except Rejected as refusal:
        raise Invalid("waybill" if refusal.reason == "counter" else refusal.reason, "shape") from refusal
    if numbered(session, couriers, booking.company, booking.waybill) is not None:
        raise Invalid("waybill", "taken")
    return booking


def _check_cash(session: Session, shipment: Shipment, carrier: str) -> None:
    if carrier == TOWN or shipment.kind is not ShipmentKind.GOODS or not shipment.reference:
        return
    if order_by_code(session, shipment.reference).state is OrderState.AGREED:
        raise Invalid("carrier", "cash")


def call_off(
    session: Session, key: str, *, reason: str, version: int | None = None, actor: Actor, clock: Clock
) -> None:
    """Call a consignment off that has not left; a courier that was booked for it is told after the commit.

    Args:
        version: that the actor saw; None when it goes along with what else was called off.

    Raises:
        NotFound: there is no such consignment.
        Stale: something was written down of it since.
        WrongState: it has left, or its courier is just being called.
    """
    shipment = courier.lock(session, key, version)
    courier.say_at_centre(session, shipment, EventCode.CANCELLED, actor=actor, clock=clock, reason=reason)
    # Of a number that was only typed here no courier was told.
    is_booked = shipment.carrier != MANUAL and shipment.kind is not ShipmentKind.INBOUND
    if shipment.waybill is not None and is_booked:
        outbox.post(session, CANCEL_SHIPMENT, {"shipment": key}, clock=clock)


def tell_off(edge: Edge, couriers: Mapping[str, Courier], key: str) -> None:
    """Tell the courier that a booking is called off; when it says no, a person reads its words.

    Raises:
        Unavailable, RateLimited, AuthFailed: it did not hear; tell it again.
    """
    with edge.reading() as session:
        facts = shipment_by_key(session, key)
    if facts is None or facts.state is not ShipmentState.CANCELLED:
        return
    reason = facts.passages[-1].reason
    try:
        wired(couriers, facts.carrier).cancel(waybill_of(facts), reason)
    except NotCancellable:
        edge.run(lambda session: courier.doubt(session, courier.lock(session, key), "not_cancelled"))


def waybill_of(facts: ShipmentFacts) -> Waybill:
    """Return a booked consignment as its courier knows it."""
    return Waybill(facts.waybill, facts.company, facts.phone, facts.carrier_ref, facts.tracked_at)


def check_staff(actor: Actor) -> None:
    """Refuse everyone who does not work at the centre.

    Raises:
        Forbidden: the actor is not staff.
    """
    if not actor.has("staff", "manager"):
        raise Forbidden("consignments")
