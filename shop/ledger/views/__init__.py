"""Money as people read it: a household's own, and the centre's books."""

from shop.ledger.views.staff import bp
from shop.ledger.views.vendor import bp as vendor_bp

__all__ = ["bp", "vendor_bp"]
