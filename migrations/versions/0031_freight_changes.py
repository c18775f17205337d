"""Who changed what carriage costs, and which version of a zone their page showed"""

import sqlalchemy as sa
from alembic import op

revision = "0031"
down_revision = "0030"

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    with op.batch_alter_table("freight_zone") as batch:
        batch.add_column(sa.Column("version", sa.Integer(), nullable=False, server_default="1"))
    with op.batch_alter_table("freight_zone") as batch:
        batch.alter_column("version", existing_type=sa.Integer(), existing_nullable=False, server_default=None)
    op.create_table(
        "freight_change",
        sa.Column("id", BIG, nullable=False),
        sa.Column("zone_id", BIG, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("first_fen", sa.BigInteger(), nullable=False),
        sa.Column("step_fen", sa.BigInteger(), nullable=False),
        sa.Column("cold_fen", sa.BigInteger(), nullable=False),
        sa.Column("days", sa.Integer(), nullable=False),
        sa.Column("takes_cash", sa.Boolean(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("actor", sa.String(40), nullable=False),
        sa.ForeignKeyConstraint(["zone_id"], ["freight_zone.id"], name=op.f("fk_freight_change_zone_id_freight_zone")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_freight_change")),
        sa.UniqueConstraint("zone_id", "version", name=op.f("uq_freight_change_zone_id_version")),
    )


def downgrade() -> None:
    op.drop_table("freight_change")
    with op.batch_alter_table("freight_zone") as batch:
        batch.drop_column("version")
