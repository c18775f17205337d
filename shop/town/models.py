"""The town's own facts: what a manager changes on a page, never in code."""

from datetime import date

from sqlalchemy import JSON, BigInteger, CheckConstraint, Date
from sqlalchemy.orm import Mapped, mapped_column

from shop.kernel.db import Code, Key, Line, Model, Prose

USUAL_TOURIST_BITS = 0b0011_1111_1000
"""April to October."""


class Town(Model):
    """The one town this market belongs to; a single row."""

    __tablename__ = "town"
    __table_args__ = (
        CheckConstraint("id = 1", name="single"),
        CheckConstraint("fee_bp BETWEEN 0 AND 10000", name="fee"),
        CheckConstraint("hold_minutes BETWEEN 1 AND 1440", name="hold"),
        CheckConstraint("most_unpaid BETWEEN 1 AND 50", name="unpaid"),
        CheckConstraint("pay_weekday BETWEEN 1 AND 7", name="pay_weekday"),
        CheckConstraint("tourist_bits BETWEEN 1 AND 4094", name="tourist_bits"),
        CheckConstraint("claim_hours BETWEEN 1 AND 168", name="claim_hours"),
        CheckConstraint("claim_auto_fen BETWEEN 0 AND 100000", name="claim_auto_fen"),
        CheckConstraint("claim_most BETWEEN 1 AND 20", name="claim_most"),
    )

    id: Mapped[Key]
    name: Mapped[Line]
    aliases: Mapped[list[str]]
    division: Mapped[Line]
    slogan: Mapped[Line]
    centre_name: Mapped[Line]
    centre_address: Mapped[Line]
    centre_phone: Mapped[Code]
    opening: Mapped[list[dict[str, str]]] = mapped_column(JSON)
    """`[{"days": "周一至周六", "hours": "08:00–18:00"}]`, as people read it."""
    cutoff: Mapped[Code]
    """Town time "HH:MM" after which an order counts for the day after tomorrow."""
    fee_bp: Mapped[int]
    hold_minutes: Mapped[int]
    most_unpaid: Mapped[int] = mapped_column(default=3)
    """Orders that one phone, address or browser may leave unpaid at a time."""
    pay_weekday: Mapped[int] = mapped_column(default=5)
    """On which day of the week the centre pays its vendors; 1 is Monday."""
    claim_hours: Mapped[int] = mapped_column(default=48)
    """For so long after the signature something may be claimed of fresh goods."""
    claim_auto_fen: Mapped[int] = mapped_column(BigInteger, default=3000)
    """Up to so much an order, a claim with a photo is agreed to at once; 0 never."""
    claim_most: Mapped[int] = mapped_column(default=2)
    """Who had claims on so many other orders lately is answered by a person."""
    tourist_bits: Mapped[int] = mapped_column(default=USUAL_TOURIST_BITS)
    """Months in which visitors come, as bits, January lowest; never the whole year."""
    version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - SQLAlchemy reads it once


class Village(Model):
    """A village whose households sell here; its older names find it too."""

    __tablename__ = "village"

    id: Mapped[Key]
    code: Mapped[Code] = mapped_column(unique=True)
    name: Mapped[Line]
    aliases: Mapped[list[str]]
    altitude_m: Mapped[int | None]
    note: Mapped[Prose] = mapped_column(default="")


class Holiday(Model):
    """A day on which the centre is closed."""

    __tablename__ = "holiday"

    on: Mapped[date] = mapped_column(Date, primary_key=True)
    name: Mapped[Line]
