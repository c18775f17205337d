"""By which waybill a buyer sends the goods of a claim back"""

import sqlalchemy as sa
from alembic import op

revision = "0058"
down_revision = "0057"


def upgrade() -> None:
    with op.batch_alter_table("claim") as batch:
        batch.add_column(sa.Column("waybill", sa.String(32), nullable=True))


def downgrade() -> None:
    op.drop_column("claim", "waybill")
