"""What couriers say of a consignment flows into the acts that end it, once, whoever says it and however often."""

import logging
from collections.abc import Mapping
from datetime import timedelta

from sqlalchemy.orm import Session

from shop.courier import services as courier
from shop.courier.gateways.protocol import AuthFailed, Courier, RateLimited, Rejected, Tracker, Tracking
from shop.courier.models import EventCode, Shipment, ShipmentKind, ShipmentState
from shop.courier.queries import ShipmentFacts, facts_of, key_of, to_track
from shop.flows import delivery, envelopes
from shop.flows.booking import MANUAL, followed, follower, waybill_of
from shop.kernel.actor import Actor, system
from shop.kernel.clock import Clock
from shop.kernel.edge import Edge
from shop.kernel.errors import ShopError, WrongState

log = logging.getLogger(__name__)

MAX_FOLLOWED = 4
"""Times a number may be subscribed in a month (Kuaidi100, 订阅); ours has one key, and no more calls than that."""
POLLED_EVERY = timedelta(hours=2)
"""Pushes come unasked; this finds what they missed. A courier may refuse to be asked more often than each half hour."""


def take_in(
    session: Session, key: str, said: Tracking, *, source: str, actor: Actor, clock: Clock
) -> ShipmentState | None:
    """Keep what was said of a consignment and let its parcel, if it is one, come to its end.

    Returns:
        The state it moved to, or None when it stayed where it was.

    Raises:
        NotFound: there is no such consignment.
        WrongState: it has no number yet.
    """
    shipment = courier.lock(session, key)
    to = courier.hear(session, shipment, said, source=source, actor=actor, clock=clock)
    if to is not None and shipment.kind is ShipmentKind.GOODS:
        _end(session, shipment, to, actor=actor, clock=clock)
    if to is ShipmentState.RETURNED and shipment.kind is ShipmentKind.DOCUMENT:
        delivery.letter_came_back(session, shipment, clock=clock)
    if to is not None:
        envelopes.follow(session, shipment, actor=actor, clock=clock)
    return to


def _end(session: Session, shipment: Shipment, to: ShipmentState, *, actor: Actor, clock: Clock) -> None:
    """Bring a parcel of goods to its end with its money; what cannot end so any more waits for a person."""
    try:
        with session.begin_nested():
            if to is ShipmentState.DELIVERED:
                delivery.arrive(session, shipment.key, actor=actor, clock=clock)
            elif to is ShipmentState.RETURNED:
                reason = next((event.text for event in shipment.events if event.code is EventCode.RETURNED), "")
                delivery.come_back(session, shipment.key, reason=reason[:200], actor=actor, clock=clock)
    except WrongState:  # signed for and now back, or called off and delivered all the same: no money moves by itself
        courier.doubt(session, shipment, courier.AFTER_END)


def receive_push(edge: Edge, tracker: Tracker, form: Mapping[str, str], *, clock: Clock) -> bool:
    """Take in what a courier pushed to us, after its signature, and tell whether it was about anything of ours.

    Raises:
        BadSignature: it is not the courier's.
    """
    push = tracker.read_push(form)

    def act(session: Session) -> bool:
        key = key_of(session, followed(tracker), push.company, push.number)
        if key is None and push.was:
            key = key_of(session, followed(tracker), push.was, push.number)
            if key is not None:  # the courier found out who carries it
                courier.lock(session, key).company = push.company
        if key is None:
            return False
        take_in(session, key, push.tracking, source=tracker.code, actor=_actor(tracker.code), clock=clock)
        return True

    return edge.run(act)


def poll(edge: Edge, couriers: Mapping[str, Courier], *, clock: Clock) -> None:
    """Ask where everything on its way is that nobody was asked about for two hours."""
    carriers = [code for code in (*couriers, MANUAL) if follower(couriers, code) is not None]
    if not carriers:
        return
    with edge.reading() as session:
        keys = to_track(session, carriers, clock() - POLLED_EVERY)
    for key in keys:
        ask(edge, couriers, key, clock=clock)


def ask(edge: Edge, couriers: Mapping[str, Courier], key: str, *, clock: Clock) -> None:
    """Ask where one consignment is; what is not said now is asked again next time."""

    def mark(session: Session) -> ShipmentFacts:
        shipment = courier.lock(session, key)
        facts = facts_of(shipment)
        shipment.tracked_at = clock()
        return facts

    facts = edge.run(mark)
    tracker = follower(couriers, facts.carrier)
    if tracker is None:  # switched off meanwhile
        return
    try:
        said = tracker.track(waybill_of(facts), now=clock())
    except RateLimited as early:
        log.info("asked too soon", extra={"shipment": key, "retry_at": early.retry_at.isoformat()})
        return
    except ShopError as refusal:  # one number a courier is silent about must not keep the others from being asked
        log.warning("tracking refused", extra={"shipment": key, "error": type(refusal).__name__})
        return
    actor = _actor(tracker.code)
    edge.run(lambda session: take_in(session, key, said, source=tracker.code, actor=actor, clock=clock))


def follow(edge: Edge, couriers: Mapping[str, Courier], key: str, *, clock: Clock) -> None:
    """Ask whoever can follow a number typed by hand to tell of it unasked; it is polled all the same.

    Raises:
        Unavailable, RateLimited: no answer yet; asked again, it is the same subscription.
    """

    def begin(session: Session) -> ShipmentFacts | None:
        shipment = courier.lock(session, key)
        if shipment.carrier != MANUAL or shipment.waybill is None or shipment.calls >= MAX_FOLLOWED:
            return None
        shipment.calls += 1
        return facts_of(shipment)

    facts, tracker = edge.run(begin), follower(couriers, MANUAL)
    if facts is None or tracker is None:
        return
    try:
        tracker.follow(waybill_of(facts), now=clock())
    except (Rejected, AuthFailed) as refusal:
        log.warning("not followed", extra={"shipment": key, "error": type(refusal).__name__})


def _actor(code: str) -> Actor:
    return system(f"courier:{code}")
