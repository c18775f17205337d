"""Looks of drivers at whom their run goes to, and at whom letters go to"""

from alembic import op

revision = "0030"
down_revision = "0029"

OLD_WHAT, NEW_WHAT = ("recipient", "households"), ("recipient", "households", "letter")
OLD_WHY = ("asked", "delivery", "correction", "refund", "complaint", "demand")
NEW_WHY = (*OLD_WHY, "run")


def _one_of(column: str, words: tuple[str, ...]) -> str:
    return f"{column} IN ({', '.join(repr(word) for word in words)})"


def _allow(what: tuple[str, ...], why: tuple[str, ...]) -> None:
    with op.batch_alter_table("view_log") as batch:
        batch.drop_constraint(op.f("ck_view_log_what"), type_="check")
        batch.drop_constraint(op.f("ck_view_log_why"), type_="check")
        batch.create_check_constraint(op.f("ck_view_log_what"), _one_of("what", what))
        batch.create_check_constraint(op.f("ck_view_log_why"), _one_of("why", why))


def upgrade() -> None:
    _allow(NEW_WHAT, NEW_WHY)


def downgrade() -> None:
    # The older code cannot read these rows; that somebody looked is kept under the nearest old words.
    op.execute("UPDATE view_log SET why = 'delivery' WHERE why = 'run'")
    op.execute("DELETE FROM view_log WHERE what = 'letter'")
    _allow(OLD_WHAT, OLD_WHY)
