"""Letters of the centre, walked to where a test wants them."""

from functools import partial

from shop.courier.gateways.protocol import Party, TrackEvent
from shop.courier.models import EventCode
from shop.courier.queries import ShipmentFacts, shipment_by_key
from shop.courier.rules import TOWN
from shop.flows import consigning, delivery
from shop.kernel.codes import new_code
from tests.world.market import DRIVER, STAFF, TO, Market


def letter(at: Market, key: str) -> ShipmentFacts:
    """Return a letter as it stands."""
    facts = at.world.read(lambda session: shipment_by_key(session, key))
    assert facts is not None
    return facts


def returned_letter(at: Market) -> str:
    """Send a letter by the town's own driver, who brings it back; return its key."""
    world, key = at.world, new_code(8)
    to = Party(TO.name, world.phone(), TO.province, TO.city, TO.district, TO.street)
    wanted = consigning.Letter(key, to, "发票", TOWN)
    couriers = world.house.couriers
    world.run(partial(consigning.send_letter, couriers=couriers, letter=wanted, actor=STAFF, clock=world.clock))
    world.deliver()
    left = [TrackEvent(EventCode.PICKED_UP, world.clock())]
    out = partial(consigning.say, key=key, said=left, version=letter(at, key).version, actor=STAFF, clock=world.clock)
    world.run(out)
    waybill = letter(at, key).waybill
    world.run(partial(delivery.bring_back, waybill=waybill, reason="没人在家", actor=DRIVER, clock=world.clock))
    return key
