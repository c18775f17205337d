"""Indexes along which goods are read in the order of a shelf"""

from alembic import op

revision = "0061"
down_revision = "0060"


def upgrade() -> None:
    op.create_index(op.f("ix_listing_state_published_at_id"), "listing", ["state", "published_at", "id"])
    op.create_index(op.f("ix_listing_category_id_state_published_at_id"), "listing", ["category_id", "state", "published_at", "id"])
    op.create_index(op.f("ix_listing_vendor_id_state"), "listing", ["vendor_id", "state"])
    op.drop_index(op.f("ix_listing_category_id"), "listing")
    op.drop_index(op.f("ix_listing_vendor_id"), "listing")


def downgrade() -> None:
    op.create_index(op.f("ix_listing_vendor_id"), "listing", ["vendor_id"])
    op.create_index(op.f("ix_listing_category_id"), "listing", ["category_id"])
    op.drop_index(op.f("ix_listing_vendor_id_state"), "listing")
    op.drop_index(op.f("ix_listing_category_id_state_published_at_id"), "listing")
    op.drop_index(op.f("ix_listing_state_published_at_id"), "listing")
