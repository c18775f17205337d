"""Faces of claims."""

from shop.desk.views import claim, making
from shop.desk.views.base import bp as bp

__all__ = ["bp", "claim", "making"]
