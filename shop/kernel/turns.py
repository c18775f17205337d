"""Turns of SQLite's writers.

SQLite lets one write at a time; the others sleep and try again, in no order, and under many writers some sleep for
seconds while the lock stands free. Here they stand in line instead.
"""

import fcntl
import os
import threading
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext

from sqlalchemy import Engine

PATIENCE_S = 10
"""Who has waited so long in this process goes on to SQLite itself, which has the last word and its own patience."""


class Turns:
    """One line for all writers to a database file: of this process by a lock, of all processes by a file's lock.

    A turn is a courtesy: that nobody writes between another's reads and writes is SQLite's own doing, with or without
    it. The system takes the file's lock back from a process that dies.

    Args:
        path: of the database; beside it lies an empty file, `…-turn`, which may be removed whenever nobody writes.
    """

    def __init__(self, path: str) -> None:
        self._file = f"{path}-turn"
        self._of_process = threading.Lock()

    @contextmanager
    def taken(self) -> Iterator[None]:
        """Wait for the turn and keep it until the block ends."""
        if not self._of_process.acquire(timeout=PATIENCE_S):
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
            self._of_process.release()


def turns_of(engine: Engine) -> Turns | None:
    """Return the line of an engine's writers; none where the database has a better one of its own."""
    path = engine.url.database
    return Turns(path) if engine.dialect.name == "sqlite" and path and path != ":memory:" else None


def turn(turns: Turns | None) -> AbstractContextManager[None]:
    """Return the wait for a turn, which is none without a line."""
    return nullcontext() if turns is None else turns.taken()
