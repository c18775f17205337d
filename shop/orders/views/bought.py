"""A listing as it stood when it was bought: what buyer and household can point at when they disagree."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from flask import url_for

from shop.catalog.versions import KeptVersion, KeptWay
from shop.media.queries import Picture
from shop.orders.queries.orders import LineFacts, OrderFacts
from shop.web.i18n import _
from shop.web.prices import PriceTag, price_tag
from shop.web.units import DAY
from shop.web.words import listed, months


@dataclass(frozen=True)
class BoughtPage:
    """A kept version, for the buyer of one of its ways.

    Attributes:
        order: code and address of the order.
        tag: the price of the way that was bought, as it was shown.
        others: the other ways in which it was sold: name, price and what one got for it.
    """

    order: tuple[str, str]
    title: str
    since: datetime
    placed_at: datetime
    tag: PriceTag
    others: tuple[tuple[str, PriceTag], ...]
    story: str
    photos: tuple[Picture, ...]
    rows: tuple[tuple[str, str | None], ...]


def bought_page(order: OrderFacts, line: LineFacts, kept: KeptVersion) -> BoughtPage:
    """Return what is shown of the version that a line was bought from."""
    bought = next((way for way in kept.ways if way.variant_id == line.variant_id), kept.ways[0])
    return BoughtPage(
        order=(order.code, url_for("orders.order", code=order.code)),
        title=kept.title,
        since=kept.at,
        placed_at=order.placed_at,
        tag=price_tag(bought),
        others=tuple((way.name, price_tag(way)) for way in _others(kept.ways, bought)),
        story=kept.story,
        photos=kept.photos,
        rows=(
            (_("哪一种"), bought.name or None),
            (_("谁家的"), kept.vendor_name),
            (_("产地"), kept.village),
            (_("货架"), kept.category_name or None),
            (_("几月有"), months(kept.months)),
            (_("配料"), kept.ingredients or None),
            (_("怎么保存"), kept.keep_note or None),
            (_("能放多久"), _("%(n)d %(unit)s", n=kept.shelf_days, unit=DAY) if kept.shelf_days else None),
            (_("路上"), _("%(n)d %(unit)s里不会坏", n=kept.travel_days, unit=DAY) if kept.travel_days else None),
            (_("又叫"), listed(kept.tags) or None),
        ),
    )


def _others(ways: Iterable[KeptWay], bought: KeptWay) -> Iterable[KeptWay]:
    return (way for way in ways if way.variant_id != bought.variant_id)
