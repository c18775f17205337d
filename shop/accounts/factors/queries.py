"""Reads of second factors."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from shop.accounts.factors.models import FactorAct, FactorChange, RecoveryCode, SecondFactor
from shop.accounts.factors.rules import NotEnrolled
from shop.kernel.vault import Vault


@dataclass(frozen=True)
class FactorChangeFacts:
    """Something done to a second factor."""

    act: FactorAct
    reason: str
    at: datetime
    actor: str


@dataclass(frozen=True)
class FactorFacts:
    """How a person's second factor stands; the latest change first."""

    enrolled_at: datetime | None
    codes_left: int
    changes: tuple[FactorChangeFacts, ...]

    @property
    def is_enrolled(self) -> bool:
        """Tell whether there is one that opens."""
        return self.enrolled_at is not None


def factor_of(session: Session, user_id: int) -> FactorFacts:
    """Return how a person's second factor stands, also when there never was one."""
    row = session.get(SecondFactor, user_id)
    left = session.scalar(
        select(func.count(RecoveryCode.id)).where(RecoveryCode.user_id == user_id, RecoveryCode.used_at.is_(None))
    )
    rows = session.scalars(select(FactorChange).where(FactorChange.user_id == user_id).order_by(FactorChange.id.desc()))
    changes = tuple(FactorChangeFacts(one.act, one.reason, one.at, one.actor) for one in rows)
    return FactorFacts(row.enrolled_at if row else None, left or 0, changes)


def is_enrolled(session: Session, user_id: int) -> bool:
    """Tell whether a person has a second factor that opens."""
    return session.scalar(select(SecondFactor.secret).where(SecondFactor.user_id == user_id)) is not None


def pending_key(session: Session, vault: Vault, user_id: int) -> str:
    """Return the key that a person is setting up, to be shown to them alone.

    Raises:
        NotEnrolled: they have begun none.
    """
    sealed = session.scalar(select(SecondFactor.pending).where(SecondFactor.user_id == user_id))
    if sealed is None:
        raise NotEnrolled
    return vault.open(sealed)


def live_key(session: Session, vault: Vault, user_id: int) -> tuple[str, int] | None:
    """Return the key that opens, and the latest half minute whose code was taken; None when there is none."""
    row = session.get(SecondFactor, user_id)
    return None if row is None or row.secret is None else (vault.open(row.secret), row.last_step)


def sealed_factors(session: Session) -> list[str]:
    """Return every sealed key, for whoever looks after the vault."""
    both = [SecondFactor.secret, SecondFactor.pending]
    return [sealed for one in both for sealed in session.scalars(select(one).where(one.is_not(None))) if sealed]
