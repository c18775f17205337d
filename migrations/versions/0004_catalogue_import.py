"""Imports of goods from an uploaded file"""

import sqlalchemy as sa
from alembic import op

revision = '0004'
down_revision = '0003'

BIG = sa.BigInteger().with_variant(sa.Integer(), 'sqlite')


def upgrade() -> None:
    op.create_table(
        'catalogue_import',
        sa.Column('id', BIG, nullable=False),
        sa.Column('code', sa.String(length=40), nullable=False),
        sa.Column('file_name', sa.String(length=200), nullable=False),
        sa.Column('stored_as', sa.String(length=200), nullable=False),
        sa.Column('is_rehearsal', sa.Boolean(), nullable=False),
        sa.Column('creates', sa.Boolean(), nullable=False),
        sa.Column('vouches', sa.Boolean(), nullable=False),
        sa.Column('in_hand', sa.Integer(), nullable=True),
        sa.Column('made_by', sa.String(length=40), nullable=False),
        sa.Column('made_at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('tries', sa.Integer(), nullable=False),
        sa.Column('beat_at', sa.DateTime(timezone=True), nullable=True),
        sa.Column('ended_at', sa.DateTime(timezone=True), nullable=True),
        sa.Column('failure', sa.String(length=40), nullable=False),
        sa.Column('failure_detail', sa.String(length=200), nullable=False),
        sa.Column('unknown_columns', sa.JSON(), nullable=False),
        sa.Column('total', sa.Integer(), nullable=True),
        sa.Column('done', sa.Integer(), nullable=False),
        sa.Column('added', sa.Integer(), nullable=False),
        sa.Column('changed', sa.Integer(), nullable=False),
        sa.Column('unchanged', sa.Integer(), nullable=False),
        sa.Column('refused', sa.Integer(), nullable=False),
        sa.Column('waiting', sa.Integer(), nullable=False),
        sa.CheckConstraint('in_hand IS NULL OR in_hand = 1', name=op.f('ck_catalogue_import_in_hand')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_catalogue_import')),
        sa.UniqueConstraint('code', name=op.f('uq_catalogue_import_code')),
        sa.UniqueConstraint('in_hand', name=op.f('uq_catalogue_import_in_hand')),
    )
    op.create_table(
        'catalogue_import_fault',
        sa.Column('id', BIG, nullable=False),
        sa.Column('import_id', BIG, nullable=False),
        sa.Column('row', sa.Integer(), nullable=False),
        sa.Column('ref', sa.String(length=200), nullable=False),
        sa.Column('column', sa.String(length=40), nullable=False),
        sa.Column('cell', sa.String(length=200), nullable=False),
        sa.Column('reason', sa.String(length=40), nullable=False),
        sa.Column('detail', sa.String(length=200), nullable=False),
        sa.Column('is_refused', sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ['import_id'],
            ['catalogue_import.id'],
            name=op.f('fk_catalogue_import_fault_import_id_catalogue_import'),
        ),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_catalogue_import_fault')),
    )
    with op.batch_alter_table('catalogue_import_fault') as batch_op:
        batch_op.create_index(op.f('ix_catalogue_import_fault_import_id'), ['import_id'])


def downgrade() -> None:
    with op.batch_alter_table('catalogue_import_fault') as batch_op:
        batch_op.drop_index(op.f('ix_catalogue_import_fault_import_id'))
    op.drop_table('catalogue_import_fault')
    op.drop_table('catalogue_import')
