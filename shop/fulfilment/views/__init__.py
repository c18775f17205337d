"""The centre's bench."""

from shop.fulfilment.views import (
    box_photos,
    collection,
    demand,
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
    "box_photos",
    "bp",
    "collection",
    "demand",
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
