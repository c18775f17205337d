"""Reads of photos of the bench."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from shop.fulfilment.models import Parcel
from shop.fulfilment.photos.models import BoxPhoto, PhotoLook
from shop.kernel.actor import Actor
from shop.orders.models import Box

SHOWN_FOR = timedelta(minutes=15)
"""So long after the look was written down the same person sees the photos."""


@dataclass(frozen=True)
class LookFacts:
    """Who looked, and when."""

    at: datetime
    actor: str


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


def waiting_photos(session: Session, order_id: int, box: Box) -> int:
    """Return how many photos were taken of a box that is not closed yet."""
    wanted = select(func.count()).where(
        BoxPhoto.order_id == order_id, BoxPhoto.box == box, BoxPhoto.parcel_id.is_(None)
    )
    return session.scalar(wanted) or 0


def photos_of(session: Session, parcel_code: str) -> list[str]:
    """Return the photos of a parcel before it was closed, oldest first."""
    wanted = select(BoxPhoto.key).join(Parcel, Parcel.id == BoxPhoto.parcel_id).where(Parcel.code == parcel_code)
    return list(session.scalars(wanted.order_by(BoxPhoto.id)))
