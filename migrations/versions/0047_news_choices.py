"""Whether a person wants to hear of goods and seasons, and when an account was closed"""

import sqlalchemy as sa
from alembic import op

revision = "0047"
down_revision = "0046"

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "news_choice",
        sa.Column("id", BIG, nullable=False),
        sa.Column("user_id", BIG, nullable=False),
        sa.Column("is_wanted", sa.Boolean(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor", sa.String(40), nullable=False),
        sa.ForeignKeyConstraint(
            ["user_id"], ["user_account.id"], name=op.f("fk_news_choice_user_id_user_account")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_news_choice")),
    )
    op.create_index(op.f("ix_news_choice_user_id"), "news_choice", ["user_id"])
    op.add_column("user_account", sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("user_account", sa.Column("closed_by", sa.String(40), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("user_account") as batch:
        batch.drop_column("closed_by")
        batch.drop_column("closed_at")
    op.drop_index(op.f("ix_news_choice_user_id"), table_name="news_choice")
    op.drop_table("news_choice")
