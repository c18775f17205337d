"""Laws of the tables: whole numbers for money and weight, moments in UTC, named checks, indexed references."""

import pytest
from sqlalchemy import Column, Date, Enum, Float, Integer, Numeric, Table, UniqueConstraint

from shop.kernel.db import Model, UtcDateTime
from tests.house.source import report
from tests.support.schema import load_models

load_models()
TABLES = [pytest.param(table, id=table.name) for table in Model.metadata.sorted_tables]
COLUMNS = [column for table in Model.metadata.sorted_tables for column in table.columns]


def _named(*endings: str) -> list[Column[object]]:
    return [column for column in COLUMNS if column.name.endswith(endings)]


def test_no_column_is_a_float() -> None:
    found = [str(column) for column in COLUMNS if isinstance(column.type, Float | Numeric)]
    assert not found, report(found, "Store whole fen, grams or basis points:")


def test_a_name_tells_the_unit_and_the_type_agrees() -> None:
    whole = [str(c) for c in _named("_fen", "_g", "_bp", "_s") if not isinstance(c.type, Integer)]
    moments = [str(c) for c in _named("_at", "_until") if not isinstance(c.type, UtcDateTime)]
    days = [str(c) for c in _named("_on") if not isinstance(c.type, Date)]
    found = whole + moments + days
    assert not found, report(found, "_fen, _g, _bp, _s are integers; _at, _until are UtcDateTime; _on is a Date:")


def test_every_moment_says_so_in_its_name() -> None:
    endings = ("_at", "_until")
    found = [str(c) for c in COLUMNS if isinstance(c.type, UtcDateTime) and not ("_" + c.name).endswith(endings)]
    assert not found, report(found, "End the column's name in _at or _until:")


@pytest.mark.parametrize("table", TABLES)
def test_stored_choices_have_a_check_behind_them(table: Table) -> None:
    missing = [c.name for c in table.columns if isinstance(c.type, Enum) and not c.type.create_constraint]
    assert not missing, f"{table.name}: declare {missing} with shop.kernel.db.choice"


@pytest.mark.parametrize("table", TABLES)
def test_every_reference_can_be_followed_backwards(table: Table) -> None:
    missing = [c.name for c in table.columns if c.foreign_keys and c.name not in _indexed(table)]
    assert not missing, f"{table.name}: add index=True to {missing}; a parent's page looks its children up by it"


def _indexed(table: Table) -> set[str]:
    keys = [list(index.columns) for index in table.indexes]
    keys += [list(key.columns) for key in table.constraints if isinstance(key, UniqueConstraint)]
    keys.append(list(table.primary_key.columns))
    return {columns[0].name for columns in keys if columns} | {c.name for c in table.columns if c.unique}
