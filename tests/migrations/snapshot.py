"""What stands in a database, in a form that two databases can be compared by."""

from typing import Any

from sqlalchemy import Engine, inspect

BOOKKEEPING = "alembic_version"


def _squeezed(text: str) -> str:
    return " ".join(text.replace("\n", " ").split())


def snapshot(engine: Engine) -> dict[str, Any]:
    """Return every table with its columns, keys, indexes and CHECK constraints, whatever order they were made in."""
    database = inspect(engine)
    return {name: _table(database, name) for name in sorted(database.get_table_names()) if name != BOOKKEEPING}


def _table(database: Any, name: str) -> dict[str, Any]:
    columns = database.get_columns(name)
    primary = database.get_pk_constraint(name)
    return {
        "columns": {
            column["name"]: (str(column["type"]), column["nullable"], column["default"] and "default")
            for column in columns
        },
        "primary key": (primary["name"], primary["constrained_columns"]),
        "foreign keys": {
            key["name"]: (key["constrained_columns"], key["referred_table"], key["referred_columns"], key["options"])
            for key in database.get_foreign_keys(name)
        },
        "unique": {key["name"]: key["column_names"] for key in database.get_unique_constraints(name)},
        "indexes": {key["name"]: (key["column_names"], bool(key["unique"])) for key in database.get_indexes(name)},
        "checks": {check["name"]: _squeezed(check["sqltext"]) for check in database.get_check_constraints(name)},
    }
