"""The one-stop hall: from "I want to sell" to the centre's answer."""

from shop.vendors.views.joining import papers, pay, steps  # noqa: F401 - each adds its pages to the blueprint
from shop.vendors.views.joining.common import my_bp
from shop.vendors.views.joining.hall import bp, own_bp
from shop.vendors.views.joining.payout import bp as payout_bp
from shop.vendors.views.joining.photos import bp as photos_bp

__all__ = ["bp", "my_bp", "own_bp", "payout_bp", "photos_bp"]
