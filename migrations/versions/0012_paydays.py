"""When vendors are paid"""

revision = '0012'
down_revision = '0011'


def upgrade() -> None:
    pass


def downgrade() -> None:
    pass
