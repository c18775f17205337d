"""A villager's pages about their goods."""

from shop.catalog.views.vendor import (
    editing,
    home,
    keeping,
    listings,
    offering,
    offering_end,
    offering_name,
    offering_questions,
    photos,
    posters,
    questions,
)
from shop.catalog.views.vendor.face import bp

__all__ = [
    "bp",
    "editing",
    "home",
    "keeping",
    "listings",
    "offering",
    "offering_end",
    "offering_name",
    "offering_questions",
    "photos",
    "posters",
    "questions",
]
