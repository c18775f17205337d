"""Joining: applications with their papers, private photos, licences, how vendors are paid"""

import sqlalchemy as sa
from alembic import op

revision = '0007'
down_revision = '0006'

BIG = sa.BigInteger().with_variant(sa.Integer(), 'sqlite')
KINDS = ('join', 'standing')
STATES = ('draft', 'applied', 'needs_fixing', 'approved', 'refused')
STANDINGS = ('self_produced', 'handicraft', 'registered', 'cooperative', 'collective')
WAYS = ('bank', 'wechat', 'cash')
PROOFS = ('own_work', 'registration', 'workshop_filing', 'food_licence', 'quarantine', 'liquor_licence')


def choice(values: tuple[str, ...], name: str) -> sa.Enum:
    return sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=24)


def upgrade() -> None:
    op.create_table(
        'private_photo',
        sa.Column('key', sa.String(64), nullable=False),
        sa.Column('width', sa.Integer(), nullable=False),
        sa.Column('height', sa.Integer(), nullable=False),
        sa.Column('bytes', sa.Integer(), nullable=False),
        sa.Column('uploader_id', BIG, nullable=True),
        sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint('width > 0 AND height > 0 AND bytes > 0', name=op.f('ck_private_photo_size')),
        sa.ForeignKeyConstraint(
            ['uploader_id'], ['user_account.id'], name=op.f('fk_private_photo_uploader_id_user_account')
        ),
        sa.PrimaryKeyConstraint('key', name=op.f('pk_private_photo')),
    )
    op.create_index(op.f('ix_private_photo_uploader_id'), 'private_photo', ['uploader_id'])
    op.create_table(
        'application',
        sa.Column('id', BIG, nullable=False),
        sa.Column('code', sa.String(40), nullable=False),
        sa.Column('kind', choice(KINDS, 'kind'), nullable=False),
        sa.Column('state', choice(STATES, 'state'), nullable=False),
        sa.Column('version', sa.Integer(), nullable=False),
        sa.Column('applicant_id', BIG, nullable=False),
        sa.Column('vendor_id', BIG, nullable=True),
        sa.Column('name', sa.String(200), nullable=False),
        sa.Column('person', sa.String(200), nullable=False),
        sa.Column('phone', sa.String(20), nullable=False),
        sa.Column('village_id', BIG, nullable=True),
        sa.Column('standing', choice(STANDINGS, 'standing'), nullable=True),
        sa.Column('goods', sa.JSON(), nullable=False),
        sa.Column('pay_way', choice(WAYS, 'pay_way'), nullable=True),
        sa.Column('pay_secret', sa.Text(), nullable=False),
        sa.Column('pay_tail', sa.String(4), nullable=False),
        sa.Column('pay_consent_at', sa.DateTime(timezone=True), nullable=True),
        sa.Column('fixing', sa.JSON(), nullable=False),
        sa.Column('reason', sa.String(200), nullable=False),
        sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('changed_at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('sent_at', sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ['applicant_id'], ['user_account.id'], name=op.f('fk_application_applicant_id_user_account')
        ),
        sa.ForeignKeyConstraint(['vendor_id'], ['vendor.id'], name=op.f('fk_application_vendor_id_vendor')),
        sa.ForeignKeyConstraint(['village_id'], ['village.id'], name=op.f('fk_application_village_id_village')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_application')),
        sa.UniqueConstraint('code', name=op.f('uq_application_code')),
    )
    op.create_index(op.f('ix_application_applicant_id'), 'application', ['applicant_id'])
    op.create_index(op.f('ix_application_state'), 'application', ['state'])
    op.create_index(op.f('ix_application_vendor_id'), 'application', ['vendor_id'])
    op.create_index(op.f('ix_application_village_id'), 'application', ['village_id'])
    op.create_table(
        'payout_account',
        sa.Column('vendor_id', BIG, nullable=False),
        sa.Column('way', choice(WAYS, 'way'), nullable=False),
        sa.Column('secret', sa.Text(), nullable=False),
        sa.Column('tail', sa.String(4), nullable=False),
        sa.Column('consent_at', sa.DateTime(timezone=True), nullable=True),
        sa.Column('changed_at', sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(['vendor_id'], ['vendor.id'], name=op.f('fk_payout_account_vendor_id_vendor')),
        sa.PrimaryKeyConstraint('vendor_id', name=op.f('pk_payout_account')),
    )
    op.create_table(
        'payout_change',
        sa.Column('id', BIG, nullable=False),
        sa.Column('vendor_id', BIG, nullable=False),
        sa.Column('way', choice(WAYS, 'way'), nullable=False),
        sa.Column('at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('actor', sa.String(40), nullable=False),
        sa.ForeignKeyConstraint(['vendor_id'], ['vendor.id'], name=op.f('fk_payout_change_vendor_id_vendor')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_payout_change')),
    )
    op.create_index(op.f('ix_payout_change_vendor_id'), 'payout_change', ['vendor_id'])
    op.create_table(
        'vendor_licence',
        sa.Column('vendor_id', BIG, nullable=False),
        sa.Column('number', sa.String(200), nullable=False),
        sa.Column('seen_at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('seen_by', sa.String(40), nullable=False),
        sa.ForeignKeyConstraint(['vendor_id'], ['vendor.id'], name=op.f('fk_vendor_licence_vendor_id_vendor')),
        sa.PrimaryKeyConstraint('vendor_id', name=op.f('pk_vendor_licence')),
    )
    op.create_table(
        'application_history',
        sa.Column('id', BIG, nullable=False),
        sa.Column('application_id', BIG, nullable=False),
        sa.Column('parts', sa.JSON(), nullable=False),
        sa.Column('from_state', sa.String(40), nullable=False),
        sa.Column('to_state', sa.String(40), nullable=False),
        sa.Column('at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('actor', sa.String(40), nullable=False),
        sa.Column('reason', sa.String(200), nullable=False),
        sa.ForeignKeyConstraint(
            ['application_id'], ['application.id'], name=op.f('fk_application_history_application_id_application')
        ),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_application_history')),
    )
    op.create_index(op.f('ix_application_history_application_id'), 'application_history', ['application_id'])
    op.create_table(
        'application_paper',
        sa.Column('id', BIG, nullable=False),
        sa.Column('application_id', BIG, nullable=False),
        sa.Column('proof', choice(PROOFS, 'proof'), nullable=False),
        sa.Column('number', sa.String(200), nullable=False),
        sa.Column('until', sa.Date(), nullable=True),
        sa.Column('photo_key', sa.String(64), nullable=True),
        sa.Column('seen_by', sa.String(40), nullable=False),
        sa.ForeignKeyConstraint(
            ['application_id'], ['application.id'], name=op.f('fk_application_paper_application_id_application')
        ),
        sa.ForeignKeyConstraint(
            ['photo_key'], ['private_photo.key'], name=op.f('fk_application_paper_photo_key_private_photo')
        ),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_application_paper')),
        sa.UniqueConstraint('application_id', 'proof', name=op.f('uq_application_paper_application_id_proof')),
    )
    op.create_index(op.f('ix_application_paper_photo_key'), 'application_paper', ['photo_key'])
    op.create_table(
        'paper_look',
        sa.Column('id', BIG, nullable=False),
        sa.Column('application_id', BIG, nullable=False),
        sa.Column('proof', choice(PROOFS, 'proof'), nullable=False),
        sa.Column('at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('actor', sa.String(40), nullable=False),
        sa.Column('reason', sa.String(200), nullable=False),
        sa.ForeignKeyConstraint(
            ['application_id'], ['application.id'], name=op.f('fk_paper_look_application_id_application')
        ),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_paper_look')),
    )
    op.create_index(op.f('ix_paper_look_application_id'), 'paper_look', ['application_id'])


def downgrade() -> None:
    for table in (
        'paper_look',
        'application_paper',
        'application_history',
        'vendor_licence',
        'payout_change',
        'payout_account',
        'application',
        'private_photo',
    ):
        op.drop_table(table)
