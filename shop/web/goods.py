"""Goods as buyers meet them in a grid: the card on the stall, leafing through a long list."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date

from flask_babel import lazy_gettext as _l

from shop.catalog.lots.models import Grade
from shop.catalog.queries import Card, CategoryFacts
from shop.catalog.rules import Harvest
from shop.kernel.clock import town_day
from shop.kernel.languages import Language
from shop.media.queries import Picture
from shop.web.house import house
from shop.web.i18n import _, reader
from shop.web.prices import price_tag
from shop.web.words import months, town_date

LAST_PAGE = 9_999
"""No shelf is longer; a larger number in an address is a mistake."""

GRADE_WORDS: Mapping[Grade, str] = {
    Grade.UNGRADED: _l("不分级"),
    Grade.TOP: _l("特级"),
    Grade.FIRST: _l("一级"),
    Grade.SECOND: _l("二级"),
}


def shelf_name(shelf: CategoryFacts) -> str:
    """Return what a shelf is called in the reader's language."""
    return named(shelf.name, shelf.name_en)


def shelf_hint(shelf: CategoryFacts) -> str:
    """Return the line below a shelf's name; it is kept in Chinese alone."""
    return "" if reader() is Language.EN else shelf.hint


def named(name: str, name_en: str) -> str:
    """Return one of two names, by the reader's language."""
    return name_en if name_en and reader() is Language.EN else name


@dataclass(frozen=True)
class GoodsCard:
    """What the card component draws.

    Attributes:
        is_lowest: there are more ways to buy it, none cheaper.
        weight: where the scale decides, what a piece weighs, and what it costs at most.
        seal: the word on its picture and its tone.
        note: when or how it is to be had, where that is not now and by parcel.
    """

    title: str
    href: str
    price_fen: int
    unit_label: str
    unit_price_text: str | None
    is_lowest: bool
    weight: tuple[str, ...]
    village: str
    vendor_name: str
    seal: tuple[str, str] | None
    note: str | None
    is_sold_out: bool
    picture: Picture | None


@dataclass(frozen=True)
class Leaves:
    """Where one is in a long list, as the pager draws it."""

    number: int
    pages: int
    prev_href: str | None
    next_href: str | None


def plain_name(title: str) -> str:
    """Return a title without the net content that stands at its end: 红心猕猴桃2.5公斤 is 红心猕猴桃."""
    return re.split(r"\d", title, maxsplit=1)[0].strip() or title


def first_sentence(text: str) -> str:
    """Return a story's first sentence."""
    end = text.find("。")
    return text[: end + 1] if end >= 0 else text


def harvest_text(harvest: Harvest, today: date) -> str:
    """Return when goods ordered ahead are gathered."""
    if harvest.first > today:
        return _("%(first)s起采", first=town_date(harvest.first))
    return _("现订现采，采到%(last)s", last=town_date(harvest.last))


def _seal_and_note(card: Card, today: date) -> tuple[tuple[str, str] | None, str | None]:
    """Return the word on a card's picture and the line under its price; what is sold all year has neither."""
    if card.free <= 0:
        return (_("卖完了"), "sold-out"), None
    if card.is_live:
        return (_("自取"), "info"), _("活的不寄，到中心来取")
    if card.harvest is not None and card.harvest.last > today:
        return (_("预订"), "waiting"), harvest_text(card.harvest, today)
    if not card.in_season:
        return None, _("%(months)s才有", months=months(card.months))
    return ((_("当季"), "season") if len(card.months) < 12 else None), None


def goods_card(card: Card, href: str) -> GoodsCard:
    """Return a listing as the card component draws it; what is sold all the year round is not marked as in season."""
    tag = price_tag(card.way)
    seal, note = _seal_and_note(card, town_day(house().clock()))
    return GoodsCard(
        title=card.title,
        href=href,
        price_fen=tag.fen,
        unit_label=tag.unit,
        unit_price_text=tag.each[0] if tag.each else None,
        is_lowest=card.has_ways,
        weight=tag.weight,
        village=card.village,
        vendor_name=card.vendor_name,
        seal=seal,
        note=note,
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
