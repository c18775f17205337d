"""The centre's desk for invoices: walks from a request to what was recorded for it."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from shop.courier.models import Shipment
from shop.flows import refunds
from shop.invoices import recording
from shop.invoices.models import Invoice, InvoiceFile, InvoiceHistory, RedLetter, RedReason
from shop.invoices.queries import RequestFacts
from shop.invoices.queues import Due, Tab, Waiting, lengths, red_due, waiting
from shop.invoices.recording import Issued, Red
from shop.kernel.actor import Actor
from shop.kernel.clock import town_day
from shop.media.documents.services import receive_document
from shop.notifications.models import Delivery
from shop.orders import services as orders
from tests.support.odd_documents import NUMBER, xml
from tests.world.ground import World
from tests.world.invoices import requests
from tests.world.market import HOUSE, STAFF, Market

FINANCE = Actor(user_id=None, label="FINANCE", roles=frozenset({"finance"}))
PACKER = Actor(user_id=None, label="PACKER", roles=frozenset({"packer"}))
OTHER = "26512000000099999999"
RED = "26512000000055555555"


@dataclass
class Desk:
    """A town with an order that its buyer wants invoices for."""

    at: Market
    order: str

    def do(self, act: Callable[..., Any], *args: Any, actor: Actor = FINANCE, **more: Any) -> Any:
        """Do one act of the centre in a transaction."""
        clock = self.at.world.clock
        return self.at.world.run(lambda session: act(session, *args, **more, actor=actor, clock=clock))

    def requests(self) -> list[RequestFacts]:
        """Return the requests as they stand."""
        return requests(self.at, self.order)

    def goods(self) -> RequestFacts:
        """Return the request about the goods, not the freight's."""
        return next(one for one in self.requests() if one.lines[0].order_line_id is not None)

    def document(self, raw: bytes = b"") -> str:
        """Take a document in, one that nobody has sent yet unless it is given, and return its key."""
        world = self.at.world
        content = raw or xml(number=f"26{world.number():018d}")
        return receive_document(
            world.edge.transaction, world.house.store, content, max_bytes=10**7, actor=HOUSE, clock=world.clock
        )

    def issued(self, **other: Any) -> Issued:
        """Return what is typed in for the goods' invoice."""
        day = town_day(self.at.world.clock())
        return replace(Issued(NUMBER, "", day, self.goods().amount_fen, (self.document(),)), **other)

    def accepted(self) -> str:
        """Take the goods' request on and return its code."""
        code = self.goods().code
        self.do(recording.accept, code)
        return code

    def recorded(self, **other: Any) -> str:
        """Record the goods' invoice and return the request's code."""
        code = self.accepted()
        self.do(recording.record_issued, code, self.issued(**other))
        return code

    def all_recorded(self) -> list[str]:
        """Record an invoice for every request of the order and return the requests' codes."""
        world, found = self.at.world, self.requests()
        for one in found:
            self.do(recording.accept, one.code)
            number, day = f"26{world.number():018d}", town_day(world.clock())
            issued = Issued(number, "", day, one.amount_fen, (self.document(),))
            self.do(recording.record_issued, one.code, issued)
        return [one.code for one in found]

    def red(self, amount_fen: int, **other: Any) -> Red:
        """Return a red letter as it is typed in."""
        day = town_day(self.at.world.clock())
        return replace(Red(RED, "", day, amount_fen, RedReason.GOODS_RETURNED), **other)

    def give_back(self, fen: int, key: str = "k1") -> None:
        """Give the buyer money back, as a kindness."""
        world, code = self.at.world, self.order

        def act(session: Session) -> None:
            refunds.give_back(
                session, orders.lock(session, code), fen, key=key, reason="staff", actor=STAFF, clock=world.clock
            )

        world.run(act)

    def due(self) -> Due:
        """Return for which requests how much is to be red-lettered."""
        return self.at.world.read(red_due)

    def told(self) -> list[str]:
        """Return which messages about invoices went out."""
        self.at.world.deliver()
        found = self.at.world.read(
            lambda session: list(session.scalars(select(Delivery.template).order_by(Delivery.id)))
        )
        return [name for name in found if name.startswith(("invoice_", "letter_"))]

    def stands(self) -> tuple[int, ...]:
        """Return counts of all that an act here could leave behind."""

        def count(session: Session) -> tuple[int, ...]:
            tables = (Invoice, InvoiceFile, InvoiceHistory, RedLetter, Shipment)
            return tuple(session.scalar(select(func.count()).select_from(table)) or 0 for table in tables)

        return self.at.world.read(count)


def lists(world: World) -> dict[Tab, int]:
    """Return how long the centre's lists of invoices are."""
    return world.read(lambda session: lengths(session, red_due(session)))


def listed(world: World, tab: Tab) -> list[Waiting]:
    """Return what is in one of them."""
    return world.read(lambda session: waiting(session, tab, red_due(session), offset=0, limit=9))
