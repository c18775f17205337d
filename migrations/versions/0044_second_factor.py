"""The second factor: a sealed key, recovery codes, what was done to it, and when it was last proven"""

import sqlalchemy as sa
from alembic import op

revision = "0044"
down_revision = "0043"

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.DateTime(timezone=True)
ACTS = ("enrolled", "recovered", "renewed", "reset")


def upgrade() -> None:
    op.create_table(
        "second_factor",
        sa.Column("user_id", BIG, autoincrement=False, nullable=False),
        sa.Column("secret", sa.String(300), nullable=True),
        sa.Column("pending", sa.String(300), nullable=True),
        sa.Column("last_step", sa.Integer(), nullable=False),
        sa.Column("enrolled_at", MOMENT, nullable=True),
        sa.PrimaryKeyConstraint("user_id", name=op.f("pk_second_factor")),
        sa.ForeignKeyConstraint(["user_id"], ["user_account.id"], name=op.f("fk_second_factor_user_id_user_account")),
    )
    op.create_table(
        "recovery_code",
        sa.Column("id", BIG, nullable=False),
        sa.Column("user_id", BIG, nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("used_at", MOMENT, nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recovery_code")),
        sa.ForeignKeyConstraint(["user_id"], ["user_account.id"], name=op.f("fk_recovery_code_user_id_user_account")),
        sa.UniqueConstraint("user_id", "digest", name=op.f("uq_recovery_code_user_id_digest")),
    )
    op.create_table(
        "factor_change",
        sa.Column("id", BIG, nullable=False),
        sa.Column("user_id", BIG, nullable=False),
        sa.Column("act", sa.String(24), nullable=False),
        sa.Column("reason", sa.String(200), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("actor", sa.String(40), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_factor_change")),
        sa.ForeignKeyConstraint(["user_id"], ["user_account.id"], name=op.f("fk_factor_change_user_id_user_account")),
        sa.CheckConstraint(f"act IN ({', '.join(repr(act) for act in ACTS)})", name=op.f("ck_factor_change_act")),
    )
    op.create_index(op.f("ix_factor_change_user_id_at"), "factor_change", ["user_id", "at"])
    with op.batch_alter_table("sign_in") as batch:
        batch.add_column(sa.Column("proven_at", MOMENT, nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("sign_in") as batch:
        batch.drop_column("proven_at")
    op.drop_index(op.f("ix_factor_change_user_id_at"), "factor_change")
    op.drop_table("factor_change")
    op.drop_table("recovery_code")
    op.drop_table("second_factor")
