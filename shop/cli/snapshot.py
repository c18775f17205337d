"""The whole database as text: read in one snapshot, table by table, and written into an empty database of either kind.

The tables are those that are there, not those of today's code, so that an older backup can be brought back: it goes
into the schema of its own time and is migrated from there. What was read from SQLite can be written into PostgreSQL
and the other way round.
"""

import json
from base64 import b64decode, b64encode
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, date, datetime
from itertools import islice

from alembic.runtime.migration import MigrationContext
from sqlalchemy import (
    JSON,
    Column,
    Connection,
    Date,
    DateTime,
    Engine,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    func,
    insert,
    select,
    text,
)

VERSION_TABLE = "alembic_version"
QUEUE_PREFIX = "huey_"
"""The job queue's own tables, when it shares the database: they hold message ids only, which the outbox knows."""
TELLING = frozenset({"town", "user_account"})
ROWS = 500


@contextmanager
def frozen(engine: Engine) -> Iterator[Connection]:
    """Open a connection that sees one moment of the database, however long it reads; writers are not held up."""
    # SQLite's log gives every read transaction such a view by itself.
    level = "REPEATABLE READ" if engine.dialect.name == "postgresql" else "SERIALIZABLE"
    with engine.connect().execution_options(isolation_level=level) as connection, connection.begin():
        yield connection


def revision_of(connection: Connection) -> str | None:
    """Return the database's migration, or None when it has none."""
    return MigrationContext.configure(connection).get_current_revision()


def tables_of(connection: Connection) -> list[Table]:
    """Return the house's tables as they stand in this database, parents first."""
    metadata = MetaData()
    metadata.reflect(connection, only=lambda name, _: name != VERSION_TABLE and not name.startswith(QUEUE_PREFIX))
    for table in metadata.tables.values():
        for column in table.columns:
            if isinstance(column.type, JSON):
                # No value and the JSON value null are two things; a reflected type would turn one into the other.
                column.type = JSON(none_as_null=True)
    return metadata.sorted_tables


def is_empty(connection: Connection) -> bool:
    """Tell whether there is nothing to lose: neither a town nor anybody in it (a migration may have put rows in)."""
    telling = [table for table in tables_of(connection) if table.name in TELLING]
    return not any(connection.execute(select(table).limit(1)).first() for table in telling)


def lines_of(connection: Connection, table: Table) -> Iterator[str]:
    """Yield a table as lines of JSON: the names of its columns, then one list of values a row, by primary key."""
    columns = list(table.columns)
    yield json.dumps([column.name for column in columns])
    rows = connection.execution_options(stream_results=True).execute(select(table).order_by(*table.primary_key))
    for row in rows:
        yield json.dumps([_plain(value) for value in row], ensure_ascii=False)


def fill(connection: Connection, table: Table, lines: Iterable[str]) -> int:
    """Write lines made by `lines_of` into an empty table and return how many rows it has now.

    Raises:
        KeyError: a column of the lines is not in the table.
    """
    given = iter(lines)
    columns = [table.columns[name] for name in json.loads(next(given))]
    readers = [_reader(column, connection.dialect.name) for column in columns]
    names = [column.name for column in columns]
    count = 0
    while part := list(islice(given, ROWS)):
        rows = [
            {name: read(value) for name, read, value in zip(names, readers, json.loads(line), strict=True)}
            for line in part
        ]
        connection.execute(insert(table), rows)
        count += len(rows)
    return count


def clear(connection: Connection) -> None:
    """Drop every table of the house, and what says at which migration it stood."""
    tables = tables_of(connection)
    for table in reversed(tables):
        table.drop(connection)
    connection.execute(text(f"DROP TABLE IF EXISTS {VERSION_TABLE}"))


def empty_out(connection: Connection, tables: Sequence[Table]) -> None:
    """Delete every row, children first: a migration may have put some in."""
    for table in reversed(tables):
        connection.execute(table.delete())


def mend_counters(connection: Connection, tables: Iterable[Table]) -> None:
    """Let every generated key go on after the largest one written; SQLite does so by itself."""
    if connection.dialect.name != "postgresql":
        return
    for table in tables:
        keys = list(table.primary_key)
        if len(keys) != 1 or not isinstance(keys[0].type, Integer):
            continue
        sequence = func.pg_get_serial_sequence(f'"{table.name}"', keys[0].name)
        largest = select(func.max(keys[0])).scalar_subquery()
        connection.execute(select(func.setval(sequence, func.coalesce(largest, 1), largest.is_not(None))))


def _plain(value: object) -> object:
    if isinstance(value, datetime):
        return (value if value.tzinfo else value.replace(tzinfo=UTC)).astimezone(UTC).isoformat()
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, bytes | memoryview):
        return b64encode(value).decode()
    return value


def _reader(column: Column[object], dialect: str) -> Callable[[object], object]:
    """Return what turns a plain value back into one of the column's type; None stays None."""
    convert: Callable[[str], object]
    if isinstance(column.type, DateTime):

        def convert(value: str) -> object:
            moment = datetime.fromisoformat(value)
            return moment.replace(tzinfo=None) if dialect == "sqlite" else moment

    elif isinstance(column.type, Date):
        convert = date.fromisoformat
    elif isinstance(column.type, LargeBinary):
        convert = b64decode
    else:
        return lambda value: value
    return lambda value: convert(value) if isinstance(value, str) else value
