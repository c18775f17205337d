"""Messages over an hour's share are put off instead of dropped"""

import sqlalchemy as sa
from alembic import op

revision = "0042"
down_revision = "0041"

MOMENT = sa.DateTime(timezone=True)
OLD_STATES = ("sending", "sent", "withheld")


def _allow(states: tuple[str, ...]) -> None:
    name = op.f("ck_delivery_state")
    with op.batch_alter_table("delivery") as batch:
        batch.drop_constraint(name, type_="check")
        batch.create_check_constraint(name, f"state IN ({', '.join(repr(word) for word in states)})")


def upgrade() -> None:
    with op.batch_alter_table("delivery") as batch:
        batch.add_column(sa.Column("goes_at", MOMENT, nullable=True))
    op.execute(sa.text("UPDATE delivery SET goes_at = created_at"))
    with op.batch_alter_table("delivery") as batch:
        batch.alter_column("goes_at", existing_type=MOMENT, nullable=False)
    _allow((*OLD_STATES, "put_off", "dropped"))
    op.drop_index(op.f("ix_delivery_phone_created_at"), "delivery")
    op.create_index(op.f("ix_delivery_phone_email_goes_at"), "delivery", ["phone", "email", "goes_at"])


def downgrade() -> None:
    # The outbox still holds what was put off; the old house sends or withholds it when it is due.
    op.execute(sa.text("DELETE FROM delivery WHERE state = 'put_off'"))
    op.execute(sa.text("UPDATE delivery SET state = 'withheld' WHERE state = 'dropped'"))
    op.drop_index(op.f("ix_delivery_phone_email_goes_at"), "delivery")
    op.create_index(op.f("ix_delivery_phone_created_at"), "delivery", ["phone", "created_at"])
    _allow(OLD_STATES)
    with op.batch_alter_table("delivery") as batch:
        batch.drop_column("goes_at")
