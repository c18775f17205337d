"""What the centre asks a household for, what it answers, and what is left to sell after that."""

from shop.orders.views.vendor import answering, left, wanted
from shop.orders.views.vendor.face import bp

__all__ = ["answering", "bp", "left", "wanted"]
