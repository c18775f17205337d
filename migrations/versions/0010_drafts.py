"""Things that a villager has begun to list"""

revision = '0010'
down_revision = '0009'


def upgrade() -> None:
    pass


def downgrade() -> None:
    pass
