"""Parcels of which the buyer's money went back, until a person has said why, and who bears what came back spoiled."""

from enum import StrEnum

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from shop.desk.models import Bearer
from shop.kernel.db import Code, Key, Line, Model, Moment, choice


class ReturnCause(StrEnum):
    """Why a parcel came back, as a person at the centre found out."""

    UNREACHED = "unreached"
    """Nobody was at home, or nobody answered."""
    REFUSED = "refused"
    """Not wanted any more, though nothing was wrong with it."""
    ADDRESS = "address"
    LATE = "late"
    """Its carrier took too long."""
    DAMAGED = "damaged"
    """On the way."""
    BADLY_PACKED = "badly_packed"
    BAD_GOODS = "bad_goods"
    """Spoiled, or not what was ordered, before it left."""
    UNCOLLECTED = "uncollected"
    """Nobody came for it to the centre."""


class ReturnedParcel(Model):
    """One parcel that did not reach its buyer; the price of its goods has gone back already."""

    __tablename__ = "returned_parcel"
    __table_args__ = (
        CheckConstraint("freight_fen >= 0 AND freight_back_fen BETWEEN 0 AND freight_fen", name="freight"),
        CheckConstraint(
            "(decided_at IS NULL AND cause IS NULL AND bearer IS NULL)"
            " OR (decided_at IS NOT NULL AND cause IS NOT NULL AND bearer IS NOT NULL AND answer <> '')",
            name="decided",
        ),
    )

    id: Mapped[Key]
    code: Mapped[Code] = mapped_column(unique=True)
    """The parcel's own code, under which its consignment goes too."""
    order_id: Mapped[int] = mapped_column(ForeignKey("order.id"), index=True)
    was_sent: Mapped[bool]
    """It was on its way; otherwise nobody came for it to the centre."""
    reason: Mapped[Line]
    """In the words of whoever brought it back."""
    freight_fen: Mapped[int] = mapped_column(BigInteger)
    """Freight that its buyer paid for it and that the centre kept."""
    came_at: Mapped[Moment]
    cause: Mapped[ReturnCause | None] = mapped_column(choice(ReturnCause, "cause"))
    bearer: Mapped[Bearer | None] = mapped_column(choice(Bearer, "bearer"))
    """Who bears the goods that are no good any more."""
    answer: Mapped[Line] = mapped_column(default="")
    """Why, in words for the buyer and the households."""
    freight_back_fen: Mapped[int] = mapped_column(BigInteger, default=0)
    """What of the freight went back to the buyer with the decision."""
    decided_at: Mapped[Moment | None] = mapped_column(index=True)
    decided_by: Mapped[Code] = mapped_column(default="")
    lines: Mapped[list["ReturnedLine"]] = relationship(lazy="selectin", order_by="ReturnedLine.id")


class ReturnedLine(Model):
    """Pieces of one order line that lay in a returned parcel."""

    __tablename__ = "returned_line"
    __table_args__ = (
        UniqueConstraint("returned_id", "line_id"),
        CheckConstraint("pieces > 0 AND goods_fen >= 0", name="amounts"),
    )

    id: Mapped[Key]
    returned_id: Mapped[int] = mapped_column(ForeignKey("returned_parcel.id"))
    line_id: Mapped[int] = mapped_column(ForeignKey("order_line.id"), index=True)
    pieces: Mapped[int]
    goods_fen: Mapped[int] = mapped_column(BigInteger)
    """What their buyer had paid, or agreed to pay, for them."""
    is_good: Mapped[bool | None]
    """They were looked at and go back to their household as they are; None before that."""
