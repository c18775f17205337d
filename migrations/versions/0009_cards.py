"""Codes and cards to come in with, people without a password, and a row for each sign-in"""

import sqlalchemy as sa
from alembic import op

revision = '0009'
down_revision = '0008'

BIG = sa.BigInteger().with_variant(sa.Integer(), 'sqlite')
MOMENT = sa.DateTime(timezone=True)


def choice(name: str, *values: str) -> sa.Enum:
    return sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=24)


def upgrade() -> None:
    with op.batch_alter_table('user_account') as batch:
        batch.alter_column('password_hash', existing_type=sa.String(200), nullable=True)
    # Every code so far was for a new password.
    with op.batch_alter_table('sms_code') as batch:
        batch.add_column(sa.Column('purpose', sa.String(24), nullable=False, server_default='reset'))
        batch.create_check_constraint(op.f('ck_sms_code_code_purpose'), "purpose IN ('reset', 'entry')")
    with op.batch_alter_table('sms_code') as batch:
        batch.alter_column('purpose', existing_type=sa.String(24), existing_nullable=False, server_default=None)
    op.create_table(
        'sign_in_card',
        sa.Column('id', BIG, nullable=False),
        sa.Column('code', sa.String(40), nullable=False),
        sa.Column('user_id', BIG, nullable=False),
        sa.Column('token_digest', sa.String(64), nullable=False),
        sa.Column('pin_digest', sa.String(64), nullable=False),
        sa.Column('issued_at', MOMENT, nullable=False),
        sa.Column('issued_by', sa.String(40), nullable=False),
        sa.Column('misses', sa.Integer(), nullable=False),
        sa.Column('missed_at', MOMENT, nullable=True),
        sa.Column('stopped_at', MOMENT, nullable=True),
        sa.Column('stopped_by', sa.String(40), nullable=True),
        sa.Column('stop', choice('stop', 'revoked', 'replaced', 'guessed'), nullable=True),
        sa.ForeignKeyConstraint(['user_id'], ['user_account.id'], name=op.f('fk_sign_in_card_user_id_user_account')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_sign_in_card')),
        sa.UniqueConstraint('code', name=op.f('uq_sign_in_card_code')),
        sa.UniqueConstraint('token_digest', name=op.f('uq_sign_in_card_token_digest')),
    )
    with op.batch_alter_table('sign_in_card') as batch:
        batch.create_index(op.f('ix_sign_in_card_user_id'), ['user_id'])
    op.create_table(
        'card_try',
        sa.Column('id', BIG, nullable=False),
        sa.Column('card_id', BIG, nullable=False),
        sa.Column('at', MOMENT, nullable=False),
        sa.Column('outcome', choice('outcome', 'tried', 'wrong', 'opened'), nullable=False),
        sa.Column('browser', sa.String(200), nullable=False),
        sa.ForeignKeyConstraint(['card_id'], ['sign_in_card.id'], name=op.f('fk_card_try_card_id_sign_in_card')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_card_try')),
    )
    with op.batch_alter_table('card_try') as batch:
        batch.create_index(op.f('ix_card_try_card_id_at'), ['card_id', 'at'])
    op.create_table(
        'sign_in',
        sa.Column('id', BIG, nullable=False),
        sa.Column('code', sa.String(40), nullable=False),
        sa.Column('user_id', BIG, nullable=False),
        sa.Column('how', choice('how', 'password', 'code', 'card'), nullable=False),
        sa.Column('device', choice('device', 'own', 'shared'), nullable=False),
        sa.Column('card_id', BIG, nullable=True),
        sa.Column('browser', sa.String(200), nullable=False),
        sa.Column('at', MOMENT, nullable=False),
        sa.Column('until', MOMENT, nullable=False),
        sa.Column('ended_at', MOMENT, nullable=True),
        sa.ForeignKeyConstraint(['card_id'], ['sign_in_card.id'], name=op.f('fk_sign_in_card_id_sign_in_card')),
        sa.ForeignKeyConstraint(['user_id'], ['user_account.id'], name=op.f('fk_sign_in_user_id_user_account')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_sign_in')),
        sa.UniqueConstraint('code', name=op.f('uq_sign_in_code')),
    )
    with op.batch_alter_table('sign_in') as batch:
        batch.create_index(op.f('ix_sign_in_card_id'), ['card_id'])
        batch.create_index(op.f('ix_sign_in_user_id'), ['user_id'])


def downgrade() -> None:
    op.drop_table('sign_in')
    op.drop_table('card_try')
    op.drop_table('sign_in_card')
    op.execute("DELETE FROM sms_code WHERE purpose <> 'reset'")
    with op.batch_alter_table('sms_code') as batch:
        batch.drop_constraint(op.f('ck_sms_code_code_purpose'), type_='check')
        batch.drop_column('purpose')
    # No password verifies against an empty hash.
    op.execute("UPDATE user_account SET password_hash = '' WHERE password_hash IS NULL")
    with op.batch_alter_table('user_account') as batch:
        batch.alter_column('password_hash', existing_type=sa.String(200), nullable=False)
