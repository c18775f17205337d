"""The photo a driver took at a door: a signature, or where the parcel was left"""

import sqlalchemy as sa
from alembic import op

revision = '0024'
down_revision = '0023'


def upgrade() -> None:
    with op.batch_alter_table('shipment') as batch:
        batch.add_column(sa.Column('photo_key', sa.String(64), nullable=True))
        batch.create_foreign_key(
            op.f('fk_shipment_photo_key_private_photo'), 'private_photo', ['photo_key'], ['key']
        )
        batch.create_index(op.f('ix_shipment_photo_key'), ['photo_key'])


def downgrade() -> None:
    with op.batch_alter_table('shipment') as batch:
        batch.drop_index(op.f('ix_shipment_photo_key'))
        batch.drop_constraint(op.f('fk_shipment_photo_key_private_photo'), type_='foreignkey')
        batch.drop_column('photo_key')
