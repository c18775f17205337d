"""Faces of claims."""

from shop.orders.views.claims import claim, making
from shop.orders.views.claims.base import bp as bp

__all__ = ["bp", "claim", "making"]
