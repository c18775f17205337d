"""What invoice is wanted for an order stands with the wishes alone"""

import sqlalchemy as sa
from alembic import op

revision = "0046"
down_revision = "0045"

BACK = """
    UPDATE "order" SET
        invoice_title = COALESCE((SELECT title FROM invoice_wish WHERE order_id = "order".id), ''),
        invoice_tax_id = COALESCE((SELECT tax_id FROM invoice_wish WHERE order_id = "order".id), '')
"""


def upgrade() -> None:
    with op.batch_alter_table("order") as batch:
        batch.drop_column("invoice_tax_id")
        batch.drop_column("invoice_title")


def downgrade() -> None:
    with op.batch_alter_table("order") as batch:
        batch.add_column(sa.Column("invoice_title", sa.String(200), nullable=False, server_default=""))
        batch.add_column(sa.Column("invoice_tax_id", sa.String(40), nullable=False, server_default=""))
    op.execute(sa.text(BACK))
    with op.batch_alter_table("order") as batch:
        batch.alter_column("invoice_title", existing_type=sa.String(200), server_default=None)
        batch.alter_column("invoice_tax_id", existing_type=sa.String(40), server_default=None)
