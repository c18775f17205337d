"""What lies at the counter, and orders that are taken along at once"""

import sqlalchemy as sa
from alembic import op

revision = "0060"
down_revision = "0059"

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "counter_stock",
        sa.Column("variant_id", BIG, nullable=False),
        sa.Column("pieces", sa.Integer(), nullable=False),
        sa.Column("counted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("counted_by", sa.String(40), nullable=False),
        sa.PrimaryKeyConstraint("variant_id", name=op.f("pk_counter_stock")),
        sa.CheckConstraint("pieces >= 0", name=op.f("ck_counter_stock_pieces")),
        sa.ForeignKeyConstraint(["variant_id"], ["variant.id"], name=op.f("fk_counter_stock_variant_id_variant")),
    )
    with op.batch_alter_table("order") as batch:
        batch.add_column(sa.Column("at_once", sa.Boolean(), nullable=False, server_default=sa.false()))
    with op.batch_alter_table("order") as batch:
        batch.alter_column("at_once", server_default=None)


def downgrade() -> None:
    with op.batch_alter_table("order") as batch:
        batch.drop_column("at_once")
    op.drop_table("counter_stock")
