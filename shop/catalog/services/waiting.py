"""The change of a listing that waits for the centre: at most one at a time."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from shop.catalog.models import Listing, ListingRevision, RevisionState
from shop.kernel.actor import Actor
from shop.kernel.clock import Clock


def waiting_revision(session: Session, listing_id: int) -> ListingRevision | None:
    """Return the change of a listing that waits for the centre, or None."""
    wanted = select(ListingRevision).where(ListingRevision.waits_for_id == listing_id)
    return session.scalars(wanted).one_or_none()


def withdraw(session: Session, listing: Listing, *, actor: Actor, clock: Clock) -> None:
    """Take back a change that waits, if one does."""
    waiting = waiting_revision(session, listing.id)
    if waiting is not None:
        end(session, waiting, RevisionState.WITHDRAWN, actor=actor, clock=clock)


def end(session: Session, waiting: ListingRevision, to: RevisionState, *, actor: Actor, clock: Clock) -> None:
    """End the waiting of a change."""
    waiting.state, waiting.waits_for_id = to, None
    waiting.ended_at, waiting.ended_by = clock(), actor.label
    session.flush()
