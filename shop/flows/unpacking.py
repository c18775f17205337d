"""Taking a packed box apart before it leaves: its goods are to be packed again."""

from sqlalchemy.orm import Session

from shop.courier.models import ShipmentState
from shop.courier.queries import shipment_by_key
from shop.flows import booking
from shop.fulfilment import services as bench
from shop.fulfilment.models import ParcelState
from shop.fulfilment.queries import parcel_by_code, parcel_version, parcels_of_order
from shop.kernel.actor import Actor
from shop.kernel.clock import Clock
from shop.kernel.errors import Invalid, Stale, WrongState
from shop.orders import services as orders
from shop.orders.models import Handing, VendorOrderState
from shop.orders.rules import CARRIED_OUT


def take_apart(session: Session, parcel_code: str, *, reason: str, seen: str = "", actor: Actor, clock: Clock) -> None:
    """Open a closed box that has not left: its goods wait to be packed, its courier is called off.

    A box that was packed into several parcels is opened with all of them. What is packed of it later has other codes.
    Said twice, it is once.

    Args:
        seen: how the parcel stood on the page, `parcel_version`; empty where no page was looked at.

    Raises:
        Forbidden: the actor does not work at the bench.
        NotFound: there is no such parcel.
        WrongState: one of them has left, its order is over, or its courier is being asked for a number just now.
        Stale: something of it has changed since the page was shown.
        Invalid: the reason is missing.
    """
    bench.check_bench(actor, "packer")
    why = reason.strip()
    if not why:
        raise Invalid("reason", "empty")
    order = orders.lock(session, parcel_by_code(session, parcel_code).order.code)
    found = parcel_by_code(session, parcel_code)
    if found.state is ParcelState.OPENED:
        return
    if seen and seen != parcel_version(found):
        raise Stale("parcel")
    if order.state not in CARRIED_OUT:
        raise WrongState("order", order.state, VendorOrderState.RECEIVED)
    together = [one for one in parcels_of_order(session, order.id) if one.box is found.box]
    for one in together:
        parcel = bench.lock(session, one.code)
        bench.advance(session, parcel, ParcelState.OPENED, actor=actor, clock=clock, reason=why)
        if order.handing is Handing.DELIVERY:
            _call_off(session, one.code, why, actor=actor, clock=clock)
    lines = {line_id for one in together for line_id in one.pieces}
    for part in order.vendor_orders:
        if part.state is VendorOrderState.PACKED and any(line.id in lines for line in part.lines):
            orders.advance_part(session, part, VendorOrderState.RECEIVED, actor=actor, clock=clock, reason=why)


def _call_off(session: Session, code: str, why: str, *, actor: Actor, clock: Clock) -> None:
    shipment = shipment_by_key(session, code)
    if shipment is None or shipment.state is ShipmentState.TO_BOOK:
        raise WrongState("shipment", ShipmentState.TO_BOOK, ShipmentState.CANCELLED)
    if shipment.state is not ShipmentState.CANCELLED:
        booking.call_off(session, code, reason=why, actor=actor, clock=clock)
