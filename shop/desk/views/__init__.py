"""Faces of the desk: what staff decide about claims and about parcels that came back."""

from shop.desk.views import deciding
from shop.desk.views.returned import bp as returned_bp
from shop.desk.views.staff import bp as staff_bp
from shop.desk.views.vendor import bp as vendor_bp

__all__ = ["deciding", "returned_bp", "staff_bp", "vendor_bp"]
