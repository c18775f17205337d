"""The town's written rules, version by version"""

import sqlalchemy as sa
from alembic import op

revision = "0052"
down_revision = "0051"

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
RULES = ("trade", "privacy", "after_sale", "joining")


def upgrade() -> None:
    op.create_table(
        "rule_version",
        sa.Column("id", BIG, nullable=False),
        sa.Column("rule", sa.String(24), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("note", sa.String(200), nullable=False),
        sa.Column("effective_on", sa.Date(), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor", sa.String(40), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rule_version")),
        sa.UniqueConstraint("rule", "number", name=op.f("uq_rule_version_rule_number")),
        sa.CheckConstraint("number > 0", name=op.f("ck_rule_version_number")),
        sa.CheckConstraint(f"rule IN ({', '.join(repr(rule) for rule in RULES)})", name=op.f("ck_rule_version_rule")),
    )


def downgrade() -> None:
    op.drop_table("rule_version")
