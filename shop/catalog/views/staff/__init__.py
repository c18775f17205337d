"""The centre's pages about goods."""

from shop.catalog.views.staff import editing, goods, pools, questions, reviews
from shop.catalog.views.staff.face import bp
from shop.catalog.views.staff.papers import bp as papers_bp
from shop.catalog.views.staff.shelves import bp as shelves_bp

__all__ = ["bp", "editing", "goods", "papers_bp", "pools", "questions", "reviews", "shelves_bp"]
