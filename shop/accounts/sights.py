"""Looks at what is personal, a full address or a private photo: each is written down before anything is shown."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Select, select
from sqlalchemy.orm import Session

from shop.accounts.models import Viewed, ViewLog, ViewReason
from shop.accounts.rules import DRIVING_ROLES, SEEN_BY, SHOWN_FOR
from shop.kernel.actor import Actor
from shop.kernel.clock import Clock
from shop.kernel.db import direct
from shop.kernel.errors import Forbidden


@dataclass(frozen=True)
class ViewFacts:
    """One look."""

    at: datetime
    actor: str
    subject: str
    what: Viewed
    why: ViewReason


def note_view(session: Session, subject: str, what: Viewed, why: ViewReason, *, actor: Actor, clock: Clock) -> None:
    """Write down that the actor looks at something personal, and why.

    Args:
        subject: code of the order whose buyer it is, of the lot, parcel or hand-over; the day, "2026-11-24", of the
            demand sheet with its households.

    Raises:
        Forbidden: the actor's work needs no look at it.
    """
    if not actor.has(*SEEN_BY[what]):
        raise Forbidden("personal")
    session.add(ViewLog(at=clock(), actor=actor.label, subject=subject, what=what, why=why))
    session.flush()


def note_run(session: Session, subjects: Collection[tuple[Viewed, str]], *, actor: Actor, clock: Clock) -> None:
    """Write down that a driver looks at to whom everything on a run goes; the run is the reason.

    Args:
        subjects: what of whom, one for each door.

    Raises:
        Forbidden: the actor does not drive.
    """
    if not actor.has(*DRIVING_ROLES):
        raise Forbidden("drive")
    at = clock()
    for what, subject in subjects:
        session.add(ViewLog(at=at, actor=actor.label, subject=subject, what=what, why=ViewReason.RUN))
    session.flush()


def run_since(session: Session, since: datetime, *, actor: Actor) -> frozenset[tuple[Viewed, str]]:
    """Return what the actor has looked at for a run since a moment."""
    noted = select(ViewLog.what, ViewLog.subject).where(
        ViewLog.actor == actor.label, ViewLog.why == ViewReason.RUN, ViewLog.at >= since
    )
    return frozenset((what, subject) for what, subject in session.execute(noted))


def is_shown(session: Session, subject: str, what: Viewed, *, actor: Actor, now: datetime) -> bool:
    """Tell whether the actor gave a reason for this a short while ago, and may still look."""
    if not actor.has(*SEEN_BY[what]):
        return False
    recent = select(ViewLog.id).where(
        ViewLog.subject == subject,
        ViewLog.actor == actor.label,
        ViewLog.what == what,
        ViewLog.at > now - SHOWN_FOR,
    )
    return session.scalar(recent.limit(1)) is not None


def views_of(session: Session, subject: str, what: Viewed) -> Sequence[ViewFacts]:
    """Return who looked at one thing, the latest first."""
    wanted = select(ViewLog).where(ViewLog.subject == subject, ViewLog.what == what)
    return _facts(session, wanted.order_by(ViewLog.id.desc()))


def moments_of_views(session: Session, since: datetime, until: datetime, *, actor: str) -> list[tuple[datetime, str]]:
    """Return when somebody looked and who, in a stretch of time, the newest first.

    Args:
        actor: of this person only; of everybody when empty.
    """
    wanted = select(ViewLog.at, ViewLog.actor).where(*_within(since, until, actor)).order_by(ViewLog.id.desc())
    return [(row.at, row.actor) for row in direct(session, wanted)]


def views_between(
    session: Session, since: datetime, until: datetime, *, actor: str, offset: int, limit: int
) -> Sequence[ViewFacts]:
    """Return the looks of a stretch of time, as `moments_of_views`."""
    wanted = select(ViewLog).where(*_within(since, until, actor)).order_by(ViewLog.id.desc())
    return _facts(session, wanted.offset(offset).limit(limit))


def _within(since: datetime, until: datetime, actor: str) -> list[ColumnElement[bool]]:
    within = [ViewLog.at >= since, ViewLog.at < until]
    return [*within, ViewLog.actor == actor] if actor else within


def _facts(session: Session, wanted: Select[ViewLog]) -> Sequence[ViewFacts]:
    return [ViewFacts(row.at, row.actor, row.subject, row.what, row.why) for row in session.scalars(wanted)]
