"""Looks at photos of open boxes and of signed lists are noted where all other looks are"""

import sqlalchemy as sa
from alembic import op

revision = "0043"
down_revision = "0042"

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
THINGS = ("recipient", "households", "letter", "proof", "promise", "consent", "door")


def _allow(what: tuple[str, ...]) -> None:
    name = op.f("ck_view_log_what")
    with op.batch_alter_table("view_log") as batch:
        batch.drop_constraint(name, type_="check")
        batch.create_check_constraint(name, f"what IN ({', '.join(repr(word) for word in what)})")


def upgrade() -> None:
    _allow((*THINGS, "box_photo", "signed_list"))
    op.execute(
        sa.text(
            "INSERT INTO view_log (at, actor, subject, what, why) "
            "SELECT at, actor, about, "
            "CASE WHEN about IN (SELECT code FROM parcel) THEN 'box_photo' ELSE 'signed_list' END, 'work' "
            "FROM photo_look ORDER BY id"
        )
    )
    op.drop_table("photo_look")


def downgrade() -> None:
    op.create_table(
        "photo_look",
        sa.Column("id", BIG, nullable=False),
        sa.Column("about", sa.String(40), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor", sa.String(40), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_photo_look")),
    )
    op.create_index(op.f("ix_photo_look_about_actor_at"), "photo_look", ["about", "actor", "at"])
    op.execute(
        sa.text(
            "INSERT INTO photo_look (about, at, actor) SELECT subject, at, actor FROM view_log "
            "WHERE what IN ('box_photo', 'signed_list') ORDER BY id"
        )
    )
    op.execute(sa.text("DELETE FROM view_log WHERE what IN ('box_photo', 'signed_list')"))
    _allow(THINGS)
