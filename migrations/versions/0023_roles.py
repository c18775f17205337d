"""Narrower roles, who gave and took them, and who looked at a buyer's full phone and address"""

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.DateTime(timezone=True)
OLD = ("buyer", "vendor", "staff", "driver", "manager")
ROLES = ("buyer", "vendor", "staff", "counter", "packer", "driver", "finance", "manager")


def _one_of(words: tuple[str, ...]) -> str:
    return f"role IN ({', '.join(repr(word) for word in words)})"


def _allow(words: tuple[str, ...]) -> None:
    with op.batch_alter_table("user_role") as batch:
        batch.drop_constraint(op.f("ck_user_role_role"), type_="check")
        batch.create_check_constraint(op.f("ck_user_role_role"), _one_of(words))


def upgrade() -> None:
    _allow(ROLES)
    op.create_table(
        "role_change",
        sa.Column("id", BIG, nullable=False),
        sa.Column("user_id", BIG, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column(
            "role",
            sa.Enum(*ROLES, name="role", native_enum=False, create_constraint=True, length=24),
            nullable=False,
        ),
        sa.Column("is_given", sa.Boolean(), nullable=False),
        sa.Column("reason", sa.String(200), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("actor", sa.String(40), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["user_account.id"], name=op.f("fk_role_change_user_id_user_account")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_role_change")),
        sa.UniqueConstraint("user_id", "version", name=op.f("uq_role_change_user_id_version")),
    )
    op.create_table(
        "view_log",
        sa.Column("id", BIG, nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("actor", sa.String(40), nullable=False),
        sa.Column("subject", sa.String(40), nullable=False),
        sa.Column(
            "what",
            sa.Enum("recipient", name="what", native_enum=False, create_constraint=True, length=24),
            nullable=False,
        ),
        sa.Column(
            "why",
            sa.Enum(
                "asked", "delivery", "correction", "refund", "complaint",
                name="why", native_enum=False, create_constraint=True, length=24,
            ),
            nullable=False,
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_view_log")),
    )  # fmt: skip
    op.create_index(op.f("ix_view_log_at"), "view_log", ["at"])
    op.create_index(op.f("ix_view_log_subject_actor_at"), "view_log", ["subject", "actor", "at"])


def downgrade() -> None:
    op.drop_index(op.f("ix_view_log_subject_actor_at"), table_name="view_log")
    op.drop_index(op.f("ix_view_log_at"), table_name="view_log")
    op.drop_table("view_log")
    op.drop_table("role_change")
    # A narrow role's work was a clerk's before; whoever has one and is no clerk yet becomes one.
    op.execute(
        sa.text(
            "INSERT INTO user_role (user_id, role) SELECT DISTINCT user_id, 'staff' FROM user_role"
            " WHERE role IN ('counter', 'packer', 'finance')"
            " AND user_id NOT IN (SELECT user_id FROM user_role WHERE role = 'staff')"
        )
    )
    op.execute(sa.text("DELETE FROM user_role WHERE role IN ('counter', 'packer', 'finance')"))
    _allow(OLD)
