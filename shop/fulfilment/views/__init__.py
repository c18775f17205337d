"""The centre's bench."""

from shop.fulfilment.views import handover, intake, packing, papers, today
from shop.fulfilment.views.face import bp

__all__ = ["bp", "handover", "intake", "packing", "papers", "today"]
