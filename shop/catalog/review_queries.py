"""Reads that only reviewers need."""

from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from shop.catalog.models import Listing, ListingHistory, ListingState


def reviews_waiting_since(session: Session) -> list[datetime]:
    """Return since when each listing waits for its review, the longest first."""
    since = func.max(ListingHistory.at)
    wanted = (
        select(since)
        .select_from(ListingHistory)
        .join(Listing, Listing.id == ListingHistory.listing_id)
        .where(Listing.state == ListingState.IN_REVIEW, ListingHistory.to_state == ListingState.IN_REVIEW.value)
        .group_by(Listing.id)
        .order_by(since)
    )
    return list(session.scalars(wanted))
