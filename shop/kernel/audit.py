"""What staff did to which thing: one row an act, written in its transaction; its count is the version of the thing.

Things with a history or a version of their own are compared by it; here stand those that have none, and every form
that was sent, so that the same one sent twice is done once.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Index, String, UniqueConstraint, func, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from shop.kernel.actor import Actor
from shop.kernel.clock import Clock
from shop.kernel.db import Code, Key, Line, Model, Moment
from shop.kernel.errors import Stale


class AuditEntry(Model):
    """One act of a person on one thing; never changed afterwards."""

    __tablename__ = "audit_entry"
    __table_args__ = (UniqueConstraint("thing", "version"), Index(None, "at"))

    id: Mapped[Key]
    thing: Mapped[str] = mapped_column(String(120))
    """Its kind and its code: `village:dawan`."""
    version: Mapped[int | None]
    """Counts the acts on this thing from 1; None where the thing is counted elsewhere, or was made by this act."""
    act: Mapped[str] = mapped_column(String(80))
    reason: Mapped[Line] = mapped_column(default="")
    form: Mapped[str | None] = mapped_column(String(64), unique=True)
    """Digest of the form that was sent, with its sender and the version it saw; None where a form has no version."""
    at: Mapped[Moment]
    actor: Mapped[Code]


@dataclass(frozen=True)
class Sent:
    """An act as its form was sent.

    Attributes:
        thing: kind and code of what it is done to.
        act: name of the act.
        form: digest of the form; None where a form has no version.
        seen: the version that the page showed; None where the thing is not counted here.
        reason: why, in the words of whoever decided.
    """

    thing: str
    act: str
    form: str | None = None
    seen: int | None = None
    reason: str = ""


@dataclass(frozen=True)
class EntryFacts:
    """One act as pages tell it."""

    thing: str
    act: str
    reason: str
    at: datetime
    actor: str


def versions_of(session: Session, things: Collection[str]) -> Mapping[str, int]:
    """Return by thing how many acts were counted on it: the version that its page shows."""
    last = (
        select(AuditEntry.thing, func.max(AuditEntry.version))
        .where(AuditEntry.thing.in_(things), AuditEntry.version.is_not(None))
        .group_by(AuditEntry.thing)
    )
    known = {thing: version or 0 for thing, version in session.execute(last)}
    return {thing: known.get(thing, 0) for thing in things}


def is_done(session: Session, form: str) -> bool:
    """Tell whether the act of this very form was done."""
    return session.scalar(select(AuditEntry.id).where(AuditEntry.form == form)) is not None


def check_seen(session: Session, sent: Sent) -> None:
    """Refuse an act on a thing that is not as its page showed it any more.

    Raises:
        Stale: somebody did something to it since.
    """
    if sent.seen is not None and versions_of(session, [sent.thing])[sent.thing] != sent.seen:
        raise Stale(sent.thing.partition(":")[0])


def record(session: Session, sent: Sent, *, actor: Actor, clock: Clock) -> None:
    """Write an act down beside what it changed."""
    session.add(
        AuditEntry(
            thing=sent.thing,
            version=None if sent.seen is None else sent.seen + 1,
            act=sent.act,
            reason=sent.reason[:200],
            form=sent.form,
            at=clock(),
            actor=actor.label,
        )
    )
    session.flush()


def entries(session: Session, *, actor: str, page: int, per_page: int) -> Sequence[EntryFacts]:
    """Return one page of what was done, the newest first, and one row more when there is another page.

    Args:
        actor: of this person only; of everybody when empty.
        page: from 1.
    """
    wanted = select(AuditEntry).order_by(AuditEntry.id.desc())
    if actor:
        wanted = wanted.where(AuditEntry.actor == actor)
    rows = session.scalars(wanted.offset((page - 1) * per_page).limit(per_page + 1))
    return [EntryFacts(row.thing, row.act, row.reason, row.at, row.actor) for row in rows]
