"""What a household answers to what is asked of it, goods that come back by themselves, and whether they are still there"""

import sqlalchemy as sa
from alembic import op

revision = '0017'
down_revision = '0016'

BIG = sa.BigInteger().with_variant(sa.Integer(), 'sqlite')


def upgrade() -> None:
    with op.batch_alter_table('vendor_order') as batch:
        batch.add_column(sa.Column('answered_at', sa.DateTime(timezone=True), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table('vendor_order') as batch:
        batch.drop_column('answered_at')
