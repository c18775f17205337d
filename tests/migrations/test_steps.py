"""Promises of `migrations/env.py`, on steps of our own: children survive a rebuild, a failure leaves nothing."""

import shutil
from pathlib import Path

import pytest
from sqlalchemy import Engine, inspect, text

from shop.app import schema
from shop.app.schema import Standing, standing, upgrade

FIRST = """
import sqlalchemy as sa
from alembic import op

revision, down_revision = "0001", None


def upgrade():
    op.create_table("parent", sa.Column("id", sa.Integer, primary_key=True), sa.Column("word", sa.String(10)),
                    sa.CheckConstraint("word <> ''", name=op.f("ck_parent_word")))
    op.create_table("child", sa.Column("id", sa.Integer, primary_key=True),
                    sa.Column("parent_id", sa.Integer, sa.ForeignKey("parent.id", ondelete="CASCADE")))


def downgrade():
    op.drop_table("child")
    op.drop_table("parent")
"""
REBUILD = """
import sqlalchemy as sa
from alembic import op

revision, down_revision = "0002", "0001"


def upgrade():
    with op.batch_alter_table("parent", recreate="auto") as batch:
        batch.alter_column("word", type_=sa.String(200), existing_type=sa.String(10), nullable=False)


def downgrade():
    raise AssertionError
"""
FAILING = """
import sqlalchemy as sa
from alembic import op

revision, down_revision = "0002", "0001"


def upgrade():
    op.create_table("half", sa.Column("id", sa.Integer, primary_key=True))
    op.execute("UPDATE parent SET word = 'changed'")
    op.execute("UPDATE nowhere SET word = 'x'")


def downgrade():
    raise AssertionError
"""
ORPHANING = """
from alembic import op

revision, down_revision = "0002", "0001"


def upgrade():
    op.execute("DELETE FROM parent")


def downgrade():
    raise AssertionError
"""


class Steps:
    """A migrations folder with our env.py and the test's steps."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        (folder / "versions").mkdir()
        shutil.copy(schema.MIGRATIONS / "env.py", folder)
        shutil.copy(schema.MIGRATIONS / "script.py.mako", folder)
        self.write("0001_first.py", FIRST)

    def write(self, name: str, source: str) -> None:
        """Add a step."""
        (self.folder / "versions" / name).write_text(source, "utf-8")


@pytest.fixture
def steps(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Steps:
    made = Steps(tmp_path)
    monkeypatch.setattr(schema, "MIGRATIONS", tmp_path)
    return made


@pytest.fixture
def family(empty: Engine, steps: Steps) -> Engine:
    """A database at the first step with one parent and two children."""
    upgrade(empty)
    with empty.execution_options(write=True).begin() as connection:
        connection.execute(text("INSERT INTO parent (id, word) VALUES (1, 'old')"))
        connection.execute(text("INSERT INTO child (id, parent_id) VALUES (1, 1), (2, 1)"))
    return empty


def _facts(engine: Engine) -> tuple[str | None, int, int, str]:
    with engine.connect() as connection:
        word = connection.scalar(text("SELECT word FROM parent"))
        parents = connection.scalar(text("SELECT count(*) FROM parent"))
        children = connection.scalar(text("SELECT count(*) FROM child"))
        return word, parents or 0, children or 0, connection.scalar(text("SELECT version_num FROM alembic_version"))


def test_a_database_without_the_newest_step_is_older(family: Engine, steps: Steps) -> None:
    steps.write("0002_rebuild.py", REBUILD)
    assert standing(family) is Standing.OLDER


def test_rebuilding_a_parent_keeps_its_children_and_its_checks(family: Engine, steps: Steps) -> None:
    steps.write("0002_rebuild.py", REBUILD)
    upgrade(family)
    assert _facts(family) == ("old", 1, 2, "0002")
    assert [check["name"] for check in inspect(family).get_check_constraints("parent")] == ["ck_parent_word"]
    if family.dialect.name == "sqlite":
        with family.connect() as connection:
            assert connection.scalar(text("PRAGMA foreign_keys")) == 1, "references are no longer kept afterwards"


def test_a_failing_step_leaves_nothing_half_done(family: Engine, steps: Steps) -> None:
    steps.write("0002_failing.py", FAILING)
    with pytest.raises(Exception, match="nowhere"):
        upgrade(family)
    assert _facts(family) == ("old", 1, 2, "0001")
    assert not inspect(family).has_table("half")


def test_a_step_that_orphans_rows_is_refused_where_references_are_off_meanwhile(family: Engine, steps: Steps) -> None:
    if family.dialect.name != "sqlite":
        return
    steps.write("0002_orphaning.py", ORPHANING)
    with pytest.raises(RuntimeError, match="without their parents"):
        upgrade(family)
    assert _facts(family) == ("old", 1, 2, "0001")
