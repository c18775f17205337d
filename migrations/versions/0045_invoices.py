"""Wishes for invoices, requests, what was issued for them, red letters"""

import sqlalchemy as sa
from alembic import op

revision = "0045"
down_revision = "0044"

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.DateTime(timezone=True)
TABLES = ("red_letter", "invoice_file", "invoice", "invoice_history", "invoice_request_line", "invoice_request")

OF_BEFORE = """
    INSERT INTO invoice_wish (order_id, asked_at, met_at, title_kind, title, tax_id, kind, medium, seat, seat_phone,
        bank, account_secret, account_tail, email, recipient, phone, province, city, district, street)
    SELECT id, placed_at, CASE WHEN state IN ('placed', 'agreed', 'paid') THEN NULL ELSE placed_at END,
        CASE WHEN invoice_tax_id = '' THEN 'individual' ELSE 'company' END, invoice_title, invoice_tax_id,
        'ordinary', 'electronic', '', '', '', '', '', email, '', '', '', '', '', ''
    FROM "order" WHERE invoice_title <> ''
"""


def one_of(name: str, *values: str) -> sa.Enum:
    return sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=24)


def title_columns() -> tuple[sa.Column, ...]:
    return (
        sa.Column("title_kind", one_of("title_kind", "individual", "company", "office"), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("tax_id", sa.String(length=40), nullable=False),
        sa.Column("kind", one_of("kind", "ordinary", "special"), nullable=False),
        sa.Column("medium", one_of("medium", "electronic", "on_paper"), nullable=False),
        sa.Column("seat", sa.String(length=200), nullable=False),
        sa.Column("seat_phone", sa.String(length=20), nullable=False),
        sa.Column("bank", sa.String(length=200), nullable=False),
        sa.Column("account_secret", sa.Text(), nullable=False),
        sa.Column("account_tail", sa.String(length=4), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.Column("recipient", sa.String(length=200), nullable=False),
        sa.Column("phone", sa.String(length=20), nullable=False),
        sa.Column("province", sa.String(length=200), nullable=False),
        sa.Column("city", sa.String(length=200), nullable=False),
        sa.Column("district", sa.String(length=200), nullable=False),
        sa.Column("street", sa.String(length=200), nullable=False),
    )


def upgrade() -> None:
    op.create_table(
        "invoice_wish",
        sa.Column("id", BIG, nullable=False),
        sa.Column("order_id", BIG, nullable=False),
        sa.Column("asked_at", MOMENT, nullable=False),
        sa.Column("met_at", MOMENT, nullable=True),
        *title_columns(),
        sa.ForeignKeyConstraint(["order_id"], ["order.id"], name=op.f("fk_invoice_wish_order_id_order")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_invoice_wish")),
        sa.UniqueConstraint("order_id", name=op.f("uq_invoice_wish_order_id")),
    )
    op.create_index(op.f("ix_invoice_wish_met_at"), "invoice_wish", ["met_at"])
    op.create_table(
        "invoice_request",
        sa.Column("id", BIG, nullable=False),
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("order_id", BIG, nullable=False),
        sa.Column("issuer_kind", one_of("issuer_kind", "centre", "vendor", "tax_office"), nullable=False),
        sa.Column("vendor_id", BIG, nullable=True),
        sa.Column("issuer_name", sa.String(length=200), nullable=False),
        sa.Column(
            "state",
            one_of(
                "state",
                "requested",
                "needs_fixing",
                "accepted",
                "rejected",
                "withdrawn",
                "issued",
                "available",
                "sent",
                "signed",
                "returned",
                "handed_over",
            ),
            nullable=False,
        ),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("shipment_key", sa.String(length=40), nullable=True),
        *title_columns(),
        sa.CheckConstraint("(issuer_kind = 'centre') = (vendor_id IS NULL)", name=op.f("ck_invoice_request_issuer")),
        sa.CheckConstraint("kind = 'ordinary' OR title_kind <> 'individual'", name=op.f("ck_invoice_request_special")),
        sa.ForeignKeyConstraint(["order_id"], ["order.id"], name=op.f("fk_invoice_request_order_id_order")),
        sa.ForeignKeyConstraint(["vendor_id"], ["vendor.id"], name=op.f("fk_invoice_request_vendor_id_vendor")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_invoice_request")),
        sa.UniqueConstraint("code", name=op.f("uq_invoice_request_code")),
    )
    op.create_index(op.f("ix_invoice_request_order_id"), "invoice_request", ["order_id"])
    op.create_index(op.f("ix_invoice_request_shipment_key"), "invoice_request", ["shipment_key"])
    op.create_index(op.f("ix_invoice_request_state_created_at"), "invoice_request", ["state", "created_at"])
    op.create_index(op.f("ix_invoice_request_vendor_id"), "invoice_request", ["vendor_id"])
    op.create_table(
        "invoice_request_line",
        sa.Column("id", BIG, nullable=False),
        sa.Column("request_id", BIG, nullable=False),
        sa.Column("order_line_id", BIG, nullable=True),
        sa.Column("amount_fen", sa.BigInteger(), nullable=False),
        sa.Column("is_exempt", sa.Boolean(), nullable=False),
        sa.Column("living", sa.String(length=40), nullable=True),
        sa.CheckConstraint("amount_fen > 0", name=op.f("ck_invoice_request_line_amount")),
        sa.ForeignKeyConstraint(
            ["order_line_id"], ["order_line.id"], name=op.f("fk_invoice_request_line_order_line_id_order_line")
        ),
        sa.ForeignKeyConstraint(
            ["request_id"], ["invoice_request.id"], name=op.f("fk_invoice_request_line_request_id_invoice_request")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_invoice_request_line")),
        sa.UniqueConstraint("living", name=op.f("uq_invoice_request_line_living")),
    )
    op.create_index(op.f("ix_invoice_request_line_order_line_id"), "invoice_request_line", ["order_line_id"])
    op.create_index(op.f("ix_invoice_request_line_request_id"), "invoice_request_line", ["request_id"])
    op.create_table(
        "invoice_history",
        sa.Column("id", BIG, nullable=False),
        sa.Column("request_id", BIG, nullable=False),
        sa.Column("from_state", sa.String(length=40), nullable=False),
        sa.Column("to_state", sa.String(length=40), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("actor", sa.String(length=40), nullable=False),
        sa.Column("reason", sa.String(length=200), nullable=False),
        sa.ForeignKeyConstraint(
            ["request_id"], ["invoice_request.id"], name=op.f("fk_invoice_history_request_id_invoice_request")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_invoice_history")),
    )
    op.create_index(op.f("ix_invoice_history_request_id"), "invoice_history", ["request_id"])
    op.create_table(
        "invoice",
        sa.Column("id", BIG, nullable=False),
        sa.Column("request_id", BIG, nullable=False),
        sa.Column("issuer_kind", one_of("issuer_kind", "centre", "vendor", "tax_office"), nullable=False),
        sa.Column("issuer_name", sa.String(length=200), nullable=False),
        sa.Column("kind", one_of("kind", "ordinary", "special"), nullable=False),
        sa.Column("era", one_of("era", "digital", "paper_code"), nullable=False),
        sa.Column("number", sa.String(length=20), nullable=False),
        sa.Column("issued_on", sa.Date(), nullable=False),
        sa.Column("amount_fen", sa.BigInteger(), nullable=False),
        sa.Column("recorded_at", MOMENT, nullable=False),
        sa.Column("recorded_by", sa.String(length=40), nullable=False),
        sa.CheckConstraint(
            "(era = 'digital' AND length(number) = 20) OR (era = 'paper_code' AND length(number) IN (18, 20))",
            name=op.f("ck_invoice_number"),
        ),
        sa.CheckConstraint("amount_fen > 0", name=op.f("ck_invoice_amount")),
        sa.ForeignKeyConstraint(
            ["request_id"], ["invoice_request.id"], name=op.f("fk_invoice_request_id_invoice_request")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_invoice")),
        sa.UniqueConstraint("number", name=op.f("uq_invoice_number")),
        sa.UniqueConstraint("request_id", name=op.f("uq_invoice_request_id")),
    )
    op.create_table(
        "invoice_file",
        sa.Column("id", BIG, nullable=False),
        sa.Column("invoice_id", BIG, nullable=False),
        sa.Column("kind", one_of("kind", "pdf", "ofd", "xml"), nullable=False),
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("bytes", sa.Integer(), nullable=False),
        sa.Column("pages", sa.Integer(), nullable=False),
        sa.Column("added_at", MOMENT, nullable=False),
        sa.Column("added_by", sa.String(length=40), nullable=False),
        sa.CheckConstraint("bytes > 0 AND pages >= 0", name=op.f("ck_invoice_file_size")),
        sa.ForeignKeyConstraint(["invoice_id"], ["invoice.id"], name=op.f("fk_invoice_file_invoice_id_invoice")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_invoice_file")),
        sa.UniqueConstraint("key", name=op.f("uq_invoice_file_key")),
    )
    op.create_index(op.f("ix_invoice_file_invoice_id"), "invoice_file", ["invoice_id"])
    op.create_table(
        "red_letter",
        sa.Column("id", BIG, nullable=False),
        sa.Column("invoice_id", BIG, nullable=False),
        sa.Column("number", sa.String(length=20), nullable=False),
        sa.Column(
            "reason", one_of("reason", "issued_wrong", "goods_returned", "service_stopped", "allowance"), nullable=False
        ),
        sa.Column("amount_fen", sa.BigInteger(), nullable=False),
        sa.Column("issued_on", sa.Date(), nullable=False),
        sa.Column("recorded_at", MOMENT, nullable=False),
        sa.Column("recorded_by", sa.String(length=40), nullable=False),
        sa.CheckConstraint("amount_fen > 0", name=op.f("ck_red_letter_amount")),
        sa.ForeignKeyConstraint(["invoice_id"], ["invoice.id"], name=op.f("fk_red_letter_invoice_id_invoice")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_red_letter")),
        sa.UniqueConstraint("number", name=op.f("uq_red_letter_number")),
    )
    op.create_index(op.f("ix_red_letter_invoice_id"), "red_letter", ["invoice_id"])
    # What was asked for with orders that are over was seen to by telephone: it is kept, and nothing is asked for anew.
    op.execute(sa.text(OF_BEFORE))


def downgrade() -> None:
    for table in (*TABLES, "invoice_wish"):
        op.drop_table(table)
