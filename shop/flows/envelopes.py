"""What becomes of invoices on paper with the envelope they are in: signed for, come back, or not sent after all."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from shop.courier.models import Shipment, ShipmentKind, ShipmentState
from shop.courier.queries import carrier_name
from shop.invoices.models import InvoiceRequest, RequestState
from shop.invoices.rules import NEXT
from shop.invoices.services import advance, lock, tell
from shop.kernel.actor import Actor
from shop.kernel.clock import Clock

BECOMES = {
    ShipmentState.DELIVERED: RequestState.SIGNED,
    ShipmentState.RETURNED: RequestState.RETURNED,
    ShipmentState.CANCELLED: RequestState.ISSUED,
}


def follow(session: Session, letter: Shipment, *, actor: Actor, clock: Clock) -> None:
    """Let the invoices in an envelope come to where it is now, and tell their buyer; goods are left alone.

    A courier who takes back what they said changes nothing here: that waits for a person as it does with parcels.
    """
    requests = _inside(session, letter)
    if not requests:
        return
    if letter.state is ShipmentState.PICKED_UP:
        carrier = carrier_name(letter.carrier, letter.company)
        tell(session, requests[0], "invoice_sent", carrier=carrier, tracking=letter.waybill or "", clock=clock)
    to = BECOMES.get(letter.state)
    moved = [request for request in requests if to is not None and to in NEXT[request.state]]
    for request in moved:
        if to is RequestState.ISSUED:
            request.shipment_key = None
        assert to is not None, "they move to somewhere"
        advance(session, request, to, actor=actor, clock=clock)
    if moved and to is RequestState.RETURNED:
        tell(session, moved[0], "invoice_returned", clock=clock)


def holds_invoices(session: Session, letter: Shipment) -> bool:
    """Tell whether there are invoices in an envelope, whose buyer is told in words of their own."""
    return bool(_inside(session, letter))


def _inside(session: Session, letter: Shipment) -> list[InvoiceRequest]:
    if letter.kind is not ShipmentKind.DOCUMENT:
        return []
    inside = select(InvoiceRequest.code).where(InvoiceRequest.shipment_key == letter.key)
    codes = session.scalars(inside.order_by(InvoiceRequest.order_id, InvoiceRequest.id)).all()
    return [lock(session, code) for code in codes]
