"""Unpaid orders are counted by street, without reading every order"""

from alembic import op

revision = "0013"
down_revision = "0012"


def upgrade() -> None:
    op.create_index("ix_order_street", "order", ["street"])


def downgrade() -> None:
    op.drop_index("ix_order_street", "order")
