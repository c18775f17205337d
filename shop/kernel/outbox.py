"""The outbox: an effect is posted in the transaction that causes it and delivered after the commit, at least once."""

import traceback
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import Index, Text, insert, select, update
from sqlalchemy.engine import CursorResult
from sqlalchemy.orm import Mapped, Session, mapped_column

from shop.kernel.clock import Clock
from shop.kernel.db import Code, Key, Model, Moment, choice, direct
from shop.kernel.edge import POSTED, Edge
from shop.kernel.errors import NotFound, WrongState

MAX_ATTEMPTS = 8
LEASE = timedelta(minutes=5)
"""While a worker is at a message nobody else takes it up; a worker killed with -9 gives it back after this long."""
BACKOFF_S = (5, 15, 60, 300, 900, 1800, 3600)


class MessageState(StrEnum):
    """Where a message stands; a poisoned one waits for a person."""

    WAITING = "waiting"
    DONE = "done"
    POISONED = "poisoned"


class Message(Model):
    """One effect to bring about: a topic, and facts that name rows by their codes, never people."""

    __tablename__ = "outbox_message"
    __table_args__ = (Index(None, "state", "due_at"),)

    id: Mapped[Key]
    topic: Mapped[Code]
    facts: Mapped[dict[str, Any]]
    state: Mapped[MessageState] = mapped_column(choice(MessageState, "state"), default=MessageState.WAITING)
    attempts: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[Moment]
    due_at: Mapped[Moment]
    done_at: Mapped[Moment | None]
    error: Mapped[str | None] = mapped_column(Text)


class Later(Exception):
    """Raised by a handler whose effect may not be brought about yet.

    Args:
        at: when to come back.
    """

    def __init__(self, at: datetime) -> None:
        super().__init__(at)
        self.at = at


Handler = Callable[[int, Mapping[str, Any]], None]
"""Takes a message's id and facts; must be idempotent by the id, since delivery is at least once."""


NEW = insert(Message).returning(Message.id)


def post(session: Session, topic: str, facts: Mapping[str, Any], *, clock: Clock) -> int:
    """Post an effect in the caller's transaction and return the message's id."""
    now = clock()
    row = {"topic": topic, "facts": dict(facts), "created_at": now, "due_at": now}
    message_id: int = direct(session, NEW, row).scalar_one()
    session.info.setdefault(POSTED, []).append(message_id)
    return message_id


def due(session: Session, now: datetime, limit: int = 200) -> list[int]:
    """Return ids of messages whose time has come, oldest first: new, to be retried, or lost by a crash."""
    wanted = select(Message.id).where(Message.state == MessageState.WAITING, Message.due_at <= now)
    return list(session.scalars(wanted.order_by(Message.id).limit(limit)))


def deliver(edge: Edge, handlers: Mapping[str, Handler], message_id: int, *, clock: Clock) -> bool:
    """Deliver one message if it is due and nobody else is at it.

    A handler that raises leaves the message waiting with growing pauses; after the last attempt it is poisoned and
    waits for a person, also when each attempt ended with its worker. The error kept is the exception's type and place,
    never its text: that may hold a name. One that raises `Later` has not failed: the message waits until then.

    Returns:
        Whether the handler ran and succeeded, or put its effect off.
    """
    now = clock()
    with edge.transaction() as session:
        claim = (
            update(Message)
            .where(Message.id == message_id, Message.state == MessageState.WAITING, Message.due_at <= now)
            .values(attempts=Message.attempts + 1, due_at=now + LEASE)
        )
        claimed = session.execute(claim)
        assert isinstance(claimed, CursorResult)
        if claimed.rowcount == 0:
            return False
        message = session.get_one(Message, message_id)
        topic, facts, attempts = message.topic, dict(message.facts), message.attempts
        if attempts > MAX_ATTEMPTS:
            # Whoever was at it never came back to say how it went: it takes its worker with it every time.
            message.state, message.error = MessageState.POISONED, message.error or "its worker ended"
            return False
    try:
        handlers[topic](message_id, facts)
    except Later as later:
        _put_off(edge, message_id, later.at)
        return True
    except Exception as error:
        place = traceback.extract_tb(error.__traceback__)[-1]
        text = f"{type(error).__name__} at {place.name}:{place.lineno}"
        _settle(edge, message_id, attempts, clock(), error=text)
        return False
    _settle(edge, message_id, attempts, clock(), error=None)
    return True


def _settle(edge: Edge, message_id: int, attempts: int, now: datetime, *, error: str | None) -> None:
    with edge.transaction() as session:
        message = session.get_one(Message, message_id)
        message.error = error
        if error is None:
            message.state, message.done_at = MessageState.DONE, now
        elif attempts >= MAX_ATTEMPTS:
            message.state = MessageState.POISONED
        else:
            message.due_at = now + timedelta(seconds=BACKOFF_S[attempts - 1])


def _put_off(edge: Edge, message_id: int, at: datetime) -> None:
    with edge.transaction() as session:
        message = session.get_one(Message, message_id)
        message.attempts, message.due_at, message.error = message.attempts - 1, at, None


def retry(session: Session, message_id: int, *, clock: Clock) -> None:
    """Put a poisoned message back to work, as a person decided.

    Raises:
        NotFound: there is no such message.
        WrongState: it is not poisoned.
    """
    message = session.get(Message, message_id)
    if message is None:
        raise NotFound("message")
    if message.state is not MessageState.POISONED:
        raise WrongState("message", message.state, MessageState.WAITING)
    message.state, message.attempts, message.due_at = MessageState.WAITING, 0, clock()
    session.flush()
    session.info.setdefault(POSTED, []).append(message.id)
