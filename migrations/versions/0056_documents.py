"""Documents that only some may see: invoices as PDF, OFD or XML"""

import sqlalchemy as sa
from alembic import op

revision = "0056"
down_revision = "0055"

KIND = sa.Enum("pdf", "ofd", "xml", name="kind", native_enum=False, create_constraint=True, length=24)


def upgrade() -> None:
    op.create_table(
        "private_document",
        sa.Column("key", sa.String(64), nullable=False),
        sa.Column("kind", KIND, nullable=False),
        sa.Column("bytes", sa.Integer(), nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("pages", sa.Integer(), nullable=False),
        sa.Column("uploader_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("bytes > 0 AND pages >= 0", name=op.f("ck_private_document_size")),
        sa.ForeignKeyConstraint(
            ["uploader_id"], ["user_account.id"], name=op.f("fk_private_document_uploader_id_user_account")
        ),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_private_document")),
    )
    op.create_index(op.f("ix_private_document_uploader_id"), "private_document", ["uploader_id"])
    op.create_index(op.f("ix_private_document_digest"), "private_document", ["digest"])


def downgrade() -> None:
    op.drop_table("private_document")
