"""Words of staff's own, and searches that found nothing"""

import sqlalchemy as sa
from alembic import op

revision = '0003'
down_revision = '0002'

BIG = sa.BigInteger().with_variant(sa.Integer(), 'sqlite')


def upgrade() -> None:
    op.create_table(
        'search_concept',
        sa.Column('id', BIG, nullable=False),
        sa.Column('code', sa.String(length=40), nullable=False),
        sa.Column('chinese', sa.JSON(), nullable=False),
        sa.Column('english', sa.JSON(), nullable=False),
        sa.Column('broader', sa.JSON(), nullable=False),
        sa.Column('note', sa.String(length=200), nullable=False),
        sa.Column('changed_at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('changed_by', sa.String(length=40), nullable=False),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_search_concept')),
        sa.UniqueConstraint('code', name=op.f('uq_search_concept_code')),
    )
    op.create_table(
        'search_miss',
        sa.Column('id', BIG, nullable=False),
        sa.Column('text', sa.String(length=60), nullable=False),
        sa.Column('understood', sa.String(length=200), nullable=False),
        sa.Column('times', sa.Integer(), nullable=False),
        sa.Column('first_at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('last_at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('is_handled', sa.Boolean(), nullable=False),
        sa.CheckConstraint('times > 0', name=op.f('ck_search_miss_times')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_search_miss')),
        sa.UniqueConstraint('text', name=op.f('uq_search_miss_text')),
    )
    with op.batch_alter_table('search_miss') as batch_op:
        batch_op.create_index(op.f('ix_search_miss_is_handled_last_at'), ['is_handled', 'last_at'])


def downgrade() -> None:
    with op.batch_alter_table('search_miss') as batch_op:
        batch_op.drop_index(op.f('ix_search_miss_is_handled_last_at'))
    op.drop_table('search_miss')
    op.drop_table('search_concept')
