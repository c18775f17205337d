"""What became of a recalled lot: buyers who were written to, goods that were taken out before they left."""

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from shop.kernel.db import Code, Key, Model, Moment


class RecallNotice(Model):
    """The buyer of an order was told that a lot in it is recalled; once for each order."""

    __tablename__ = "recall_notice"
    __table_args__ = (UniqueConstraint("lot_id", "order_id"),)

    id: Mapped[Key]
    lot_id: Mapped[int] = mapped_column(ForeignKey("lot.id"))
    order_id: Mapped[int] = mapped_column(ForeignKey("order.id"), index=True)
    at: Mapped[Moment]
    actor: Mapped[Code]


class RecallRemoval(Model):
    """Goods of a recalled lot were taken out of an order before they left; once for each line that was taken in."""

    __tablename__ = "recall_removal"
    __table_args__ = (CheckConstraint("pieces > 0", name="pieces"),)

    id: Mapped[Key]
    intake_id: Mapped[int] = mapped_column(ForeignKey("intake.id"), unique=True)
    pieces: Mapped[int]
    at: Mapped[Moment]
    actor: Mapped[Code]
