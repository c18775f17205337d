"""The centre's side of vendors: applications that wait, and who sells."""

from shop.vendors.views.staff import deciding, selling
from shop.vendors.views.staff.applications import bp as applications_bp
from shop.vendors.views.staff.income import bp as income_bp
from shop.vendors.views.staff.selling import bp as vendors_bp

__all__ = ["applications_bp", "deciding", "income_bp", "selling", "vendors_bp"]
