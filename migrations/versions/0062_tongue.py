"""In which language an order was placed and a question asked: its buyer is written to in it"""

import sqlalchemy as sa
from alembic import op

revision = "0062"
down_revision = "0061"

ASKED = ("order", "listing_question")


def upgrade() -> None:
    for table in ASKED:
        with op.batch_alter_table(table) as batch:
            batch.add_column(sa.Column("language", sa.String(24), nullable=False, server_default="zh_Hans"))
        with op.batch_alter_table(table) as batch:
            batch.alter_column("language", server_default=None)
            batch.create_check_constraint(op.f(f"ck_{table}_language"), "language IN ('zh_Hans', 'zh_Hant', 'en')")


def downgrade() -> None:
    for table in ASKED:
        with op.batch_alter_table(table) as batch:
            batch.drop_constraint(op.f(f"ck_{table}_language"), type_="check")
        with op.batch_alter_table(table) as batch:
            batch.drop_column("language")
