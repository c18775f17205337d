"""Alembic's entry: runs our numbered steps on the engine handed over by `shop.app.schema`."""

from typing import Any, Literal

from alembic import context
from alembic.autogenerate.api import AutogenContext
from sqlalchemy import Connection

from shop.app.tables import metadata
from shop.kernel.db import UtcDateTime


def render_item(kind: str, item: Any, _autogen: AutogenContext) -> str | Literal[False]:
    """Print our own column types as plain ones: a migration must not change when the code does."""
    if kind == "type" and isinstance(item, UtcDateTime):
        return "sa.DateTime(timezone=True)"
    return False


def run(connection: Connection) -> None:
    """Run the wanted steps in one transaction.

    On SQLite a batch rebuild with foreign keys on would delete every cascading child, so they are off meanwhile and
    checked before the commit. The pragma is without effect inside a transaction, hence on the driver's connection.
    """
    is_sqlite = connection.dialect.name == "sqlite"
    driver = connection.connection.driver_connection
    if is_sqlite:
        assert driver is not None
        driver.execute("PRAGMA foreign_keys=OFF")
    try:
        context.configure(
            connection=connection,
            target_metadata=metadata,
            render_as_batch=True,
            render_item=render_item,
            transactional_ddl=True,
            compare_type=True,
        )
        with context.begin_transaction():
            context.run_migrations()
            if is_sqlite:
                broken = connection.exec_driver_sql("PRAGMA foreign_key_check").fetchall()
                if broken:
                    raise RuntimeError(f"the migration left {len(broken)} rows without their parents")
    finally:
        if is_sqlite and driver is not None:
            driver.execute("PRAGMA foreign_keys=ON")


run(context.config.attributes["connection"])
