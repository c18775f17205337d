"""A buyer's invoices: asking for them, mending what was wrong, following them, and having them."""

from shop.orders.views.invoices import files, pages
from shop.orders.views.invoices.base import bp

__all__ = ["bp", "files", "pages"]
