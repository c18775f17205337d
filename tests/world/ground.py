"""The ground builders stand on: one database, one clock, and numbers that never repeat within a test."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import count
from typing import TypeVar

from sqlalchemy.orm import Session

from shop.kernel.edge import Edge
from tests.support.clock import SettableClock

T = TypeVar("T")

START = datetime(2026, 11, 22, 2, 0, tzinfo=UTC)
"""When every test begins: Sunday 22 November 2026, ten in the morning in Chengdu."""


@dataclass
class World:
    """One test's town."""

    edge: Edge
    clock: SettableClock
    _numbers: "count[int]" = field(default_factory=lambda: count(1))

    def run(self, act: Callable[[Session], T]) -> T:
        """Run an act in its own transaction, as a door would."""
        return self.edge.run(act)

    def number(self) -> int:
        """Return a number not yet used in this test: for names, keys and phones that must differ."""
        return next(self._numbers)

    def phone(self) -> str:
        """Return a mobile number not yet used in this test."""
        return f"138{self.number():08d}"
