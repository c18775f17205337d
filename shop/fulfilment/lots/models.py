"""Buyers who were written to about a lot."""

from sqlalchemy import ForeignKey, UniqueConstraint
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
