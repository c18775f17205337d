"""What a household said of a day."""

from datetime import date

from sqlalchemy import Date, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from shop.kernel.db import Key, Model, Moment


class Refusal(Model):
    """A household of a pool has no more for a day: it is given no more, until somebody asks again."""

    __tablename__ = "demand_refusal"
    __table_args__ = (UniqueConstraint("supplier_id", "on"),)

    id: Mapped[Key]
    supplier_id: Mapped[int] = mapped_column(ForeignKey("pool_supplier.id"))
    on: Mapped[date] = mapped_column(Date)
    at: Mapped[Moment]
