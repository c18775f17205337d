"""To whom a consignment went, forgotten: name, phone, street, the photo at the door and numbers in what was said."""

import re
from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from shop.courier.models import Shipment, ShipmentHistory, ShipmentState

OVER = frozenset({ShipmentState.DELIVERED, ShipmentState.COLLECTED, ShipmentState.CANCELLED, ShipmentState.RETURNED})
"""Nothing more is carried; what came back and was never taken from the counter is told of after a while, too."""
NUMBER = re.compile(r"(?:\d[ -]?){6,}\d")
"""A telephone number in a courier's words; waybills stand in a column of their own."""


def ended_before(session: Session, before: datetime, *, after_id: int = 0, limit: int) -> Sequence[int]:
    """Return ids of consignments that say to whom they went, though nothing was done to them since a moment.

    Args:
        after_id: only younger ones than this.
    """
    last = (
        select(func.max(ShipmentHistory.at))
        .where(ShipmentHistory.shipment_id == Shipment.id)
        .correlate(Shipment)
        .scalar_subquery()
    )
    wanted = select(Shipment.id).where(
        Shipment.id > after_id,
        Shipment.phone != "",
        Shipment.state.in_(OVER),
        Shipment.asked_at < before,
        func.coalesce(last, Shipment.asked_at) < before,
    )
    return session.scalars(wanted.order_by(Shipment.id).limit(limit)).all()


def fade_shipments(session: Session, shipment_ids: Collection[int]) -> int:
    """Forget to whom these went, and return how many photos at a door were let go; the sweep removes their files."""
    photos = 0
    for row in session.scalars(select(Shipment).where(Shipment.id.in_(shipment_ids))):
        photos += row.photo_key is not None
        row.recipient = row.phone = row.street = row.label_url = ""
        row.photo_key = None
        for number, event in enumerate(row.events):
            text = NUMBER.sub("…", event.text)
            # Two things said in one moment differ by their words alone.
            if text != event.text and any(other.text == text for other in row.events[:number]):
                text = f"{text} {number}"
            event.text = text
    session.flush()
    return photos
