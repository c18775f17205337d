"""The buyer's way: the basket, the checkout on one page, and the order afterwards. Nobody has to sign in."""

from shop.orders.views.public import basket, checkout, order
from shop.orders.views.public.base import bp

__all__ = ["basket", "bp", "checkout", "order"]
