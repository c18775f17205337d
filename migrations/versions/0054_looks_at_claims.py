"""Looks at photos that came with claims are noted too"""

import sqlalchemy as sa
from alembic import op

revision = "0054"
down_revision = "0053"

BEFORE = (
    "recipient",
    "households",
    "letter",
    "proof",
    "promise",
    "consent",
    "door",
    "box_photo",
    "signed_list",
    "accounts",
    "receipt",
)


def _allow(what: tuple[str, ...]) -> None:
    name = op.f("ck_view_log_what")
    with op.batch_alter_table("view_log") as batch:
        batch.drop_constraint(name, type_="check")
        batch.create_check_constraint(name, f"what IN ({', '.join(repr(word) for word in what)})")


def upgrade() -> None:
    _allow((*BEFORE, "claim"))


def downgrade() -> None:
    op.execute(sa.text("DELETE FROM view_log WHERE what = 'claim'"))
    _allow(BEFORE)
