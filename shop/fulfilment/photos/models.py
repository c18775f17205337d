"""Looks at photos of the bench."""

from sqlalchemy import Index
from sqlalchemy.orm import Mapped, mapped_column

from shop.kernel.db import Code, Key, Model, Moment


class PhotoLook(Model):
    """One look at the photos of a parcel or of a signed list."""

    __tablename__ = "photo_look"
    __table_args__ = (Index(None, "about", "actor", "at"),)

    id: Mapped[Key]
    about: Mapped[Code] = mapped_column()
    """Code of the parcel, or of the hand-over."""
    at: Mapped[Moment]
    actor: Mapped[Code]
