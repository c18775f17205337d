"""Money as people read it: a household's own, the centre's books, and settling between them."""

from shop.ledger.views import paying, purses, settled
from shop.ledger.views.payouts import bp as payouts_bp
from shop.ledger.views.staff import bp
from shop.ledger.views.vendor import bp as vendor_bp

__all__ = ["bp", "paying", "payouts_bp", "purses", "settled", "vendor_bp"]
