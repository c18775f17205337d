"""Invoices on paper: into one envelope by courier, or over the counter."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from shop.courier import services as courier
from shop.courier.gateways.protocol import Courier, Party
from shop.courier.models import EventCode, ShipmentState
from shop.flows.consigning import Letter, book_letter
from shop.invoices.models import InvoiceRequest, Medium, RequestState
from shop.invoices.recording import check_clerk
from shop.invoices.services import advance, lock
from shop.kernel.actor import Actor
from shop.kernel.clock import Clock
from shop.kernel.errors import Invalid, NotFound, WrongState
from shop.orders.models import Order

CARGO = "发票"
MAY_GO = frozenset({RequestState.ISSUED, RequestState.RETURNED})


@dataclass(frozen=True)
class Envelope:
    """Invoices that travel together.

    Attributes:
        key: the page's own; a second press is the first envelope.
        codes: of the requests; all of them go to one address.
    """

    key: str
    codes: tuple[str, ...]
    carrier: str


def address_of(request: InvoiceRequest) -> Party:
    """Return where a request's paper goes."""
    return Party(request.recipient, request.phone, request.province, request.city, request.district, request.street)


def send(session: Session, couriers: Mapping[str, Courier], envelope: Envelope, *, actor: Actor, clock: Clock) -> None:
    """Book a courier for an envelope with invoices: a document, on which no amount stands.

    Raises:
        Forbidden: the actor has nothing to do with invoices.
        Invalid: there is no such courier, or one of them is not for this address (`address`).
        NotFound: there is no such request.
        WrongState: one of them is not issued on paper, or is on its way.
    """
    check_clerk(actor)
    requests = [lock(session, code) for code in sorted(set(envelope.codes))]
    if not requests:
        raise NotFound("invoice_request")
    for request in requests:
        if request.state not in MAY_GO or request.medium is not Medium.PAPER:
            raise WrongState("invoice_request", request.state, RequestState.SENT)
    to = address_of(requests[0])
    if not to.street or any(address_of(request) != to for request in requests):
        raise Invalid("codes", "address")
    _put_away(session, {request.shipment_key for request in requests}, actor=actor, clock=clock)
    order = session.get_one(Order, requests[0].order_id)
    letter = Letter(envelope.key, to, CARGO, envelope.carrier, order.code)
    book_letter(session, couriers, letter, actor=actor, clock=clock)
    for request in requests:
        request.shipment_key = envelope.key
        advance(session, request, RequestState.SENT, actor=actor, clock=clock)


def companions(session: Session, request: InvoiceRequest) -> list[tuple[str, str]]:
    """Return codes and titles of other invoices that may go into the same envelope."""
    wanted = select(InvoiceRequest).where(
        InvoiceRequest.id != request.id,
        InvoiceRequest.phone == request.phone,
        InvoiceRequest.street == request.street,
        InvoiceRequest.medium == Medium.PAPER,
        InvoiceRequest.state.in_(MAY_GO),
    )
    found = session.scalars(wanted.order_by(InvoiceRequest.id)).all()
    return [(one.code, one.issuer_name) for one in found if address_of(one) == address_of(request)]


def hand_over(session: Session, code: str, *, actor: Actor, clock: Clock) -> None:
    """Note that a buyer took their invoice at the counter.

    Raises:
        Forbidden: the actor has nothing to do with invoices.
        NotFound: there is no such request.
        WrongState: it does not lie at the counter.
    """
    check_clerk(actor)
    request = lock(session, code)
    if request.medium is not Medium.PAPER:
        raise WrongState("invoice_request", request.state, RequestState.HANDED_OVER)
    advance(session, request, RequestState.HANDED_OVER, actor=actor, clock=clock)
    _put_away(session, {request.shipment_key}, actor=actor, clock=clock)


def _put_away(session: Session, keys: Collection[str | None], *, actor: Actor, clock: Clock) -> None:
    """End envelopes that came back and are opened now: nobody has to see to them at the counter any more."""
    for key in sorted(key for key in keys if key is not None):
        letter = courier.lock(session, key)
        if letter.state is ShipmentState.RETURNED:
            courier.say_at_centre(session, letter, EventCode.COLLECTED, actor=actor, clock=clock)
            courier.doubt(session, letter, "")
