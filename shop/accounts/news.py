"""Whether a person wants to hear of goods and seasons: nobody is asked twice, and without a word they do not.

Source: Consumer Protection Law (2013), article 29: no commercial messages without consent.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from shop.accounts.models import NewsChoice, User
from shop.kernel.actor import Actor
from shop.kernel.clock import Clock
from shop.kernel.errors import NotFound


@dataclass(frozen=True)
class ChoiceFacts:
    """One word on it."""

    at: datetime
    is_wanted: bool


def choices_of(session: Session, user_id: int) -> Sequence[ChoiceFacts]:
    """Return what a person said of it, the latest first."""
    wanted = select(NewsChoice).where(NewsChoice.user_id == user_id).order_by(NewsChoice.id.desc())
    return [ChoiceFacts(row.at, row.is_wanted) for row in session.scalars(wanted)]


def wants_news(session: Session, user_id: int) -> bool:
    """Tell whether a person wants to hear of goods and seasons; whoever sends such a message asks here first."""
    said = choices_of(session, user_id)
    return bool(said) and said[0].is_wanted


def choose_news(session: Session, user_id: int, *, is_wanted: bool, actor: Actor, clock: Clock) -> None:
    """Write down whether a person wants to hear of goods and seasons; the same word again changes nothing.

    Raises:
        NotFound: there is no such person, or the account is closed.
    """
    mine = select(User.id).where(User.id == user_id, User.is_active).with_for_update()
    if session.scalar(mine) is None:
        raise NotFound("user")
    if wants_news(session, user_id) is not is_wanted:
        session.add(NewsChoice(user_id=user_id, is_wanted=is_wanted, at=clock(), actor=actor.label))
        session.flush()
