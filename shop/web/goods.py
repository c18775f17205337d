"""Goods as buyers read them: the card on the stall, the words beside a price, leafing through a long list."""

import re
from collections.abc import Callable
from dataclasses import dataclass

from shop.catalog.queries import Card
from shop.kernel.money import yuan
from shop.media.queries import Picture
from shop.web.i18n import _

PACKS = frozenset("盒袋瓶罐坛件斤")
"""Units that are a wrapping: what is inside is counted in pieces of its own."""

LAST_PAGE = 9_999
"""No shelf is longer; a larger number in an address is a mistake."""


@dataclass(frozen=True)
class GoodsCard:
    """What the card component draws."""

    title: str
    href: str
    price_fen: int
    unit_label: str
    unit_price_text: str | None
    village: str
    vendor_name: str
    in_season: bool
    is_sold_out: bool
    picture: Picture | None


@dataclass(frozen=True)
class Leaves:
    """Where one is in a long list, as the pager draws it."""

    number: int
    pages: int
    prev_href: str | None
    next_href: str | None


def unit_label(unit: str, pieces: int) -> str:
    """Return what one gets for the price: `/ 盒`, `/ 30枚`, `/ 盒（30个）`."""
    if pieces == 1:
        return f"/ {unit}"
    if unit in PACKS:
        return _("/ %(unit)s（%(n)d个）", unit=unit, n=pieces)
    return f"/ {pieces}{unit}"


def unit_price_text(price_fen: int, unit: str, pieces: int) -> str | None:
    """Return what one piece comes to when several are sold together, rounded half up to whole fen; None for one."""
    if pieces == 1:
        return None
    each_fen = (2 * price_fen + pieces) // (2 * pieces)
    words = _("合 %(price)s 一%(piece)s") if each_fen * pieces == price_fen else _("约 %(price)s 一%(piece)s")
    return words % {"price": yuan(each_fen), "piece": _("个") if unit in PACKS else unit}


def plain_name(title: str) -> str:
    """Return a title without the net content that stands at its end: 红心猕猴桃2.5公斤 is 红心猕猴桃."""
    return re.split(r"\d", title, maxsplit=1)[0].strip() or title


def first_sentence(text: str) -> str:
    """Return a story's first sentence."""
    end = text.find("。")
    return text[: end + 1] if end >= 0 else text


def goods_card(card: Card, href: str) -> GoodsCard:
    """Return a listing as the card component draws it; what is sold all the year round is not marked as in season."""
    return GoodsCard(
        title=card.title,
        href=href,
        price_fen=card.way.price_fen,
        unit_label=unit_label(card.way.unit, card.way.pieces),
        unit_price_text=unit_price_text(card.way.price_fen, card.way.unit, card.way.pieces),
        village=card.village,
        vendor_name=card.vendor_name,
        in_season=card.in_season and len(card.months) < 12,
        is_sold_out=card.free <= 0,
        picture=card.photo,
    )


def page_number(typed: str | None) -> int:
    """Return the page an address asks for; anything that is none is the first."""
    number = int(typed[:9]) if typed and typed.isascii() and typed.isdigit() else 1
    return max(1, min(number, LAST_PAGE))


def leaves(page: int, pages: int, href: Callable[[int], str]) -> Leaves:
    """Return the pager's facts; `href` makes the address of a page."""
    return Leaves(
        number=page,
        pages=pages,
        prev_href=href(page - 1) if 1 < page <= pages + 1 else None,
        next_href=href(page + 1) if page < pages else None,
    )
