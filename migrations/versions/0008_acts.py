"""What was done on a vendor's pages, by whom and for whom; consent, delegates"""

revision = '0008'
down_revision = '0007'


def upgrade() -> None:
    pass


def downgrade() -> None:
    pass
