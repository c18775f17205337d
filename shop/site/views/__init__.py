"""What the town says: its written rules and its articles, as everybody reads them and as the centre writes them."""

from shop.site.views.articles import bp as articles_bp
from shop.site.views.public import bp
from shop.site.views.staff import bp as staff_bp
from shop.site.views.staff_articles import bp as staff_articles_bp

__all__ = ["articles_bp", "bp", "staff_articles_bp", "staff_bp"]
