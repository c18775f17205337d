"""Claims of goods that reached their buyer, and what the town chose about them"""

import sqlalchemy as sa
from alembic import op

revision = "0048"
down_revision = "0047"

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.DateTime(timezone=True)
CHOSEN = (("claim_hours", "48"), ("claim_auto_fen", "3000"), ("claim_most", "2"))
RANGES = (
    ("claim_hours", "claim_hours BETWEEN 1 AND 168"),
    ("claim_auto_fen", "claim_auto_fen BETWEEN 0 AND 100000"),
    ("claim_most", "claim_most BETWEEN 1 AND 20"),
)


def _enum(name: str, *words: str) -> sa.Enum:
    return sa.Enum(*words, name=name, native_enum=False, create_constraint=True, length=24)


def upgrade() -> None:
    with op.batch_alter_table("town") as batch:
        for name, value in CHOSEN:
            kind = sa.BigInteger() if name.endswith("_fen") else sa.Integer()
            batch.add_column(sa.Column(name, kind, nullable=False, server_default=value))
    with op.batch_alter_table("town") as batch:
        for name, _value in CHOSEN:
            kind = sa.BigInteger() if name.endswith("_fen") else sa.Integer()
            batch.alter_column(name, existing_type=kind, existing_nullable=False, server_default=None)
        for name, rule in RANGES:
            batch.create_check_constraint(op.f(f"ck_town_{name}"), rule)
    op.create_table(
        "claim",
        sa.Column("id", BIG, nullable=False),
        sa.Column("code", sa.String(40), nullable=False),
        sa.Column("key", sa.String(40), nullable=False),
        sa.Column("order_line_id", BIG, nullable=False),
        sa.Column("parcel_id", BIG, nullable=False),
        sa.Column(
            "kind",
            _enum("kind", "broken", "spoiled", "wrong", "missing", "short_weight", "return"),
            nullable=False,
        ),
        sa.Column("asked", sa.Integer(), nullable=False),
        sa.Column("granted", sa.Integer(), nullable=True),
        sa.Column("words", sa.String(300), nullable=False),
        sa.Column(
            "state",
            _enum("state", "open", "accepted", "declined", "awaiting_goods", "received", "paid", "withdrawn"),
            nullable=False,
        ),
        sa.Column("amount_fen", sa.BigInteger(), nullable=False),
        sa.Column("freight_fen", sa.BigInteger(), nullable=False),
        sa.Column("bearer", _enum("bearer", "courier", "packing", "household", "town"), nullable=True),
        sa.Column("reason", sa.String(200), nullable=False),
        sa.Column("decided_by", sa.String(40), nullable=False),
        sa.Column("decided_at", MOMENT, nullable=True),
        sa.Column("signed_at", MOMENT, nullable=False),
        sa.Column("asked_at", MOMENT, nullable=False),
        sa.Column("due_at", MOMENT, nullable=True),
        sa.Column("appeal", sa.String(300), nullable=False),
        sa.Column("appealed_at", MOMENT, nullable=True),
        sa.Column("household_word", _enum("household_word", "ours", "not_ours"), nullable=True),
        sa.Column("household_at", MOMENT, nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "asked > 0 AND (granted IS NULL OR granted BETWEEN 1 AND asked)", name=op.f("ck_claim_measure")
        ),
        sa.CheckConstraint(
            "amount_fen >= 0 AND freight_fen BETWEEN 0 AND amount_fen", name=op.f("ck_claim_amount")
        ),
        sa.CheckConstraint(
            "state NOT IN ('accepted', 'paid') OR (bearer IS NOT NULL AND amount_fen > 0)",
            name=op.f("ck_claim_borne"),
        ),
        sa.CheckConstraint("(appealed_at IS NULL) = (appeal = '')", name=op.f("ck_claim_appealed")),
        sa.CheckConstraint("(household_word IS NULL) = (household_at IS NULL)", name=op.f("ck_claim_household")),
        sa.ForeignKeyConstraint(
            ["order_line_id"], ["order_line.id"], name=op.f("fk_claim_order_line_id_order_line")
        ),
        sa.ForeignKeyConstraint(["parcel_id"], ["parcel.id"], name=op.f("fk_claim_parcel_id_parcel")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_claim")),
        sa.UniqueConstraint("code", name=op.f("uq_claim_code")),
        sa.UniqueConstraint("key", name=op.f("uq_claim_key")),
    )
    for columns in (["order_line_id"], ["parcel_id"], ["asked_at"], ["state", "due_at"]):
        op.create_index(op.f(f"ix_claim_{'_'.join(columns)}"), "claim", columns)
    op.create_table(
        "claim_photo",
        sa.Column("id", BIG, nullable=False),
        sa.Column("claim_id", BIG, nullable=False),
        sa.Column("key", sa.String(64), nullable=False),
        sa.ForeignKeyConstraint(["claim_id"], ["claim.id"], name=op.f("fk_claim_photo_claim_id_claim")),
        sa.ForeignKeyConstraint(["key"], ["private_photo.key"], name=op.f("fk_claim_photo_key_private_photo")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_claim_photo")),
        sa.UniqueConstraint("key", name=op.f("uq_claim_photo_key")),
    )
    op.create_index(op.f("ix_claim_photo_claim_id"), "claim_photo", ["claim_id"])
    op.create_table(
        "claim_history",
        sa.Column("id", BIG, nullable=False),
        sa.Column("claim_id", BIG, nullable=False),
        sa.Column("from_state", sa.String(40), nullable=False),
        sa.Column("to_state", sa.String(40), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("actor", sa.String(40), nullable=False),
        sa.Column("reason", sa.String(200), nullable=False),
        sa.ForeignKeyConstraint(["claim_id"], ["claim.id"], name=op.f("fk_claim_history_claim_id_claim")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_claim_history")),
    )
    op.create_index(op.f("ix_claim_history_claim_id"), "claim_history", ["claim_id"])


def downgrade() -> None:
    for name in ("claim_history", "claim_photo", "claim"):
        op.drop_table(name)
    with op.batch_alter_table("town") as batch:
        for name, _rule in RANGES:
            batch.drop_constraint(op.f(f"ck_town_{name}"), type_="check")
        for name, _value in CHOSEN:
            batch.drop_column(name)
