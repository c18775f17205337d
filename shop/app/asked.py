"""What a page asked of the database while it was made, so that it can be asked again whether it would hear the same.

A page is made of what its statements answered, of the address, the cookie, the minute and the index: nothing else. The
first statement depends on none of the answers; so when it is asked again and answers the same, the page made now would
ask the second one too, as it did; and so on to the last. Are all answers the same, the page is.
"""

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import date, datetime
from hashlib import blake2b
from typing import Any

from sqlalchemy import Engine, event
from sqlalchemy.engine.cursor import FullyBufferedCursorFetchStrategy
from sqlalchemy.exc import SQLAlchemyError

from shop.kernel.db import FOLLOWS

MOMENT = re.compile(r"\d{4}-\d\d-\d\d[ T]\d\d:\d\d.*")
"""How SQLite is told a moment."""
PLAIN = (str, int, float, bytes, date, type(None))
OVERHEAD = 300


@dataclass(frozen=True)
class Asked:
    """A statement as it went to the database.

    Attributes:
        heard: digest of the rows it answered.
    """

    statement: str
    values: Any
    heard: bytes

    @property
    def size(self) -> int:
        """Bytes it takes, about."""
        return OVERHEAD + len(self.statement) + len(repr(self.values))


@dataclass
class Notes:
    """What one page asked.

    Attributes:
        asked: in its order.
        is_whole: False when something was asked, or done, that cannot be asked again.
    """

    asked: list[Asked]
    is_whole: bool = True


_NOTES: ContextVar[Notes | None] = ContextVar("notes", default=None)


@contextmanager
def noting() -> Iterator[Notes]:
    """Note what this thread asks of the database in the block."""
    notes = Notes([])
    before = _NOTES.set(notes)
    try:
        yield notes
    finally:
        _NOTES.reset(before)


class Asking:
    """Hears what an engine's connections are asked, and asks again.

    Args:
        engine: of the application.
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        event.listen(engine, "after_cursor_execute", _note)

    def hears_the_same(self, asked: tuple[Asked, ...]) -> bool:
        """Tell whether all that was asked is answered as it was, in one reading; False when in doubt."""
        try:
            with self._engine.connect() as line:
                for one in asked:
                    answer = line.exec_driver_sql(one.statement, one.values)
                    if _digest(list(answer.cursor.fetchall())) != one.heard:
                        return False
        except (SQLAlchemyError, self._engine.dialect.loaded_dbapi.Error):
            return False
        return True


def _note(_line: Any, cursor: Any, statement: str, values: Any, context: Any, is_many: bool) -> None:
    notes = _NOTES.get()
    if notes is None or not notes.is_whole or statement == "BEGIN":
        return
    if FOLLOWS.items() <= context.execution_options.items():
        return
    is_read = getattr(context.invoked_statement, "is_select", False)
    if is_many or not is_read or not _is_timeless(values):
        notes.is_whole = False
        return
    # What the page hears is what is noted: asked a second time for the digest, it might be told something newer.
    rows = cursor.fetchall()
    context.cursor_fetch_strategy = FullyBufferedCursorFetchStrategy(cursor, initial_buffer=rows)
    notes.asked.append(Asked(statement, values, _digest(rows)))


def _digest(rows: list[Any]) -> bytes:
    return blake2b(repr(rows).encode("utf-8", "surrogatepass"), digest_size=16).digest()


def _is_timeless(value: Any) -> bool:
    """Tell whether it would be the same within the minute: with a moment in it, what is new since is not asked for."""
    if isinstance(value, Mapping):
        return all(_is_timeless(one) for one in value.values())
    if isinstance(value, (list, tuple)):
        return all(_is_timeless(one) for one in value)
    if isinstance(value, str):
        return MOMENT.fullmatch(value) is None
    return isinstance(value, PLAIN) and not isinstance(value, datetime)
