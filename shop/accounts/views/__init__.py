"""Coming in, one's own page, and the addresses and sign-ins one keeps."""

from shop.accounts.views import codes, entrance, sign_ins
from shop.accounts.views.addresses import bp as buyer_bp
from shop.accounts.views.common import bp

__all__ = ["bp", "buyer_bp", "codes", "entrance", "sign_ins"]
