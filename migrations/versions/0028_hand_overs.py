"""What left the centre with whom, on one list, photos of the signed list, and who looked at them"""

import sqlalchemy as sa
from alembic import op

revision = "0028"
down_revision = "0027"

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.DateTime(timezone=True)
WENT = sa.text("went")


def upgrade() -> None:
    op.create_table(
        "hand_over",
        sa.Column("id", BIG, nullable=False),
        sa.Column("code", sa.String(40), nullable=False),
        sa.Column("courier", sa.String(40), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("actor", sa.String(40), nullable=False),
        sa.Column("taken_by", sa.String(200), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_hand_over")),
        sa.UniqueConstraint("code", name=op.f("uq_hand_over_code")),
    )
    op.create_index(op.f("ix_hand_over_at"), "hand_over", ["at"])
    op.create_table(
        "hand_over_parcel",
        sa.Column("id", BIG, nullable=False),
        sa.Column("hand_over_id", BIG, nullable=False),
        sa.Column("parcel_id", BIG, nullable=False),
        sa.Column("waybill", sa.String(200), nullable=False),
        sa.Column("went", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["hand_over_id"], ["hand_over.id"], name=op.f("fk_hand_over_parcel_hand_over_id_hand_over")
        ),
        sa.ForeignKeyConstraint(["parcel_id"], ["parcel.id"], name=op.f("fk_hand_over_parcel_parcel_id_parcel")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_hand_over_parcel")),
        sa.UniqueConstraint(
            "hand_over_id", "parcel_id", name=op.f("uq_hand_over_parcel_hand_over_id_parcel_id")
        ),
    )  # fmt: skip
    op.create_index(
        op.f("ix_hand_over_parcel_parcel_id"),
        "hand_over_parcel",
        ["parcel_id"],
        unique=True,
        sqlite_where=WENT,
        postgresql_where=WENT,
    )
    op.create_table(
        "hand_over_photo",
        sa.Column("id", BIG, nullable=False),
        sa.Column("hand_over_id", BIG, nullable=False),
        sa.Column("key", sa.String(64), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("actor", sa.String(40), nullable=False),
        sa.ForeignKeyConstraint(
            ["hand_over_id"], ["hand_over.id"], name=op.f("fk_hand_over_photo_hand_over_id_hand_over")
        ),
        sa.ForeignKeyConstraint(["key"], ["private_photo.key"], name=op.f("fk_hand_over_photo_key_private_photo")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_hand_over_photo")),
        sa.UniqueConstraint("key", name=op.f("uq_hand_over_photo_key")),
    )
    op.create_index(op.f("ix_hand_over_photo_hand_over_id"), "hand_over_photo", ["hand_over_id"])
    op.create_table(
        "photo_look",
        sa.Column("id", BIG, nullable=False),
        sa.Column("about", sa.String(40), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("actor", sa.String(40), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_photo_look")),
    )
    op.create_index(op.f("ix_photo_look_about_actor_at"), "photo_look", ["about", "actor", "at"])


def downgrade() -> None:
    for name in ("photo_look", "hand_over_photo", "hand_over_parcel", "hand_over"):
        op.drop_table(name)
