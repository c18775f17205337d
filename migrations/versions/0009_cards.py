"""Cards to sign in with, and sign-ins"""

revision = '0009'
down_revision = '0008'


def upgrade() -> None:
    pass


def downgrade() -> None:
    pass
