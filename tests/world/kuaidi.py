"""A town whose parcels go by Kuaidi100: its stand-in serves, and the house is wired to it."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace

from shop.courier.gateways.kuaidi100 import Kuaidi100
from shop.courier.queries import ShipmentFacts, shipment_by_key
from shop.kernel import outbox
from shop.settings import Kuaidi100Settings
from shop.web.house import House
from shop.worker import handlers
from tests.support.kuaidi_server import KuaidiServer
from tests.world.market import Market, listing, pack, paid_order, receive_all, variant_id

ACCOUNT = Kuaidi100Settings(
    KuaidiServer.key, KuaidiServer.secret, KuaidiServer.customer, company="shunfeng", partner="", api=None
)


@dataclass
class Sending:
    """A packed parcel, and everybody who has to do with its way."""

    at: Market
    server: KuaidiServer
    order: str
    parcel: str

    @property
    def shipment(self) -> ShipmentFacts:
        """Return its consignment as it stands."""
        found = self.at.world.read(lambda session: shipment_by_key(session, self.parcel))
        assert found is not None
        return found

    def work(self) -> list[bool]:
        """Let the worker deliver what is due, once each, and return what succeeded."""
        world = self.at.world
        due = world.read(lambda session: outbox.due(session, world.clock()))
        table = handlers(world.house)
        return [outbox.deliver(world.edge, table, message, clock=world.clock) for message in due]


def with_kuaidi(house: House, server: KuaidiServer) -> House:
    """Return a house in which Kuaidi100 takes every packed parcel first."""
    account = replace(ACCOUNT, api=server.url)
    gateway = Kuaidi100(account, push_url="http://shop.example.cn/hooks/kuaidi100", clock=house.clock)
    return replace(house, couriers={"kuaidi100": gateway, **house.couriers})


@contextmanager
def sending(at: Market) -> Iterator[Sending]:
    """Pack one parcel in a town that sends by Kuaidi100; its courier is not booked yet."""
    with KuaidiServer(at.world.clock).serving() as server:
        at.world.house = with_kuaidi(at.world.house, server)
        made = paid_order(at, {variant_id(at, listing(at)): 1})
        receive_all(at, made.code)
        at.world.deliver()
        yield Sending(at, server, made.code, pack(at, made.code))
