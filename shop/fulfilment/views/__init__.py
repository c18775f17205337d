"""The centre's bench."""

from shop.fulfilment.views import (
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
