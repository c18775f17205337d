"""Settlement: runs, statements with the legs they count, payouts, and money moved between the house's purses"""

import sqlalchemy as sa
from alembic import op

revision = "0049"
down_revision = "0048"

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
DRAFTED = sa.text("state = 'drafted'")


def upgrade() -> None:
    op.create_table(
        "payout_run",
        sa.Column("id", BIG, nullable=False),
        sa.Column("code", sa.String(40), nullable=False),
        sa.Column("pay_on", sa.Date(), nullable=False),
        sa.Column("since_on", sa.Date(), nullable=True),
        sa.Column("until_on", sa.Date(), nullable=False),
        sa.Column("last_entry_id", BIG, nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "drafted",
                "approved",
                "exported",
                "ended",
                name="state",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("drafted_by", sa.String(40), nullable=False),
        sa.Column("drafted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("approved_by", sa.String(40), nullable=True),
        sa.Column("downloads", sa.Integer(), nullable=False),
        sa.CheckConstraint("(state = 'drafted') = (approved_by IS NULL)", name=op.f("ck_payout_run_approved")),
        sa.CheckConstraint("approved_by IS NULL OR approved_by <> drafted_by", name=op.f("ck_payout_run_two_people")),
        sa.CheckConstraint("downloads >= 0", name=op.f("ck_payout_run_downloads")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_payout_run")),
        sa.UniqueConstraint("code", name=op.f("uq_payout_run_code")),
        sa.UniqueConstraint("pay_on", name=op.f("uq_payout_run_pay_on")),
    )
    op.create_index(
        "ix_payout_run_one_draft", "payout_run", ["state"], unique=True, sqlite_where=DRAFTED, postgresql_where=DRAFTED
    )
    op.create_table(
        "payout_run_history",
        sa.Column("id", BIG, nullable=False),
        sa.Column("run_id", BIG, nullable=False),
        sa.Column("from_state", sa.String(40), nullable=False),
        sa.Column("to_state", sa.String(40), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor", sa.String(40), nullable=False),
        sa.Column("reason", sa.String(200), nullable=False),
        sa.ForeignKeyConstraint(["run_id"], ["payout_run.id"], name=op.f("fk_payout_run_history_run_id_payout_run")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_payout_run_history")),
    )
    op.create_index(op.f("ix_payout_run_history_run_id"), "payout_run_history", ["run_id"])
    op.create_table(
        "statement",
        sa.Column("id", BIG, nullable=False),
        sa.Column("code", sa.String(40), nullable=False),
        sa.Column("run_id", BIG, nullable=False),
        sa.Column("vendor", sa.String(40), nullable=False),
        sa.Column("before_fen", sa.BigInteger(), nullable=False),
        sa.Column("asked_fen", sa.BigInteger(), nullable=False),
        sa.Column("missing_fen", sa.BigInteger(), nullable=False),
        sa.Column("light_fen", sa.BigInteger(), nullable=False),
        sa.Column("fee_fen", sa.BigInteger(), nullable=False),
        sa.Column("over_fen", sa.BigInteger(), nullable=False),
        sa.Column("claims_fen", sa.BigInteger(), nullable=False),
        sa.Column("refunds_fen", sa.BigInteger(), nullable=False),
        sa.Column("returned_fen", sa.BigInteger(), nullable=False),
        sa.Column("paid_fen", sa.BigInteger(), nullable=False),
        sa.Column("to_pay_fen", sa.BigInteger(), nullable=False),
        sa.Column("carried_fen", sa.BigInteger(), nullable=False),
        sa.Column(
            "wait",
            sa.Enum(
                "nothing",
                "owing",
                "little",
                "no_account",
                "new_account",
                name="wait",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=True,
        ),
        sa.Column(
            "way",
            sa.Enum("bank", "wechat", "cash", name="payout_way", native_enum=False, create_constraint=True, length=24),
            nullable=True,
        ),
        sa.Column("tail", sa.String(4), nullable=False),
        sa.Column("account_change", sa.Integer(), nullable=True),
        sa.Column("is_frozen", sa.Boolean(), nullable=False),
        sa.CheckConstraint("(to_pay_fen > 0) = (wait IS NULL)", name=op.f("ck_statement_why_not")),
        sa.CheckConstraint(
            "to_pay_fen + carried_fen = before_fen + asked_fen - missing_fen - light_fen - fee_fen + over_fen - claims_fen - refunds_fen + returned_fen - paid_fen",
            name=op.f("ck_statement_sums"),
        ),
        sa.CheckConstraint("to_pay_fen = 0 OR way IS NOT NULL", name=op.f("ck_statement_way")),
        sa.CheckConstraint(
            "to_pay_fen >= 0 AND (to_pay_fen = 0 OR carried_fen = 0)", name=op.f("ck_statement_all_or_nothing")
        ),
        sa.ForeignKeyConstraint(["run_id"], ["payout_run.id"], name=op.f("fk_statement_run_id_payout_run")),
        sa.ForeignKeyConstraint(["vendor"], ["vendor.code"], name=op.f("fk_statement_vendor_vendor")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_statement")),
        sa.UniqueConstraint("code", name=op.f("uq_statement_code")),
        sa.UniqueConstraint("run_id", "vendor", name=op.f("uq_statement_run_id_vendor")),
    )
    op.create_index(op.f("ix_statement_vendor"), "statement", ["vendor"])
    op.create_table(
        "statement_line",
        sa.Column("id", BIG, nullable=False),
        sa.Column("statement_id", BIG, nullable=False),
        sa.Column("posting_id", BIG, nullable=False),
        sa.ForeignKeyConstraint(
            ["posting_id"], ["ledger_posting.id"], name=op.f("fk_statement_line_posting_id_ledger_posting")
        ),
        sa.ForeignKeyConstraint(
            ["statement_id"], ["statement.id"], name=op.f("fk_statement_line_statement_id_statement")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_statement_line")),
        sa.UniqueConstraint("posting_id", name=op.f("uq_statement_line_posting_id")),
    )
    op.create_index(op.f("ix_statement_line_statement_id"), "statement_line", ["statement_id"])
    op.create_table(
        "payout",
        sa.Column("id", BIG, nullable=False),
        sa.Column("code", sa.String(40), nullable=False),
        sa.Column("statement_id", BIG, nullable=False),
        sa.Column("run_id", BIG, nullable=False),
        sa.Column("vendor", sa.String(40), nullable=False),
        sa.Column("amount_fen", sa.BigInteger(), nullable=False),
        sa.Column(
            "way",
            sa.Enum("bank", "wechat", "cash", name="way", native_enum=False, create_constraint=True, length=24),
            nullable=False,
        ),
        sa.Column("tail", sa.String(4), nullable=False),
        sa.Column("account_change", sa.Integer(), nullable=True),
        sa.Column(
            "state",
            sa.Enum(
                "due", "exported", "paid", "failed", name="state", native_enum=False, create_constraint=True, length=24
            ),
            nullable=False,
        ),
        sa.Column("paid_on", sa.Date(), nullable=True),
        sa.Column("reference", sa.String(60), nullable=False),
        sa.Column("reason", sa.String(200), nullable=False),
        sa.Column("proof_key", sa.String(64), nullable=True),
        sa.CheckConstraint("(state = 'paid') = (paid_on IS NOT NULL)", name=op.f("ck_payout_paid")),
        sa.CheckConstraint("state <> 'failed' OR reason <> ''", name=op.f("ck_payout_failed")),
        sa.CheckConstraint("amount_fen > 0", name=op.f("ck_payout_amount")),
        sa.ForeignKeyConstraint(["proof_key"], ["private_photo.key"], name=op.f("fk_payout_proof_key_private_photo")),
        sa.ForeignKeyConstraint(["run_id"], ["payout_run.id"], name=op.f("fk_payout_run_id_payout_run")),
        sa.ForeignKeyConstraint(["statement_id"], ["statement.id"], name=op.f("fk_payout_statement_id_statement")),
        sa.ForeignKeyConstraint(["vendor"], ["vendor.code"], name=op.f("fk_payout_vendor_vendor")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_payout")),
        sa.UniqueConstraint("code", name=op.f("uq_payout_code")),
        sa.UniqueConstraint("statement_id", name=op.f("uq_payout_statement_id")),
    )
    op.create_index(op.f("ix_payout_proof_key"), "payout", ["proof_key"])
    op.create_index(op.f("ix_payout_run_id"), "payout", ["run_id"])
    op.create_index(op.f("ix_payout_state"), "payout", ["state"])
    op.create_index(op.f("ix_payout_vendor"), "payout", ["vendor"])
    op.create_table(
        "payout_history",
        sa.Column("id", BIG, nullable=False),
        sa.Column("payout_id", BIG, nullable=False),
        sa.Column("from_state", sa.String(40), nullable=False),
        sa.Column("to_state", sa.String(40), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor", sa.String(40), nullable=False),
        sa.Column("reason", sa.String(200), nullable=False),
        sa.ForeignKeyConstraint(["payout_id"], ["payout.id"], name=op.f("fk_payout_history_payout_id_payout")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_payout_history")),
    )
    op.create_index(op.f("ix_payout_history_payout_id"), "payout_history", ["payout_id"])
    op.create_table(
        "ledger_transfer",
        sa.Column("id", BIG, nullable=False),
        sa.Column("key", sa.String(80), nullable=False),
        sa.Column("from_account", sa.String(80), nullable=False),
        sa.Column("to_account", sa.String(80), nullable=False),
        sa.Column("amount_fen", sa.BigInteger(), nullable=False),
        sa.Column("reference", sa.String(60), nullable=False),
        sa.Column("moved_on", sa.Date(), nullable=False),
        sa.Column("noted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("noted_by", sa.String(40), nullable=False),
        sa.CheckConstraint("amount_fen > 0", name=op.f("ck_ledger_transfer_amount")),
        sa.CheckConstraint("from_account <> to_account", name=op.f("ck_ledger_transfer_elsewhere")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ledger_transfer")),
        sa.UniqueConstraint("key", name=op.f("uq_ledger_transfer_key")),
    )


def downgrade() -> None:
    op.drop_table("ledger_transfer")
    op.drop_table("payout_history")
    op.drop_table("payout")
    op.drop_table("statement_line")
    op.drop_table("statement")
    op.drop_table("payout_run_history")
    op.drop_table("payout_run")
