"""Searching: what the index finds, asked again of the database before anybody sees it."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from shop.catalog.search_feed import buyable, containing
from shop.search.analysis import normalised
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
        near: when nothing was found: things of the kind that was asked for.
    """

    items: tuple[int, ...]
    total: int
    page: int
    pages: int
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
        page: from 1; beyond the last it is empty.
        per_page: listings on a page.
        category: only of the shelf with this code.
        in_season_month: only with this month (1 to 12) in their season.
    """
    asked = text[:LONGEST]
    corrected: str | None = None
    near: list[int] = []
    try:
        lookup, analyser = reader.view()
    except IndexMissing:
        words = normalised(asked).split()
        found = containing(session, words, MOST, category=category, month=in_season_month) if words else []
        return _page(found, page, per_page)
    wanted = plan(asked, analyser)
    if wanted.corrected_to is not None:
        better = _found(lookup, plan(wanted.corrected_to, analyser))
        corrected = wanted.corrected_to if better else None
        candidates = list(dict.fromkeys([*better, *_found(lookup, wanted)]))
    else:
        candidates = _found(lookup, wanted)
    found = buyable(session, candidates, category=category, month=in_season_month)
    if not found and wanted.broader:
        near = buyable(session, lookup.find([wanted.broader], MOST, every=False))[:SOME_NEAR]
    return _page(found, page, per_page, corrected, near)


def _found(lookup: Lookup, wanted: Plan) -> list[int]:
    ids = lookup.find(wanted.units, MOST, every=True)
    if len(ids) < ENOUGH and len(wanted.units) > 1:
        some = lookup.find(wanted.units, MOST, every=False)
        ids = list(dict.fromkeys([*ids, *some]))
    return ids


def _page(
    found: Sequence[int], page: int, per_page: int, corrected: str | None = None, near: Sequence[int] = ()
) -> Results:
    start = (max(1, page) - 1) * per_page
    return Results(
        items=tuple(found[start : start + per_page]),
        total=len(found),
        page=max(1, page),
        pages=max(1, -(-len(found) // per_page)),
        corrected_to=corrected,
        near=tuple(near),
    )

