"""The centre's bench."""

from shop.fulfilment.views import collection, handover, intake, packing, papers, runs, today
from shop.fulfilment.views.face import bp

__all__ = ["bp", "collection", "handover", "intake", "packing", "papers", "runs", "today"]
