"""A process that walks an order through the house's acts, and is killed outright at a point that a test names.

The points are put around the house's own edge and gateways here, in that process only: before and after every commit,
between a commit and the queue's hearing of it, before and after every call of the provider.
"""

import os
import signal
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from multiprocessing import get_context
from multiprocessing.connection import Connection
from typing import Any

from sqlalchemy.orm import Session

from shop.app.wiring import wire
from shop.flows import closing, refunds, settle
from shop.flows.checkout import place_order
from shop.kernel import outbox
from shop.kernel.actor import VISITOR, Actor
from shop.kernel.clock import Clock
from shop.kernel.codes import new_token
from shop.kernel.edge import Edge
from shop.orders import services as orders
from shop.orders.services import Recipient
from shop.payments.queries import payment_by_code
from shop.settings import Settings
from shop.web.house import House
from shop.worker import handlers
from tests.support.clock import SettableClock
from tests.support.databases import engine_for

STAFF = Actor(user_id=None, label="STAFF", roles=frozenset({"staff"}))
GOODWILL_FEN = 500
CALLS = ("start", "fetch", "void", "refund")
PATIENCE_S = 120

Event = tuple[bytes, dict[str, str]]


@dataclass(frozen=True)
class Errand:
    """What a process is sent to do.

    Attributes:
        walk: `pay`, `refund`, `cancel` or `recover`.
        gateway: through which is paid.
        kill_at: name or number of the point at which it dies; it lives to the end without.
        order: code of the order; of an order that is to be placed nothing.
        token: the visitor's basket, for an order that is to be placed.
        seen: the digest of its quote.
        random_keys: ask the provider for refunds under keys that nobody can repeat, for a control.
    """

    settings: Settings
    now: datetime
    walk: str
    gateway: str
    kill_at: str | int | None = None
    order: str = ""
    to: Recipient | None = None
    token: str = ""
    seen: str = ""
    random_keys: bool = False


@dataclass(frozen=True)
class Ended:
    """How a process ended: the points it came by, in order, and whether it died at the last of them."""

    points: Sequence[str]
    was_killed: bool


def send(errand: Errand, provider: Callable[[str], Event]) -> Ended:
    """Let a process do an errand, and play the buyer at the provider, which outlives it.

    Args:
        provider: lets the buyer pay what has this reference, and returns the event that the provider then sends.
    """
    processes = get_context("forkserver")
    processes.set_forkserver_preload([__name__])
    ours, theirs = processes.Pipe()
    child = processes.Process(target=_do, args=(errand, theirs))
    child.start()
    theirs.close()
    points: list[str] = []
    try:
        while ours.poll(PATIENCE_S):
            kind, value = ours.recv()
            if kind == "pay":
                ours.send(provider(value))
            else:
                points.append(value)
    except (EOFError, ConnectionError):
        pass
    child.join(PATIENCE_S)
    assert child.exitcode in (0, -signal.SIGKILL), f"{errand.walk} ended with {child.exitcode} after {points[-1:]}"
    return Ended(points, child.exitcode != 0)


class Points:
    """Counts and tells the points as they are reached, and dies at one of them."""

    def __init__(self, pipe: "Connection[Any, Any]", kill_at: str | int | None) -> None:
        self.stage = ""
        self._pipe = pipe
        self._kill_at = kill_at
        self._seen: Counter[str] = Counter()

    def reach(self, what: str) -> None:
        """Come by a point: tell the parent, who reads it even when this process is no more."""
        name = f"{self.stage}: {what}"
        self._seen[name] += 1
        name = f"{name}, {self._seen[name]}"
        self._pipe.send(("point", name))
        if self._kill_at in (name, self._seen.total()):
            os.kill(os.getpid(), signal.SIGKILL)


class MarkedEdge(Edge):
    """The house's edge, with a point on both sides of every commit."""

    def __init__(self, edge: Edge, points: Points) -> None:
        super().__init__(edge.engine, lambda _ids: points.reach("before the queue hears of it"))
        self._points = points

    @contextmanager
    def transaction(self) -> Iterator[Session]:
        """Open a write transaction."""
        with super().transaction() as session:
            yield session
            self._points.reach("before the commit")
        self._points.reach("after the commit")


class Walker:
    """One errand in its process."""

    def __init__(self, errand: Errand, pipe: "Connection[Any, Any]") -> None:
        self.errand = errand
        self.points = Points(pipe, errand.kill_at)
        self._pipe = pipe
        engine = engine_for(errand.settings.database_url)
        made = wire(errand.settings, engine, SettableClock(errand.now))
        for gateway in made.gateways.values():
            self._mark(gateway)
        self.house: House = replace(made, edge=MarkedEdge(made.edge, self.points))

    def _mark(self, gateway: object) -> None:
        for name in CALLS:
            setattr(gateway, name, partial(self._call, name, getattr(gateway, name)))

    def _call(self, name: str, call: Callable[..., Any], *args: Any, **more: Any) -> Any:
        self.points.reach(f"before the provider's {name}")
        if name == "refund" and self.errand.random_keys:
            more["key"] = new_token()
        said = call(*args, **more)
        self.points.reach(f"after the provider's {name}")
        return said

    def pay(self) -> None:
        """Place the order, start its payment, pay it, hear of it."""
        errand, clock, edge = self.errand, self.house.clock, self.house.edge
        assert errand.to is not None
        self.points.stage = "place"
        place = partial(place_order, to=errand.to, checkout_key=errand.token, seen=errand.seen, token=errand.token)
        gateway = self.house.gateways[errand.gateway]
        placed = edge.run(lambda session: place(session, gateway=gateway, actor=VISITOR, clock=clock))
        self.deliver("start")
        with edge.reading() as session:
            reference = payment_by_code(session, placed.payment_code).provider_ref
        self._pipe.send(("pay", reference))
        body, headers = self._pipe.recv()
        self.points.stage = "hear"
        self.points.reach("the provider has the money")
        settle.receive_event(edge, self.house.gateways, errand.gateway, body, headers, clock=clock)
        self.deliver("tell")

    def refund(self) -> None:
        """Give back some of a paid order's money as staff do, and let the provider do it."""
        clock = self.house.clock
        self.points.stage = "ask"
        self.house.edge.run(lambda session: goodwill(session, self.errand.order, clock))
        self.deliver("give back")

    def cancel(self) -> None:
        """Cancel a paid order as its buyer does, and let the provider give back its money."""
        self.points.stage = "ask"
        edge, gateways, clock = self.house.edge, self.house.gateways, self.house.clock
        url = self.errand.settings.public_url
        closing.cancel(edge, gateways, self.errand.order, public_url=url, actor=VISITOR, clock=clock)
        self.deliver("give back")

    def recover(self) -> None:
        """Do what the worker does after a start."""
        self.deliver("outbox")
        self.points.stage = "jobs"
        jobs(self.house)
        self.deliver("outbox")

    def deliver(self, stage: str) -> None:
        """Do what the outbox asks for."""
        self.points.stage = stage
        table, clock = handlers(self.house), self.house.clock
        while True:
            with self.house.edge.reading() as session:
                due = outbox.due(session, clock())
            if not due:
                return
            for message_id in due:
                assert outbox.deliver(self.house.edge, table, message_id, clock=clock)


def goodwill(session: Session, order_code: str, clock: Clock) -> None:
    """Give back a little of an order; asked again, it is the same refund."""
    order = orders.lock(session, order_code)
    refunds.give_back(
        session, order, GOODWILL_FEN, key=f"goodwill:{order_code}", reason="returned", actor=STAFF, clock=clock
    )


def jobs(house: House) -> None:
    """Run the worker's jobs that look after money and goods."""
    url = house.settings.public_url
    settle.sweep(house.edge, house.gateways, public_url=url, clock=house.clock)
    refunds.drive_due(house.edge, house.gateways, clock=house.clock)
    closing.expire_due(house.edge, house.gateways, public_url=url, clock=house.clock)


def _do(errand: Errand, pipe: "Connection[Any, Any]") -> None:
    walker = Walker(errand, pipe)
    walks: Mapping[str, Callable[[], None]] = {
        "pay": walker.pay,
        "refund": walker.refund,
        "cancel": walker.cancel,
        "recover": walker.recover,
    }
    walks[errand.walk]()
