"""Questions of buyers and their answers"""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "listing_question",
        sa.Column("id", BIG, nullable=False),
        sa.Column("code", sa.String(40), nullable=False),
        sa.Column("key", sa.String(40), nullable=False),
        sa.Column("listing_id", BIG, nullable=False),
        sa.Column("user_id", BIG, nullable=True),
        sa.Column("phone", sa.String(20), nullable=False),
        sa.Column("text", sa.String(200), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("answer", sa.String(400), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("answered_by", sa.String(40), nullable=False),
        sa.Column("by_centre", sa.Boolean(), nullable=False),
        sa.Column("hidden_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("hidden_by", sa.String(40), nullable=False),
        sa.Column("hidden_why", sa.String(200), nullable=False),
        sa.CheckConstraint("(answered_at IS NULL) = (answer = '')", name=op.f("ck_listing_question_answered")),
        sa.ForeignKeyConstraint(["listing_id"], ["listing.id"], name=op.f("fk_listing_question_listing_id_listing")),
        sa.ForeignKeyConstraint(
            ["user_id"], ["user_account.id"], name=op.f("fk_listing_question_user_id_user_account")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_listing_question")),
        sa.UniqueConstraint("code", name=op.f("uq_listing_question_code")),
        sa.UniqueConstraint("key", name=op.f("uq_listing_question_key")),
    )
    for columns in (["listing_id", "answered_at"], ["answered_at"], ["phone"], ["user_id"]):
        op.create_index(op.f("ix_listing_question_" + "_".join(columns)), "listing_question", columns)


def downgrade() -> None:
    op.drop_table("listing_question")
