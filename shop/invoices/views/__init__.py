"""Faces of invoices."""

from shop.invoices.views import staff_issuing, staff_posting
from shop.invoices.views.staff import bp as staff_bp

__all__ = ["staff_bp", "staff_issuing", "staff_posting"]
