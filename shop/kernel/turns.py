"""Turns of writers.

SQLite lets one write at a time; the others sleep and try again, in no order, and under many writers some sleep for
seconds while the lock stands free. Here they stand in line instead.

PostgreSQL lets them write side by side. Who counts rows and then adds one has no row to lock, and asks for a turn by
name.
"""

import fcntl
import os
import threading
from collections import deque
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from functools import cache

from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session

PATIENCE_S = 10
"""Who has waited so long in this process goes on to SQLite itself, which has the last word and its own patience."""


class Turns:
    """One line for all writers to a database file: of this process in their order, of all processes by a file's lock.

    A bare lock would do without the order: who has just had a turn runs already, and takes the next before the others
    wake.

    A turn is a courtesy: that nobody writes between another's reads and writes is SQLite's own doing, with or without
    it. The system takes the file's lock back from a process that dies.

    Args:
        path: of the database; beside it lies an empty file, `…-turn`, which may be removed whenever nobody writes.
    """

    def __init__(self, path: str) -> None:
        self._file = f"{path}-turn"
        self._guard = threading.Lock()
        self._is_taken = False
        self._waiting: deque[threading.Event] = deque()

    @contextmanager
    def taken(self) -> Iterator[None]:
        """Wait for the turn and keep it until the block ends."""
        if not self._come():
            yield
            return
        try:
            file = os.open(self._file, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
            try:
                fcntl.flock(file, fcntl.LOCK_EX)
                yield
            finally:
                os.close(file)
        finally:
            self._go()

    def _come(self) -> bool:
        """Wait until it is this thread's turn; tell whether it is."""
        with self._guard:
            if not self._is_taken:
                self._is_taken = True
                return True
            called = threading.Event()
            self._waiting.append(called)
        if called.wait(PATIENCE_S):
            return True
        with self._guard:
            if called.is_set():  # at the last moment
                return True
            self._waiting.remove(called)
            return False

    def _go(self) -> None:
        """Hand the turn to who has waited longest."""
        with self._guard:
            if self._waiting:
                self._waiting.popleft().set()
            else:
                self._is_taken = False


_line = cache(Turns)
"""One for each file, however many engines a process opens on it: only one of its threads asks for the file's lock."""


def turns_of(engine: Engine) -> Turns | None:
    """Return the line of an engine's writers; none where the database has a better one of its own."""
    path = engine.url.database
    return _line(path) if engine.dialect.name == "sqlite" and path and path != ":memory:" else None


def turn(turns: Turns | None) -> AbstractContextManager[None]:
    """Return the wait for a turn, which is none without a line."""
    return nullcontext() if turns is None else turns.taken()


def alone(session: Session, name: str) -> None:
    """Wait until no other transaction has the turn of that name, and keep it until this one ends.

    What is read afterwards is what the others have committed. On SQLite a write transaction is alone already.

    Args:
        name: of what is done alone, such as "delivery:13800000001"; two names may, rarely, share a turn.
    """
    if session.get_bind().dialect.name == "postgresql":
        session.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(name, 0))))
