"""Writes of carriage: bookings step by step, and what is said of a consignment on its way."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from shop.courier.gateways.protocol import Booking, Party, Quote, TrackEvent, Tracking
from shop.courier.models import (
    EventCode,
    Shipment,
    ShipmentEvent,
    ShipmentHistory,
    ShipmentKind,
    ShipmentState,
)
from shop.courier.rules import BEFORE, MOVING, NEXT, REACHES, TOWN, expected_after, in_order, state_after
from shop.kernel.actor import Actor
from shop.kernel.clock import Clock
from shop.kernel.errors import Invalid, NotFound, Stale, WrongState
from shop.kernel.states import check_passage, passage

S = ShipmentState

CENTRE, DRIVER = "centre", "driver"
"""Sources of events that are no courier's."""
AFTER_END, UNREAD = "after_end", "unknown"
ENDED_FOR_MONEY = (S.DELIVERED, S.CANCELLED)
"""What has been paid out or given back by then does not follow a consignment that moves on."""
TROUBLED = (S.EXCEPTION, S.REFUSED, S.RETURNED)
"""What a person looks at whenever it comes."""
LONGEST_TEXT, LONGEST_LINE = 500, 200


@dataclass(frozen=True)
class Consignment:
    """What a consignor wants carried.

    Attributes:
        key: the consignor's own; the same key is the same consignment.
        sender: who sends it, where that is not the centre.
        reference: the order it belongs to, if any.
        promised_on: on which day it was promised to be there.
    """

    key: str
    kind: ShipmentKind
    to: Party
    cargo: str
    weight_g: int
    carrier: str = TOWN
    company: str = ""
    sender: str = ""
    reference: str = ""
    promised_on: date | None = None


def lock(session: Session, key: str, version: int | None = None) -> Shipment:
    """Return a consignment for change.

    Args:
        version: that the actor's page showed; None for what no page showed.

    Raises:
        NotFound: there is none under this key.
        Stale: something was written down of it since.
    """
    wanted = select(Shipment).where(Shipment.key == key).with_for_update()
    shipment = session.scalars(wanted.execution_options(populate_existing=True)).one_or_none()
    if shipment is None:
        raise NotFound("shipment")
    if version is not None:
        check_seen(shipment, version)
    return shipment


def check_seen(shipment: Shipment, version: int) -> None:
    """Refuse to go on from a page that is no longer true.

    Raises:
        Stale: something was written down of the consignment since.
    """
    if shipment.version != version:
        raise Stale("shipment")


def town_key(session: Session, waybill: str) -> str:
    """Return the key behind one of the town's own numbers.

    Raises:
        NotFound: there is no such number.
    """
    key = session.scalar(select(Shipment.key).where(Shipment.carrier == TOWN, Shipment.waybill == waybill))
    if key is None:
        raise NotFound("shipment")
    return key


# Booking, step by step


def want(session: Session, wanted: Consignment, *, actor: Actor, clock: Clock) -> Shipment:
    """Write down that a consignment is to be sent, before any carrier is called; the same key is the same row."""
    kept = session.scalars(select(Shipment).where(Shipment.key == wanted.key)).one_or_none()
    if kept is not None:
        return kept
    shipment = Shipment(
        key=wanted.key,
        carrier=wanted.carrier,
        company=wanted.company,
        kind=wanted.kind,
        state=S.TO_BOOK,
        sender=wanted.sender,
        recipient=wanted.to.name,
        phone=wanted.to.phone,
        province=wanted.to.province,
        city=wanted.to.city,
        district=wanted.to.district,
        street=wanted.to.street,
        cargo=wanted.cargo,
        weight_g=wanted.weight_g,
        reference=wanted.reference,
        promised_on=wanted.promised_on,
        asked_at=clock(),
    )
    session.add(shipment)
    session.flush()
    _write(session, shipment, None, S.TO_BOOK, actor=actor, clock=clock)
    return shipment


def note_call(session: Session, shipment: Shipment, *, lasts: timedelta | None, clock: Clock) -> str | None:
    """Write down that the carrier is about to be called, and return the call's key.

    Returns:
        None when the carrier no longer remembers this key: calling again might book a second time.
    """
    now = clock()
    if shipment.called_at is None:
        shipment.called_at = now
    elif lasts is not None and now - shipment.called_at >= lasts:
        return None
    shipment.calls += 1
    session.flush()
    return shipment.key if shipment.round == 0 else f"{shipment.key}-{shipment.round}"


def note_booked(
    session: Session, shipment: Shipment, booking: Booking, quote: Quote | None, *, actor: Actor, clock: Clock
) -> None:
    """Write down the number a carrier gave, and when it says the consignment arrives.

    Raises:
        WrongState: it waits for no number.
    """
    shipment.waybill, shipment.company = booking.waybill, booking.company
    shipment.carrier_ref, shipment.marks, shipment.label_url = (
        booking.carrier_ref,
        dict(booking.marks),
        booking.label_url,
    )
    shipment.booked_at, shipment.failure = clock(), ""
    if quote is not None:
        shipment.price_fen, shipment.expected_at = quote.price_fen, quote.expected_at
    move(session, shipment, S.LABEL_CREATED, actor=actor, clock=clock)
    _keep(session, shipment, [TrackEvent(EventCode.LABEL_CREATED, clock())], CENTRE, actor=actor, clock=clock)


def note_failed(session: Session, shipment: Shipment, words: str, *, actor: Actor, clock: Clock) -> None:
    """Leave a booking to a person, with the carrier's own words or a code of ours."""
    shipment.failure = words[:LONGEST_LINE]
    move(session, shipment, S.FAILED, actor=actor, clock=clock, reason=words)


def want_again(
    session: Session,
    shipment: Shipment,
    *,
    carrier: str,
    company: str,
    lasts: timedelta | None,
    actor: Actor,
    clock: Clock,
) -> None:
    """Let a failed booking be tried again, or by another carrier.

    The key stays while its carrier remembers it, so that what was booked without our hearing of it is found again.

    Raises:
        WrongState: it did not fail.
    """
    is_forgotten = lasts is not None and shipment.called_at is not None and clock() - shipment.called_at >= lasts
    if carrier != shipment.carrier or is_forgotten:
        shipment.round += 1
        shipment.called_at = None
    shipment.carrier, shipment.company, shipment.calls = carrier, company, 0
    move(session, shipment, S.TO_BOOK, actor=actor, clock=clock)


# What is said of it


def move(
    session: Session, shipment: Shipment, to: ShipmentState, *, actor: Actor, clock: Clock, reason: str = ""
) -> None:
    """Move a consignment on, with its history; the only writer of its state.

    Raises:
        WrongState: the table has no such passage.
    """
    check_passage("shipment", NEXT, shipment.state, to)
    before, shipment.state = shipment.state, to
    _write(session, shipment, before, to, actor=actor, clock=clock, reason=reason)


def hear(
    session: Session, shipment: Shipment, said: Tracking, *, source: str, actor: Actor, clock: Clock
) -> ShipmentState | None:
    """Keep what was said of a booked consignment, and move it to where that leaves it.

    Heard twice it changes nothing; heard out of order it comes out as in order.

    Returns:
        The state it moved to, or None when it stayed where it was.

    Raises:
        WrongState: it has no number yet, so nobody can have said anything.
    """
    if shipment.waybill is None:
        raise WrongState("shipment", shipment.state, shipment.state)
    new = _keep(session, shipment, said.events, source, actor=actor, clock=clock)
    to = state_after(shipment.events)
    newest = in_order(shipment.events)[-1]
    before = shipment.state
    reason = next((event.text for event in new if REACHES[event.code] is to), "")
    if to is not before:
        move(session, shipment, to, actor=actor, clock=clock, reason=reason)
    if new or said.expected_at is not None:
        shipment.expected_at = expected_after(shipment.expected_at, said.expected_at, newest, to)
    if new:
        _doubt(shipment, new)
    if to is not before and before in ENDED_FOR_MONEY:
        shipment.doubt = AFTER_END
    if new and (shipment.doubt or (to is not before and to in TROUBLED)):
        shipment.quiet_until = None  # somebody looks after what was known then, not after this
    session.flush()
    return to if to is not before else None


def tap(
    session: Session,
    waybill: str,
    code: EventCode,
    *,
    actor: Actor,
    clock: Clock,
    version: int | None = None,
    reason: str = "",
) -> Shipment | None:
    """Note what the town's driver did with a parcel at its door, or None when that driver noted it before.

    Args:
        version: that the driver's page showed; None for what no page showed.

    Raises:
        NotFound: there is no such parcel of the town's own.
        Stale: something else was written down of it since, or the same by somebody else.
        WrongState: it is not on its way.
    """
    shipment, to = lock(session, town_key(session, waybill)), REACHES[code]
    if shipment.state is to:
        if version is not None and _was_brought_by_another(session, shipment, actor):
            raise Stale("shipment")
        return None
    if shipment.state not in MOVING or to is None:
        raise WrongState("shipment", shipment.state, code)
    if version is not None:
        check_seen(shipment, version)
    said = Tracking((TrackEvent(code, clock(), reason),))
    hear(session, shipment, said, source=DRIVER, actor=actor, clock=clock)
    return shipment


def _was_brought_by_another(session: Session, shipment: Shipment, actor: Actor) -> bool:
    last = select(ShipmentHistory.actor).where(ShipmentHistory.shipment_id == shipment.id)
    return session.scalar(last.order_by(ShipmentHistory.id.desc()).limit(1)) != actor.label


def say_at_centre(
    session: Session, shipment: Shipment, code: EventCode, *, actor: Actor, clock: Clock, reason: str = ""
) -> None:
    """Note what the centre itself did with a consignment, and move it; a number is not needed to call it off.

    Raises:
        WrongState: the table has no such passage.
    """
    to = REACHES[code]
    if to is None or to is shipment.state:
        return
    check_passage("shipment", NEXT, shipment.state, to)
    if shipment.waybill is None:
        move(session, shipment, to, actor=actor, clock=clock, reason=reason)
    else:
        # A carrier's clock may be fast; what stands before us comes after all that was said of it.
        at = max([clock(), *(event.at for event in shipment.events)])
        said = Tracking((TrackEvent(code, at, reason),))
        hear(session, shipment, said, source=CENTRE, actor=actor, clock=clock)


def look_after(session: Session, shipment: Shipment, *, until: datetime, note: str, actor: Actor, clock: Clock) -> None:
    """Note that somebody reads up on a consignment, what they found, and when it is expected now.

    Raises:
        Invalid: the note is missing, or the new day is past.
    """
    if not note.strip():
        raise Invalid("note", "empty")
    if until <= clock():
        raise Invalid("until", "past")
    shipment.quiet_until = until
    if shipment.state is not S.RETURNED or shipment.kind is not ShipmentKind.GOODS:
        shipment.doubt = ""  # goods that came back after somebody signed for them are in no other queue
    if shipment.state in MOVING | BEFORE:
        shipment.expected_at = until
    _write(session, shipment, shipment.state, shipment.state, actor=actor, clock=clock, reason=note.strip())


def doubt(session: Session, shipment: Shipment, why: str) -> None:
    """Leave a consignment to a person who reads what was said of it; empty when somebody has."""
    shipment.doubt = why
    if why:
        shipment.quiet_until = None
    session.flush()


def _doubt(shipment: Shipment, new: Sequence[ShipmentEvent]) -> None:
    """Ask for a person when something new is in no table, or moves what has ended."""
    if any(event.code is EventCode.UNKNOWN for event in new):
        shipment.doubt = UNREAD
    is_ended = shipment.state in (S.DELIVERED, S.RETURNING, S.RETURNED, S.COLLECTED)
    ended_at = max((event.at for event in shipment.events if REACHES[event.code] is shipment.state), default=None)
    if is_ended and ended_at is not None and any(event.at > ended_at for event in new):
        shipment.doubt = AFTER_END


def _keep(
    session: Session, shipment: Shipment, said: Iterable[TrackEvent], source: str, *, actor: Actor, clock: Clock
) -> list[ShipmentEvent]:
    """Keep the events that are new: a courier's list comes whole each time, known again by moment and words."""
    known = {(event.at, event.text or event.code) for event in shipment.events}
    new = []
    for event in said:
        text = event.text[:LONGEST_TEXT]
        mark = (event.at, text or event.code)
        if mark in known:
            continue
        known.add(mark)
        row = ShipmentEvent(
            shipment_id=shipment.id,
            code=event.code,
            at=event.at,
            text=text,
            place=event.place[:LONGEST_LINE],
            raw_code=event.raw_code[:40],
            source=source,
            actor=actor.label,
            noted_at=clock(),
        )
        shipment.events.append(row)
        new.append(row)
    session.flush()
    return new


def _write(
    session: Session,
    shipment: Shipment,
    before: ShipmentState | None,
    to: ShipmentState,
    *,
    actor: Actor,
    clock: Clock,
    reason: str = "",
) -> None:
    row = passage(before, to, actor=actor, clock=clock, reason=reason[:LONGEST_LINE])
    shipment.history.append(ShipmentHistory(shipment_id=shipment.id, **row))
    session.flush()
