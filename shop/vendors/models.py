"""Who sells: households, cooperatives, the people who act for them, and on what legal standing."""

from datetime import date
from enum import StrEnum

from sqlalchemy import CheckConstraint, Date, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from shop.kernel.db import Code, Key, Line, Model, Moment, Prose, choice
from shop.kernel.states import HistoryColumns
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
    LEFT = "left"
    """They no longer sell here; what was ordered before is still brought, and their money is still theirs."""


class MemberRole(StrEnum):
    """What a person may do for a vendor."""

    OWNER = "owner"
    DELEGATE = "delegate"
    """Somebody of the family: everything but the payout account and who else may."""


class PaperKind(StrEnum):
    """What shows that somebody may sell a kind of goods."""

    WORKSHOP_FILING = "workshop_filing"
    """小作坊备案证: small food workshops of Sichuan."""
    FOOD_LICENCE = "food_licence"
    """食品生产许可证: food makers (SC number)."""
    QUARANTINE = "quarantine"
    """动物检疫合格证明: slaughtered or live animals."""
    LIQUOR_LICENCE = "liquor_licence"
    """酒类 production or workshop licence."""
    VOUCHED = "vouched"
    """The centre has seen the papers and vouches for them; stands for any of the others."""


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
    story: Mapped[Prose]
    since_year: Mapped[int | None]
    fee_bp: Mapped[int | None]
    """An agreed fee of their own; otherwise the town's."""
    state: Mapped[VendorState] = mapped_column(choice(VendorState, "state"), default=VendorState.APPROVED)
    leaves_on: Mapped[date | None] = mapped_column(Date)
    """The town day from which they no longer sell, told to everybody beforehand (E-Commerce Law, article 16)."""
    created_at: Mapped[Moment]
    village: Mapped[Village] = relationship(lazy="joined", innerjoin=True)


class VendorHistory(HistoryColumns, Model):
    """A passage of a vendor."""

    __tablename__ = "vendor_history"

    id: Mapped[Key]
    vendor_id: Mapped[int] = mapped_column(ForeignKey("vendor.id"), index=True)


class Paper(Model):
    """A vendor's licence, filing or certificate that the centre has seen."""

    __tablename__ = "vendor_paper"

    id: Mapped[Key]
    vendor_id: Mapped[int] = mapped_column(ForeignKey("vendor.id"), index=True)
    kind: Mapped[PaperKind] = mapped_column(choice(PaperKind, "kind"))
    number: Mapped[Line]
    until: Mapped[date | None] = mapped_column(Date)
    """The last town day on which it counts; without one it does not end."""
    reminded_for: Mapped[date | None] = mapped_column(Date)
    """The end of which its vendor has been reminded; another end brings other reminders."""
    reminded_days: Mapped[int | None]
    """Which of the reminders of that end came last: so many days before it (`REMIND_DAYS`)."""
    added_at: Mapped[Moment]
    added_by: Mapped[Code]


class Member(Model):
    """A person who acts for a vendor."""

    __tablename__ = "vendor_member"

    vendor_id: Mapped[int] = mapped_column(ForeignKey("vendor.id"), primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"), primary_key=True, index=True)
    role: Mapped[MemberRole] = mapped_column(choice(MemberRole, "role"), default=MemberRole.OWNER)
    added_at: Mapped[Moment | None]
    added_by: Mapped[str | None] = mapped_column(String(40))
