"""The search page: one box, what it found, and a way on when it found nothing."""

from dataclasses import dataclass

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue

from shop.catalog.queries import cards, categories
from shop.kernel.clock import town_day
from shop.search.queries import search
from shop.search.question import LONGEST, Facets, Question, Results
from shop.search.reader import reader_of
from shop.web.audience import Audience, blueprint
from shop.web.forms import clean
from shop.web.goods import GoodsCard, Leaves, goods_card, leaves, page_number
from shop.web.house import house, reading
from shop.web.i18n import _

bp = blueprint("search", __name__, Audience.PUBLIC)

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
    """The search page."""

    text: str
    heading: str
    total: int
    corrected_to: str | None
    shelves: tuple[Shelfmark, ...]
    cards: tuple[GoodsCard, ...]
    near: tuple[GoodsCard, ...]
    pager: Leaves


@bp.get("/search")
def results() -> ResponseReturnValue:
    """Show what was found for `q`, on the shelf `c` if one is wanted."""
    text = " ".join((clean(request.args.get("q")) or "").split())[:LONGEST]
    shelf = request.args.get("c") or None
    wanted = page_number(request.args.get("page"))
    month = town_day(house().clock()).month
    question = Question(text, month, page=wanted, category=shelf)
    found = search(reading(), reader_of(house().settings.search_dir), question) if text else NOTHING
    view = Found(
        text=text,
        heading=_("找“%(asked)s”", asked=text) if text else _("找山货"),
        total=found.total,
        corrected_to=found.corrected_to,
        shelves=_shelves(found, text, shelf),
        cards=_cards(found.items),
        near=_cards(found.near),
        pager=leaves(found.page, found.pages, lambda n: url_for("search.results", q=text, c=shelf, page=n)),
    )
    return render_template("search/results.html", found=view)


def _cards(listing_ids: tuple[int, ...]) -> tuple[GoodsCard, ...]:
    month = town_day(house().clock()).month
    shown = cards(reading(), listing_ids, month=month)
    return tuple(goods_card(card, url_for("catalog.listing", code=card.code)) for card in shown)


def _shelves(found: Results, text: str, shelf: str | None) -> tuple[Shelfmark, ...]:
    """Return the shelves on which something was found; when nothing was, all shelves of the market."""
    everywhere = categories(reading())
    if not found.facets.categories:
        return tuple(
            Shelfmark(c.name, url_for("catalog.category", code=c.code), c.hint, c.count, is_current=False)
            for c in everywhere
        )
    counts = {choice.code: choice.count for choice in found.facets.categories}
    marks = [_mark(c.name, text, c.code, shelf, counts[c.code]) for c in everywhere if c.code in counts]
    if shelf is None and len(marks) < 2:
        return ()
    return (_mark(_("全部"), text, None, shelf, sum(counts.values())), *marks)


def _mark(name: str, text: str, code: str | None, current: str | None, count: int) -> Shelfmark:
    href = url_for("search.results", q=text, c=code)
    return Shelfmark(name, href, _("%(n)d 样", n=count), count, is_current=code == current)
