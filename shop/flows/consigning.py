"""What the centre does by hand with consignments: letters out, stock in, what was heard, what came back."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy.orm import Session

from shop.courier import services as courier
from shop.courier.gateways.protocol import Booking, Courier, Party, TrackEvent, Tracking
from shop.courier.models import EventCode, Shipment, ShipmentKind, ShipmentState
from shop.courier.rules import COMPANY_NAMES, TOWN, WAYBILL
from shop.courier.services import Consignment
from shop.courier.topics import BOOK_SHIPMENT
from shop.desk.returned.queries import is_returned
from shop.flows import booking, envelopes, tracking
from shop.kernel import outbox
from shop.kernel.actor import Actor
from shop.kernel.clock import Clock
from shop.kernel.errors import Invalid, NotFound, WrongState
from shop.orders.queries.orders import order_by_code
from shop.town.queries import the_town

ENVELOPE_G = 50
MANUAL = booking.MANUAL


@dataclass(frozen=True)
class Letter:
    """A document to be sent: an envelope, no goods, no amount.

    Attributes:
        key: the page's own; a second click is the first letter.
        reference: the order it belongs to; empty when none.
    """

    key: str
    to: Party
    cargo: str
    carrier: str
    reference: str = ""


@dataclass(frozen=True)
class Coming:
    """Something on its way to the centre, under a number that its sender told.

    Attributes:
        key: the page's own; a second click is the first note.
        expected_at: when it should be there, as far as its sender knows.
    """

    key: str
    sender: str
    cargo: str
    company: str
    waybill: str
    expected_at: datetime | None


def send_letter(
    session: Session, couriers: Mapping[str, Courier], letter: Letter, *, actor: Actor, clock: Clock
) -> None:
    """Book a courier for a document, once a key.

    Raises:
        Forbidden: the actor is not staff.
        Invalid: see `book_letter`.
    """
    booking.check_staff(actor)
    book_letter(session, couriers, letter, actor=actor, clock=clock)


def book_letter(
    session: Session, couriers: Mapping[str, Courier], letter: Letter, *, actor: Actor, clock: Clock
) -> None:
    """Book a courier for a document, once a key; the caller has asked whether the actor may.

    Raises:
        Invalid: there is no such courier, or no such order.
    """
    if letter.carrier not in couriers:
        raise Invalid("carrier", "unknown")
    if letter.reference:
        try:
            order_by_code(session, letter.reference)
        except NotFound as missing:
            raise Invalid("reference", "unknown") from missing
    wanted = Consignment(
        key=letter.key,
        kind=ShipmentKind.DOCUMENT,
        to=letter.to,
        cargo=letter.cargo,
        weight_g=ENVELOPE_G,
        carrier=letter.carrier,
        reference=letter.reference,
    )
    shipment = courier.want(session, wanted, actor=actor, clock=clock)
    if shipment.calls == 0:
        outbox.post(session, BOOK_SHIPMENT, {"shipment": letter.key}, clock=clock)


def expect(session: Session, couriers: Mapping[str, Courier], coming: Coming, *, actor: Actor, clock: Clock) -> None:
    """Note that something comes to the centre, once a key; who can follow its number is asked to.

    Raises:
        Forbidden: the actor is not staff.
        Invalid: the number or the company cannot be, or the number is noted already.
    """
    booking.check_staff(actor)
    waybill = coming.waybill.strip().upper()
    if not WAYBILL.fullmatch(waybill):
        raise Invalid("waybill", "shape")
    if not coming.company or coming.company not in COMPANY_NAMES:
        raise Invalid("company", "unknown")
    noted = booking.numbered(session, couriers, coming.company, waybill)
    if noted == coming.key:
        return
    if noted is not None:
        raise Invalid("waybill", "taken")
    town = the_town(session)
    centre = Party(town.centre_name, town.centre_phone, town.division, "", "", town.centre_address)
    wanted = Consignment(
        key=coming.key,
        kind=ShipmentKind.INBOUND,
        to=centre,
        cargo=coming.cargo,
        weight_g=ENVELOPE_G,
        carrier=MANUAL,
        sender=coming.sender,
    )
    shipment = courier.want(session, wanted, actor=actor, clock=clock)
    courier.note_booked(session, shipment, Booking(waybill, coming.company), None, actor=actor, clock=clock)
    shipment.expected_at = coming.expected_at
    booking.ask_to_follow(session, couriers, coming.key, clock=clock)


def say(session: Session, key: str, said: Sequence[TrackEvent], *, version: int, actor: Actor, clock: Clock) -> None:
    """Note what was heard of a consignment; of the town's own run only that it left, its driver says the rest.

    Args:
        version: that the actor saw.

    Raises:
        Forbidden: the actor is not staff.
        NotFound: there is no such consignment.
        Stale: something was written down of it since.
        WrongState: it has no number yet, or its driver says it.
    """
    booking.check_staff(actor)
    shipment = courier.lock(session, key, version)
    if shipment.carrier == TOWN and not _may_be_said_of_town(shipment, said):
        raise WrongState("shipment", shipment.state, said[0].code)
    now = clock()
    sure = tuple(replace(event, at=min(event.at, now)) for event in said)  # nothing has happened in the future
    tracking.take_in(session, key, Tracking(sure), source=courier.CENTRE, actor=actor, clock=clock)


def _may_be_said_of_town(shipment: Shipment, said: Sequence[TrackEvent]) -> bool:
    return shipment.kind is not ShipmentKind.GOODS and all(event.code is EventCode.PICKED_UP for event in said)


def collect(session: Session, key: str, *, version: int, actor: Actor, clock: Clock) -> None:
    """Note that what came back was taken from the counter, or put away.

    Args:
        version: that the actor saw.

    Raises:
        Forbidden: the actor is not staff.
        NotFound: there is no such consignment.
        Stale: something was written down of it since.
        WrongState: it does not wait at the counter, or it is goods about which is decided elsewhere.
    """
    booking.check_staff(actor)
    shipment = courier.lock(session, key, version)
    if is_returned(session, key):
        raise WrongState("shipment", shipment.state, ShipmentState.COLLECTED)
    courier.say_at_centre(session, shipment, EventCode.COLLECTED, actor=actor, clock=clock)
    courier.doubt(session, shipment, "")


def look_after(
    session: Session, key: str, *, until: datetime, note: str, version: int, actor: Actor, clock: Clock
) -> None:
    """Note what somebody found out about a consignment, and when it is expected now.

    Args:
        version: that the actor saw.

    Raises:
        Forbidden: the actor is not staff.
        NotFound: there is no such consignment.
        Stale: something was written down of it since.
        Invalid: the note is missing, or the new day is past.
    """
    booking.check_staff(actor)
    shipment = courier.lock(session, key, version)
    courier.look_after(session, shipment, until=until, note=note, actor=actor, clock=clock)


def call_off(session: Session, key: str, *, reason: str, version: int, actor: Actor, clock: Clock) -> None:
    """Call a letter off, or strike a note of something coming; goods go with their order's money, on its page.

    Args:
        version: that the actor saw.

    Raises:
        Forbidden: the actor is not staff.
        NotFound: there is no such consignment.
        Stale: something was written down of it since.
        WrongState: it is goods, has left, or its courier is just being called.
    """
    booking.check_staff(actor)
    shipment = courier.lock(session, key)
    if shipment.kind is ShipmentKind.GOODS:
        raise WrongState("shipment", shipment.state, ShipmentState.CANCELLED)
    booking.call_off(session, key, reason=reason, version=version, actor=actor, clock=clock)
    envelopes.follow(session, shipment, actor=actor, clock=clock)
