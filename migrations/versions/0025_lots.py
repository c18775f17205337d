"""Lots of goods that came in, what was seen of them, and who was told of a recall"""

import sqlalchemy as sa
from alembic import op

revision = "0025"
down_revision = "0024"

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.DateTime(timezone=True)


def _choice(name: str, *words: str) -> sa.Enum:
    return sa.Enum(*words, name=name, native_enum=False, create_constraint=True, length=24)


def upgrade() -> None:
    op.create_table(
        "lot",
        sa.Column("id", BIG, nullable=False),
        sa.Column("code", sa.String(40), nullable=False),
        sa.Column("vendor_id", BIG, nullable=False),
        sa.Column("variant_id", BIG, nullable=False),
        sa.Column("village_id", BIG, nullable=False),
        sa.Column("title", sa.String(200), nullable=False),
        sa.Column("unit", sa.String(8), nullable=False),
        sa.Column("received_on", sa.Date(), nullable=False),
        sa.Column("grade", _choice("grade", "ungraded", "top", "first", "second"), nullable=False),
        sa.Column("inspection", sa.String(200), nullable=False),
        sa.Column("units", sa.Integer(), nullable=False),
        sa.Column("weight_g", sa.Integer(), nullable=True),
        sa.Column("promise_key", sa.String(64), nullable=True),
        sa.Column("state", _choice("state", "kept", "recalled"), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("born_at", MOMENT, nullable=False),
        sa.Column("born_by", sa.String(40), nullable=False),
        sa.CheckConstraint("units > 0", name=op.f("ck_lot_units")),
        sa.CheckConstraint("weight_g IS NULL OR weight_g > 0", name=op.f("ck_lot_weight")),
        sa.ForeignKeyConstraint(["vendor_id"], ["vendor.id"], name=op.f("fk_lot_vendor_id_vendor")),
        sa.ForeignKeyConstraint(["variant_id"], ["variant.id"], name=op.f("fk_lot_variant_id_variant")),
        sa.ForeignKeyConstraint(["village_id"], ["village.id"], name=op.f("fk_lot_village_id_village")),
        sa.ForeignKeyConstraint(
            ["promise_key"], ["private_photo.key"], name=op.f("fk_lot_promise_key_private_photo")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_lot")),
        sa.UniqueConstraint("code", name=op.f("uq_lot_code")),
        sa.UniqueConstraint(
            "variant_id", "received_on", "grade", "inspection",
            name=op.f("uq_lot_variant_id_received_on_grade_inspection"),
        ),
    )  # fmt: skip
    for name in ("vendor_id", "variant_id", "village_id", "received_on", "promise_key"):
        op.create_index(op.f(f"ix_lot_{name}"), "lot", [name])
    op.create_table(
        "lot_photo",
        sa.Column("id", BIG, nullable=False),
        sa.Column("lot_id", BIG, nullable=False),
        sa.Column("photo_key", sa.String(64), nullable=False),
        sa.ForeignKeyConstraint(["lot_id"], ["lot.id"], name=op.f("fk_lot_photo_lot_id_lot")),
        sa.ForeignKeyConstraint(["photo_key"], ["photo.key"], name=op.f("fk_lot_photo_photo_key_photo")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_lot_photo")),
        sa.UniqueConstraint("lot_id", "photo_key", name=op.f("uq_lot_photo_lot_id_photo_key")),
    )
    op.create_index(op.f("ix_lot_photo_photo_key"), "lot_photo", ["photo_key"])
    op.create_table(
        "lot_history",
        sa.Column("id", BIG, nullable=False),
        sa.Column("lot_id", BIG, nullable=False),
        sa.Column("from_state", sa.String(40), nullable=False),
        sa.Column("to_state", sa.String(40), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("actor", sa.String(40), nullable=False),
        sa.Column("reason", sa.String(200), nullable=False),
        sa.ForeignKeyConstraint(["lot_id"], ["lot.id"], name=op.f("fk_lot_history_lot_id_lot")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_lot_history")),
    )
    op.create_index(op.f("ix_lot_history_lot_id"), "lot_history", ["lot_id"])
    op.create_table(
        "recall_notice",
        sa.Column("id", BIG, nullable=False),
        sa.Column("lot_id", BIG, nullable=False),
        sa.Column("order_id", BIG, nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("actor", sa.String(40), nullable=False),
        sa.ForeignKeyConstraint(["lot_id"], ["lot.id"], name=op.f("fk_recall_notice_lot_id_lot")),
        sa.ForeignKeyConstraint(["order_id"], ["order.id"], name=op.f("fk_recall_notice_order_id_order")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recall_notice")),
        sa.UniqueConstraint("lot_id", "order_id", name=op.f("uq_recall_notice_lot_id_order_id")),
    )
    op.create_index(op.f("ix_recall_notice_order_id"), "recall_notice", ["order_id"])
    with op.batch_alter_table("intake") as batch:
        batch.add_column(sa.Column("lot_id", BIG, nullable=True))
        batch.add_column(sa.Column("proof_key", sa.String(64), nullable=True))
        batch.create_foreign_key(op.f("fk_intake_lot_id_lot"), "lot", ["lot_id"], ["id"])
        batch.create_foreign_key(op.f("fk_intake_proof_key_private_photo"), "private_photo", ["proof_key"], ["key"])
        batch.create_index(op.f("ix_intake_lot_id"), ["lot_id"])
        batch.create_index(op.f("ix_intake_proof_key"), ["proof_key"])


def downgrade() -> None:
    with op.batch_alter_table("intake") as batch:
        batch.drop_index(op.f("ix_intake_proof_key"))
        batch.drop_index(op.f("ix_intake_lot_id"))
        batch.drop_constraint(op.f("fk_intake_proof_key_private_photo"), type_="foreignkey")
        batch.drop_constraint(op.f("fk_intake_lot_id_lot"), type_="foreignkey")
        batch.drop_column("proof_key")
        batch.drop_column("lot_id")
    for name in ("recall_notice", "lot_history", "lot_photo", "lot"):
        op.drop_table(name)
