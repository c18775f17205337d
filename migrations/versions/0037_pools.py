"""Goods that several households bring together, shared out after the cut-off"""

import sqlalchemy as sa
from alembic import op

revision = "0037"
down_revision = "0036"

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
OLD_STATES = (
    "waiting", "asked", "ready", "received", "rejected", "packed", "shipped", "delivered", "returned", "cancelled",
)  # fmt: skip
STATES = ("waiting", "pooled", "shared", *OLD_STATES[1:], "passed_on")
LOT = ("variant_id", "received_on", "grade", "inspection")


def _one_of(words: tuple[str, ...]) -> str:
    return f"state IN ({', '.join(repr(word) for word in words)})"


def _key(table: str) -> list[sa.Column[int] | sa.PrimaryKeyConstraint]:
    return [sa.Column("id", BIG, nullable=False), sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}"))]


def _tables() -> None:
    op.create_table(
        "pool",
        *_key("pool"),
        sa.Column("listing_id", BIG, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["listing_id"], ["listing.id"], name=op.f("fk_pool_listing_id_listing")),
        sa.UniqueConstraint("listing_id", name=op.f("uq_pool_listing_id")),
    )
    op.create_table(
        "pool_supplier",
        *_key("pool_supplier"),
        sa.Column("pool_id", BIG, nullable=False),
        sa.Column("vendor_id", BIG, nullable=False),
        sa.Column("share", sa.Integer(), nullable=False),
        sa.Column("most", sa.Integer(), nullable=False),
        sa.Column("owed", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("share BETWEEN 0 AND 1000", name=op.f("ck_pool_supplier_share")),
        sa.CheckConstraint("most BETWEEN 1 AND 100000", name=op.f("ck_pool_supplier_most")),
        sa.ForeignKeyConstraint(["pool_id"], ["pool.id"], name=op.f("fk_pool_supplier_pool_id_pool")),
        sa.ForeignKeyConstraint(["vendor_id"], ["vendor.id"], name=op.f("fk_pool_supplier_vendor_id_vendor")),
        sa.UniqueConstraint("pool_id", "vendor_id", name=op.f("uq_pool_supplier_pool_id_vendor_id")),
    )
    op.create_index(op.f("ix_pool_supplier_vendor_id"), "pool_supplier", ["vendor_id"])
    op.create_table(
        "pool_supplier_history",
        *_key("pool_supplier_history"),
        sa.Column("supplier_id", BIG, nullable=False),
        sa.Column("share", sa.Integer(), nullable=False),
        sa.Column("most", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor", sa.String(40), nullable=False),
        sa.ForeignKeyConstraint(
            ["supplier_id"], ["pool_supplier.id"], name=op.f("fk_pool_supplier_history_supplier_id_pool_supplier")
        ),
    )
    op.create_index(op.f("ix_pool_supplier_history_supplier_id"), "pool_supplier_history", ["supplier_id"])
    op.create_table(
        "demand_refusal",
        *_key("demand_refusal"),
        sa.Column("supplier_id", BIG, nullable=False),
        sa.Column("on", sa.Date(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["supplier_id"], ["pool_supplier.id"], name=op.f("fk_demand_refusal_supplier_id_pool_supplier")
        ),
        sa.UniqueConstraint("supplier_id", "on", name=op.f("uq_demand_refusal_supplier_id_on")),
    )


def upgrade() -> None:
    _tables()
    with op.batch_alter_table("vendor_order") as batch:
        batch.add_column(sa.Column("is_pool", sa.Boolean(), nullable=False, server_default=sa.false()))
        batch.add_column(sa.Column("pool_id", BIG, nullable=True))
        batch.drop_constraint(op.f("ck_vendor_order_state"), type_="check")
        batch.create_check_constraint(op.f("ck_vendor_order_state"), _one_of(STATES))
        batch.drop_constraint(op.f("uq_vendor_order_order_id_vendor_id_box"), type_="unique")
    with op.batch_alter_table("vendor_order") as batch:
        batch.alter_column("is_pool", existing_type=sa.Boolean(), existing_nullable=False, server_default=None)
        batch.create_unique_constraint(
            op.f("uq_vendor_order_order_id_vendor_id_box_is_pool"), ["order_id", "vendor_id", "box", "is_pool"]
        )
        batch.create_foreign_key(op.f("fk_vendor_order_pool_id_vendor_order"), "vendor_order", ["pool_id"], ["id"])
        batch.create_index(op.f("ix_vendor_order_pool_id"), ["pool_id"])
        batch.create_index(op.f("ix_vendor_order_state_due_on"), ["state", "due_on"])
    with op.batch_alter_table("lot") as batch:
        batch.drop_constraint(op.f(f"uq_lot_{'_'.join(LOT)}"), type_="unique")
        batch.create_unique_constraint(op.f(f"uq_lot_vendor_id_{'_'.join(LOT)}"), ["vendor_id", *LOT])


def downgrade() -> None:
    # The old house asks one vendor for one part of a box: what was pooled is asked of whoever sells it.
    beside = (
        "FROM vendor_order pooled JOIN vendor_order own ON own.order_id = pooled.order_id"
        " AND own.vendor_id = pooled.vendor_id AND own.box = pooled.box AND NOT own.is_pool WHERE pooled.is_pool"
    )
    for table in ("order_line", "order_history"):
        op.execute(
            sa.text(
                f"UPDATE {table} SET vendor_order_id = (SELECT own.id {beside} AND pooled.id = vendor_order_id)"
                f" WHERE vendor_order_id IN (SELECT pooled.id {beside})"
            )
        )
    op.execute(sa.text("UPDATE vendor_order SET pool_id = NULL"))
    op.execute(sa.text(f"DELETE FROM vendor_order WHERE id IN (SELECT pooled.id {beside})"))
    for column, table in (("state", "vendor_order"), ("from_state", "order_history"), ("to_state", "order_history")):
        op.execute(sa.text(f"UPDATE {table} SET {column} = 'asked' WHERE {column} IN ('pooled', 'shared')"))
        op.execute(sa.text(f"UPDATE {table} SET {column} = 'cancelled' WHERE {column} = 'passed_on'"))
    # Goods of one listing that two households brought on one day are two lots, which its check refuses.
    with op.batch_alter_table("lot") as batch:
        batch.drop_constraint(op.f(f"uq_lot_vendor_id_{'_'.join(LOT)}"), type_="unique")
        batch.create_unique_constraint(op.f(f"uq_lot_{'_'.join(LOT)}"), list(LOT))
    with op.batch_alter_table("vendor_order") as batch:
        batch.drop_index(op.f("ix_vendor_order_state_due_on"))
        batch.drop_index(op.f("ix_vendor_order_pool_id"))
        batch.drop_constraint(op.f("fk_vendor_order_pool_id_vendor_order"), type_="foreignkey")
        batch.drop_constraint(op.f("uq_vendor_order_order_id_vendor_id_box_is_pool"), type_="unique")
        batch.drop_constraint(op.f("ck_vendor_order_state"), type_="check")
        batch.create_check_constraint(op.f("ck_vendor_order_state"), _one_of(OLD_STATES))
    with op.batch_alter_table("vendor_order") as batch:
        batch.drop_column("pool_id")
        batch.drop_column("is_pool")
        batch.create_unique_constraint(
            op.f("uq_vendor_order_order_id_vendor_id_box"), ["order_id", "vendor_id", "box"]
        )
    for table in ("demand_refusal", "pool_supplier_history", "pool_supplier", "pool"):
        op.drop_table(table)
