"""What is ripe today: goods that have a season, are in it and are there, for pages that lead on to the market."""

from datetime import date

from flask import url_for

from shop.catalog.grid import laid
from shop.catalog.queries import Card
from shop.kernel.clock import town_day
from shop.web.goods import GoodsCard, goods_card
from shop.web.house import house, reading

RIPE, READ = 6, 24


def ripe(on: date) -> list[Card]:
    """Return what has a season, is in it, is there and has its picture; each comes to the front in its turn."""
    found = laid(reading(), month=on.month, most=READ, in_season_only=True, seasonal_only=True)
    fit = [one for one in found if one.free > 0 and one.photo is not None]
    start = on.toordinal() % len(fit) if fit else 0
    return fit[start:] + fit[:start]


def ripe_cards(found: list[Card] | None = None) -> tuple[GoodsCard, ...]:
    """Return a few ripe things as cards; of those found already, or of today's."""
    chosen = ripe(town_day(house().clock())) if found is None else found
    return tuple(goods_card(one, url_for("catalog.listing", code=one.code)) for one in chosen[:RIPE])
