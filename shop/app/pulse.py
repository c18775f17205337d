"""What tells in microseconds whether anything was written since: asked before a page is made, and before it is shown.

Two equal answers mean that nothing was committed between them, by this process or by another.
"""

import threading
from contextlib import suppress
from typing import Any

from sqlalchemy import Engine, event
from sqlalchemy.exc import SQLAlchemyError

ASK = {
    # Changes with every commit of another connection; this one never writes. Compared within one connection only.
    "sqlite": "PRAGMA data_version",
    # Who has committed, as a snapshot sees it: the same words, the same rows.
    "postgresql": "SELECT pg_current_snapshot()::text",
}


class Pulse:
    """Asks one database, over a connection of its own that any thread may use in its turn.

    Args:
        engine: of the application; the connection is taken out of its pool for good, and closed with the engine.
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._ask = ASK[engine.dialect.name]
        self._turn = threading.Lock()
        self._line: Any = None
        self._lines = 0
        event.listen(engine, "engine_disposed", self._leave)

    def beat(self) -> tuple[int, object] | None:
        """Return what changes with every commit; None while the database does not answer."""
        with self._turn:
            try:
                if self._line is None:
                    self._open()
                return self._lines, self._line.execute(self._ask).fetchall()[0][0]  # to its end: no read stays open
            except (SQLAlchemyError, self._engine.dialect.loaded_dbapi.Error):
                self.close()
                return None

    def _open(self) -> None:
        taken = self._engine.raw_connection()
        self._line = taken.driver_connection
        taken.detach()
        self._lines += 1
        if self._engine.dialect.name == "postgresql":
            self._line.set_autocommit(True)

    def _leave(self, _engine: Engine) -> None:
        with self._turn:
            self.close()

    def close(self) -> None:
        """Let the connection go; the next beat opens another."""
        line, self._line = self._line, None
        if line is not None:
            with suppress(self._engine.dialect.loaded_dbapi.Error):
                line.close()
