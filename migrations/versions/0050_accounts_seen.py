"""Looks at the accounts of a settlement, and at what was signed for cash, are noted like all others"""

import sqlalchemy as sa
from alembic import op

revision = "0050"
down_revision = "0049"

THINGS = (
    "recipient", "households", "letter", "proof", "promise", "consent", "door", "box_photo", "signed_list",
)  # fmt: skip
NEW = ("accounts", "receipt")


def _allow(what: tuple[str, ...]) -> None:
    name = op.f("ck_view_log_what")
    with op.batch_alter_table("view_log") as batch:
        batch.drop_constraint(name, type_="check")
        batch.create_check_constraint(name, f"what IN ({', '.join(repr(word) for word in what)})")


def upgrade() -> None:
    _allow((*THINGS, *NEW))


def downgrade() -> None:
    op.execute(sa.text("DELETE FROM view_log WHERE what IN ('accounts', 'receipt')"))
    _allow(THINGS)
