"""The market as buyers walk through it: front, shelves, the year's calendar, a thing, a household, who may sell."""

from shop.catalog.views.public import certificate, crawlers, front, households, questions, shelves, thing, trace
from shop.catalog.views.public.base import bp

__all__ = ["bp", "certificate", "crawlers", "front", "households", "questions", "shelves", "thing", "trace"]
