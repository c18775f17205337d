"""The written rules: as everybody reads them, and as managers write them."""

from shop.site.views.public import bp
from shop.site.views.staff import bp as staff_bp

__all__ = ["bp", "staff_bp"]
