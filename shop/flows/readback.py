"""Telling a vendor by a short message what staff did for them: gathered, so that ten acts are not ten messages."""

from datetime import timedelta
from functools import partial

from sqlalchemy.orm import Session

from shop.kernel.clock import Clock
from shop.kernel.edge import Edge
from shop.notifications.services import wanted
from shop.vendors.acts.services import note_told, untold
from shop.vendors.models import Vendor

GATHERED_FOR = timedelta(minutes=15)
"""So long after the first act that was not told, everything done until then is told in one message."""


def tell_due(edge: Edge, *, clock: Clock) -> None:
    """Read back what staff did for vendors a quarter of an hour ago and since, one message a vendor."""
    with edge.reading() as session:
        vendor_ids = untold(session, before=clock() - GATHERED_FOR)
    for vendor_id in vendor_ids:
        edge.run(partial(_tell, vendor_id=vendor_id, clock=clock))


def _tell(session: Session, vendor_id: int, *, clock: Clock) -> None:
    told = note_told(session, vendor_id, clock=clock)
    if told:
        vendor = session.get_one(Vendor, vendor_id)
        values = {"others": len(told) - 1, "words": told[-1].partition("。")[0]}
        wanted(session, "acted_for", phone=vendor.phone, values=values, clock=clock)
