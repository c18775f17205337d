"""A consignment that no courier took, let go to somebody else or elsewhere."""

from sqlalchemy.orm import Session

from shop.courier.gateways.protocol import Party
from shop.courier.models import Shipment, ShipmentHistory, ShipmentState
from shop.courier.rules import READDRESSED, is_refused
from shop.kernel.actor import Actor
from shop.kernel.clock import Clock
from shop.kernel.errors import WrongState
from shop.kernel.states import passage


def send_elsewhere(session: Session, shipment: Shipment, to: Party, *, actor: Actor, clock: Clock) -> None:
    """Let a locked consignment go to another address when it is booked next.

    A carrier that remembers the old key would answer for the old address, so the next call goes out under a new one.

    Raises:
        WrongState: it did not fail, or it may have been booked without our hearing of it.
    """
    if shipment.state is not ShipmentState.FAILED or not is_refused(shipment.failure):
        raise WrongState("shipment", shipment.state, ShipmentState.FAILED)
    shipment.recipient, shipment.phone = to.name, to.phone
    shipment.province, shipment.city, shipment.district, shipment.street = to.province, to.city, to.district, to.street
    if shipment.called_at is not None:
        shipment.round += 1
        shipment.called_at = None
    row = passage(shipment.state, shipment.state, actor=actor, clock=clock, reason=READDRESSED)
    shipment.history.append(ShipmentHistory(shipment_id=shipment.id, **row))
    session.flush()
