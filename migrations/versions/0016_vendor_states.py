"""Vendors that leave, the history of their states, and how near its end a paper was reminded of"""

import sqlalchemy as sa
from alembic import op

revision = '0016'
down_revision = '0015'

BIG = sa.BigInteger().with_variant(sa.Integer(), 'sqlite')
NAME = 'ck_vendor_state'


def upgrade() -> None:
    with op.batch_alter_table('vendor') as batch:
        batch.drop_constraint(op.f(NAME), type_='check')
        batch.create_check_constraint(op.f(NAME), "state IN ('approved', 'suspended', 'left')")
        batch.add_column(sa.Column('leaves_on', sa.Date(), nullable=True))
    with op.batch_alter_table('vendor_paper') as batch:
        batch.add_column(sa.Column('reminded_days', sa.Integer(), nullable=True))
    # A reminder came a fortnight before the end: the one of the thirtieth day is past then.
    op.execute('UPDATE vendor_paper SET reminded_days = 30 WHERE reminded_for IS NOT NULL')
    op.create_table(
        'vendor_history',
        sa.Column('id', BIG, nullable=False),
        sa.Column('vendor_id', BIG, nullable=False),
        sa.Column('from_state', sa.String(40), nullable=False),
        sa.Column('to_state', sa.String(40), nullable=False),
        sa.Column('at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('actor', sa.String(40), nullable=False),
        sa.Column('reason', sa.String(200), nullable=False),
        sa.ForeignKeyConstraint(['vendor_id'], ['vendor.id'], name=op.f('fk_vendor_history_vendor_id_vendor')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_vendor_history')),
    )
    op.create_index(op.f('ix_vendor_history_vendor_id'), 'vendor_history', ['vendor_id'])


def downgrade() -> None:
    op.drop_index(op.f('ix_vendor_history_vendor_id'), table_name='vendor_history')
    op.drop_table('vendor_history')
    with op.batch_alter_table('vendor_paper') as batch:
        batch.drop_column('reminded_days')
    op.execute("UPDATE vendor SET state = 'suspended' WHERE state = 'left'")
    with op.batch_alter_table('vendor') as batch:
        batch.drop_column('leaves_on')
        batch.drop_constraint(op.f(NAME), type_='check')
        batch.create_check_constraint(op.f(NAME), "state IN ('approved', 'suspended')")
