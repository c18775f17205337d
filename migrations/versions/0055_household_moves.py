"""What the centre answers a household that says a claim is not its fault"""

import sqlalchemy as sa
from alembic import op

revision = "0055"
down_revision = "0054"


def upgrade() -> None:
    with op.batch_alter_table("claim") as batch:
        batch.add_column(sa.Column("household_answer", sa.String(200), nullable=True))


def downgrade() -> None:
    op.drop_column("claim", "household_answer")
