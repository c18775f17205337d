"""Looks at the full phones of households are kept as well, for the phone round"""

import sqlalchemy as sa
from alembic import op

revision = "0029"
down_revision = "0028"

OLD_REASONS = ("asked", "delivery", "correction", "refund", "complaint")
REASONS = (*OLD_REASONS, "demand")


def _one_of(column: str, words: tuple[str, ...]) -> str:
    return f"{column} IN ({', '.join(repr(word) for word in words)})"


def upgrade() -> None:
    with op.batch_alter_table("view_log") as batch:
        batch.drop_constraint(op.f("ck_view_log_what"), type_="check")
        batch.create_check_constraint(op.f("ck_view_log_what"), "what IN ('recipient', 'households')")
        batch.drop_constraint(op.f("ck_view_log_why"), type_="check")
        batch.create_check_constraint(op.f("ck_view_log_why"), _one_of("why", REASONS))


def downgrade() -> None:
    # The old house knows no such looks.
    op.execute(sa.text("DELETE FROM view_log WHERE what = 'households' OR why = 'demand'"))
    with op.batch_alter_table("view_log") as batch:
        batch.drop_constraint(op.f("ck_view_log_what"), type_="check")
        batch.create_check_constraint(op.f("ck_view_log_what"), "what IN ('recipient')")
        batch.drop_constraint(op.f("ck_view_log_why"), type_="check")
        batch.create_check_constraint(op.f("ck_view_log_why"), _one_of("why", OLD_REASONS))
