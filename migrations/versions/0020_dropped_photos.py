"""Photos whose files are on their way out"""

import sqlalchemy as sa
from alembic import op

revision = '0020'
down_revision = '0019'


def upgrade() -> None:
    with op.batch_alter_table('photo') as batch:
        batch.add_column(sa.Column('dropped_at', sa.DateTime(timezone=True), nullable=True))


def downgrade() -> None:
    op.execute(sa.text('DELETE FROM photo WHERE dropped_at IS NOT NULL'))
    with op.batch_alter_table('photo') as batch:
        batch.drop_column('dropped_at')
