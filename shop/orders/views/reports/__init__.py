"""The centre's reports: what was sold, and how its work went."""

from shop.orders.views.reports import aftersale, files, trade, work
from shop.orders.views.reports.face import bp

__all__ = ["aftersale", "bp", "files", "trade", "work"]
