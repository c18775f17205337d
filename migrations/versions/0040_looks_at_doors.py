"""Looks at the photo that was taken at a door are noted"""

import sqlalchemy as sa
from alembic import op

revision = "0040"
down_revision = "0039"

THINGS = ("recipient", "households", "letter", "proof", "promise", "consent")


def _allow(what: tuple[str, ...]) -> None:
    name = op.f("ck_view_log_what")
    with op.batch_alter_table("view_log") as batch:
        batch.drop_constraint(name, type_="check")
        batch.create_check_constraint(name, f"what IN ({', '.join(repr(word) for word in what)})")


def upgrade() -> None:
    _allow((*THINGS, "door"))


def downgrade() -> None:
    op.execute(sa.text("DELETE FROM view_log WHERE what = 'door'"))
    _allow(THINGS)
