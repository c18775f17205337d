"""Photos of open boxes."""

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from shop.kernel.db import Code, Key, Model, Moment, choice
from shop.orders.models import Box


class BoxPhoto(Model):
    """A photo of a box before it was closed."""

    __tablename__ = "box_photo"
    __table_args__ = (Index(None, "order_id", "box"),)

    id: Mapped[Key]
    order_id: Mapped[int] = mapped_column(ForeignKey("order.id"))
    box: Mapped[Box] = mapped_column(choice(Box, "box"))
    number: Mapped[int]
    """Of the parcel that was being filled."""
    parcel_id: Mapped[int | None] = mapped_column(ForeignKey("parcel.id"), index=True)
    """None until it is closed."""
    key: Mapped[str] = mapped_column(ForeignKey("private_photo.key"), unique=True)
    at: Mapped[Moment]
    actor: Mapped[Code]
