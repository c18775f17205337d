"""What a scale sent when goods were weighed, as it was read"""

import sqlalchemy as sa
from alembic import op

revision = "0032"
down_revision = "0031"


def upgrade() -> None:
    with op.batch_alter_table("intake") as batch:
        batch.add_column(sa.Column("reading", sa.String(200), nullable=False, server_default=""))
    with op.batch_alter_table("intake") as batch:
        batch.alter_column("reading", existing_type=sa.String(200), existing_nullable=False, server_default=None)


def downgrade() -> None:
    with op.batch_alter_table("intake") as batch:
        batch.drop_column("reading")
