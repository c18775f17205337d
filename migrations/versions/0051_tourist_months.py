"""In which months visitors come"""

import sqlalchemy as sa
from alembic import op

revision = "0051"
down_revision = "0050"


def upgrade() -> None:
    with op.batch_alter_table("town") as batch:
        batch.add_column(sa.Column("tourist_bits", sa.Integer(), nullable=False, server_default="1016"))
    with op.batch_alter_table("town") as batch:
        batch.alter_column("tourist_bits", existing_type=sa.Integer(), server_default=None)
        batch.create_check_constraint(op.f("ck_town_tourist_bits"), "tourist_bits BETWEEN 1 AND 4094")


def downgrade() -> None:
    with op.batch_alter_table("town") as batch:
        batch.drop_constraint(op.f("ck_town_tourist_bits"), type_="check")
        batch.drop_column("tourist_bits")
