"""What was done on a vendor's pages, by whom and for whom; consent, delegates"""

import sqlalchemy as sa
from alembic import op

revision = '0008'
down_revision = '0007'

BIG = sa.BigInteger().with_variant(sa.Integer(), 'sqlite')
KINDS = ('paused', 'resumed', 'counted', 'confirmed', 'archived', 'ready', 'priced', 'offered', 'final')
WAYS = ('signature', 'thumb')
ROLES = ('owner', 'delegate')


def one_of(column: str, values: tuple[str, ...]) -> str:
    return f"{column} IN ({', '.join(repr(value) for value in values)})"


def upgrade() -> None:
    op.create_table(
        'vendor_act',
        sa.Column('id', BIG, nullable=False),
        sa.Column('code', sa.String(length=40), nullable=False),
        sa.Column('vendor_id', BIG, nullable=False),
        sa.Column('kind', sa.String(length=24), nullable=False),
        sa.Column('about', sa.String(length=40), nullable=False),
        sa.Column('before', sa.JSON(), nullable=False),
        sa.Column('words', sa.String(length=200), nullable=False),
        sa.Column('at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('actor', sa.String(length=40), nullable=False),
        sa.Column('by_staff', sa.Boolean(), nullable=False),
        sa.Column('undo_until', sa.DateTime(timezone=True), nullable=True),
        sa.Column('undone_at', sa.DateTime(timezone=True), nullable=True),
        sa.Column('undone_by', sa.String(length=40), nullable=True),
        sa.Column('told_at', sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(one_of('kind', KINDS), name=op.f('ck_vendor_act_kind')),
        sa.ForeignKeyConstraint(['vendor_id'], ['vendor.id'], name=op.f('fk_vendor_act_vendor_id_vendor')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_vendor_act')),
        sa.UniqueConstraint('code', name=op.f('uq_vendor_act_code')),
    )
    op.create_index(op.f('ix_vendor_act_vendor_id_at'), 'vendor_act', ['vendor_id', 'at'])
    op.create_table(
        'consent',
        sa.Column('id', BIG, nullable=False),
        sa.Column('code', sa.String(length=40), nullable=False),
        sa.Column('vendor_id', BIG, nullable=False),
        sa.Column('scopes', sa.JSON(), nullable=False),
        sa.Column('given_by', sa.String(length=200), nullable=False),
        sa.Column('given_on', sa.Date(), nullable=False),
        sa.Column('until_on', sa.Date(), nullable=False),
        sa.Column('way', sa.String(length=24), nullable=False),
        sa.Column('photo', sa.String(length=64), nullable=False),
        sa.Column('noted_at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('noted_by', sa.String(length=40), nullable=False),
        sa.Column('revoked_at', sa.DateTime(timezone=True), nullable=True),
        sa.Column('revoked_by', sa.String(length=40), nullable=True),
        sa.CheckConstraint(one_of('way', WAYS), name=op.f('ck_consent_way')),
        sa.ForeignKeyConstraint(['photo'], ['private_photo.key'], name=op.f('fk_consent_photo_private_photo')),
        sa.ForeignKeyConstraint(['vendor_id'], ['vendor.id'], name=op.f('fk_consent_vendor_id_vendor')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_consent')),
        sa.UniqueConstraint('code', name=op.f('uq_consent_code')),
    )
    op.create_index(op.f('ix_consent_photo'), 'consent', ['photo'])
    op.create_index(op.f('ix_consent_vendor_id'), 'consent', ['vendor_id'])
    with op.batch_alter_table('vendor_member') as batch:
        batch.add_column(sa.Column('role', sa.String(length=24), nullable=False, server_default='owner'))
        batch.add_column(sa.Column('added_at', sa.DateTime(timezone=True), nullable=True))
        batch.add_column(sa.Column('added_by', sa.String(length=40), nullable=True))
    with op.batch_alter_table('vendor_member') as batch:
        batch.create_check_constraint(op.f('ck_vendor_member_role'), one_of('role', ROLES))
        batch.alter_column('role', existing_type=sa.String(length=24), existing_nullable=False, server_default=None)


def downgrade() -> None:
    with op.batch_alter_table('vendor_member') as batch:
        batch.drop_constraint(op.f('ck_vendor_member_role'), type_='check')
        batch.drop_column('added_by')
        batch.drop_column('added_at')
        batch.drop_column('role')
    op.drop_table('consent')
    op.drop_table('vendor_act')
