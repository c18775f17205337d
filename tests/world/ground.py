"""The ground builders stand on: the house, one database, one clock, and numbers that never repeat within a test."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import count
from typing import TypeVar

from sqlalchemy.orm import Session

from shop.kernel import outbox
from shop.kernel.edge import Edge
from shop.web.house import House
from shop.worker import handlers, tick
from tests.support.clock import SettableClock

T = TypeVar("T")

START = datetime(2026, 11, 22, 2, 0, tzinfo=UTC)
"""When every test begins: Sunday 22 November 2026, ten in the morning in Chengdu."""


@dataclass
class World:
    """One test's town.

    Attributes:
        house: the wiring a worker has: gateways, store, settings, a cheap password hasher.
        edge: the house's transaction edge; messages it posts wait until `deliver`.
    """

    house: House
    edge: Edge
    clock: SettableClock
    _numbers: "count[int]" = field(default_factory=lambda: count(1))

    def run(self, act: Callable[[Session], T]) -> T:
        """Run an act in its own transaction, as a door would."""
        return self.edge.run(act)

    def read(self, query: Callable[[Session], T]) -> T:
        """Run a query in a read of its own, as a page would."""
        with self.edge.reading() as session:
            return query(session)

    def number(self) -> int:
        """Return a number not yet used in this test: for names, keys and phones that must differ."""
        return next(self._numbers)

    def phone(self) -> str:
        """Return a mobile number not yet used in this test."""
        return f"138{self.number():08d}"

    def deliver(self) -> int:
        """Do what the outbox asks for until nothing is due, as the worker would, and return how much was done.

        Fails when a handler fails; to see a failure handled, call `shop.kernel.outbox.deliver` yourself.
        """
        table, done = handlers(self.house), 0
        while due := self.read(lambda session: outbox.due(session, self.clock())):
            for message_id in due:
                assert outbox.deliver(self.edge, table, message_id, clock=self.clock), self._why(message_id)
                done += 1
        return done

    def tick(self) -> None:
        """Let every periodic job whose turn has come run, as the worker does once a minute."""
        tick(self.house)

    def _why(self, message_id: int) -> str:
        message = self.read(lambda session: session.get_one(outbox.Message, message_id))
        return f"{message.topic} {message.facts}: {message.error}"
