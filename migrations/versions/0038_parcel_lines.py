"""What lies in a parcel, so that a box may be packed into several, and a warmer box into a colder one"""

import sqlalchemy as sa
from alembic import op

revision = "0038"
down_revision = "0037"

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
STANDS = sa.text("state <> 'opened'")


def upgrade() -> None:
    op.create_table(
        "parcel_line",
        sa.Column("id", BIG, nullable=False),
        sa.Column("parcel_id", BIG, nullable=False),
        sa.Column("order_line_id", BIG, nullable=False),
        sa.Column("pieces", sa.Integer(), nullable=False),
        sa.CheckConstraint("pieces > 0", name=op.f("ck_parcel_line_pieces")),
        sa.ForeignKeyConstraint(["parcel_id"], ["parcel.id"], name=op.f("fk_parcel_line_parcel_id_parcel")),
        sa.ForeignKeyConstraint(
            ["order_line_id"], ["order_line.id"], name=op.f("fk_parcel_line_order_line_id_order_line")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_parcel_line")),
        sa.UniqueConstraint("parcel_id", "order_line_id", name=op.f("uq_parcel_line_parcel_id_order_line_id")),
    )
    op.create_index(op.f("ix_parcel_line_order_line_id"), "parcel_line", ["order_line_id"])
    # Until now a parcel held what its box held: what was taken in for it, whatever was given back of it since.
    op.execute(
        sa.text(
            "INSERT INTO parcel_line (parcel_id, order_line_id, pieces)"
            " SELECT parcel.id, order_line.id, coalesce(intake.accepted, order_line.quantity - order_line.rejected)"
            " FROM parcel"
            " JOIN vendor_order ON vendor_order.order_id = parcel.order_id AND vendor_order.box = parcel.box"
            " JOIN order_line ON order_line.vendor_order_id = vendor_order.id"
            " LEFT JOIN intake ON intake.order_line_id = order_line.id"
            " LEFT JOIN recall_removal ON recall_removal.intake_id = intake.id"
            " WHERE coalesce(intake.accepted, order_line.quantity - order_line.rejected) > 0"
            " AND recall_removal.id IS NULL AND vendor_order.state NOT IN ('rejected', 'cancelled')"
        )
    )
    with op.batch_alter_table("parcel") as batch:
        batch.add_column(sa.Column("number", sa.Integer(), nullable=False, server_default="1"))
        batch.add_column(sa.Column("among", sa.Integer(), nullable=False, server_default="1"))
    op.drop_index(op.f("ix_parcel_order_id_box"), "parcel")
    with op.batch_alter_table("parcel") as batch:
        for name in ("number", "among"):
            batch.alter_column(name, existing_type=sa.Integer(), existing_nullable=False, server_default=None)
        batch.create_check_constraint(op.f("ck_parcel_number"), "number BETWEEN 1 AND among AND among <= 9")
    op.create_index(
        op.f("ix_parcel_order_id_box_number"),
        "parcel",
        ["order_id", "box", "number"],
        unique=True,
        sqlite_where=STANDS,
        postgresql_where=STANDS,
    )


def downgrade() -> None:
    # The old house has one parcel a box: the others go, with their passages and their places on lists.
    others = "SELECT id FROM parcel WHERE number > 1"
    for name in ("parcel_history", "hand_over_parcel", "parcel_line"):
        op.execute(sa.text(f"DELETE FROM {name} WHERE parcel_id IN ({others})"))
    op.execute(sa.text("DELETE FROM parcel WHERE number > 1"))
    op.drop_index(op.f("ix_parcel_order_id_box_number"), "parcel")
    with op.batch_alter_table("parcel") as batch:
        batch.drop_constraint(op.f("ck_parcel_number"), type_="check")
        batch.drop_column("among")
        batch.drop_column("number")
    op.create_index(
        op.f("ix_parcel_order_id_box"),
        "parcel",
        ["order_id", "box"],
        unique=True,
        sqlite_where=STANDS,
        postgresql_where=STANDS,
    )
    op.drop_table("parcel_line")
