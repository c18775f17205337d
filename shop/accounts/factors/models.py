"""The second factor of a person: the sealed key, the codes for when the phone is lost, and what was done to it."""

from enum import StrEnum

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from shop.kernel.db import Code, Key, Line, Model, Moment, choice


class FactorAct(StrEnum):
    """What was done to somebody's second factor."""

    ENROLLED = "enrolled"
    """An authenticator was set up, or another instead of it."""
    RECOVERED = "recovered"
    """A recovery code was used up."""
    RENEWED = "renewed"
    """Ten fresh recovery codes instead of those there were."""
    RESET = "reset"
    """A manager took the factor away, so that its person sets up a new one."""


class SecondFactor(Model):
    """One person's authenticator (RFC 6238)."""

    __tablename__ = "second_factor"

    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"), primary_key=True, autoincrement=False)
    secret: Mapped[str | None] = mapped_column(String(300))
    """The shared key, sealed; None until one was confirmed, and after a reset."""
    pending: Mapped[str | None] = mapped_column(String(300))
    """A key that is being set up, sealed; it opens nothing until a code of it was typed."""
    last_step: Mapped[int] = mapped_column(default=0)
    """The latest half minute whose code was taken: no code is taken twice, nor an older one."""
    enrolled_at: Mapped[Moment | None]


class RecoveryCode(Model):
    """A code for when the phone is lost; it opens once, and only its digest is kept."""

    __tablename__ = "recovery_code"
    __table_args__ = (UniqueConstraint("user_id", "digest"),)

    id: Mapped[Key]
    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    digest: Mapped[str] = mapped_column(String(64))
    used_at: Mapped[Moment | None]


class FactorChange(Model):
    """Something done to a person's second factor; never changed afterwards."""

    __tablename__ = "factor_change"
    __table_args__ = (Index(None, "user_id", "at"),)

    id: Mapped[Key]
    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    act: Mapped[FactorAct] = mapped_column(choice(FactorAct, "act"))
    reason: Mapped[Line] = mapped_column(default="")
    at: Mapped[Moment]
    actor: Mapped[Code]
