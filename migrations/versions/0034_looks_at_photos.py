"""Looks at private photos of the bench are noted as looks at addresses are"""

import sqlalchemy as sa
from alembic import op

revision = "0034"
down_revision = "0033"

THINGS = ("recipient", "households", "letter")
REASONS = ("asked", "delivery", "correction", "refund", "complaint", "demand", "run")


def _allow(what: tuple[str, ...], why: tuple[str, ...]) -> None:
    with op.batch_alter_table("view_log") as batch:
        for column, words in (("what", what), ("why", why)):
            name = op.f(f"ck_view_log_{column}")
            batch.drop_constraint(name, type_="check")
            batch.create_check_constraint(name, f"{column} IN ({', '.join(repr(word) for word in words)})")


def upgrade() -> None:
    _allow((*THINGS, "proof", "promise"), (*REASONS, "work"))


def downgrade() -> None:
    op.execute(sa.text("DELETE FROM view_log WHERE what IN ('proof', 'promise')"))
    _allow(THINGS, REASONS)
