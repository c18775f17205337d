"""The catalogue: rules of shelves, papers, weighed goods, kept versions, goods ordered ahead"""

import secrets

import sqlalchemy as sa
from alembic import op

revision = '0002'
down_revision = '0001'

BIG = sa.BigInteger().with_variant(sa.Integer(), 'sqlite')
LISTING_STATES = ('draft', 'in_review', 'published', 'paused', 'hidden', 'archived')
STOCK_REASONS = ('opening', 'counted', 'sold', 'cancelled', 'weighed')
HARVEST = (
    "(harvest_first_on IS NULL AND harvest_last_on IS NULL AND harvest_cap IS NULL)"
    " OR (harvest_first_on IS NOT NULL AND harvest_last_on >= harvest_first_on AND harvest_cap > 0)"
)
WEIGHED = (
    "(pricing = 'piece' AND per_500g_fen IS NULL AND least_g IS NULL AND most_g IS NULL AND draw = 1)"
    " OR (pricing = 'weight' AND per_500g_fen > 0 AND least_g > 0 AND most_g >= least_g"
    " AND (draw = 1 OR draw = most_g))"
)
KEPT_PHOTOS = "SELECT listing_id, position, photo_key AS key FROM listing_photo"
SHOWN_PHOTOS = (
    "SELECT listing_id, photo_key AS key FROM listing_photo WHERE removed_at IS NULL ORDER BY listing_id, position, id"
)
FILLED = {
    'catalogue_change_counter': {'mark': sa.String(16)},
    'category': {
        'papers': sa.JSON(),
        'return_class': sa.String(24),
        'climate': sa.String(24),
        'is_live': sa.Boolean(),
        'needs_label': sa.Boolean(),
    },
    'listing': {'ingredients': sa.Text()},
    'order_line': {'weight_back_fen': sa.BigInteger()},
    'stock_hold': {'draw': sa.Integer()},
    'variant': {
        'position': sa.Integer(),
        'name': sa.String(20),
        'is_sold': sa.Boolean(),
        'pricing': sa.String(24),
        'draw': sa.Integer(),
    },
}


def one_of(column: str, values: tuple[str, ...]) -> str:
    return f"{column} IN ({', '.join(repr(value) for value in values)})"


def upgrade() -> None:
    op.create_table(
        'vendor_paper',
        sa.Column('id', BIG, nullable=False),
        sa.Column('vendor_id', BIG, nullable=False),
        sa.Column('kind', sa.String(length=24), nullable=False),
        sa.Column('number', sa.String(length=200), nullable=False),
        sa.Column('until', sa.Date(), nullable=True),
        sa.Column('added_at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('added_by', sa.String(length=40), nullable=False),
        sa.CheckConstraint(
            one_of('kind', ('workshop_filing', 'food_licence', 'quarantine', 'liquor_licence', 'vouched')),
            name=op.f('ck_vendor_paper_kind'),
        ),
        sa.ForeignKeyConstraint(['vendor_id'], ['vendor.id'], name=op.f('fk_vendor_paper_vendor_id_vendor')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_vendor_paper')),
    )
    op.create_index(op.f('ix_vendor_paper_vendor_id'), 'vendor_paper', ['vendor_id'])
    op.execute(
        "INSERT INTO vendor_paper (vendor_id, kind, number, added_at, added_by)"
        " SELECT id, CASE WHEN standing = 'registered' THEN 'food_licence' ELSE 'workshop_filing' END,"
        " permit, created_at, 'migration' FROM vendor WHERE permit IS NOT NULL"
    )
    with op.batch_alter_table('vendor') as batch:
        batch.drop_column('permit')

    op.create_table(
        'listing_revision',
        sa.Column('id', BIG, nullable=False),
        sa.Column('listing_id', BIG, nullable=False),
        sa.Column('waits_for_id', BIG, nullable=True),
        sa.Column('base_version', sa.Integer(), nullable=False),
        sa.Column('wanted', sa.JSON(), nullable=False),
        sa.Column('state', sa.String(length=24), nullable=False),
        sa.Column('reason', sa.String(length=200), nullable=False),
        sa.Column('made_at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('made_by', sa.String(length=40), nullable=False),
        sa.Column('ended_at', sa.DateTime(timezone=True), nullable=True),
        sa.Column('ended_by', sa.String(length=40), nullable=True),
        sa.CheckConstraint(
            one_of('state', ('waiting', 'approved', 'declined', 'withdrawn')), name=op.f('ck_listing_revision_state')
        ),
        sa.ForeignKeyConstraint(['listing_id'], ['listing.id'], name=op.f('fk_listing_revision_listing_id_listing')),
        sa.ForeignKeyConstraint(
            ['waits_for_id'], ['listing.id'], name=op.f('fk_listing_revision_waits_for_id_listing')
        ),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_listing_revision')),
        sa.UniqueConstraint('waits_for_id', name=op.f('uq_listing_revision_waits_for_id')),
    )
    op.create_index(op.f('ix_listing_revision_listing_id'), 'listing_revision', ['listing_id'])
    op.create_table(
        'listing_version',
        sa.Column('id', BIG, nullable=False),
        sa.Column('listing_id', BIG, nullable=False),
        sa.Column('number', sa.Integer(), nullable=False),
        sa.Column('facts', sa.JSON(), nullable=False),
        sa.Column('at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('actor', sa.String(length=40), nullable=False),
        sa.ForeignKeyConstraint(['listing_id'], ['listing.id'], name=op.f('fk_listing_version_listing_id_listing')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_listing_version')),
        sa.UniqueConstraint('listing_id', 'number', name=op.f('uq_listing_version_listing_id_number')),
    )
    op.create_table(
        'harvest_day',
        sa.Column('id', BIG, nullable=False),
        sa.Column('variant_id', BIG, nullable=False),
        sa.Column('on', sa.Date(), nullable=False),
        sa.Column('cap', sa.Integer(), nullable=False),
        sa.Column('taken', sa.Integer(), nullable=False),
        sa.CheckConstraint('taken >= 0 AND taken <= cap', name=op.f('ck_harvest_day_cap')),
        sa.ForeignKeyConstraint(['variant_id'], ['variant.id'], name=op.f('fk_harvest_day_variant_id_variant')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_harvest_day')),
        sa.UniqueConstraint('variant_id', 'on', name=op.f('uq_harvest_day_variant_id_on')),
    )

    with op.batch_alter_table('catalogue_change_counter') as batch:
        batch.add_column(sa.Column('mark', sa.String(length=16), nullable=False, server_default=''))
    op.execute(
        sa.text("UPDATE catalogue_change_counter SET mark = :mark").bindparams(mark=secrets.token_hex(8))
    )

    with op.batch_alter_table('category') as batch:
        batch.add_column(sa.Column('parent_id', BIG, nullable=True))
        batch.add_column(sa.Column('papers', sa.JSON(), nullable=False, server_default='[]'))
        batch.add_column(sa.Column('return_class', sa.String(length=24), nullable=False, server_default='standard'))
        batch.add_column(sa.Column('climate', sa.String(length=24), nullable=False, server_default='dry'))
        batch.add_column(sa.Column('is_live', sa.Boolean(), nullable=False, server_default=sa.false()))
        batch.add_column(sa.Column('needs_label', sa.Boolean(), nullable=False, server_default=sa.false()))
        batch.create_check_constraint(
            op.f('ck_category_return_class'),
            one_of('return_class', ('fresh', 'made_to_order', 'confirmed_exception', 'standard')),
        )
        batch.create_check_constraint(
            op.f('ck_category_climate'), one_of('climate', ('dry', 'cool', 'chilled', 'frozen'))
        )
        batch.create_index(op.f('ix_category_parent_id'), ['parent_id'])
        batch.create_foreign_key(op.f('fk_category_parent_id_category'), 'category', ['parent_id'], ['id'])

    with op.batch_alter_table('listing') as batch:
        batch.add_column(sa.Column('origin_id', BIG, nullable=True))
        batch.add_column(sa.Column('ingredients', sa.Text(), nullable=False, server_default=''))
        batch.add_column(sa.Column('travel_days', sa.Integer(), nullable=True))
        batch.add_column(sa.Column('harvest_first_on', sa.Date(), nullable=True))
        batch.add_column(sa.Column('harvest_last_on', sa.Date(), nullable=True))
        batch.add_column(sa.Column('harvest_cap', sa.Integer(), nullable=True))
        batch.add_column(sa.Column('hidden_for', sa.String(length=24), nullable=True))
        batch.add_column(sa.Column('confirmed_at', sa.DateTime(timezone=True), nullable=True))
        batch.drop_constraint(op.f('ck_listing_state'), type_='check')
        batch.create_check_constraint(op.f('ck_listing_state'), one_of('state', LISTING_STATES))
        batch.create_check_constraint(
            op.f('ck_listing_hidden_for'), one_of('hidden_for', ('paper_expired', 'not_confirmed', 'taken_down'))
        )
        batch.create_check_constraint(
            op.f('ck_listing_hidden_state'), "(state = 'hidden') = (hidden_for IS NOT NULL)"
        )
        batch.create_check_constraint(op.f('ck_listing_travel'), 'travel_days IS NULL OR travel_days > 0')
        batch.create_check_constraint(op.f('ck_listing_harvest'), HARVEST)
        batch.create_index(op.f('ix_listing_origin_id'), ['origin_id'])
        batch.create_foreign_key(op.f('fk_listing_origin_id_village'), 'village', ['origin_id'], ['id'])
    op.execute("UPDATE listing SET confirmed_at = published_at WHERE published_at IS NOT NULL")

    photos = op.get_bind().execute(sa.text(KEPT_PHOTOS)).mappings().all()
    op.drop_table('listing_photo')
    op.create_table(
        'listing_photo',
        sa.Column('id', BIG, nullable=False),
        sa.Column('listing_id', BIG, nullable=False),
        sa.Column('position', sa.Integer(), nullable=False),
        sa.Column('photo_key', sa.String(length=64), nullable=False),
        sa.Column('removed_at', sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(['listing_id'], ['listing.id'], name=op.f('fk_listing_photo_listing_id_listing')),
        sa.ForeignKeyConstraint(['photo_key'], ['photo.key'], name=op.f('fk_listing_photo_photo_key_photo')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_listing_photo')),
    )
    op.create_index(op.f('ix_listing_photo_listing_id'), 'listing_photo', ['listing_id'])
    op.create_index(op.f('ix_listing_photo_photo_key'), 'listing_photo', ['photo_key'])
    for photo in photos:
        op.get_bind().execute(
            sa.text('INSERT INTO listing_photo (listing_id, position, photo_key) VALUES (:listing_id, :position, :key)'),
            {**photo},
        )

    with op.batch_alter_table('order_line') as batch:
        batch.add_column(sa.Column('listing_version_id', BIG, nullable=True))
        batch.add_column(sa.Column('harvest_on', sa.Date(), nullable=True))
        batch.add_column(sa.Column('per_500g_fen', sa.BigInteger(), nullable=True))
        batch.add_column(sa.Column('weighed_g', sa.Integer(), nullable=True))
        batch.add_column(sa.Column('weight_back_fen', sa.BigInteger(), nullable=False, server_default='0'))
        batch.create_check_constraint(op.f('ck_order_line_weight_back'), 'weight_back_fen >= 0')
        batch.create_index(op.f('ix_order_line_listing_version_id'), ['listing_version_id'])
        batch.create_foreign_key(
            op.f('fk_order_line_listing_version_id_listing_version'), 'listing_version', ['listing_version_id'], ['id']
        )

    with op.batch_alter_table('stock_hold') as batch:
        batch.add_column(sa.Column('draw', sa.Integer(), nullable=False, server_default='1'))
        batch.add_column(sa.Column('harvest_on', sa.Date(), nullable=True))

    with op.batch_alter_table('stock_movement') as batch:
        batch.drop_constraint(op.f('ck_stock_movement_reason'), type_='check')
        batch.create_check_constraint(op.f('ck_stock_movement_reason'), one_of('reason', STOCK_REASONS))

    with op.batch_alter_table('variant') as batch:
        batch.add_column(sa.Column('position', sa.Integer(), nullable=False, server_default='0'))
        batch.add_column(sa.Column('name', sa.String(length=20), nullable=False, server_default=''))
        batch.add_column(sa.Column('is_sold', sa.Boolean(), nullable=False, server_default=sa.true()))
        batch.add_column(sa.Column('net_g', sa.Integer(), nullable=True))
        batch.add_column(sa.Column('pricing', sa.String(length=24), nullable=False, server_default='piece'))
        batch.add_column(sa.Column('per_500g_fen', sa.BigInteger(), nullable=True))
        batch.add_column(sa.Column('least_g', sa.Integer(), nullable=True))
        batch.add_column(sa.Column('most_g', sa.Integer(), nullable=True))
        batch.add_column(sa.Column('draw', sa.Integer(), nullable=False, server_default='1'))
        batch.create_check_constraint(op.f('ck_variant_pricing'), one_of('pricing', ('piece', 'weight')))
        batch.create_check_constraint(op.f('ck_variant_weighed'), WEIGHED)

    for table, columns in FILLED.items():
        with op.batch_alter_table(table) as batch:
            for column, kind in columns.items():
                batch.alter_column(column, existing_type=kind, existing_nullable=False, server_default=None)


def downgrade() -> None:
    # Weighed goods, what was hidden or ordered ahead, and kept versions have no place in the older house.
    op.execute("UPDATE listing SET hidden_for = NULL, state = 'paused' WHERE state = 'hidden'")
    op.execute("UPDATE stock_movement SET reason = 'counted' WHERE reason = 'weighed'")
    with op.batch_alter_table('variant') as batch:
        batch.drop_constraint(op.f('ck_variant_weighed'), type_='check')
        batch.drop_constraint(op.f('ck_variant_pricing'), type_='check')
        for column in ('draw', 'most_g', 'least_g', 'per_500g_fen', 'pricing', 'net_g', 'is_sold', 'name', 'position'):
            batch.drop_column(column)
    with op.batch_alter_table('stock_movement') as batch:
        batch.drop_constraint(op.f('ck_stock_movement_reason'), type_='check')
        batch.create_check_constraint(op.f('ck_stock_movement_reason'), one_of('reason', STOCK_REASONS[:-1]))
    with op.batch_alter_table('stock_hold') as batch:
        batch.drop_column('harvest_on')
        batch.drop_column('draw')
    with op.batch_alter_table('order_line') as batch:
        batch.drop_constraint(op.f('fk_order_line_listing_version_id_listing_version'), type_='foreignkey')
        batch.drop_index(op.f('ix_order_line_listing_version_id'))
        batch.drop_constraint(op.f('ck_order_line_weight_back'), type_='check')
        for column in ('weight_back_fen', 'weighed_g', 'per_500g_fen', 'harvest_on', 'listing_version_id'):
            batch.drop_column(column)

    photos = op.get_bind().execute(sa.text(SHOWN_PHOTOS)).mappings().all()
    op.drop_table('listing_photo')
    op.create_table(
        'listing_photo',
        sa.Column('listing_id', BIG, nullable=False),
        sa.Column('position', sa.Integer(), nullable=False),
        sa.Column('photo_key', sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(['listing_id'], ['listing.id'], name=op.f('fk_listing_photo_listing_id_listing')),
        sa.ForeignKeyConstraint(['photo_key'], ['photo.key'], name=op.f('fk_listing_photo_photo_key_photo')),
        sa.PrimaryKeyConstraint('listing_id', 'position', name=op.f('pk_listing_photo')),
    )
    op.create_index(op.f('ix_listing_photo_photo_key'), 'listing_photo', ['photo_key'])
    shown: dict[int, int] = {}
    for photo in photos:
        position = shown[photo['listing_id']] = shown.get(photo['listing_id'], -1) + 1
        op.get_bind().execute(
            sa.text('INSERT INTO listing_photo (listing_id, position, photo_key) VALUES (:listing_id, :position, :key)'),
            {**photo, 'position': position},
        )

    with op.batch_alter_table('listing') as batch:
        batch.drop_constraint(op.f('fk_listing_origin_id_village'), type_='foreignkey')
        batch.drop_index(op.f('ix_listing_origin_id'))
        for name in ('harvest', 'travel', 'hidden_state', 'hidden_for', 'state'):
            batch.drop_constraint(op.f(f'ck_listing_{name}'), type_='check')
        states = tuple(state for state in LISTING_STATES if state != 'hidden')
        batch.create_check_constraint(op.f('ck_listing_state'), one_of('state', states))
        for column in (
            'confirmed_at', 'hidden_for', 'harvest_cap', 'harvest_last_on', 'harvest_first_on', 'travel_days',
            'ingredients', 'origin_id',
        ):
            batch.drop_column(column)
    with op.batch_alter_table('category') as batch:
        batch.drop_constraint(op.f('fk_category_parent_id_category'), type_='foreignkey')
        batch.drop_index(op.f('ix_category_parent_id'))
        batch.drop_constraint(op.f('ck_category_climate'), type_='check')
        batch.drop_constraint(op.f('ck_category_return_class'), type_='check')
        for column in ('needs_label', 'is_live', 'climate', 'return_class', 'papers', 'parent_id'):
            batch.drop_column(column)
    with op.batch_alter_table('catalogue_change_counter') as batch:
        batch.drop_column('mark')
    op.drop_table('harvest_day')
    op.drop_table('listing_version')
    op.drop_table('listing_revision')
    with op.batch_alter_table('vendor') as batch:
        batch.add_column(sa.Column('permit', sa.String(length=200), nullable=True))
    op.execute(
        "UPDATE vendor SET permit = (SELECT MIN(number) FROM vendor_paper WHERE vendor_paper.vendor_id = vendor.id"
        " AND kind IN ('workshop_filing', 'food_licence'))"
    )
    op.drop_table('vendor_paper')
