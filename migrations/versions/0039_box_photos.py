"""Photos of boxes before they were closed"""

import sqlalchemy as sa
from alembic import op

revision = "0039"
down_revision = "0038"

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
BOX = sa.Enum(
    "ambient", "chilled", "frozen", name="box", native_enum=False, create_constraint=True, length=24
)


def upgrade() -> None:
    op.create_table(
        "box_photo",
        sa.Column("id", BIG, nullable=False),
        sa.Column("order_id", BIG, nullable=False),
        sa.Column("box", BOX, nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("parcel_id", BIG, nullable=True),
        sa.Column("key", sa.String(64), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor", sa.String(40), nullable=False),
        sa.ForeignKeyConstraint(["order_id"], ["order.id"], name=op.f("fk_box_photo_order_id_order")),
        sa.ForeignKeyConstraint(["parcel_id"], ["parcel.id"], name=op.f("fk_box_photo_parcel_id_parcel")),
        sa.ForeignKeyConstraint(["key"], ["private_photo.key"], name=op.f("fk_box_photo_key_private_photo")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_box_photo")),
        sa.UniqueConstraint("key", name=op.f("uq_box_photo_key")),
    )
    op.create_index(op.f("ix_box_photo_order_id_box"), "box_photo", ["order_id", "box"])
    op.create_index(op.f("ix_box_photo_parcel_id"), "box_photo", ["parcel_id"])


def downgrade() -> None:
    op.drop_table("box_photo")
