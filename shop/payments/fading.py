"""What providers wrote, forgotten: the text of an event may name a buyer; that it came, and of what kind, stays."""

from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from shop.payments.models import ProviderEvent


def forget_bodies(session: Session, before: datetime, *, limit: int) -> int:
    """Forget the text of events that were dealt with before a moment, and return of how many."""
    old = select(ProviderEvent.id).where(
        ProviderEvent.processed_at < before, ProviderEvent.parked == "", ProviderEvent.body != b""
    )
    ids = session.scalars(old.order_by(ProviderEvent.id).limit(limit)).all()
    session.execute(update(ProviderEvent).where(ProviderEvent.id.in_(ids)).values(body=b""))
    return len(ids)
