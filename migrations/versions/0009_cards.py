"""Codes to come in with, and people without a password"""

import sqlalchemy as sa
from alembic import op

revision = '0009'
down_revision = '0008'


def upgrade() -> None:
    with op.batch_alter_table('user_account') as batch:
        batch.alter_column('password_hash', existing_type=sa.String(200), nullable=True)
    # Every code so far was for a new password.
    with op.batch_alter_table('sms_code') as batch:
        batch.add_column(sa.Column('purpose', sa.String(24), nullable=False, server_default='reset'))
        batch.create_check_constraint(op.f('ck_sms_code_code_purpose'), "purpose IN ('reset', 'entry')")
    with op.batch_alter_table('sms_code') as batch:
        batch.alter_column('purpose', existing_type=sa.String(24), existing_nullable=False, server_default=None)


def downgrade() -> None:
    op.execute("DELETE FROM sms_code WHERE purpose <> 'reset'")
    with op.batch_alter_table('sms_code') as batch:
        batch.drop_constraint(op.f('ck_sms_code_code_purpose'), type_='check')
        batch.drop_column('purpose')
    # No password verifies against an empty hash.
    op.execute("UPDATE user_account SET password_hash = '' WHERE password_hash IS NULL")
    with op.batch_alter_table('user_account') as batch:
        batch.alter_column('password_hash', existing_type=sa.String(200), nullable=False)
