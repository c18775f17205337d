"""The centre's bench."""

from shop.fulfilment.views import (
    collection,
    handover,
    handovers,
    intake,
    lots,
    opening,
    packing,
    papers,
    runs,
    shots,
    taken,
    today,
)
from shop.fulfilment.views.face import bp

__all__ = [
    "bp",
    "collection",
    "handover",
    "handovers",
    "intake",
    "lots",
    "opening",
    "packing",
    "papers",
    "runs",
    "shots",
    "taken",
    "today",
]
