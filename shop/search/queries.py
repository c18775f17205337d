"""Searching: what the index finds, asked again of the database before anybody sees it."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace

from sqlalchemy.orm import Session

from shop.catalog.search_feed import buyable, containing
from shop.search.analysis import Analyser, normalised
from shop.search.index import Lookup
from shop.search.plan import Plan, plan
from shop.search.reader import IndexMissing, Reader

MOST = 500
"""Listings looked at for one question; nobody turns that many pages."""
ENOUGH = 5
"""With fewer that match every word, those that match some are shown after them."""
LONGEST = 60
"""Characters of a question that are read."""
SOME_NEAR = 6


@dataclass(frozen=True)
class Results:
    """What was found.

    Attributes:
        items: ids of the listings of this page, best first; all can be bought now.
        total: how many there are on all pages.
        page: this page, from 1.
        pages: how many pages there are, at least 1.
        corrected_to: the question as it was probably meant; what it finds comes first.
        shelves: codes of the shelves on which something was found, and how much, most first; whatever shelf is wanted.
        near: when nothing was found: things of the kind that was asked for.
    """

    items: tuple[int, ...]
    total: int
    page: int
    pages: int
    shelves: tuple[tuple[str, int], ...] = ()
    corrected_to: str | None = None
    near: tuple[int, ...] = ()


def search(
    session: Session,
    reader: Reader,
    text: str,
    *,
    page: int = 1,
    per_page: int = 24,
    category: str | None = None,
    in_season_month: int | None = None,
) -> Results:
    """Find listings that can be bought now.

    Stock and state are the database's: the index may be behind, or of another moment. Without an index the catalogue
    itself is read through, which finds less but answers.

    Args:
        session: reads the catalogue.
        reader: of the index.
        text: as typed: Chinese of either script, pinyin, initials, English, household or village; 60 characters count.
        page: from 1; beyond the last one means the last.
        per_page: listings on a page.
        category: only of the shelf with this code.
        in_season_month: only with this month (1 to 12) in their season.
    """
    asked = text[:LONGEST]
    try:
        answer = reader.ask(lambda lookup, analyser: _answer(lookup, analyser, asked))
    except IndexMissing:
        words = normalised(asked).split()
        plain = containing(session, words, MOST, month=in_season_month) if words else []
        return _page(plain, category, page, per_page)
    found = buyable(session, answer.ids, month=in_season_month)
    results = _page(found, category, page, per_page)
    near = buyable(session, answer.near)[:SOME_NEAR] if not found else []
    return replace(results, corrected_to=answer.corrected_to, near=tuple(listing_id for listing_id, _ in near))


@dataclass(frozen=True)
class _Answer:
    ids: list[int]
    near: list[int]
    corrected_to: str | None


def _answer(lookup: Lookup, analyser: Analyser, asked: str) -> _Answer:
    """Return what the index knows, before anybody asked whether it can be bought."""
    wanted = plan(asked, analyser)
    ids = _found(lookup, wanted)
    corrected: str | None = None
    if wanted.corrected_to is not None:
        better = _found(lookup, plan(wanted.corrected_to, analyser))
        corrected = wanted.corrected_to if better else None
        ids = list(dict.fromkeys([*better, *ids]))
    near = lookup.find([wanted.broader], MOST, every=False) if wanted.broader else []
    return _Answer(ids, near, corrected)


def _found(lookup: Lookup, wanted: Plan) -> list[int]:
    ids = lookup.find(wanted.units, MOST, every=True)
    if len(ids) < ENOUGH and len(wanted.units) > 1:
        some = lookup.find(wanted.units, MOST, every=False)
        ids = list(dict.fromkeys([*ids, *some]))
    return ids


def _page(found: Sequence[tuple[int, str]], category: str | None, page: int, per_page: int) -> Results:
    wanted = [listing_id for listing_id, code in found if category in (None, code)]
    pages = max(1, -(-len(wanted) // per_page))
    start = (min(page, pages) - 1) * per_page
    return Results(
        items=tuple(wanted[start : start + per_page]),
        total=len(wanted),
        page=min(page, pages),
        pages=pages,
        shelves=tuple(Counter(code for _, code in found).most_common()),
    )
