"""One hand-over at the door: what went, what stayed behind, who took it, and photos of the signed list."""

from sqlalchemy import ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from shop.kernel.db import Code, Key, Line, Model, Moment

WENT = text("went")
"""A parcel leaves once."""


class HandOver(Model):
    """What one courier was given at once."""

    __tablename__ = "hand_over"

    id: Mapped[Key]
    code: Mapped[Code] = mapped_column(unique=True)
    """Made with the page on which it is done: a second click finds the first."""
    courier: Mapped[Code]
    """Its company's code, or the town's own."""
    at: Mapped[Moment] = mapped_column(index=True)
    actor: Mapped[Code]
    taken_by: Mapped[Line] = mapped_column(default="")
    """Who took it along, by name; empty when nobody asked."""


class HandOverParcel(Model):
    """One parcel of the list, as the list stood: it went, or it stayed behind."""

    __tablename__ = "hand_over_parcel"
    __table_args__ = (
        UniqueConstraint("hand_over_id", "parcel_id"),
        Index(None, "parcel_id", unique=True, sqlite_where=WENT, postgresql_where=WENT),
    )

    id: Mapped[Key]
    hand_over_id: Mapped[int] = mapped_column(ForeignKey("hand_over.id"))
    parcel_id: Mapped[int] = mapped_column(ForeignKey("parcel.id"))
    waybill: Mapped[Line]
    went: Mapped[bool]


class HandOverPhoto(Model):
    """A photo of the list as it was signed."""

    __tablename__ = "hand_over_photo"

    id: Mapped[Key]
    hand_over_id: Mapped[int] = mapped_column(ForeignKey("hand_over.id"), index=True)
    key: Mapped[str] = mapped_column(ForeignKey("private_photo.key"), unique=True)
    at: Mapped[Moment]
    actor: Mapped[Code]
