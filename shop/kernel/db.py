"""The one place that binds Flask-SQLAlchemy: the model base, column types, and how each database is spoken to."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from enum import StrEnum
from typing import Annotated, Any, ClassVar

from flask_sqlalchemy import SQLAlchemy
from flask_sqlalchemy.session import Session as FlaskSession
from sqlalchemy import (
    JSON,
    BigInteger,
    CursorResult,
    DateTime,
    Dialect,
    Engine,
    Executable,
    Integer,
    MetaData,
    String,
    Text,
    event,
)
from sqlalchemy import Enum as SqlEnum
from sqlalchemy.engine import Connection
from sqlalchemy.orm import DeclarativeBase, Session, mapped_column
from sqlalchemy.types import TypeDecorator

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}

BUSY_MS = 10_000
"""How long a SQLite writer waits for its turn; the write lock is held for milliseconds."""


class UtcDateTime(TypeDecorator[datetime]):
    """An aware moment in UTC; SQLite keeps no zone, so it is stripped on the way in and put back on the way out."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Refuse naive moments: nobody can say later in which zone they were meant."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a moment without a zone")
        utc = value.astimezone(UTC)
        return utc.replace(tzinfo=None) if dialect.name == "sqlite" else utc

    def process_result_value(self, value: datetime | None, _dialect: Dialect) -> datetime | None:
        """Return the moment aware, in UTC."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


BIG = BigInteger().with_variant(Integer(), "sqlite")

Key = Annotated[int, mapped_column(BIG, primary_key=True)]
Code = Annotated[str, mapped_column(String(40))]
Line = Annotated[str, mapped_column(String(200))]
Prose = Annotated[str, mapped_column(Text)]
Moment = Annotated[datetime, mapped_column(UtcDateTime)]


class Model(DeclarativeBase):
    """Base of every table."""

    metadata = MetaData(naming_convention=NAMING)
    type_annotation_map: ClassVar[dict[Any, Any]] = {
        datetime: UtcDateTime,
        dict[str, Any]: JSON,
        list[str]: JSON,
    }


def choice(kind: type[StrEnum], name: str) -> SqlEnum:
    """Return a column type that stores an enum's values as text, with a CHECK of that name behind it."""
    return SqlEnum(
        kind,
        name=name,
        native_enum=False,
        create_constraint=True,
        length=24,
        values_callable=lambda members: [member.value for member in members],
    )


class ReadSession(FlaskSession):
    """The session of a page: it reads. Writes go through the transaction edge, where they begin and end visibly."""

    def flush(self, objects: Sequence[Any] | None = None) -> None:
        """Refuse to write."""
        if self.new or self.dirty or self.deleted:
            raise RuntimeError("a page's session was asked to write; open edge.transaction()")
        super().flush(objects)


db = SQLAlchemy(metadata=Model.metadata, session_options={"class_": ReadSession})


def reading() -> Session:
    """Return the request's read session (inside an application context)."""
    return db.session()


Values = Mapping[str, Any]
FOLLOWS = {"follows": True}
"""Execution options of a statement whose answer follows from one that was just heard: it need not be asked again."""


def direct(
    session: Session, statement: Executable, values: Values | Sequence[Values] | None = None
) -> CursorResult[Any]:
    """Run a statement on a session's connection, past its objects: plain rows, at a fifth of the work.

    What the session has yet to write is written first. Objects that it has read already do not hear of a change, so
    this is for rows that no object of the session stands for.

    Args:
        statement: best made once, when its module is imported; what differs each time are its `bindparam`s.
        values: by name; several of them write several rows at once.
    """
    session.flush()
    return session.connection().execute(statement, values)


def speak_sqlite(engine: Engine) -> None:
    """Teach an engine our SQLite: WAL, durable commits, foreign keys, and write transactions that begin IMMEDIATE.

    A deferred transaction that reads before it writes fails with "database is locked" when another wrote in between;
    one that begins IMMEDIATE waits its turn instead. Engines of other databases are left alone.
    """
    if engine.dialect.name != "sqlite":
        return

    @event.listens_for(engine, "connect")
    def on_connect(connection: Any, _record: Any) -> None:
        # The driver's own transaction handling would begin too late and hide our BEGIN; pragmas fail inside one.
        connection.isolation_level = None
        cursor = connection.cursor()
        cursor.execute(f"PRAGMA busy_timeout={BUSY_MS}")
        cursor.execute("PRAGMA journal_mode=WAL")
        cursor.execute("PRAGMA synchronous=FULL")
        cursor.execute("PRAGMA foreign_keys=ON")
        cursor.close()

    @event.listens_for(engine, "begin")
    def on_begin(connection: Connection) -> None:
        write = connection.get_execution_options().get("write")
        connection.exec_driver_sql("BEGIN IMMEDIATE" if write else "BEGIN")
