"""Lots of goods that came in, their photos, and what became of them."""

from datetime import date
from enum import StrEnum

from sqlalchemy import CheckConstraint, Date, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from shop.kernel.db import Code, Key, Line, Model, Moment, choice
from shop.kernel.states import HistoryColumns


class Grade(StrEnum):
    """How good the centre found goods when they came in."""

    UNGRADED = "ungraded"
    TOP = "top"
    FIRST = "first"
    SECOND = "second"


class LotState(StrEnum):
    """Whether goods of a lot may go on to their buyers."""

    KEPT = "kept"
    RECALLED = "recalled"


class Lot(Model):
    """What came in of one thing from one household on one day, of one grade and under one inspection."""

    __tablename__ = "lot"
    __table_args__ = (
        UniqueConstraint("vendor_id", "variant_id", "received_on", "grade", "inspection"),
        CheckConstraint("units > 0", name="units"),
        CheckConstraint("weight_g IS NULL OR weight_g > 0", name="weight"),
    )

    id: Mapped[Key]
    code: Mapped[Code] = mapped_column(unique=True)
    vendor_id: Mapped[int] = mapped_column(ForeignKey("vendor.id"), index=True)
    variant_id: Mapped[int] = mapped_column(ForeignKey("variant.id"), index=True)
    village_id: Mapped[int] = mapped_column(ForeignKey("village.id"), index=True)
    """Where it comes from."""
    title: Mapped[Line]
    unit: Mapped[str] = mapped_column(String(8))
    received_on: Mapped[date] = mapped_column(Date, index=True)
    """The town's day."""
    grade: Mapped[Grade] = mapped_column(choice(Grade, "grade"), default=Grade.UNGRADED)
    inspection: Mapped[Line] = mapped_column(default="")
    """Number of the certificate of quarantine or inspection; empty where the law asks for none."""
    units: Mapped[int]
    """How many good ones came."""
    weight_g: Mapped[int | None]
    """What they weigh: by the scale where it decides the price, else by their net content; unknown without one."""
    promise_key: Mapped[str | None] = mapped_column(ForeignKey("private_photo.key"), index=True)
    """Photo of the household's promise that the goods are within the limits (Farm Produce Quality Law, 39)."""
    state: Mapped[LotState] = mapped_column(choice(LotState, "state"), default=LotState.KEPT)
    version: Mapped[int] = mapped_column(default=1)
    born_at: Mapped[Moment]
    born_by: Mapped[Code]

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - how SQLAlchemy wants it


class LotPhoto(Model):
    """A photo of a lot as it came in, for everybody."""

    __tablename__ = "lot_photo"
    __table_args__ = (UniqueConstraint("lot_id", "photo_key"),)

    id: Mapped[Key]
    lot_id: Mapped[int] = mapped_column(ForeignKey("lot.id"))
    photo_key: Mapped[str] = mapped_column(ForeignKey("photo.key"), index=True)


class LotHistory(HistoryColumns, Model):
    """One passage of a lot."""

    __tablename__ = "lot_history"

    id: Mapped[Key]
    lot_id: Mapped[int] = mapped_column(ForeignKey("lot.id"), index=True)
