"""When a household was asked whether a thing is still there, and goods that come back by themselves"""

import sqlalchemy as sa
from alembic import op

revision = '0018'
down_revision = '0017'

BIG = sa.BigInteger().with_variant(sa.Integer(), 'sqlite')


def upgrade() -> None:
    with op.batch_alter_table('listing') as batch:
        batch.add_column(sa.Column('asked_at', sa.DateTime(timezone=True), nullable=True))
    op.create_table(
        'restock',
        sa.Column('id', BIG, nullable=False),
        sa.Column('variant_id', BIG, nullable=False),
        sa.Column('back_on', sa.Date(), nullable=False),
        sa.Column('count', sa.Integer(), nullable=False),
        sa.Column('noted_at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('noted_by', sa.String(40), nullable=False),
        sa.CheckConstraint('count > 0', name=op.f('ck_restock_count')),
        sa.ForeignKeyConstraint(['variant_id'], ['variant.id'], name=op.f('fk_restock_variant_id_variant')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_restock')),
        sa.UniqueConstraint('variant_id', name=op.f('uq_restock_variant_id')),
    )
    op.create_index(op.f('ix_restock_back_on'), 'restock', ['back_on'])


def downgrade() -> None:
    op.drop_index(op.f('ix_restock_back_on'), table_name='restock')
    op.drop_table('restock')
    with op.batch_alter_table('listing') as batch:
        batch.drop_column('asked_at')
