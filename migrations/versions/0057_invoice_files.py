"""An invoice's files are documents; looks at what a special invoice needs are noted"""

import sqlalchemy as sa
from alembic import op

revision = "0057"
down_revision = "0056"

THINGS = (
    "recipient", "households", "letter", "proof", "promise", "consent", "door", "box_photo", "signed_list", "accounts",
    "receipt", "claim",
)  # fmt: skip


def _allow(what: tuple[str, ...]) -> None:
    name = op.f("ck_view_log_what")
    with op.batch_alter_table("view_log") as batch:
        batch.drop_constraint(name, type_="check")
        batch.create_check_constraint(name, f"what IN ({', '.join(repr(word) for word in what)})")


def upgrade() -> None:
    with op.batch_alter_table("invoice_file") as batch:
        batch.create_foreign_key(op.f("fk_invoice_file_key_private_document"), "private_document", ["key"], ["key"])
    _allow((*THINGS, "invoice"))


def downgrade() -> None:
    op.execute(sa.text("DELETE FROM view_log WHERE what = 'invoice'"))
    _allow(THINGS)
    with op.batch_alter_table("invoice_file") as batch:
        batch.drop_constraint(op.f("fk_invoice_file_key_private_document"), type_="foreignkey")
