"""Codes by which somebody of the family lets a household count on them"""

from alembic import op

revision = '0015'
down_revision = '0014'

NAME = 'ck_sms_code_code_purpose'


def upgrade() -> None:
    with op.batch_alter_table('sms_code') as batch:
        batch.drop_constraint(op.f(NAME), type_='check')
        batch.create_check_constraint(op.f(NAME), "purpose IN ('reset', 'entry', 'helper')")


def downgrade() -> None:
    op.execute("DELETE FROM sms_code WHERE purpose = 'helper'")
    with op.batch_alter_table('sms_code') as batch:
        batch.drop_constraint(op.f(NAME), type_='check')
        batch.create_check_constraint(op.f(NAME), "purpose IN ('reset', 'entry')")
