"""Coming in, one's own page, and the addresses one keeps."""

from shop.accounts.views.addresses import bp as buyer_bp
from shop.accounts.views.entrance import bp

__all__ = ["bp", "buyer_bp"]
