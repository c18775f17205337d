"""Of which end of a paper its vendor has been reminded"""

import sqlalchemy as sa
from alembic import op

revision = '0005'
down_revision = '0004'


def upgrade() -> None:
    with op.batch_alter_table('vendor_paper') as batch_op:
        batch_op.add_column(sa.Column('reminded_for', sa.Date(), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table('vendor_paper') as batch_op:
        batch_op.drop_column('reminded_for')
