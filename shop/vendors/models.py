"""Who sells: households, cooperatives, the people who act for them, and on what legal standing."""

from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from shop.kernel.db import Code, Key, Line, Model, Moment, Prose, choice
from shop.town.models import Village


class Standing(StrEnum):
    """Why a vendor may sell (E-Commerce Law of the PRC, articles 9, 10 and 15)."""

    SELF_PRODUCED = "self_produced"
    HANDICRAFT = "handicraft"
    REGISTERED = "registered"
    COOPERATIVE = "cooperative"
    COLLECTIVE = "collective"


class VendorState(StrEnum):
    """Whether a vendor's goods may be shown."""

    APPROVED = "approved"
    SUSPENDED = "suspended"


class Vendor(Model):
    """A household or other producer."""

    __tablename__ = "vendor"
    __table_args__ = (CheckConstraint("fee_bp IS NULL OR fee_bp BETWEEN 0 AND 10000", name="fee"),)

    id: Mapped[Key]
    code: Mapped[Code] = mapped_column(unique=True)
    name: Mapped[Line]
    person: Mapped[Line]
    phone: Mapped[str] = mapped_column(String(20))
    village_id: Mapped[int] = mapped_column(ForeignKey("village.id"), index=True)
    standing: Mapped[Standing] = mapped_column(choice(Standing, "standing"))
    permit: Mapped[Line | None]
    story: Mapped[Prose]
    since_year: Mapped[int | None]
    fee_bp: Mapped[int | None]
    """An agreed fee of their own; otherwise the town's."""
    state: Mapped[VendorState] = mapped_column(choice(VendorState, "state"), default=VendorState.APPROVED)
    created_at: Mapped[Moment]
    village: Mapped[Village] = relationship(lazy="joined", innerjoin=True)


class Member(Model):
    """A person who acts for a vendor."""

    __tablename__ = "vendor_member"

    vendor_id: Mapped[int] = mapped_column(ForeignKey("vendor.id"), primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"), primary_key=True, index=True)
