"""Parcels that came back wait for a person who says why, and who bears it"""

import sqlalchemy as sa
from alembic import op

revision = "0053"
down_revision = "0052"

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.DateTime(timezone=True)
CAUSES = (
    "unreached",
    "refused",
    "address",
    "late",
    "damaged",
    "badly_packed",
    "bad_goods",
    "uncollected",
)
BEARERS = ("courier", "packing", "household", "town")


def _one_of(column: str, words: tuple[str, ...]) -> str:
    return f"{column} IN ({', '.join(repr(word) for word in words)})"


def upgrade() -> None:
    op.create_table(
        "returned_parcel",
        sa.Column("id", BIG, nullable=False),
        sa.Column("code", sa.String(40), nullable=False),
        sa.Column("order_id", BIG, nullable=False),
        sa.Column("was_sent", sa.Boolean(), nullable=False),
        sa.Column("reason", sa.String(200), nullable=False),
        sa.Column("freight_fen", sa.BigInteger(), nullable=False),
        sa.Column("came_at", MOMENT, nullable=False),
        sa.Column("cause", sa.String(24), nullable=True),
        sa.Column("bearer", sa.String(24), nullable=True),
        sa.Column("answer", sa.String(200), nullable=False),
        sa.Column("freight_back_fen", sa.BigInteger(), nullable=False),
        sa.Column("decided_at", MOMENT, nullable=True),
        sa.Column("decided_by", sa.String(40), nullable=False),
        sa.CheckConstraint(
            "freight_fen >= 0 AND freight_back_fen BETWEEN 0 AND freight_fen", name=op.f("ck_returned_parcel_freight")
        ),
        sa.CheckConstraint(
            "(decided_at IS NULL AND cause IS NULL AND bearer IS NULL)"
            " OR (decided_at IS NOT NULL AND cause IS NOT NULL AND bearer IS NOT NULL AND answer <> '')",
            name=op.f("ck_returned_parcel_decided"),
        ),
        sa.CheckConstraint(_one_of("cause", CAUSES), name=op.f("ck_returned_parcel_cause")),
        sa.CheckConstraint(_one_of("bearer", BEARERS), name=op.f("ck_returned_parcel_bearer")),
        sa.ForeignKeyConstraint(["order_id"], ["order.id"], name=op.f("fk_returned_parcel_order_id_order")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_returned_parcel")),
        sa.UniqueConstraint("code", name=op.f("uq_returned_parcel_code")),
    )
    op.create_index(op.f("ix_returned_parcel_order_id"), "returned_parcel", ["order_id"])
    op.create_index(op.f("ix_returned_parcel_decided_at"), "returned_parcel", ["decided_at"])
    op.create_table(
        "returned_line",
        sa.Column("id", BIG, nullable=False),
        sa.Column("returned_id", BIG, nullable=False),
        sa.Column("line_id", BIG, nullable=False),
        sa.Column("pieces", sa.Integer(), nullable=False),
        sa.Column("goods_fen", sa.BigInteger(), nullable=False),
        sa.Column("is_good", sa.Boolean(), nullable=True),
        sa.CheckConstraint("pieces > 0 AND goods_fen >= 0", name=op.f("ck_returned_line_amounts")),
        sa.ForeignKeyConstraint(
            ["returned_id"], ["returned_parcel.id"], name=op.f("fk_returned_line_returned_id_returned_parcel")
        ),
        sa.ForeignKeyConstraint(["line_id"], ["order_line.id"], name=op.f("fk_returned_line_line_id_order_line")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_returned_line")),
        sa.UniqueConstraint("returned_id", "line_id", name=op.f("uq_returned_line_returned_id_line_id")),
    )
    op.create_index(op.f("ix_returned_line_line_id"), "returned_line", ["line_id"])
    # What lies at the counter already still waits for a person; what was in it is read from the order.
    op.execute(
        sa.text(
            "INSERT INTO returned_parcel (code, order_id, was_sent, reason, freight_fen, came_at, answer,"
            " freight_back_fen, decided_by)"
            ' SELECT shipment.key, "order".id, true, \'\', 0, shipment.asked_at, \'\', 0, \'\' FROM shipment'
            ' JOIN "order" ON "order".code = shipment.reference JOIN parcel ON parcel.code = shipment.key'
            " WHERE shipment.kind = 'goods' AND shipment.state = 'returned' AND parcel.state = 'returned'"
            " ORDER BY shipment.id"
        )
    )


def downgrade() -> None:
    op.drop_table("returned_line")
    op.drop_table("returned_parcel")
