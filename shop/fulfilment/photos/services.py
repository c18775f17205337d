"""Looks at photos of the bench: each is written down before anything is shown."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from shop.fulfilment.photos.models import PhotoLook
from shop.fulfilment.services import check_bench
from shop.kernel.actor import Actor
from shop.kernel.clock import Clock

SHOWN_FOR = timedelta(minutes=15)
"""So long after the look was written down the same person sees the photos."""


@dataclass(frozen=True)
class LookFacts:
    """Who looked, and when."""

    at: datetime
    actor: str


def note_look(session: Session, about: str, *, actor: Actor, clock: Clock) -> None:
    """Write down that the actor looks at the photos of a parcel or of a signed list.

    Raises:
        Forbidden: the actor does not work at the bench.
    """
    check_bench(actor, "packer")
    session.add(PhotoLook(about=about, at=clock(), actor=actor.label))
    session.flush()


def is_looking(session: Session, about: str, *, actor: Actor, now: datetime) -> bool:
    """Tell whether the actor's look was written down a short while ago."""
    recent = select(PhotoLook.id).where(
        PhotoLook.about == about, PhotoLook.actor == actor.label, PhotoLook.at > now - SHOWN_FOR
    )
    return session.scalar(recent.limit(1)) is not None


def looks_at(session: Session, about: str) -> list[LookFacts]:
    """Return who looked at these photos, the latest first."""
    wanted = select(PhotoLook).where(PhotoLook.about == about).order_by(PhotoLook.id.desc())
    return [LookFacts(row.at, row.actor) for row in session.scalars(wanted)]
