"""The numbered steps: from nothing to what the models say, and all the way back."""

import re

from sqlalchemy import Engine, text

from shop.app.schema import MIGRATIONS, Standing, downgrade, head, standing, upgrade
from tests.migrations.snapshot import snapshot
from tests.support.schema import build_from_models

STEPS = sorted((MIGRATIONS / "versions").glob("*.py"))


def test_steps_are_numbered_without_gaps_and_follow_each_other() -> None:
    for number, path in enumerate(STEPS, 1):
        assert re.fullmatch(rf"{number:04d}_[a-z0-9_]+\.py", path.name), f"{path.name}: name it {number:04d}_slug.py"
        text_of = path.read_text("utf-8")
        assert f"revision = '{number:04d}'" in text_of.replace('"', "'")
        before = f"'{number - 1:04d}'" if number > 1 else "None"
        assert f"down_revision = {before}" in text_of.replace('"', "'")
    assert head() == f"{len(STEPS):04d}"


def test_the_head_is_what_the_models_say(empty: Engine, modelled: Engine) -> None:
    upgrade(empty)
    build_from_models(modelled)
    migrated, wanted = snapshot(empty), snapshot(modelled)
    assert migrated.keys() == wanted.keys()
    for table, parts in wanted.items():
        for part, expected in parts.items():
            assert migrated[table][part] == expected, f"{table}: {part} of the models (right) need a migration"


def test_every_step_can_be_taken_back_and_again(empty: Engine) -> None:
    upgrade(empty)
    whole = snapshot(empty)
    for number in range(len(STEPS) - 1, -1, -1):
        downgrade(empty, f"{number:04d}" if number else "base")
    assert snapshot(empty) == {}
    for number in range(1, len(STEPS) + 1):
        upgrade(empty, f"{number:04d}")
    assert snapshot(empty) == whole


def test_a_database_knows_how_it_stands_to_the_code(empty: Engine) -> None:
    assert standing(empty) is Standing.EMPTY
    upgrade(empty)
    assert standing(empty) is Standing.CURRENT
    with empty.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    assert standing(empty) is Standing.NEWER
