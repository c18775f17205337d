"""Goods of a recalled lot that were taken out of an order before they left"""

import sqlalchemy as sa
from alembic import op

revision = "0033"
down_revision = "0032"

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "recall_removal",
        sa.Column("id", BIG, nullable=False),
        sa.Column("intake_id", BIG, nullable=False),
        sa.Column("pieces", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor", sa.String(40), nullable=False),
        sa.CheckConstraint("pieces > 0", name=op.f("ck_recall_removal_pieces")),
        sa.ForeignKeyConstraint(["intake_id"], ["intake.id"], name=op.f("fk_recall_removal_intake_id_intake")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recall_removal")),
        sa.UniqueConstraint("intake_id", name=op.f("uq_recall_removal_intake_id")),
    )


def downgrade() -> None:
    op.drop_table("recall_removal")
