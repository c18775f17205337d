"""The panel beside what was found: filters with their counts, those in use, and the orders one may choose."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

from flask_babel import lazy_gettext as _l

from shop.catalog.queries import CategoryFacts
from shop.kernel.money import yuan
from shop.search.naming import Names
from shop.search.question import PRICE_BANDS, Count, Facets, Question, Sort
from shop.search.views.asked import href, hrefs
from shop.web.goods import shelf_name
from shop.web.i18n import _

FEW = 6
"""Choices of one kind that are seen at once; the others lie behind one press."""

SORT_WORDS = {
    Sort.RELEVANCE: _l("相关"),
    Sort.PRICE_UP: _l("价低到高"),
    Sort.PRICE_DOWN: _l("价高到低"),
    Sort.SALES: _l("卖得多"),
    Sort.NEWEST: _l("新上架"),
}
SORT_REASONS = {
    Sort.RELEVANCE: _l("先看跟您写的有多相关；一样相关的，有货、卖得多、新上架的在前。"),
    Sort.PRICE_UP: _l("按最便宜的一种卖法的价钱，从低到高。"),
    Sort.PRICE_DOWN: _l("按最便宜的一种卖法的价钱，从高到低。"),
    Sort.SALES: _l("按一共卖出的份数，从多到少。"),
    Sort.NEWEST: _l("按上架的日子，新的在前。"),
}
"""By what goods are put in order; never by who asks (E-Commerce Law of the PRC, article 18)."""


class Choice(NamedTuple):
    """One filter that may be chosen; when it is, its address gives it up. A page has up to a hundred."""

    label: str
    href: str
    many: int
    is_current: bool
    is_part: bool = False


@dataclass(frozen=True)
class Facet:
    """Choices of one kind."""

    title: str
    choices: tuple[Choice, ...]
    more: tuple[Choice, ...] = ()


@dataclass(frozen=True)
class Chip:
    """A filter in use; the address is without it."""

    label: str
    href: str


@dataclass(frozen=True)
class Panel:
    """All filters."""

    facets: tuple[Facet, ...]
    chips: tuple[Chip, ...]
    clear_href: str


@dataclass(frozen=True)
class Order:
    """An order one may choose."""

    label: str
    href: str
    is_current: bool


def address(question: Question, **changes: Any) -> str:
    """Return the address of a question with other filters; a changed one begins at its first page."""
    return href(replace(question, **{"page": 1, **changes}))


def orders(question: Question) -> tuple[Order, ...]:
    """Return the orders one may choose."""
    return tuple(
        Order(str(words), address(question, sort=sort), sort is question.sort) for sort, words in SORT_WORDS.items()
    )


def panel(question: Question, facets: Facets, shelves: Sequence[CategoryFacts], names: Names) -> Panel:
    """Return the filters of what was found.

    Args:
        question: as asked, with the filters in use.
        facets: the counts.
        shelves: all shelves in their order.
        names: of every village and household that is counted or asked for.
    """
    own = (
        _shelf_facet(question, facets, shelves),
        _code_facet(_("哪个村"), question, "village", facets.villages, names.villages),
        _now_facet(question, facets),
        _price_facet(question, facets),
        _code_facet(_("哪一家"), question, "vendor", facets.vendors, names.vendors),
    )
    nothing = {"category": None, "village": None, "vendor": None, "in_season": False, "in_stock": False}
    return Panel(
        facets=tuple(facet for facet in own if facet.choices),
        chips=tuple(_chips(question, shelves, names)),
        clear_href=address(question, **nothing, price_min_fen=None, price_max_fen=None),
    )


def _choice(question: Question, label: str, count: int, told: Mapping[str, Any], *, is_part: bool = False) -> Choice:
    """Return the choice of some filters, or of giving them up when they are in use."""
    is_current = all(getattr(question, name) == value for name, value in told.items())
    none = {name: False if isinstance(value, bool) else None for name, value in told.items()}
    return Choice(label, address(question, **(none if is_current else told)), count, is_current, is_part)


def _shelf_facet(question: Question, facets: Facets, shelves: Sequence[CategoryFacts]) -> Facet:
    """Return the shelves, and the parts of the one that is looked at."""
    counts = {choice.code: choice.count for choice in facets.categories}
    opened = next((shelf.parent_code or shelf.code for shelf in shelves if shelf.code == question.category), None)
    seen = [shelf for shelf in shelves if counts.get(shelf.code) or shelf.code == question.category]
    tops = [shelf for shelf in seen if shelf.parent_code is None]
    if opened is None and len(tops) == 1:
        opened = tops[0].code
    choices: list[Choice] = []
    for top in tops:
        choices.append(_choice(question, shelf_name(top), counts.get(top.code, 0), {"category": top.code}))
        parts = [shelf for shelf in seen if shelf.parent_code == top.code and top.code == opened]
        choices += [
            _choice(question, shelf_name(p), counts.get(p.code, 0), {"category": p.code}, is_part=True) for p in parts
        ]
    return Facet(_("货架"), tuple(choices))


def _code_facet(title: str, question: Question, name: str, counts: Sequence[Count], names: Mapping[str, str]) -> Facet:
    """Return choices by code, the one in use among those that are seen at once."""
    chosen = getattr(question, name)
    ordered = [count for count in sorted(counts, key=lambda count: count.code != chosen) if count.code in names]
    choices = [
        Choice(names[c.code], address(question, **{name: None}) if c.code == chosen else to, c.count, c.code == chosen)
        for c, to in zip(ordered, hrefs(question, name, [c.code for c in ordered]), strict=True)
    ]
    return Facet(title, tuple(choices[:FEW]), tuple(choices[FEW:]))


def _now_facet(question: Question, facets: Facets) -> Facet:
    own = (
        (_("当季的"), facets.in_season, {"in_season": True}, question.in_season),
        (_("现在有货的"), facets.in_stock, {"in_stock": True}, question.in_stock),
    )
    return Facet(
        _("眼下"),
        tuple(_choice(question, label, count, told) for label, count, told, is_used in own if count or is_used),
    )


def _price_facet(question: Question, facets: Facets) -> Facet:
    asked = (question.price_min_fen, question.price_max_fen)
    bands = zip(PRICE_BANDS, facets.prices, strict=True)
    return Facet(
        _("价钱"),
        tuple(
            _choice(question, price_words(*band), count, {"price_min_fen": band[0], "price_max_fen": band[1]})
            for band, count in bands
            if count or band == asked
        ),
    )


def price_words(least: int | None, most: int | None) -> str:
    """Return a range of prices as people say it; the lower end of a band is a fen above the next lower band's end."""
    if least is None:
        return _("%(price)s 以内", price=yuan(most or 0))
    from_fen = least - 1 if least % 100 == 1 else least
    if most is None:
        return _("%(price)s 以上", price=yuan(from_fen))
    return _("%(least)s 到 %(most)s", least=yuan(from_fen), most=yuan(most))


def _chips(question: Question, shelves: Sequence[CategoryFacts], names: Names) -> list[Chip]:
    found: list[Chip] = []
    labels = {
        "category": {shelf.code: shelf_name(shelf) for shelf in shelves},
        "village": names.villages,
        "vendor": names.vendors,
    }
    for name, by_code in labels.items():
        code = getattr(question, name)
        if code is not None:
            found.append(Chip(by_code[code], address(question, **{name: None})))
    if question.in_season:
        found.append(Chip(_("当季的"), address(question, in_season=False)))
    if question.in_stock:
        found.append(Chip(_("现在有货的"), address(question, in_stock=False)))
    if question.price_min_fen is not None or question.price_max_fen is not None:
        label = price_words(question.price_min_fen, question.price_max_fen)
        found.append(Chip(label, address(question, price_min_fen=None, price_max_fen=None)))
    return found
