"""To whom messages went, forgotten: that one was sent, and which, stays."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import Session

from shop.kernel.outbox import Message, MessageState
from shop.notifications.models import Delivery

WHOM = ("phone", "email")
"""What tells in a message's facts who is to read it."""


def _faded(facts: Mapping[str, Any]) -> dict[str, Any]:
    """Return a message's facts without its reader; its template stays, and the code of what it is about."""
    told = facts.get("values", {})
    kept = {"template": facts.get("template", ""), "values": {"code": told["code"]} if "code" in told else {}}
    return {**kept, **{whom: "" for whom in WHOM if whom in facts}}


def fade_messages(session: Session, topics: Collection[str], before: datetime, *, limit: int) -> int:
    """Forget to whom messages of these topics went that were done with before a moment, and return how many.

    A message that was given up is forgotten like one that was sent: nobody wants it any more after so long.
    """
    old = (
        Message.topic.in_(topics),
        Message.state.in_([MessageState.DONE, MessageState.POISONED]),
        Message.created_at < before,
        or_(*(_told(whom) != "" for whom in WHOM)),
    )
    return _fade(session, session.scalars(select(Message).where(*old).order_by(Message.id).limit(limit)).all())


def fade_messages_to(session: Session, topics: Collection[str], phone: str, emails: Collection[str]) -> int:
    """Forget that messages went to this phone or these mail addresses, and return how many there were.

    What still waits to be sent is never sent.
    """
    whose = or_(_told("phone") == phone, _told("email").in_(sorted(emails)))
    return _fade(session, session.scalars(select(Message).where(Message.topic.in_(topics), whose)).all())


def _told(whom: str) -> ColumnElement[str]:
    told: ColumnElement[str] = Message.facts[whom].as_string()
    return told


def _fade(session: Session, messages: Sequence[Message]) -> int:
    for message in messages:
        message.facts = _faded(message.facts)
    sent = session.scalars(select(Delivery).where(Delivery.message_id.in_([one.id for one in messages])))
    for row in sent:
        row.phone = row.email = row.text = ""
    session.flush()
    return len(messages)
