"""The first house: every room of the thread"""

import sqlalchemy as sa
from alembic import op

revision = '0001'
down_revision = None


def upgrade() -> None:
    op.create_table('attempt',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('key', sa.String(length=80), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_attempt'))
    )
    with op.batch_alter_table('attempt', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_attempt_key_at'), ['key', 'at'], unique=False)

    op.create_table('catalogue_change_counter',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('value', sa.BigInteger(), nullable=False),
    sa.CheckConstraint('id = 1', name=op.f('ck_catalogue_change_counter_single')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_catalogue_change_counter'))
    )
    op.create_table('category',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('code', sa.String(length=40), nullable=False),
    sa.Column('name', sa.String(length=200), nullable=False),
    sa.Column('name_en', sa.String(length=200), nullable=False),
    sa.Column('hint', sa.String(length=200), nullable=False),
    sa.Column('position', sa.Integer(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_category')),
    sa.UniqueConstraint('code', name=op.f('uq_category_code'))
    )
    op.create_table('demo_charge',
    sa.Column('ref', sa.String(length=40), nullable=False),
    sa.Column('key', sa.String(length=80), nullable=False),
    sa.Column('payment_code', sa.String(length=40), nullable=False),
    sa.Column('amount_fen', sa.BigInteger(), nullable=False),
    sa.Column('state', sa.String(length=12), nullable=False),
    sa.Column('return_url', sa.Text(), nullable=False),
    sa.Column('description', sa.String(length=200), nullable=False),
    sa.PrimaryKeyConstraint('ref', name=op.f('pk_demo_charge')),
    sa.UniqueConstraint('key', name=op.f('uq_demo_charge_key'))
    )
    op.create_table('freight_zone',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('name', sa.String(length=200), nullable=False),
    sa.Column('provinces', sa.JSON(), nullable=False),
    sa.Column('first_g', sa.Integer(), nullable=False),
    sa.Column('first_fen', sa.BigInteger(), nullable=False),
    sa.Column('step_g', sa.Integer(), nullable=False),
    sa.Column('step_fen', sa.BigInteger(), nullable=False),
    sa.Column('days', sa.Integer(), nullable=False),
    sa.CheckConstraint('days > 0', name=op.f('ck_freight_zone_days')),
    sa.CheckConstraint('first_fen >= 0 AND step_fen >= 0', name=op.f('ck_freight_zone_prices')),
    sa.CheckConstraint('first_g > 0 AND step_g > 0', name=op.f('ck_freight_zone_weights')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_freight_zone')),
    sa.UniqueConstraint('name', name=op.f('uq_freight_zone_name'))
    )
    op.create_table('holiday',
    sa.Column('on', sa.Date(), nullable=False),
    sa.Column('name', sa.String(length=200), nullable=False),
    sa.PrimaryKeyConstraint('on', name=op.f('pk_holiday'))
    )
    op.create_table('job_run',
    sa.Column('name', sa.String(length=40), nullable=False),
    sa.Column('every_s', sa.Integer(), nullable=False),
    sa.Column('leased_until', sa.DateTime(timezone=True), nullable=True),
    sa.Column('started_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('done_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('runs', sa.Integer(), nullable=False),
    sa.Column('failures', sa.Integer(), nullable=False),
    sa.Column('error', sa.Text(), nullable=True),
    sa.PrimaryKeyConstraint('name', name=op.f('pk_job_run'))
    )
    op.create_table('ledger_account',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('code', sa.String(length=80), nullable=False),
    sa.Column('kind', sa.Enum('asset', 'liability', 'income', 'expense', name='kind', native_enum=False, create_constraint=True, length=24), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_ledger_account')),
    sa.UniqueConstraint('code', name=op.f('uq_ledger_account_code'))
    )
    op.create_table('ledger_entry',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('key', sa.String(length=80), nullable=False),
    sa.Column('kind', sa.String(length=40), nullable=False),
    sa.Column('reference', sa.String(length=40), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('actor', sa.String(length=40), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_ledger_entry')),
    sa.UniqueConstraint('key', name=op.f('uq_ledger_entry_key'))
    )
    with op.batch_alter_table('ledger_entry', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_ledger_entry_reference'), ['reference'], unique=False)

    op.create_table('outbox_message',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('topic', sa.String(length=40), nullable=False),
    sa.Column('facts', sa.JSON(), nullable=False),
    sa.Column('state', sa.Enum('waiting', 'done', 'poisoned', name='state', native_enum=False, create_constraint=True, length=24), nullable=False),
    sa.Column('attempts', sa.Integer(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('due_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('done_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('error', sa.Text(), nullable=True),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_outbox_message'))
    )
    with op.batch_alter_table('outbox_message', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_outbox_message_state_due_at'), ['state', 'due_at'], unique=False)

    op.create_table('payment',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('code', sa.String(length=40), nullable=False),
    sa.Column('reference', sa.String(length=40), nullable=False),
    sa.Column('gateway', sa.String(length=40), nullable=False),
    sa.Column('amount_fen', sa.BigInteger(), nullable=False),
    sa.Column('currency', sa.String(length=3), nullable=False),
    sa.Column('state', sa.Enum('created', 'pending', 'captured', 'voided', name='state', native_enum=False, create_constraint=True, length=24), nullable=False),
    sa.Column('provider_ref', sa.String(length=200), nullable=True),
    sa.Column('pay_url', sa.Text(), nullable=True),
    sa.Column('captured_fen', sa.BigInteger(), nullable=False),
    sa.Column('needs_review', sa.Boolean(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('fetched_at', sa.DateTime(timezone=True), nullable=True),
    sa.CheckConstraint('amount_fen > 0', name=op.f('ck_payment_amount')),
    sa.CheckConstraint('captured_fen IN (0, amount_fen) OR needs_review', name=op.f('ck_payment_captured')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_payment')),
    sa.UniqueConstraint('code', name=op.f('uq_payment_code')),
    sa.UniqueConstraint('gateway', 'provider_ref', name=op.f('uq_payment_gateway_provider_ref'))
    )
    with op.batch_alter_table('payment', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_payment_reference'), ['reference'], unique=False)
        batch_op.create_index(batch_op.f('ix_payment_state_created_at'), ['state', 'created_at'], unique=False)

    op.create_table('provider_event',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('gateway', sa.String(length=40), nullable=False),
    sa.Column('event_id', sa.String(length=200), nullable=False),
    sa.Column('kind', sa.String(length=200), nullable=False),
    sa.Column('provider_ref', sa.String(length=200), nullable=False),
    sa.Column('body', sa.LargeBinary(), nullable=False),
    sa.Column('received_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('processed_at', sa.DateTime(timezone=True), nullable=True),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_provider_event')),
    sa.UniqueConstraint('gateway', 'event_id', name=op.f('uq_provider_event_gateway_event_id'))
    )
    with op.batch_alter_table('provider_event', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_provider_event_processed_at'), ['processed_at'], unique=False)

    op.create_table('shipment',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('key', sa.String(length=40), nullable=False),
    sa.Column('carrier', sa.String(length=40), nullable=False),
    sa.Column('waybill', sa.String(length=40), nullable=False),
    sa.Column('kind', sa.Enum('goods', name='kind', native_enum=False, create_constraint=True, length=24), nullable=False),
    sa.Column('state', sa.Enum('booked', 'picked_up', 'delivered', 'returned', 'cancelled', name='state', native_enum=False, create_constraint=True, length=24), nullable=False),
    sa.Column('recipient', sa.String(length=200), nullable=False),
    sa.Column('phone', sa.String(length=20), nullable=False),
    sa.Column('province', sa.String(length=200), nullable=False),
    sa.Column('city', sa.String(length=200), nullable=False),
    sa.Column('district', sa.String(length=200), nullable=False),
    sa.Column('street', sa.String(length=200), nullable=False),
    sa.Column('cargo', sa.String(length=200), nullable=False),
    sa.Column('weight_g', sa.Integer(), nullable=False),
    sa.Column('booked_at', sa.DateTime(timezone=True), nullable=False),
    sa.CheckConstraint('weight_g > 0', name=op.f('ck_shipment_weight')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_shipment')),
    sa.UniqueConstraint('carrier', 'waybill', name=op.f('uq_shipment_carrier_waybill')),
    sa.UniqueConstraint('key', name=op.f('uq_shipment_key'))
    )
    op.create_table('sms_code',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('phone', sa.String(length=20), nullable=False),
    sa.Column('digest', sa.String(length=64), nullable=False),
    sa.Column('message_id', sa.Integer(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('expires_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('tries', sa.Integer(), nullable=False),
    sa.Column('used_at', sa.DateTime(timezone=True), nullable=True),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_sms_code')),
    sa.UniqueConstraint('message_id', name=op.f('uq_sms_code_message_id'))
    )
    with op.batch_alter_table('sms_code', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_sms_code_phone'), ['phone'], unique=False)

    op.create_table('town',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('name', sa.String(length=200), nullable=False),
    sa.Column('aliases', sa.JSON(), nullable=False),
    sa.Column('division', sa.String(length=200), nullable=False),
    sa.Column('slogan', sa.String(length=200), nullable=False),
    sa.Column('centre_name', sa.String(length=200), nullable=False),
    sa.Column('centre_address', sa.String(length=200), nullable=False),
    sa.Column('centre_phone', sa.String(length=40), nullable=False),
    sa.Column('opening', sa.JSON(), nullable=False),
    sa.Column('cutoff', sa.String(length=40), nullable=False),
    sa.Column('fee_bp', sa.Integer(), nullable=False),
    sa.Column('hold_minutes', sa.Integer(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.CheckConstraint('fee_bp BETWEEN 0 AND 10000', name=op.f('ck_town_fee')),
    sa.CheckConstraint('hold_minutes BETWEEN 1 AND 1440', name=op.f('ck_town_hold')),
    sa.CheckConstraint('id = 1', name=op.f('ck_town_single')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_town'))
    )
    op.create_table('user_account',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('code', sa.String(length=40), nullable=False),
    sa.Column('phone', sa.String(length=20), nullable=False),
    sa.Column('name', sa.String(length=200), nullable=False),
    sa.Column('password_hash', sa.String(length=200), nullable=False),
    sa.Column('session_epoch', sa.Integer(), nullable=False),
    sa.Column('is_active', sa.Boolean(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_user_account')),
    sa.UniqueConstraint('code', name=op.f('uq_user_account_code')),
    sa.UniqueConstraint('phone', name=op.f('uq_user_account_phone'))
    )
    op.create_table('village',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('code', sa.String(length=40), nullable=False),
    sa.Column('name', sa.String(length=200), nullable=False),
    sa.Column('aliases', sa.JSON(), nullable=False),
    sa.Column('altitude_m', sa.Integer(), nullable=True),
    sa.Column('note', sa.Text(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_village')),
    sa.UniqueConstraint('code', name=op.f('uq_village_code'))
    )
    op.create_table('basket',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('token', sa.String(length=40), nullable=True),
    sa.Column('user_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('updated_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['user_id'], ['user_account.id'], name=op.f('fk_basket_user_id_user_account')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_basket')),
    sa.UniqueConstraint('token', name=op.f('uq_basket_token')),
    sa.UniqueConstraint('user_id', name=op.f('uq_basket_user_id'))
    )
    op.create_table('delivery',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('message_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('template', sa.String(length=40), nullable=False),
    sa.Column('phone', sa.String(length=20), nullable=False),
    sa.Column('text', sa.Text(), nullable=False),
    sa.Column('state', sa.Enum('sending', 'sent', name='state', native_enum=False, create_constraint=True, length=24), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('sent_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['message_id'], ['outbox_message.id'], name=op.f('fk_delivery_message_id_outbox_message')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_delivery')),
    sa.UniqueConstraint('message_id', name=op.f('uq_delivery_message_id'))
    )
    op.create_table('demo_refund',
    sa.Column('ref', sa.String(length=40), nullable=False),
    sa.Column('key', sa.String(length=80), nullable=False),
    sa.Column('charge_ref', sa.String(length=40), nullable=False),
    sa.Column('amount_fen', sa.BigInteger(), nullable=False),
    sa.ForeignKeyConstraint(['charge_ref'], ['demo_charge.ref'], name=op.f('fk_demo_refund_charge_ref_demo_charge')),
    sa.PrimaryKeyConstraint('ref', name=op.f('pk_demo_refund')),
    sa.UniqueConstraint('key', name=op.f('uq_demo_refund_key'))
    )
    with op.batch_alter_table('demo_refund', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_demo_refund_charge_ref'), ['charge_ref'], unique=False)

    op.create_table('ledger_posting',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('entry_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('account_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('amount_fen', sa.BigInteger(), nullable=False),
    sa.CheckConstraint('amount_fen <> 0', name=op.f('ck_ledger_posting_amount')),
    sa.ForeignKeyConstraint(['account_id'], ['ledger_account.id'], name=op.f('fk_ledger_posting_account_id_ledger_account')),
    sa.ForeignKeyConstraint(['entry_id'], ['ledger_entry.id'], name=op.f('fk_ledger_posting_entry_id_ledger_entry')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_ledger_posting'))
    )
    with op.batch_alter_table('ledger_posting', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_ledger_posting_account_id'), ['account_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_ledger_posting_entry_id'), ['entry_id'], unique=False)

    op.create_table('order',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('code', sa.String(length=40), nullable=False),
    sa.Column('checkout_key', sa.String(length=40), nullable=False),
    sa.Column('user_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('name', sa.String(length=200), nullable=False),
    sa.Column('phone', sa.String(length=20), nullable=False),
    sa.Column('province', sa.String(length=200), nullable=False),
    sa.Column('city', sa.String(length=200), nullable=False),
    sa.Column('district', sa.String(length=200), nullable=False),
    sa.Column('street', sa.String(length=200), nullable=False),
    sa.Column('note', sa.Text(), nullable=False),
    sa.Column('state', sa.Enum('placed', 'paid', 'expired', 'cancelled', 'done', name='state', native_enum=False, create_constraint=True, length=24), nullable=False),
    sa.Column('goods_fen', sa.BigInteger(), nullable=False),
    sa.Column('freight_fen', sa.BigInteger(), nullable=False),
    sa.Column('total_fen', sa.BigInteger(), nullable=False),
    sa.Column('placed_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('hold_until', sa.DateTime(timezone=True), nullable=False),
    sa.CheckConstraint('goods_fen > 0 AND freight_fen >= 0', name=op.f('ck_order_amounts')),
    sa.CheckConstraint('total_fen = goods_fen + freight_fen', name=op.f('ck_order_total')),
    sa.ForeignKeyConstraint(['user_id'], ['user_account.id'], name=op.f('fk_order_user_id_user_account')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_order')),
    sa.UniqueConstraint('checkout_key', name=op.f('uq_order_checkout_key')),
    sa.UniqueConstraint('code', name=op.f('uq_order_code'))
    )
    with op.batch_alter_table('order', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_order_phone'), ['phone'], unique=False)
        batch_op.create_index(batch_op.f('ix_order_placed_at'), ['placed_at'], unique=False)
        batch_op.create_index(batch_op.f('ix_order_state_hold_until'), ['state', 'hold_until'], unique=False)
        batch_op.create_index(batch_op.f('ix_order_user_id'), ['user_id'], unique=False)

    op.create_table('payment_history',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('payment_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('from_state', sa.String(length=40), nullable=False),
    sa.Column('to_state', sa.String(length=40), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('actor', sa.String(length=40), nullable=False),
    sa.Column('reason', sa.String(length=200), nullable=False),
    sa.ForeignKeyConstraint(['payment_id'], ['payment.id'], name=op.f('fk_payment_history_payment_id_payment')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_payment_history'))
    )
    with op.batch_alter_table('payment_history', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_payment_history_payment_id'), ['payment_id'], unique=False)

    op.create_table('photo',
    sa.Column('key', sa.String(length=64), nullable=False),
    sa.Column('width', sa.Integer(), nullable=False),
    sa.Column('height', sa.Integer(), nullable=False),
    sa.Column('bytes', sa.Integer(), nullable=False),
    sa.Column('colour', sa.String(length=7), nullable=False),
    sa.Column('uploader_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('ready_at', sa.DateTime(timezone=True), nullable=True),
    sa.CheckConstraint('width > 0 AND height > 0 AND bytes > 0', name=op.f('ck_photo_size')),
    sa.ForeignKeyConstraint(['uploader_id'], ['user_account.id'], name=op.f('fk_photo_uploader_id_user_account')),
    sa.PrimaryKeyConstraint('key', name=op.f('pk_photo'))
    )
    with op.batch_alter_table('photo', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_photo_uploader_id'), ['uploader_id'], unique=False)

    op.create_table('refund',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('code', sa.String(length=40), nullable=False),
    sa.Column('payment_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('key', sa.String(length=80), nullable=False),
    sa.Column('amount_fen', sa.BigInteger(), nullable=False),
    sa.Column('state', sa.Enum('created', 'pending', 'succeeded', 'failed', name='state', native_enum=False, create_constraint=True, length=24), nullable=False),
    sa.Column('reason', sa.String(length=40), nullable=False),
    sa.Column('provider_ref', sa.String(length=200), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('done_at', sa.DateTime(timezone=True), nullable=True),
    sa.CheckConstraint('amount_fen > 0', name=op.f('ck_refund_amount')),
    sa.ForeignKeyConstraint(['payment_id'], ['payment.id'], name=op.f('fk_refund_payment_id_payment')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_refund')),
    sa.UniqueConstraint('code', name=op.f('uq_refund_code')),
    sa.UniqueConstraint('key', name=op.f('uq_refund_key'))
    )
    with op.batch_alter_table('refund', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_refund_payment_id'), ['payment_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_refund_state_created_at'), ['state', 'created_at'], unique=False)

    op.create_table('shipment_event',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('shipment_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('code', sa.String(length=40), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('actor', sa.String(length=40), nullable=False),
    sa.Column('reason', sa.String(length=200), nullable=False),
    sa.ForeignKeyConstraint(['shipment_id'], ['shipment.id'], name=op.f('fk_shipment_event_shipment_id_shipment')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_shipment_event')),
    sa.UniqueConstraint('shipment_id', 'code', 'at', name=op.f('uq_shipment_event_shipment_id_code_at'))
    )
    with op.batch_alter_table('shipment_event', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_shipment_event_shipment_id'), ['shipment_id'], unique=False)

    op.create_table('user_role',
    sa.Column('user_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('role', sa.Enum('buyer', 'vendor', 'staff', 'driver', 'manager', name='role', native_enum=False, create_constraint=True, length=24), nullable=False),
    sa.ForeignKeyConstraint(['user_id'], ['user_account.id'], name=op.f('fk_user_role_user_id_user_account')),
    sa.PrimaryKeyConstraint('user_id', 'role', name=op.f('pk_user_role'))
    )
    op.create_table('vendor',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('code', sa.String(length=40), nullable=False),
    sa.Column('name', sa.String(length=200), nullable=False),
    sa.Column('person', sa.String(length=200), nullable=False),
    sa.Column('phone', sa.String(length=20), nullable=False),
    sa.Column('village_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('standing', sa.Enum('self_produced', 'handicraft', 'registered', 'cooperative', 'collective', name='standing', native_enum=False, create_constraint=True, length=24), nullable=False),
    sa.Column('permit', sa.String(length=200), nullable=True),
    sa.Column('story', sa.Text(), nullable=False),
    sa.Column('since_year', sa.Integer(), nullable=True),
    sa.Column('fee_bp', sa.Integer(), nullable=True),
    sa.Column('state', sa.Enum('approved', 'suspended', name='state', native_enum=False, create_constraint=True, length=24), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.CheckConstraint('fee_bp IS NULL OR fee_bp BETWEEN 0 AND 10000', name=op.f('ck_vendor_fee')),
    sa.ForeignKeyConstraint(['village_id'], ['village.id'], name=op.f('fk_vendor_village_id_village')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_vendor')),
    sa.UniqueConstraint('code', name=op.f('uq_vendor_code'))
    )
    with op.batch_alter_table('vendor', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_vendor_village_id'), ['village_id'], unique=False)

    op.create_table('listing',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('code', sa.String(length=40), nullable=False),
    sa.Column('ref', sa.String(length=40), nullable=True),
    sa.Column('offer_key', sa.String(length=40), nullable=True),
    sa.Column('vendor_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('category_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('title', sa.String(length=200), nullable=False),
    sa.Column('story', sa.Text(), nullable=False),
    sa.Column('keep_note', sa.String(length=200), nullable=False),
    sa.Column('shelf_days', sa.Integer(), nullable=True),
    sa.Column('season_bits', sa.Integer(), nullable=False),
    sa.Column('tags', sa.JSON(), nullable=False),
    sa.Column('state', sa.Enum('draft', 'in_review', 'published', 'paused', 'archived', name='state', native_enum=False, create_constraint=True, length=24), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('search_seq', sa.BigInteger(), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('published_at', sa.DateTime(timezone=True), nullable=True),
    sa.CheckConstraint('season_bits BETWEEN 1 AND 4095', name=op.f('ck_listing_season')),
    sa.CheckConstraint('shelf_days IS NULL OR shelf_days > 0', name=op.f('ck_listing_shelf')),
    sa.ForeignKeyConstraint(['category_id'], ['category.id'], name=op.f('fk_listing_category_id_category')),
    sa.ForeignKeyConstraint(['vendor_id'], ['vendor.id'], name=op.f('fk_listing_vendor_id_vendor')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_listing')),
    sa.UniqueConstraint('code', name=op.f('uq_listing_code')),
    sa.UniqueConstraint('offer_key', name=op.f('uq_listing_offer_key')),
    sa.UniqueConstraint('ref', name=op.f('uq_listing_ref')),
    sa.UniqueConstraint('search_seq', name=op.f('uq_listing_search_seq'))
    )
    with op.batch_alter_table('listing', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_listing_category_id'), ['category_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_listing_published_at'), ['published_at'], unique=False)
        batch_op.create_index(batch_op.f('ix_listing_state_category_id'), ['state', 'category_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_listing_vendor_id'), ['vendor_id'], unique=False)

    op.create_table('parcel',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('code', sa.String(length=40), nullable=False),
    sa.Column('order_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('weight_g', sa.Integer(), nullable=False),
    sa.Column('state', sa.Enum('packed', 'handed_over', 'delivered', 'returned', name='state', native_enum=False, create_constraint=True, length=24), nullable=False),
    sa.Column('packed_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('packed_by', sa.String(length=40), nullable=False),
    sa.CheckConstraint('weight_g BETWEEN 1 AND 50000', name=op.f('ck_parcel_weight')),
    sa.ForeignKeyConstraint(['order_id'], ['order.id'], name=op.f('fk_parcel_order_id_order')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_parcel')),
    sa.UniqueConstraint('code', name=op.f('uq_parcel_code')),
    sa.UniqueConstraint('order_id', name=op.f('uq_parcel_order_id'))
    )
    op.create_table('refund_history',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('refund_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('from_state', sa.String(length=40), nullable=False),
    sa.Column('to_state', sa.String(length=40), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('actor', sa.String(length=40), nullable=False),
    sa.Column('reason', sa.String(length=200), nullable=False),
    sa.ForeignKeyConstraint(['refund_id'], ['refund.id'], name=op.f('fk_refund_history_refund_id_refund')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_refund_history'))
    )
    with op.batch_alter_table('refund_history', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_refund_history_refund_id'), ['refund_id'], unique=False)

    op.create_table('vendor_member',
    sa.Column('vendor_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('user_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.ForeignKeyConstraint(['user_id'], ['user_account.id'], name=op.f('fk_vendor_member_user_id_user_account')),
    sa.ForeignKeyConstraint(['vendor_id'], ['vendor.id'], name=op.f('fk_vendor_member_vendor_id_vendor')),
    sa.PrimaryKeyConstraint('vendor_id', 'user_id', name=op.f('pk_vendor_member'))
    )
    with op.batch_alter_table('vendor_member', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_vendor_member_user_id'), ['user_id'], unique=False)

    op.create_table('vendor_order',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('code', sa.String(length=40), nullable=False),
    sa.Column('order_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('vendor_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('fee_bp', sa.Integer(), nullable=False),
    sa.Column('due_on', sa.Date(), nullable=True),
    sa.Column('state', sa.Enum('waiting', 'asked', 'ready', 'received', 'rejected', 'packed', 'shipped', 'delivered', 'returned', 'cancelled', name='state', native_enum=False, create_constraint=True, length=24), nullable=False),
    sa.ForeignKeyConstraint(['order_id'], ['order.id'], name=op.f('fk_vendor_order_order_id_order')),
    sa.ForeignKeyConstraint(['vendor_id'], ['vendor.id'], name=op.f('fk_vendor_order_vendor_id_vendor')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_vendor_order')),
    sa.UniqueConstraint('code', name=op.f('uq_vendor_order_code')),
    sa.UniqueConstraint('order_id', 'vendor_id', name=op.f('uq_vendor_order_order_id_vendor_id'))
    )
    with op.batch_alter_table('vendor_order', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_vendor_order_order_id'), ['order_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_vendor_order_vendor_id'), ['vendor_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_vendor_order_vendor_id_state'), ['vendor_id', 'state'], unique=False)

    op.create_table('listing_history',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('listing_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('from_state', sa.String(length=40), nullable=False),
    sa.Column('to_state', sa.String(length=40), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('actor', sa.String(length=40), nullable=False),
    sa.Column('reason', sa.String(length=200), nullable=False),
    sa.ForeignKeyConstraint(['listing_id'], ['listing.id'], name=op.f('fk_listing_history_listing_id_listing')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_listing_history'))
    )
    with op.batch_alter_table('listing_history', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_listing_history_listing_id'), ['listing_id'], unique=False)

    op.create_table('listing_photo',
    sa.Column('listing_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('position', sa.Integer(), nullable=False),
    sa.Column('photo_key', sa.String(length=64), nullable=False),
    sa.ForeignKeyConstraint(['listing_id'], ['listing.id'], name=op.f('fk_listing_photo_listing_id_listing')),
    sa.ForeignKeyConstraint(['photo_key'], ['photo.key'], name=op.f('fk_listing_photo_photo_key_photo')),
    sa.PrimaryKeyConstraint('listing_id', 'position', name=op.f('pk_listing_photo'))
    )
    with op.batch_alter_table('listing_photo', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_listing_photo_photo_key'), ['photo_key'], unique=False)

    op.create_table('order_history',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('order_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('vendor_order_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('from_state', sa.String(length=40), nullable=False),
    sa.Column('to_state', sa.String(length=40), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('actor', sa.String(length=40), nullable=False),
    sa.Column('reason', sa.String(length=200), nullable=False),
    sa.ForeignKeyConstraint(['order_id'], ['order.id'], name=op.f('fk_order_history_order_id_order')),
    sa.ForeignKeyConstraint(['vendor_order_id'], ['vendor_order.id'], name=op.f('fk_order_history_vendor_order_id_vendor_order')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_order_history'))
    )
    with op.batch_alter_table('order_history', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_order_history_order_id'), ['order_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_order_history_vendor_order_id'), ['vendor_order_id'], unique=False)

    op.create_table('parcel_history',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('parcel_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('from_state', sa.String(length=40), nullable=False),
    sa.Column('to_state', sa.String(length=40), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('actor', sa.String(length=40), nullable=False),
    sa.Column('reason', sa.String(length=200), nullable=False),
    sa.ForeignKeyConstraint(['parcel_id'], ['parcel.id'], name=op.f('fk_parcel_history_parcel_id_parcel')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_parcel_history'))
    )
    with op.batch_alter_table('parcel_history', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_parcel_history_parcel_id'), ['parcel_id'], unique=False)

    op.create_table('variant',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('listing_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('unit', sa.String(length=8), nullable=False),
    sa.Column('pieces', sa.Integer(), nullable=False),
    sa.Column('gross_g', sa.Integer(), nullable=False),
    sa.Column('price_fen', sa.BigInteger(), nullable=False),
    sa.Column('on_hand', sa.Integer(), nullable=False),
    sa.Column('held', sa.Integer(), nullable=False),
    sa.CheckConstraint('gross_g > 0', name=op.f('ck_variant_gross')),
    sa.CheckConstraint('held >= 0 AND held <= on_hand', name=op.f('ck_variant_stock')),
    sa.CheckConstraint('pieces > 0', name=op.f('ck_variant_pieces')),
    sa.CheckConstraint('price_fen > 0', name=op.f('ck_variant_price')),
    sa.ForeignKeyConstraint(['listing_id'], ['listing.id'], name=op.f('fk_variant_listing_id_listing')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_variant'))
    )
    with op.batch_alter_table('variant', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_variant_listing_id'), ['listing_id'], unique=False)

    op.create_table('basket_line',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('basket_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('variant_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('quantity', sa.Integer(), nullable=False),
    sa.CheckConstraint('quantity BETWEEN 1 AND 999', name=op.f('ck_basket_line_quantity')),
    sa.ForeignKeyConstraint(['basket_id'], ['basket.id'], name=op.f('fk_basket_line_basket_id_basket')),
    sa.ForeignKeyConstraint(['variant_id'], ['variant.id'], name=op.f('fk_basket_line_variant_id_variant')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_basket_line')),
    sa.UniqueConstraint('basket_id', 'variant_id', name=op.f('uq_basket_line_basket_id_variant_id'))
    )
    with op.batch_alter_table('basket_line', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_basket_line_basket_id'), ['basket_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_basket_line_variant_id'), ['variant_id'], unique=False)

    op.create_table('order_line',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('vendor_order_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('variant_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('title', sa.String(length=200), nullable=False),
    sa.Column('unit', sa.String(length=8), nullable=False),
    sa.Column('pieces', sa.Integer(), nullable=False),
    sa.Column('price_fen', sa.BigInteger(), nullable=False),
    sa.Column('quantity', sa.Integer(), nullable=False),
    sa.Column('gross_g', sa.Integer(), nullable=False),
    sa.Column('freight_share_fen', sa.BigInteger(), nullable=False),
    sa.Column('rejected', sa.Integer(), nullable=False),
    sa.CheckConstraint('freight_share_fen >= 0', name=op.f('ck_order_line_freight')),
    sa.CheckConstraint('quantity > 0 AND price_fen > 0', name=op.f('ck_order_line_bought')),
    sa.CheckConstraint('rejected BETWEEN 0 AND quantity', name=op.f('ck_order_line_rejected')),
    sa.ForeignKeyConstraint(['variant_id'], ['variant.id'], name=op.f('fk_order_line_variant_id_variant')),
    sa.ForeignKeyConstraint(['vendor_order_id'], ['vendor_order.id'], name=op.f('fk_order_line_vendor_order_id_vendor_order')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_order_line'))
    )
    with op.batch_alter_table('order_line', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_order_line_variant_id'), ['variant_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_order_line_vendor_order_id'), ['vendor_order_id'], unique=False)

    op.create_table('stock_hold',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('reference', sa.String(length=40), nullable=False),
    sa.Column('variant_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('quantity', sa.Integer(), nullable=False),
    sa.Column('state', sa.Enum('held', 'taken', 'released', name='state', native_enum=False, create_constraint=True, length=24), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('ended_at', sa.DateTime(timezone=True), nullable=True),
    sa.CheckConstraint('quantity > 0', name=op.f('ck_stock_hold_quantity')),
    sa.ForeignKeyConstraint(['variant_id'], ['variant.id'], name=op.f('fk_stock_hold_variant_id_variant')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_stock_hold')),
    sa.UniqueConstraint('reference', 'variant_id', name=op.f('uq_stock_hold_reference_variant_id'))
    )
    with op.batch_alter_table('stock_hold', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_stock_hold_variant_id'), ['variant_id'], unique=False)

    op.create_table('stock_movement',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('variant_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('delta', sa.Integer(), nullable=False),
    sa.Column('reason', sa.Enum('opening', 'counted', 'sold', 'cancelled', name='reason', native_enum=False, create_constraint=True, length=24), nullable=False),
    sa.Column('reference', sa.String(length=40), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('actor', sa.String(length=40), nullable=False),
    sa.CheckConstraint('delta <> 0', name=op.f('ck_stock_movement_delta')),
    sa.ForeignKeyConstraint(['variant_id'], ['variant.id'], name=op.f('fk_stock_movement_variant_id_variant')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_stock_movement'))
    )
    with op.batch_alter_table('stock_movement', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_stock_movement_variant_id'), ['variant_id'], unique=False)

    op.create_table('intake',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('order_line_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('accepted', sa.Integer(), nullable=False),
    sa.Column('rejected', sa.Integer(), nullable=False),
    sa.Column('reason', sa.String(length=200), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('actor', sa.String(length=40), nullable=False),
    sa.CheckConstraint('accepted >= 0 AND rejected >= 0 AND accepted + rejected > 0', name=op.f('ck_intake_counts')),
    sa.ForeignKeyConstraint(['order_line_id'], ['order_line.id'], name=op.f('fk_intake_order_line_id_order_line')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_intake')),
    sa.UniqueConstraint('order_line_id', name=op.f('uq_intake_order_line_id'))
    )
    op.execute('INSERT INTO catalogue_change_counter (id, value) VALUES (1, 0)')


def downgrade() -> None:
    op.drop_table('intake')
    with op.batch_alter_table('stock_movement', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_stock_movement_variant_id'))

    op.drop_table('stock_movement')
    with op.batch_alter_table('stock_hold', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_stock_hold_variant_id'))

    op.drop_table('stock_hold')
    with op.batch_alter_table('order_line', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_order_line_vendor_order_id'))
        batch_op.drop_index(batch_op.f('ix_order_line_variant_id'))

    op.drop_table('order_line')
    with op.batch_alter_table('basket_line', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_basket_line_variant_id'))
        batch_op.drop_index(batch_op.f('ix_basket_line_basket_id'))

    op.drop_table('basket_line')
    with op.batch_alter_table('variant', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_variant_listing_id'))

    op.drop_table('variant')
    with op.batch_alter_table('parcel_history', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_parcel_history_parcel_id'))

    op.drop_table('parcel_history')
    with op.batch_alter_table('order_history', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_order_history_vendor_order_id'))
        batch_op.drop_index(batch_op.f('ix_order_history_order_id'))

    op.drop_table('order_history')
    with op.batch_alter_table('listing_photo', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_listing_photo_photo_key'))

    op.drop_table('listing_photo')
    with op.batch_alter_table('listing_history', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_listing_history_listing_id'))

    op.drop_table('listing_history')
    with op.batch_alter_table('vendor_order', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_vendor_order_vendor_id_state'))
        batch_op.drop_index(batch_op.f('ix_vendor_order_vendor_id'))
        batch_op.drop_index(batch_op.f('ix_vendor_order_order_id'))

    op.drop_table('vendor_order')
    with op.batch_alter_table('vendor_member', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_vendor_member_user_id'))

    op.drop_table('vendor_member')
    with op.batch_alter_table('refund_history', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_refund_history_refund_id'))

    op.drop_table('refund_history')
    op.drop_table('parcel')
    with op.batch_alter_table('listing', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_listing_vendor_id'))
        batch_op.drop_index(batch_op.f('ix_listing_state_category_id'))
        batch_op.drop_index(batch_op.f('ix_listing_published_at'))
        batch_op.drop_index(batch_op.f('ix_listing_category_id'))

    op.drop_table('listing')
    with op.batch_alter_table('vendor', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_vendor_village_id'))

    op.drop_table('vendor')
    op.drop_table('user_role')
    with op.batch_alter_table('shipment_event', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_shipment_event_shipment_id'))

    op.drop_table('shipment_event')
    with op.batch_alter_table('refund', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_refund_state_created_at'))
        batch_op.drop_index(batch_op.f('ix_refund_payment_id'))

    op.drop_table('refund')
    with op.batch_alter_table('photo', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_photo_uploader_id'))

    op.drop_table('photo')
    with op.batch_alter_table('payment_history', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_payment_history_payment_id'))

    op.drop_table('payment_history')
    with op.batch_alter_table('order', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_order_user_id'))
        batch_op.drop_index(batch_op.f('ix_order_state_hold_until'))
        batch_op.drop_index(batch_op.f('ix_order_placed_at'))
        batch_op.drop_index(batch_op.f('ix_order_phone'))

    op.drop_table('order')
    with op.batch_alter_table('ledger_posting', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_ledger_posting_entry_id'))
        batch_op.drop_index(batch_op.f('ix_ledger_posting_account_id'))

    op.drop_table('ledger_posting')
    with op.batch_alter_table('demo_refund', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_demo_refund_charge_ref'))

    op.drop_table('demo_refund')
    op.drop_table('delivery')
    op.drop_table('basket')
    op.drop_table('village')
    op.drop_table('user_account')
    op.drop_table('town')
    with op.batch_alter_table('sms_code', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_sms_code_phone'))

    op.drop_table('sms_code')
    op.drop_table('shipment')
    with op.batch_alter_table('provider_event', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_provider_event_processed_at'))

    op.drop_table('provider_event')
    with op.batch_alter_table('payment', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_payment_state_created_at'))
        batch_op.drop_index(batch_op.f('ix_payment_reference'))

    op.drop_table('payment')
    with op.batch_alter_table('outbox_message', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_outbox_message_state_due_at'))

    op.drop_table('outbox_message')
    with op.batch_alter_table('ledger_entry', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_ledger_entry_reference'))

    op.drop_table('ledger_entry')
    op.drop_table('ledger_account')
    op.drop_table('job_run')
    op.drop_table('holiday')
    op.drop_table('freight_zone')
    op.drop_table('demo_charge')
    op.drop_table('category')
    op.drop_table('catalogue_change_counter')
    with op.batch_alter_table('attempt', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_attempt_key_at'))

    op.drop_table('attempt')
