"""A packed box may be taken apart and packed again as another parcel"""

import sqlalchemy as sa
from alembic import op

revision = "0026"
down_revision = "0025"

OLD_STATES = ("packed", "handed_over", "delivered", "returned")
STATES = (*OLD_STATES, "opened")
STANDS = sa.text("state <> 'opened'")


def _one_of(words: tuple[str, ...]) -> str:
    return f"state IN ({', '.join(repr(word) for word in words)})"


def upgrade() -> None:
    with op.batch_alter_table("parcel") as batch:
        batch.drop_constraint(op.f("ck_parcel_state"), type_="check")
        batch.create_check_constraint(op.f("ck_parcel_state"), _one_of(STATES))
        batch.drop_constraint(op.f("uq_parcel_order_id_box"), type_="unique")
    op.create_index(
        op.f("ix_parcel_order_id_box"),
        "parcel",
        ["order_id", "box"],
        unique=True,
        sqlite_where=STANDS,
        postgresql_where=STANDS,
    )


def downgrade() -> None:
    # The old house has one parcel a box: those that were taken apart go, with their passages.
    opened = "SELECT id FROM parcel WHERE state = 'opened'"
    op.execute(sa.text(f"DELETE FROM parcel_history WHERE parcel_id IN ({opened})"))
    op.execute(sa.text("DELETE FROM parcel WHERE state = 'opened'"))
    op.drop_index(op.f("ix_parcel_order_id_box"), "parcel")
    with op.batch_alter_table("parcel") as batch:
        batch.drop_constraint(op.f("ck_parcel_state"), type_="check")
        batch.create_check_constraint(op.f("ck_parcel_state"), _one_of(OLD_STATES))
        batch.create_unique_constraint(op.f("uq_parcel_order_id_box"), ["order_id", "box"])
