"""Things that a villager has begun to list"""

import sqlalchemy as sa
from alembic import op

revision = '0010'
down_revision = '0009'

BIG = sa.BigInteger().with_variant(sa.Integer(), 'sqlite')


def upgrade() -> None:
    op.create_table(
        'offer_draft',
        sa.Column('id', BIG, nullable=False),
        sa.Column('code', sa.String(length=40), nullable=False),
        sa.Column('vendor_id', BIG, nullable=False),
        sa.Column('told', sa.JSON(), nullable=False),
        sa.Column('begun_at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('touched_at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('listing_id', BIG, nullable=True),
        sa.ForeignKeyConstraint(['listing_id'], ['listing.id'], name=op.f('fk_offer_draft_listing_id_listing')),
        sa.ForeignKeyConstraint(['vendor_id'], ['vendor.id'], name=op.f('fk_offer_draft_vendor_id_vendor')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_offer_draft')),
        sa.UniqueConstraint('code', name=op.f('uq_offer_draft_code')),
    )
    with op.batch_alter_table('offer_draft') as batch_op:
        batch_op.create_index(op.f('ix_offer_draft_listing_id'), ['listing_id'])
        batch_op.create_index(op.f('ix_offer_draft_touched_at'), ['touched_at'])
        batch_op.create_index(op.f('ix_offer_draft_vendor_id'), ['vendor_id'])
    op.create_table(
        'offer_draft_photo',
        sa.Column('id', BIG, nullable=False),
        sa.Column('draft_id', BIG, nullable=False),
        sa.Column('position', sa.Integer(), nullable=False),
        sa.Column('photo_key', sa.String(length=64), nullable=False),
        sa.Column('client_key', sa.String(length=32), nullable=True),
        sa.Column('removed_at', sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(['draft_id'], ['offer_draft.id'], name=op.f('fk_offer_draft_photo_draft_id_offer_draft')),
        sa.ForeignKeyConstraint(['photo_key'], ['photo.key'], name=op.f('fk_offer_draft_photo_photo_key_photo')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_offer_draft_photo')),
        sa.UniqueConstraint('draft_id', 'client_key', name=op.f('uq_offer_draft_photo_draft_id_client_key')),
        sa.UniqueConstraint('draft_id', 'photo_key', name=op.f('uq_offer_draft_photo_draft_id_photo_key')),
    )
    with op.batch_alter_table('offer_draft_photo') as batch_op:
        batch_op.create_index(op.f('ix_offer_draft_photo_draft_id'), ['draft_id'])
        batch_op.create_index(op.f('ix_offer_draft_photo_photo_key'), ['photo_key'])


def downgrade() -> None:
    op.drop_table('offer_draft_photo')
    op.drop_table('offer_draft')
