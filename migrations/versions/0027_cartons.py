"""What a parcel was packed in, and with how many ice packs"""

import sqlalchemy as sa
from alembic import op

revision = "0027"
down_revision = "0026"

CARTONS = sa.Enum(
    "small", "medium", "large", "foam", name="carton", native_enum=False, create_constraint=False, length=24
)


def upgrade() -> None:
    with op.batch_alter_table("parcel") as batch:
        batch.add_column(sa.Column("carton", CARTONS, nullable=True))
        batch.add_column(sa.Column("ice_packs", sa.Integer(), nullable=False, server_default="0"))
    with op.batch_alter_table("parcel") as batch:
        batch.alter_column("ice_packs", existing_type=sa.Integer(), existing_nullable=False, server_default=None)
        batch.create_check_constraint(op.f("ck_parcel_carton"), "carton IN ('small', 'medium', 'large', 'foam')")
        batch.create_check_constraint(op.f("ck_parcel_ice"), "ice_packs BETWEEN 0 AND 20")


def downgrade() -> None:
    with op.batch_alter_table("parcel") as batch:
        batch.drop_constraint(op.f("ck_parcel_ice"), type_="check")
        batch.drop_constraint(op.f("ck_parcel_carton"), type_="check")
        batch.drop_column("ice_packs")
        batch.drop_column("carton")
