"""Acts at the same moment, each on a connection of its own, with a place to meet in the middle."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from shop.kernel.edge import Edge
from tests.support.databases import engine_for

T = TypeVar("T")

PATIENCE_S = 1.0
"""How long one waits for the others; on SQLite a second writer is not let in, so it can never arrive."""
LONG_S = 20.0
"""How long one waits whom nothing guards: all of them come, on a loaded machine late."""
END_S = 120.0


@dataclass(frozen=True)
class Racer:
    """What one of the competing acts is given.

    Attributes:
        number: 0, 1, ...
        edge: a transaction edge with an engine, hence a connection, of its own.
    """

    number: int
    edge: Edge
    _middle: threading.Barrier
    _is_unguarded: threading.Event = field(default_factory=threading.Event)

    def meet(self) -> bool:
        """Wait until every racer stands here, and tell whether they all came; call it between a read and a write."""
        try:
            self._middle.wait(LONG_S if self._is_unguarded.is_set() else PATIENCE_S)
        except threading.BrokenBarrierError:
            return False
        return True

    @contextmanager
    def unguarded(self) -> Iterator[Session]:
        """Open a transaction without the edge's care, for a control: on SQLite it begins deferred, not IMMEDIATE."""
        self._is_unguarded.set()
        with Session(self.edge.engine) as session, session.begin():
            yield session


@dataclass(frozen=True)
class Outcome(Generic[T]):
    """How one act ended: with a value or with an exception."""

    value: T | None
    error: Exception | None

    @property
    def won(self) -> bool:
        """Tell whether the act ended without an exception."""
        return self.error is None


def at_once(database_url: str, *acts: Callable[[Racer], T]) -> list[Outcome[T]]:
    """Run acts in threads that start together and return their outcomes in the order given.

    Fails when one of them hangs. A database that refuses (deadlock, locked) is an outcome; so is a `ShopError`.
    """
    start, middle = threading.Barrier(len(acts)), threading.Barrier(len(acts))
    engines = [engine_for(database_url) for _act in acts]
    outcomes: list[Outcome[T] | None] = [None] * len(acts)

    def run(number: int, act: Callable[[Racer], T]) -> None:
        racer = Racer(number, Edge(engines[number], lambda _posted: None), middle)
        start.wait(END_S)
        try:
            outcomes[number] = Outcome(act(racer), None)
        except Exception as error:  # noqa: BLE001 - however an act ends, that is its outcome
            outcomes[number] = Outcome(None, error)

    threads = [threading.Thread(target=run, args=pair, daemon=True) for pair in enumerate(acts)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(END_S)
    hung = [thread.name for thread in threads if thread.is_alive()]
    for engine in engines:
        engine.dispose()
    assert not hung, f"{len(hung)} of {len(acts)} acts hang: they wait for each other"
    return [outcome for outcome in outcomes if outcome is not None]


def refused_by_database(outcome: Outcome[T]) -> bool:
    """Tell whether the database itself ended the act: a lock, a deadlock, a constraint."""
    return isinstance(outcome.error, DBAPIError)
