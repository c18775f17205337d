"""Pick-up runs: on which day the centre's car calls at which villages, and who planned it"""

import sqlalchemy as sa
from alembic import op

revision = '0019'
down_revision = '0018'

BIG = sa.BigInteger().with_variant(sa.Integer(), 'sqlite')
STATE = sa.Enum(
    'planned', 'called_off', name='state', native_enum=False, create_constraint=True, length=24
)


def upgrade() -> None:
    op.create_table(
        'pickup_run',
        sa.Column('id', BIG, nullable=False),
        sa.Column('code', sa.String(40), nullable=False),
        sa.Column('runs_on', sa.Date(), nullable=False),
        sa.Column('driver', sa.String(200), nullable=False),
        sa.Column('note', sa.String(200), nullable=False),
        sa.Column('state', STATE, nullable=False),
        sa.Column('version', sa.Integer(), nullable=False),
        sa.CheckConstraint('version > 0', name=op.f('ck_pickup_run_version')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_pickup_run')),
        sa.UniqueConstraint('code', name=op.f('uq_pickup_run_code')),
    )
    op.create_index(op.f('ix_pickup_run_runs_on'), 'pickup_run', ['runs_on'])
    op.create_table(
        'pickup_stop',
        sa.Column('id', BIG, nullable=False),
        sa.Column('run_id', BIG, nullable=False),
        sa.Column('village_id', BIG, nullable=False),
        sa.Column('runs_on', sa.Date(), nullable=False),
        sa.Column('hour', sa.String(40), nullable=False),
        sa.Column('place', sa.String(200), nullable=False),
        sa.ForeignKeyConstraint(['run_id'], ['pickup_run.id'], name=op.f('fk_pickup_stop_run_id_pickup_run')),
        sa.ForeignKeyConstraint(['village_id'], ['village.id'], name=op.f('fk_pickup_stop_village_id_village')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_pickup_stop')),
        sa.UniqueConstraint('village_id', 'runs_on', name=op.f('uq_pickup_stop_village_id_runs_on')),
    )
    op.create_index(op.f('ix_pickup_stop_run_id'), 'pickup_stop', ['run_id'])
    op.create_table(
        'pickup_history',
        sa.Column('id', BIG, nullable=False),
        sa.Column('run_id', BIG, nullable=False),
        sa.Column('from_state', sa.String(40), nullable=False),
        sa.Column('to_state', sa.String(40), nullable=False),
        sa.Column('at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('actor', sa.String(40), nullable=False),
        sa.Column('reason', sa.String(200), nullable=False),
        sa.ForeignKeyConstraint(['run_id'], ['pickup_run.id'], name=op.f('fk_pickup_history_run_id_pickup_run')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_pickup_history')),
    )
    op.create_index(op.f('ix_pickup_history_run_id'), 'pickup_history', ['run_id'])


def downgrade() -> None:
    op.drop_table('pickup_history')
    op.drop_table('pickup_stop')
    op.drop_table('pickup_run')
