"""When vendors are paid, and how each of their legs in the books came about"""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    with op.batch_alter_table("town") as batch:
        batch.add_column(sa.Column("pay_weekday", sa.Integer(), nullable=False, server_default="5"))
    with op.batch_alter_table("town") as batch:
        batch.alter_column("pay_weekday", existing_type=sa.Integer(), existing_nullable=False, server_default=None)
        batch.create_check_constraint(op.f("ck_town_pay_weekday"), "pay_weekday BETWEEN 1 AND 7")
    op.drop_index(op.f("ix_ledger_posting_account_id"), table_name="ledger_posting")
    op.create_index(op.f("ix_ledger_posting_account_id_entry_id"), "ledger_posting", ["account_id", "entry_id"])
    op.create_table(
        "ledger_earning",
        sa.Column("id", BIG, nullable=False),
        sa.Column("posting_id", BIG, nullable=False),
        sa.Column("part", sa.String(40), nullable=False),
        sa.Column("asked_fen", sa.BigInteger(), nullable=False),
        sa.Column("missing_fen", sa.BigInteger(), nullable=False),
        sa.Column("light_fen", sa.BigInteger(), nullable=False),
        sa.Column("fee_bp", sa.Integer(), nullable=False),
        sa.Column("fee_fen", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("missing_fen >= 0 AND light_fen >= 0 AND fee_fen >= 0", name=op.f("ck_ledger_earning_off")),
        sa.CheckConstraint("asked_fen > missing_fen + light_fen + fee_fen", name=op.f("ck_ledger_earning_left")),
        sa.ForeignKeyConstraint(
            ["posting_id"], ["ledger_posting.id"], name=op.f("fk_ledger_earning_posting_id_ledger_posting")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ledger_earning")),
        sa.UniqueConstraint("posting_id", name=op.f("uq_ledger_earning_posting_id")),
    )


def downgrade() -> None:
    op.drop_table("ledger_earning")
    op.create_index(op.f("ix_ledger_posting_account_id"), "ledger_posting", ["account_id"])
    op.drop_index(op.f("ix_ledger_posting_account_id_entry_id"), table_name="ledger_posting")
    with op.batch_alter_table("town") as batch:
        batch.drop_constraint(op.f("ck_town_pay_weekday"), type_="check")
        batch.drop_column("pay_weekday")
