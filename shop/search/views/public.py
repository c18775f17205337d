"""The search page: what was found, how to narrow it down, and a way on when nothing was."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue
from markupsafe import Markup

from shop.catalog.queries import Card, categories, shelf_tree
from shop.kernel.clock import town_day
from shop.search import misses
from shop.search.highlight import marked
from shop.search.naming import Names
from shop.search.question import Facets, Question, Results
from shop.search.views.answering import Answer, answer
from shop.search.views.asked import href, is_narrowed, question_of
from shop.search.views.panel import SORT_REASONS, Order, Panel, address, orders, panel
from shop.web.about import About, described
from shop.web.audience import Audience, blueprint
from shop.web.gloss import gloss
from shop.web.goods import GoodsCard, Leaves, goods_card, leaves, shelf_hint, shelf_name
from shop.web.house import house, reading
from shop.web.i18n import _
from shop.web.kept import leave_unkept
from shop.web.ripe import ripe_cards
from shop.web.words import listed

bp = blueprint("search", __name__, Audience.PUBLIC)

MARK, MARK_END = Markup("<mark>"), Markup("</mark>")
NOTHING = Results(items=(), total=0, page=1, pages=1, facets=Facets())


@dataclass(frozen=True)
class Shelfmark:
    """A shelf to look on, as the shelves component draws it."""

    name: str
    href: str
    hint: str
    count: int
    is_current: bool


@dataclass(frozen=True)
class Found:
    """The search page.

    Attributes:
        about: None for a page that search engines should not keep: narrowed down, or with nothing on it.
        sure: how many of the total are what was asked for; the others are only of its kind.
        meant: the question as it was probably meant, and its address.
        understood: names of the kinds of goods and places that were understood.
        near: goods near to what was asked for, when nothing was found.
        ripe: of the month, when nothing was found or asked.
        shelves: of the whole market, when nothing was found or asked.
    """

    about: About | None
    text: str
    heading: str
    total: int
    sure: int
    meant: tuple[str, str] | None
    understood: str
    cards: tuple[GoodsCard, ...]
    near: tuple[GoodsCard, ...]
    panel: Panel
    orders: tuple[Order, ...]
    order_reason: str
    ripe: tuple[GoodsCard, ...]
    shelves: tuple[Shelfmark, ...]
    pager: Leaves


@bp.get("/search")
def results() -> ResponseReturnValue:
    """Show what was found for `q` and the filters; without both, the shelves.

    What cannot be understood of the address is left out of the question.
    """
    question, _faults = question_of(request.args, town_day(house().clock()).month)
    if question.text or is_narrowed(question):
        found = answer(question)
        _note_miss(found)
    else:
        found = Answer(question, NOTHING, shelf_tree(reading()), Names({}, {}))
    return render_template("search/results.html", found=_page(found))


def _note_miss(found: Answer) -> None:
    """Note for staff what was looked for in vain; filters may be the reason of an empty page, words then are not."""
    if found.question.text and not found.results.sure and not is_narrowed(found.question):
        leave_unkept()  # each time counts
        misses.note(house().settings.search_dir, found.question.text, found.results.understood)


def _page(answered: Answer) -> Found:
    question, found = answered.question, answered.results
    here = replace(question, page=found.page)
    return Found(
        about=_about(question, found),
        text=question.text,
        heading=_heading(question),
        total=found.total,
        sure=found.sure if question.text else found.total,
        meant=_meant(question, found),
        understood=listed(gloss(name) or name for name in found.understood),
        cards=_cards(answered.cards, found.items, found.terms),
        near=_cards(answered.cards, found.near, ()),
        panel=panel(here, found.facets, answered.shelves, answered.names),
        orders=orders(here),
        order_reason=str(SORT_REASONS[question.sort]),
        ripe=() if found.items or found.near else ripe_cards(),
        shelves=() if found.items else _shelves(),
        pager=leaves(found.page, found.pages, lambda n: href(replace(here, page=n))),
    )


def _meant(question: Question, found: Results) -> tuple[str, str] | None:
    """Return what was probably meant; an English plural is no slip, though the dictionary has the one alone."""
    better = found.corrected_to
    if better is None or question.text.lower() in (better + "s", better + "es"):
        return None
    return better, address(question, text=better)


def _about(question: Question, found: Results) -> About | None:
    if not (question.text and found.items) or is_narrowed(question) or found.page > 1:
        return None
    told = _(
        "村里人家的货里，和“%(asked)s”有关的有 %(n)d 样，写着价钱、产地和几时能寄到。",
        asked=question.text,
        n=found.total,
    )
    return About(_heading(question), described(told))


def _heading(question: Question) -> str:
    if question.text:
        return _("找“%(asked)s”", asked=question.text)
    return _("挑山货") if is_narrowed(question) else _("找山货")


def _cards(known: Sequence[Card], listing_ids: Sequence[int], terms: tuple[str, ...]) -> tuple[GoodsCard, ...]:
    by_id = {card.id: goods_card(card, url_for("catalog.listing", code=card.code)) for card in known}
    return tuple(_marked(by_id[i], terms) for i in listing_ids)


def _marked(card: GoodsCard, terms: tuple[str, ...]) -> GoodsCard:
    """Return a card on which what was looked for is marked."""
    return replace(
        card,
        title=_mark(card.title, terms),
        village=_mark(card.village, terms),
        vendor_name=_mark(card.vendor_name, terms),
    )


@lru_cache(maxsize=4096)
def _mark(text: str, terms: tuple[str, ...]) -> Markup:
    """Return a text with what was looked for in `<mark>`, every piece of it escaped."""
    return Markup("").join(MARK + piece + MARK_END if is_marked else piece for piece, is_marked in marked(text, terms))


def _shelves() -> tuple[Shelfmark, ...]:
    return tuple(
        Shelfmark(
            shelf_name(shelf),
            url_for("catalog.category", code=shelf.code),
            shelf_hint(shelf),
            shelf.count,
            is_current=False,
        )
        for shelf in categories(reading())
        if shelf.parent_code is None
    )
