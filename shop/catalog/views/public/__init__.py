"""The market as buyers walk through it: front, shelves, calendar, a thing, a household, a village, who may sell."""

from shop.catalog.views.public import (
    certificate,
    crawlers,
    front,
    households,
    questions,
    shelves,
    thing,
    trace,
    villages,
)
from shop.catalog.views.public.base import bp

__all__ = ["bp", "certificate", "crawlers", "front", "households", "questions", "shelves", "thing", "trace", "villages"]
