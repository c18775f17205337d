"""The way on from a page that is not there: what is in season, and help by what somebody wants to do."""

from dataclasses import dataclass

from flask import request, url_for

from shop.kernel.clock import town_day
from shop.site.articles.models import ArticleKind
from shop.site.articles.queries import articles
from shop.web.articles import ArticleCard, article_card, reader
from shop.web.goods import GoodsCard, goods_card
from shop.web.house import house, reading
from shop.web.i18n import is_at_work
from shop.web.ripe import ripe

GOODS, HELPS = 4, 6


@dataclass(frozen=True)
class WayOn:
    """Goods of the month and help, for who came to nothing."""

    goods: tuple[GoodsCard, ...] = ()
    helps: tuple[ArticleCard, ...] = ()


def way_on() -> WayOn:
    """Return where to go on from here; nothing on pages at work, whose ways around are their own."""
    if is_at_work(request.path):
        return WayOn()
    today = town_day(house().clock())
    found = ripe(today)[:GOODS]
    helps = articles(reading(), (ArticleKind.HELP,), reader(), today=today, most=HELPS)
    return WayOn(
        tuple(goods_card(card, url_for("catalog.listing", code=card.code)) for card in found),
        tuple(map(article_card, helps)),
    )
