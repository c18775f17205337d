"""What weighed goods cost above their ceiling, and what the centre pays for it"""

import sqlalchemy as sa
from alembic import op

revision = "0041"
down_revision = "0040"

OFF = "missing_fen >= 0 AND light_fen >= 0 AND fee_fen >= 0"
LEFT = "asked_fen > missing_fen + light_fen + fee_fen"
ABOVE = "per_500g_fen * weighed_g / 500 - price_fen * (quantity - rejected)"
"""A broken fen is the buyer's: the databases divide whole numbers to whole numbers, downwards of what is above 0."""


def upgrade() -> None:
    with op.batch_alter_table("order_line") as batch:
        batch.add_column(sa.Column("weight_over_fen", sa.BigInteger(), nullable=False, server_default="0"))
    # What is weighed and still with us was promised too; of what has ended the books have said what was paid.
    op.execute(
        sa.text(
            f"UPDATE order_line SET weight_over_fen = {ABOVE} WHERE weighed_g IS NOT NULL AND rejected < quantity"
            f" AND {ABOVE} > 0 AND weight_back_fen = 0 AND vendor_order_id IN"
            " (SELECT id FROM vendor_order WHERE state IN ('received', 'packed', 'shipped'))"
        )
    )
    with op.batch_alter_table("order_line") as batch:
        batch.alter_column("weight_over_fen", server_default=None)
        batch.create_check_constraint(
            op.f("ck_order_line_weight_over"),
            "weight_over_fen >= 0 AND (weight_over_fen = 0 OR weight_back_fen = 0)",
        )
    with op.batch_alter_table("ledger_earning") as batch:
        batch.add_column(sa.Column("over_fen", sa.BigInteger(), nullable=False, server_default="0"))
    with op.batch_alter_table("ledger_earning") as batch:
        batch.alter_column("over_fen", server_default=None)
        batch.drop_constraint(op.f("ck_ledger_earning_off"), type_="check")
        batch.drop_constraint(op.f("ck_ledger_earning_left"), type_="check")
        batch.create_check_constraint(op.f("ck_ledger_earning_off"), f"{OFF} AND over_fen >= 0")
        batch.create_check_constraint(
            op.f("ck_ledger_earning_left"), "asked_fen + over_fen > missing_fen + light_fen + fee_fen"
        )


def downgrade() -> None:
    with op.batch_alter_table("ledger_earning") as batch:
        batch.drop_constraint(op.f("ck_ledger_earning_off"), type_="check")
        batch.drop_constraint(op.f("ck_ledger_earning_left"), type_="check")
        batch.drop_column("over_fen")
        batch.create_check_constraint(op.f("ck_ledger_earning_off"), OFF)
        batch.create_check_constraint(op.f("ck_ledger_earning_left"), LEFT)
    with op.batch_alter_table("order_line") as batch:
        batch.drop_constraint(op.f("ck_order_line_weight_over"), type_="check")
        batch.drop_column("weight_over_fen")
