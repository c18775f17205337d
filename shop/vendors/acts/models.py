"""What was done on a vendor's pages, and on whose behalf staff may do it."""

from datetime import date
from enum import StrEnum
from typing import Any

from sqlalchemy import Date, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from shop.kernel.db import Code, Key, Line, Model, Moment, choice


class ActKind(StrEnum):
    """What was done; each kind has its own way back, see `shop.flows.undoing`."""

    PAUSED = "paused"
    RESUMED = "resumed"
    COUNTED = "counted"
    CONFIRMED = "confirmed"
    ARCHIVED = "archived"
    READY = "ready"
    PRICED = "priced"
    """A thing was told otherwise: its price, its words, its season."""
    OFFERED = "offered"
    FINAL = "final"
    """What cannot be taken back: money is on its way, somebody was answered."""


class Act(Model):
    """One thing done on a vendor's pages: what, by whom, and until when it can be taken back."""

    __tablename__ = "vendor_act"
    __table_args__ = (Index(None, "vendor_id", "at"),)

    id: Mapped[Key]
    code: Mapped[Code] = mapped_column(unique=True)
    vendor_id: Mapped[int] = mapped_column(ForeignKey("vendor.id"))
    kind: Mapped[ActKind] = mapped_column(choice(ActKind, "kind"))
    about: Mapped[Code]
    """The code of the listing or of the part of an order."""
    before: Mapped[dict[str, Any]]
    """What taking it back needs to know."""
    words: Mapped[Line]
    """As the villager reads it."""
    at: Mapped[Moment]
    actor: Mapped[Code]
    by_staff: Mapped[bool]
    """Done by the centre for them; such an act can be taken back for longer, and is read back to them."""
    undo_until: Mapped[Moment | None]
    undone_at: Mapped[Moment | None]
    undone_by: Mapped[str | None] = mapped_column(String(40))
    told_at: Mapped[Moment | None]
    """When it was read back to the vendor in a short message."""


class ConsentScope(StrEnum):
    """What staff may do for a vendor; the payout account is never in it."""

    GOODS = "goods"
    STOCK = "stock"
    WANTED = "wanted"
    ALL = "all"


class ConsentWay(StrEnum):
    """How a vendor said yes, as the photo shows it."""

    SIGNATURE = "signature"
    THUMB = "thumb"


class Consent(Model):
    """A vendor's yes to staff acting for them, with the photo that proves it."""

    __tablename__ = "consent"

    id: Mapped[Key]
    code: Mapped[Code] = mapped_column(unique=True)
    vendor_id: Mapped[int] = mapped_column(ForeignKey("vendor.id"), index=True)
    scopes: Mapped[list[str]]
    """Of `ConsentScope`."""
    given_by: Mapped[Line]
    given_on: Mapped[date] = mapped_column(Date)
    until_on: Mapped[date] = mapped_column(Date)
    """The last town day on which it counts."""
    way: Mapped[ConsentWay] = mapped_column(choice(ConsentWay, "way"))
    photo: Mapped[str] = mapped_column(ForeignKey("private_photo.key"), index=True)
    """Key of the signature or the thumb print, which only the centre and the household open."""
    noted_at: Mapped[Moment]
    noted_by: Mapped[Code]
    revoked_at: Mapped[Moment | None]
    revoked_by: Mapped[str | None] = mapped_column(String(40))
    reminded_days: Mapped[int | None]
    """Which of the reminders of its end came last: so many days before it (`REMIND_DAYS`)."""
