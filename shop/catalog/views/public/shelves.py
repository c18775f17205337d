"""One shelf with its parts, and the year's calendar."""

from collections.abc import Sequence
from dataclasses import dataclass

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue

from shop.catalog import grid, queries
from shop.catalog.queries import Card, CategoryFacts
from shop.catalog.views.public.base import Shelfmark, Stand, bp, card, shelfmarks, stand, today
from shop.catalog.views.public.words import CLIMATE_WORDS, COLLECT_ONLY, RETURN_WORDS
from shop.catalog.views.words import MONTHS
from shop.kernel.errors import NotFound
from shop.media.queries import Picture
from shop.web.about import About, described, shared
from shop.web.goods import GoodsCard, page_number, plain_name, shelf_hint, shelf_name
from shop.web.house import reading
from shop.web.i18n import _

SOON_MONTHS = 2
CALENDAR_ROWS = 100


@dataclass(frozen=True)
class ShelfPage:
    """One shelf.

    Attributes:
        parts: its parts and itself; of a part, its shelf and the parts beside it. Empty without any.
        rules: what holds for everything on it.
    """

    about: About
    heading: str
    hint: str
    shelves: tuple[Shelfmark, ...]
    parts: tuple[Shelfmark, ...]
    rules: tuple[str, ...]
    stand: Stand


Row = tuple[str, str, tuple[int, ...], str, Picture | None]
"""Name, address, months, tone and picture of what has a season."""


@dataclass(frozen=True)
class Calendar:
    """The year's goods, and what there is this month."""

    about: About
    month: int
    heading: str
    week: int
    """How far the month has gone, 1 to 4."""
    groups: tuple[tuple[str, tuple[Row, ...]], ...]
    cards: tuple[GoodsCard, ...]


def _parts(found: list[CategoryFacts], shelf: CategoryFacts, current: str) -> tuple[Shelfmark, ...]:
    parts = [part for part in found if part.parent_code == shelf.code]
    if not parts:
        return ()
    whole = Shelfmark(
        _("全部"), url_for("catalog.category", code=shelf.code), "", shelf.count, is_current=shelf.code == current
    )
    return (whole, *shelfmarks(parts, current))


def _rules(shelf: CategoryFacts) -> tuple[str, ...]:
    """Return what holds for what lies on a shelf; dry goods need no word about the cold."""
    if shelf.is_live:
        return (str(COLLECT_ONLY),)
    kept = CLIMATE_WORDS.get(shelf.climate)
    return tuple(str(words) for words in (kept, RETURN_WORDS[shelf.return_class]) if words is not None)


@bp.get("/c/<code>")
def category(code: str) -> ResponseReturnValue:
    """Show one shelf with what lies on its parts, or one part."""
    on, page = today(), page_number(request.args.get("page"))
    found = queries.categories(reading())
    by_code = {shelf.code: shelf for shelf in found}
    here = by_code.get(code)
    if here is None:
        raise NotFound("category")
    shelf = by_code[here.parent_code] if here.parent_code is not None else here
    laid = grid.shelf(reading(), month=on.month, page=page, category_id=here.id, total=here.count)
    parts = _parts(found, shelf, code)
    it = ShelfPage(
        about=About(
            shelf_name(here), described(here.hint), image=shared(next((c.photo for c in laid.cards if c.photo), None))
        ),
        heading=shelf_name(here),
        hint=shelf_hint(here),
        shelves=shelfmarks((one for one in found if one.parent_code is None), shelf.code),
        parts=parts,
        rules=_rules(here) if here is not shelf or not parts else (),
        stand=stand(laid, "catalog.category", code=code),
    )
    return render_template("catalog/category.html", it=it)


def _months_until(found: Card, month: int) -> int:
    """Return how many months pass until a thing is there: none when it is."""
    return min((m - month) % 12 for m in found.months)


def _months_left(found: Card, month: int) -> int:
    """Return how many more months a thing that is there now stays."""
    return next(n for n in range(12) if (month + n) % 12 + 1 not in found.months)


def _row(found: Card, month: int) -> Row:
    wait = _months_until(found, month)
    tone = "bamboo" if wait == 0 else ("persimmon" if wait <= SOON_MONTHS else "indigo")
    return plain_name(found.title), url_for("catalog.listing", code=found.code), found.months, tone, found.photo


def _groups(found: Sequence[Card], month: int) -> tuple[tuple[str, tuple[Row, ...]], ...]:
    """Return what has a season by when it is there."""
    rows = tuple(_row(one, month) for one in found)
    headings = (("bamboo", _("现在就有")), ("persimmon", _("一两个月里来")), ("indigo", _("还要等")))
    return tuple((heading, tuple(row for row in rows if row[3] == tone)) for tone, heading in headings)


@bp.get("/season")
def season() -> ResponseReturnValue:
    """Show the year's calendar of what has a season, the soonest to go first, and what there is this month."""
    on = today()
    seasonal = grid.laid(reading(), month=on.month, most=CALENDAR_ROWS, seasonal_only=True)

    def by_nearness(one: Card) -> tuple[int, int, str]:
        wait = _months_until(one, on.month)
        return wait, _months_left(one, on.month) if wait == 0 else 0, one.title

    ordered = sorted(seasonal, key=by_nearness)
    calendar = Calendar(
        about=About(_("一年里有什么"), described(_("山里的东西跟着月份走：这个月有什么，下个月等什么。"))),
        month=on.month,
        heading=_("%(month)s里有的", month=MONTHS[on.month - 1]),
        week=min(4, (on.day + 6) // 7),
        groups=_groups(ordered, on.month),
        cards=tuple(card(one) for one in ordered if one.in_season),
    )
    return render_template("catalog/season.html", calendar=calendar)
