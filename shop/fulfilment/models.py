"""The centre's bench: what came in and what was packed."""

from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from shop.kernel.db import Code, Key, Line, Model, Moment, choice
from shop.kernel.states import HistoryColumns
from shop.orders.models import Box


class ParcelState(StrEnum):
    """A closed box between the packing table and its end."""

    PACKED = "packed"
    HANDED_OVER = "handed_over"
    DELIVERED = "delivered"
    RETURNED = "returned"
    OPENED = "opened"
    """Taken apart before it left: its goods are to be packed again, in a parcel of another code."""


class Carton(StrEnum):
    """What a parcel is packed in."""

    SMALL = "small"
    MEDIUM = "medium"
    LARGE = "large"
    FOAM = "foam"


STANDS = text("state <> 'opened'")
"""A box of an order is packed once at a time: into one parcel, or into several that are counted."""


class Parcel(Model):
    """A closed box: the goods of one box of an order, or some of them, or those of a warmer box as well."""

    __tablename__ = "parcel"
    __table_args__ = (
        Index(None, "order_id", "box", "number", unique=True, sqlite_where=STANDS, postgresql_where=STANDS),
        CheckConstraint("number BETWEEN 1 AND among AND among <= 9", name="number"),
        CheckConstraint("weight_g BETWEEN 1 AND 50000", name="weight"),
        CheckConstraint("ice_packs BETWEEN 0 AND 20", name="ice"),
    )

    id: Mapped[Key]
    code: Mapped[Code] = mapped_column(unique=True)
    order_id: Mapped[int] = mapped_column(ForeignKey("order.id"))
    box: Mapped[Box] = mapped_column(choice(Box, "box"), default=Box.AMBIENT)
    """How it is kept; goods of a warmer box may lie in it."""
    number: Mapped[int] = mapped_column(default=1)
    among: Mapped[int] = mapped_column(default=1)
    """Which of how many parcels its box was packed into."""
    weight_g: Mapped[int]
    carton: Mapped[Carton | None] = mapped_column(choice(Carton, "carton"))
    """None on parcels from before it was noted."""
    ice_packs: Mapped[int] = mapped_column(default=0)
    state: Mapped[ParcelState] = mapped_column(choice(ParcelState, "state"), default=ParcelState.PACKED)
    packed_at: Mapped[Moment]
    packed_by: Mapped[Code]


class ParcelLine(Model):
    """So many pieces of a line lie in a parcel."""

    __tablename__ = "parcel_line"
    __table_args__ = (UniqueConstraint("parcel_id", "order_line_id"), CheckConstraint("pieces > 0", name="pieces"))

    id: Mapped[Key]
    parcel_id: Mapped[int] = mapped_column(ForeignKey("parcel.id"))
    order_line_id: Mapped[int] = mapped_column(ForeignKey("order_line.id"), index=True)
    pieces: Mapped[int]


class ParcelHistory(HistoryColumns, Model):
    """One passage of a parcel."""

    __tablename__ = "parcel_history"

    id: Mapped[Key]
    parcel_id: Mapped[int] = mapped_column(ForeignKey("parcel.id"), index=True)


class Intake(Model):
    """What the centre accepted of one order line."""

    __tablename__ = "intake"
    __table_args__ = (CheckConstraint("accepted >= 0 AND rejected >= 0 AND accepted + rejected > 0", name="counts"),)

    id: Mapped[Key]
    order_line_id: Mapped[int] = mapped_column(ForeignKey("order_line.id"), unique=True)
    accepted: Mapped[int]
    rejected: Mapped[int]
    reason: Mapped[Line] = mapped_column(default="")
    lot_id: Mapped[int | None] = mapped_column(ForeignKey("lot.id"), index=True)
    """The lot the good ones are of; none where none were good, and of goods that came before lots were kept."""
    proof_key: Mapped[str | None] = mapped_column(ForeignKey("private_photo.key"), index=True)
    """Photo of what was turned down."""
    reading: Mapped[Line] = mapped_column(default="")
    """What the scale sent, or a person typed, as it was read; empty where the scale decided nothing."""
    at: Mapped[Moment]
    actor: Mapped[Code]
