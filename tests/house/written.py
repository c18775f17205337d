"""How the forms of what the town says are come to: its written rules and its articles; see `versioned.py`."""

from collections.abc import Callable, Mapping

from shop.site.articles.models import ArticleKind
from tests.house.ways import Ground, Way
from tests.world.articles import told


def _rules(_ground: Ground) -> Way:
    return Way(
        "/staff/rules/trade", "rule", lambda: {"text": "## 先说清楚", "effective_on": "2026-11-23"}, press="公布"
    )


def _article(ground: Ground) -> Way:
    code = told(ground.world, ArticleKind.HELP)
    return Way(f"/staff/articles/{code}", "article", lambda: {"zh_Hans-title": "怎么买"}, press="发出去")


WRITTEN: Mapping[str, Callable[[Ground], Way]] = {"staff_articles.edit": _article, "staff_site.edit": _rules}
"""Forms in which the town writes, that carry what their page showed."""
