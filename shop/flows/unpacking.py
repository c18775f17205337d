"""Taking a packed box apart before it leaves: its goods are to be packed again."""

from sqlalchemy.orm import Session

from shop.courier.models import ShipmentState
from shop.courier.queries import shipment_by_key
from shop.flows import booking
from shop.fulfilment import services as bench
from shop.fulfilment.models import ParcelState
from shop.fulfilment.queries import parcel_by_code
from shop.kernel.actor import Actor
from shop.kernel.clock import Clock
from shop.kernel.errors import Invalid, WrongState
from shop.orders import services as orders
from shop.orders.models import Handing, VendorOrderState
from shop.orders.rules import CARRIED_OUT


def take_apart(session: Session, parcel_code: str, *, reason: str, actor: Actor, clock: Clock) -> None:
    """Open a closed box that has not left: its goods wait to be packed, its courier is called off.

    What is packed of them later is another parcel with a code of its own. Said twice, it is once.

    Raises:
        Forbidden: the actor does not work at the bench.
        NotFound: there is no such parcel.
        WrongState: it has left, its order is over, or its courier is being asked for a number just now.
        Invalid: the reason is missing.
    """
    bench.check_bench(actor, "packer")
    why = reason.strip()
    if not why:
        raise Invalid("reason", "empty")
    order = orders.lock(session, parcel_by_code(session, parcel_code).order.code)
    parcel = bench.lock(session, parcel_code)
    if parcel.state is ParcelState.OPENED:
        return
    if order.state not in CARRIED_OUT:
        raise WrongState("order", order.state, VendorOrderState.RECEIVED)
    bench.advance(session, parcel, ParcelState.OPENED, actor=actor, clock=clock, reason=why)
    if order.handing is Handing.DELIVERY:
        shipment = shipment_by_key(session, parcel.code)
        if shipment is None or shipment.state is ShipmentState.TO_BOOK:
            raise WrongState("shipment", ShipmentState.TO_BOOK, ShipmentState.CANCELLED)
        if shipment.state is not ShipmentState.CANCELLED:
            booking.call_off(session, parcel.code, reason=why, actor=actor, clock=clock)
    for part in order.vendor_orders:
        if part.box is parcel.box and part.state is VendorOrderState.PACKED:
            orders.advance_part(session, part, VendorOrderState.RECEIVED, actor=actor, clock=clock, reason=why)
