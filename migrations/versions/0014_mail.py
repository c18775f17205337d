"""Messages by mail: where a buyer wants them, and where one went"""

import sqlalchemy as sa
from alembic import op

revision = '0014'
down_revision = '0013'

EMAIL = sa.String(254)


def upgrade() -> None:
    for table in ('order', 'delivery'):
        with op.batch_alter_table(table) as batch_op:
            batch_op.add_column(sa.Column('email', EMAIL, nullable=False, server_default=''))
        with op.batch_alter_table(table) as batch_op:
            batch_op.alter_column('email', existing_type=EMAIL, server_default=None)


def downgrade() -> None:
    for table in ('order', 'delivery'):
        with op.batch_alter_table(table) as batch_op:
            batch_op.drop_column('email')
