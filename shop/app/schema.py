"""The database's schema against the code's: upgrade, downgrade, and what is wrong when they differ."""

from enum import StrEnum
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine

MIGRATIONS = Path(__file__).parents[2] / "migrations"


class Standing(StrEnum):
    """How a database stands to this code."""

    CURRENT = "current"
    EMPTY = "empty"
    OLDER = "older"
    NEWER = "newer"


def _config(connection: Connection | None = None) -> Config:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    config.attributes["connection"] = connection
    return config


def head() -> str:
    """Return the newest migration this code knows."""
    revision = ScriptDirectory.from_config(_config()).get_current_head()
    assert revision is not None
    return revision


def standing(engine: Engine) -> Standing:
    """Tell how the database stands to this code; NEWER means it holds a migration that this code does not know."""
    with engine.connect() as connection:
        at = MigrationContext.configure(connection).get_current_revision()
    if at is None:
        return Standing.EMPTY
    if at == head():
        return Standing.CURRENT
    known = {script.revision for script in ScriptDirectory.from_config(_config()).walk_revisions()}
    return Standing.OLDER if at in known else Standing.NEWER


def upgrade(engine: Engine, revision: str = "head") -> None:
    """Bring the database up to a revision, all steps in one transaction."""
    with engine.execution_options(write=True).connect() as connection:
        upgrade_on(connection, revision)


def upgrade_on(connection: Connection, revision: str) -> None:
    """Bring the database up to a revision on a connection of the caller, within its transaction if it has one."""
    command.upgrade(_config(connection), revision)


def downgrade(engine: Engine, revision: str) -> None:
    """Take the database back to an earlier revision, `base` for an empty one."""
    with engine.execution_options(write=True).connect() as connection:
        command.downgrade(_config(connection), revision)
