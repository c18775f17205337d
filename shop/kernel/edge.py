"""The transaction edge: where every write begins and ends. Doors open it; services below never commit."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from typing import TypeVar

from sqlalchemy import Engine
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from shop.kernel.turns import turn, turns_of

T = TypeVar("T")

Transaction = Callable[[], AbstractContextManager[Session]]
"""What an act in steps is given by the door that calls it: each call opens one transaction."""

ATTEMPTS = 5
SERIALIZATION_FAILURE, DEADLOCK, UNIQUE_VIOLATION = "40001", "40P01", "23505"
AGAIN = frozenset({SERIALIZATION_FAILURE, DEADLOCK, UNIQUE_VIOLATION})
"""PostgreSQL's words for "another was quicker": run again, the act finds what the other wrote. A row that is doubled by
a mistake of ours is doubled again each time and ends in the error."""
POSTED = "outbox-posted"
"""Key in `Session.info` under which the outbox notes what to hand over after the commit."""


def _may_succeed_again(error: DBAPIError) -> bool:
    state = getattr(error.orig, "sqlstate", None)
    return state in AGAIN or "database is locked" in str(error.orig)


class Edge:
    """Opens transactions on one engine and wakes the job queue after a commit.

    Args:
        engine: a prepared engine (see `db.speak_sqlite`).
        wake: called after a commit with the ids of the messages posted in it. It is a hint only: what it loses, the
            outbox sweep finds, so it must not raise for an unreachable queue.
    """

    def __init__(self, engine: Engine, wake: Callable[[Sequence[int]], None]) -> None:
        self.engine = engine
        self._writing = engine.execution_options(write=True)
        self._turns = turns_of(engine)
        self._wake = wake

    @contextmanager
    def transaction(self) -> Iterator[Session]:
        """Open a write transaction: commit at the end, roll back on any exception, then wake the queue."""
        with turn(self._turns), Session(self._writing, expire_on_commit=False) as session:
            with session.begin():
                yield session
            posted: list[int] = session.info.pop(POSTED, [])
        if posted:
            self._wake(posted)

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """Open one consistent read of the database."""
        with Session(self.engine) as session, session.begin():
            yield session

    def run(self, act: Callable[[Session], T]) -> T:
        """Run a whole act in one transaction, again from the start when the database asks for it.

        Args:
            act: must have no effect outside its session, since it may run up to five times.

        Raises:
            DBAPIError: the database still refused after the last attempt.
        """
        for attempt in range(1, ATTEMPTS + 1):
            try:
                with self.transaction() as session:
                    return act(session)
            except DBAPIError as error:
                if attempt == ATTEMPTS or not _may_succeed_again(error):
                    raise
        raise AssertionError("unreachable")
