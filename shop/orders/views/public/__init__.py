"""The buyer's way: the basket, the checkout on one page, and the order afterwards. Nobody has to sign in."""

from shop.orders.views.public import again, basket, checkout, order, recipient
from shop.orders.views.public.base import bp

__all__ = ["again", "basket", "bp", "checkout", "order", "recipient"]
