"""Consignments of any kind: events with the carrier's own words beside a history of passages, and bookings in steps"""

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.DateTime(timezone=True)
OLD_STATES = ("booked", "picked_up", "delivered", "returned", "cancelled")
STATES = (
    'to_book', 'failed', 'label_created', 'awaiting_pickup', 'picked_up', 'in_transit', 'at_destination',
    'out_for_delivery', 'available_for_pickup', 'exception', 'refused', 'delivered', 'returning', 'returned',
    'collected', 'cancelled',
)  # fmt: skip
CODES = (
    'label_created', 'awaiting_pickup', 'picked_up', 'in_transit', 'customs', 'at_destination', 'out_for_delivery',
    'available_for_pickup', 'exception', 'refused', 'delivered', 'returning', 'returned', 'collected', 'cancelled',
    'unknown',
)  # fmt: skip
OLD_UNIQUE = "uq_shipment_carrier_waybill"
UNIQUE = "uq_shipment_carrier_company_waybill"
NUMBERED = "waybill IS NOT NULL OR state IN ('to_book', 'failed', 'cancelled')"
TEXTS = ("company", "sender", "reference", "failure", "carrier_ref", "doubt")
LENGTHS = {"sender": 200, "failure": 200}


def _one_of(*words: str) -> str:
    return f"IN ({', '.join(repr(word) for word in words)})"


def upgrade() -> None:
    _history_up()
    with op.batch_alter_table("shipment") as batch:
        batch.drop_constraint(op.f("ck_shipment_state"), type_="check")
        batch.drop_constraint(op.f("ck_shipment_kind"), type_="check")
        batch.drop_constraint(op.f(OLD_UNIQUE), type_="unique")
        batch.alter_column("waybill", existing_type=sa.String(40), nullable=True)
        batch.alter_column("booked_at", existing_type=MOMENT, nullable=True)
        for name in TEXTS:
            batch.add_column(sa.Column(name, sa.String(LENGTHS.get(name, 40)), nullable=False, server_default=""))
        batch.add_column(sa.Column("label_url", sa.Text(), nullable=False, server_default=""))
        batch.add_column(sa.Column("marks", sa.JSON(), nullable=False, server_default="{}"))
        batch.add_column(sa.Column("calls", sa.Integer(), nullable=False, server_default="0"))
        batch.add_column(sa.Column("round", sa.Integer(), nullable=False, server_default="0"))
        batch.add_column(sa.Column("price_fen", sa.BigInteger(), nullable=True))
        batch.add_column(sa.Column("promised_on", sa.Date(), nullable=True))
        for name in ("asked_at", "called_at", "expected_at", "tracked_at", "quiet_until"):
            batch.add_column(sa.Column(name, MOMENT, nullable=True))
    op.execute(sa.text("UPDATE shipment SET asked_at = booked_at"))
    op.execute(sa.text("UPDATE shipment SET state = 'label_created' WHERE state = 'booked'"))
    op.execute(
        sa.text(
            'UPDATE shipment SET reference = COALESCE((SELECT "order".code FROM parcel JOIN "order"'
            " ON \"order\".id = parcel.order_id WHERE parcel.code = shipment.key), '')"
        )
    )
    with op.batch_alter_table("shipment") as batch:
        for name in (*TEXTS, "label_url"):
            batch.alter_column(
                name,
                existing_type=sa.Text() if name == "label_url" else sa.String(LENGTHS.get(name, 40)),
                existing_nullable=False,
                server_default=None,
            )
        batch.alter_column("marks", existing_type=sa.JSON(), existing_nullable=False, server_default=None)
        for name in ("calls", "round"):
            batch.alter_column(name, existing_type=sa.Integer(), existing_nullable=False, server_default=None)
        batch.alter_column("asked_at", existing_type=MOMENT, nullable=False)
        batch.create_check_constraint(op.f("ck_shipment_state"), f"state {_one_of(*STATES)}")
        batch.create_check_constraint(op.f("ck_shipment_kind"), f"kind {_one_of('goods', 'document', 'inbound')}")
        batch.create_check_constraint(op.f("ck_shipment_numbered"), NUMBERED)
        batch.create_unique_constraint(op.f(UNIQUE), ["carrier", "company", "waybill"])
        batch.create_index(op.f("ix_shipment_state"), ["state"])
        batch.create_index(op.f("ix_shipment_reference"), ["reference"])
    op.create_table(
        "town_waybill",
        sa.Column("id", BIG, nullable=False),
        sa.Column("key", sa.String(40), nullable=False),
        sa.Column("waybill", sa.String(40), nullable=False),
        sa.Column("given_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_town_waybill")),
        sa.UniqueConstraint("key", name=op.f("uq_town_waybill_key")),
        sa.UniqueConstraint("waybill", name=op.f("uq_town_waybill_waybill")),
    )
    op.execute(
        sa.text(
            "INSERT INTO town_waybill (key, waybill, given_at)"
            " SELECT key, waybill, booked_at FROM shipment WHERE carrier = 'town' ORDER BY id"
        )
    )


def _history_up() -> None:
    op.create_table(
        "shipment_history",
        sa.Column("id", BIG, nullable=False),
        sa.Column("shipment_id", BIG, nullable=False),
        sa.Column("from_state", sa.String(40), nullable=False),
        sa.Column("to_state", sa.String(40), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("actor", sa.String(40), nullable=False),
        sa.Column("reason", sa.String(200), nullable=False),
        sa.ForeignKeyConstraint(
            ["shipment_id"], ["shipment.id"], name=op.f("fk_shipment_history_shipment_id_shipment")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_shipment_history")),
    )
    op.create_index(op.f("ix_shipment_history_shipment_id"), "shipment_history", ["shipment_id"])
    op.execute(sa.text("UPDATE shipment_event SET code = 'label_created' WHERE code = 'booked'"))
    op.execute(
        sa.text(
            "INSERT INTO shipment_history (shipment_id, from_state, to_state, at, actor, reason)"
            " SELECT shipment_id, COALESCE(LAG(code) OVER (PARTITION BY shipment_id ORDER BY id), ''),"
            " code, at, actor, reason FROM shipment_event ORDER BY id"
        )
    )
    with op.batch_alter_table("shipment_event") as batch:
        batch.drop_constraint(op.f("uq_shipment_event_shipment_id_code_at"), type_="unique")
        batch.alter_column(
            "reason",
            new_column_name="text",
            existing_type=sa.String(200),
            type_=sa.String(500),
            existing_nullable=False,
        )
        batch.alter_column("code", existing_type=sa.String(40), type_=sa.String(24), existing_nullable=False)
        batch.add_column(sa.Column("place", sa.String(200), nullable=False, server_default=""))
        batch.add_column(sa.Column("raw_code", sa.String(40), nullable=False, server_default=""))
        batch.add_column(sa.Column("source", sa.String(40), nullable=False, server_default="centre"))
        batch.add_column(sa.Column("noted_at", MOMENT, nullable=True))
    op.execute(sa.text("UPDATE shipment_event SET noted_at = at"))
    op.execute(sa.text("UPDATE shipment_event SET source = 'driver' WHERE code IN ('delivered', 'returned')"))
    with op.batch_alter_table("shipment_event") as batch:
        for name, length in (("place", 200), ("raw_code", 40), ("source", 40)):
            batch.alter_column(name, existing_type=sa.String(length), existing_nullable=False, server_default=None)
        batch.alter_column("noted_at", existing_type=MOMENT, nullable=False)
        batch.create_check_constraint(op.f("ck_shipment_event_code"), f"code {_one_of(*CODES)}")
        batch.create_unique_constraint(
            op.f("uq_shipment_event_shipment_id_at_code_text"), ["shipment_id", "at", "code", "text"]
        )


GONE = "SELECT id FROM shipment WHERE kind <> 'goods' OR waybill IS NULL OR carrier <> 'town'"


def downgrade() -> None:
    """Go back to the town's own parcels of goods: others and their events have no place there."""
    op.drop_table("town_waybill")
    op.execute(sa.text("DELETE FROM shipment_history WHERE shipment_id IN (" + GONE + ")"))  # noqa: S608 - a constant
    op.execute(sa.text("DELETE FROM shipment_event WHERE shipment_id IN (" + GONE + ")"))  # noqa: S608 - a constant
    op.execute(sa.text("DELETE FROM shipment WHERE id IN (" + GONE + ")"))  # noqa: S608 - a constant
    _history_down()
    with op.batch_alter_table("shipment") as batch:
        batch.drop_index(op.f("ix_shipment_reference"))
        batch.drop_index(op.f("ix_shipment_state"))
        batch.drop_constraint(op.f(UNIQUE), type_="unique")
        batch.drop_constraint(op.f("ck_shipment_numbered"), type_="check")
        batch.drop_constraint(op.f("ck_shipment_kind"), type_="check")
        batch.drop_constraint(op.f("ck_shipment_state"), type_="check")
    op.execute(sa.text("UPDATE shipment SET state = 'booked' WHERE state IN ('label_created', 'awaiting_pickup')"))
    op.execute(sa.text("UPDATE shipment SET state = 'returned' WHERE state IN ('returning', 'collected')"))
    op.execute(sa.text("UPDATE shipment SET state = 'picked_up' WHERE state NOT " + _one_of(*OLD_STATES)))  # noqa: S608
    op.execute(sa.text("UPDATE shipment SET booked_at = asked_at WHERE booked_at IS NULL"))
    with op.batch_alter_table("shipment") as batch:
        batch.create_check_constraint(op.f("ck_shipment_state"), f"state {_one_of(*OLD_STATES)}")
        batch.create_check_constraint(op.f("ck_shipment_kind"), "kind IN ('goods')")
        batch.alter_column("waybill", existing_type=sa.String(40), nullable=False)
        batch.alter_column("booked_at", existing_type=MOMENT, nullable=False)
        for name in (*TEXTS, "label_url", "marks", "calls", "round", "price_fen", "promised_on"):
            batch.drop_column(name)
        for name in ("asked_at", "called_at", "expected_at", "tracked_at", "quiet_until"):
            batch.drop_column(name)
        batch.create_unique_constraint(op.f(OLD_UNIQUE), ["carrier", "waybill"])


def _history_down() -> None:
    """Let the passages be the events again: what carriers said beside them goes."""
    with op.batch_alter_table("shipment_event") as batch:
        batch.drop_constraint(op.f("uq_shipment_event_shipment_id_at_code_text"), type_="unique")
        batch.drop_constraint(op.f("ck_shipment_event_code"), type_="check")
    op.execute(sa.text("DELETE FROM shipment_event"))
    with op.batch_alter_table("shipment_event") as batch:
        for name in ("place", "raw_code", "source", "noted_at"):
            batch.drop_column(name)
        batch.alter_column(
            "text",
            new_column_name="reason",
            existing_type=sa.String(500),
            type_=sa.String(200),
            existing_nullable=False,
        )
        batch.alter_column("code", existing_type=sa.String(24), type_=sa.String(40), existing_nullable=False)
        batch.create_unique_constraint(op.f("uq_shipment_event_shipment_id_code_at"), ["shipment_id", "code", "at"])
    op.execute(
        sa.text(
            "INSERT INTO shipment_event (shipment_id, code, at, actor, reason)"
            " SELECT shipment_id, CASE WHEN to_state = 'label_created' THEN 'booked' ELSE to_state END, at,"
            " MIN(actor), MIN(reason) FROM shipment_history WHERE to_state IN"
            " ('label_created', 'picked_up', 'delivered', 'returned', 'cancelled')"
            " AND from_state <> to_state GROUP BY shipment_id, to_state, at ORDER BY MIN(id)"
        )
    )
    op.drop_index(op.f("ix_shipment_history_shipment_id"), table_name="shipment_history")
    op.drop_table("shipment_history")
