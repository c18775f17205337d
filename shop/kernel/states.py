"""State machines: a table of passages, a refusal for every other one, and a history row for each that is made."""

from collections.abc import Mapping, Set
from datetime import datetime
from enum import StrEnum
from typing import TypedDict, TypeVar

from sqlalchemy.orm import Mapped, mapped_column

from shop.kernel.actor import Actor
from shop.kernel.clock import Clock
from shop.kernel.db import Code, Line, Moment
from shop.kernel.errors import WrongState

S = TypeVar("S", bound=StrEnum)
Passages = Mapping[S, Set[S]]
"""From each state, where one can go."""


class HistoryColumns:
    """The columns of every history table: one row a passage, never changed afterwards."""

    from_state: Mapped[Code]
    to_state: Mapped[Code]
    at: Mapped[Moment]
    actor: Mapped[Code]
    reason: Mapped[Line] = mapped_column(default="")


class PassageFacts(TypedDict):
    """What a history row says of a passage."""

    from_state: str
    to_state: str
    at: datetime
    actor: str
    reason: str


def check_passage(what: str, table: Passages[S], state: S, to: S) -> None:
    """Refuse a passage that the table does not have.

    Raises:
        WrongState: there is no way from here to there.
    """
    if to not in table.get(state, frozenset()):
        raise WrongState(what, state, to)


def passage(state: StrEnum | None, to: StrEnum, *, actor: Actor, clock: Clock, reason: str = "") -> PassageFacts:
    """Return a history row's columns; the first passage of a thing comes from nowhere."""
    return PassageFacts(
        from_state="" if state is None else state.value, to_state=to.value, at=clock(), actor=actor.label, reason=reason
    )
