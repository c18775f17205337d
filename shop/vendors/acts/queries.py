"""Reads of what was done for a vendor."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from shop.vendors.acts.models import Act


@dataclass(frozen=True)
class ActFacts:
    """One thing that was done.

    Attributes:
        who: code of the person who did it.
        by_staff: the centre did it for the vendor.
        may_undo: it can be taken back now, as far as time goes.
    """

    code: str
    words: str
    at: datetime
    who: str
    by_staff: bool
    may_undo: bool
    undone_at: datetime | None


def _facts(act: Act, now: datetime) -> ActFacts:
    is_open = act.undone_at is None and act.undo_until is not None and now < act.undo_until
    who = act.actor.partition(">")[0]
    return ActFacts(act.code, act.words, act.at, who, act.by_staff, is_open, act.undone_at)


def acts_of(session: Session, vendor_id: int, *, since: datetime, now: datetime, limit: int) -> list[ActFacts]:
    """Return what was done for a vendor, the newest first."""
    wanted = select(Act).where(Act.vendor_id == vendor_id, Act.at >= since).order_by(Act.at.desc(), Act.id.desc())
    return [_facts(act, now) for act in session.scalars(wanted.limit(limit))]


def act_by_code(session: Session, vendor_id: int, code: str, *, now: datetime) -> ActFacts | None:
    """Return a vendor's act, or None."""
    act = session.scalar(select(Act).where(Act.code == code, Act.vendor_id == vendor_id))
    return None if act is None else _facts(act, now)


def last_act(session: Session, vendor_id: int, about: str) -> str | None:
    """Return the code of the last thing that was done about a listing or a part, or None."""
    wanted = select(Act.code).where(Act.vendor_id == vendor_id, Act.about == about, Act.undone_at.is_(None))
    return session.scalars(wanted.order_by(Act.id.desc()).limit(1)).first()
