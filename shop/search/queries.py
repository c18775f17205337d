"""Searching: what the index finds, asked again of the database before anybody sees it; and staff's own words."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from sqlalchemy import select
from sqlalchemy.orm import Session

from shop.catalog.search_feed import containing, still_shown
from shop.search.analysis import normalised
from shop.search.columns import Columns, Places, row_of
from shop.search.completion import Suggestion
from shop.search.concepts import ConceptRow
from shop.search.matching import RELATED, Matches, everything, matches, near
from shop.search.models import SearchConcept
from shop.search.plan import Plan, plan
from shop.search.question import LONGEST, Facets, Question, Results
from shop.search.reader import IndexMissing, Reader, Reading
from shop.search.spelling import corrected

MOST_READ = 500
"""Listings that are looked at when there is no index."""
SOME_NEAR = 6
MOST_TERMS = 60
TIER = 1 << 40
"""More than any price, sale or moment within a tier."""


@dataclass(frozen=True)
class _Answer:
    """What the index knows, before anybody asked whether it may be shown."""

    ids: Sequence[int]
    total: int
    sure: int
    page: int
    pages: int
    facets: Facets
    corrected_to: str | None
    plan: Plan | None
    near: Sequence[int]


class Shown(Protocol):
    """Tells which listings are on the shelf now; with `in_stock` only those of which something can be bought."""

    def __call__(self, session: Session, listing_ids: Collection[int], *, in_stock: bool) -> set[int]:
        """Return those of these listings."""


def search(session: Session, reader: Reader, question: Question, *, shown_of: Shown = still_shown) -> Results:
    """Find listings.

    Which of them are on the shelf is the database's word: the index may be a moment behind, and what it shows too many
    is left out of the page and of the total. Without an index the catalogue itself is read through, which finds less
    but answers.

    Args:
        session: reads the catalogue.
        reader: of the index.
        shown_of: asks the catalogue; a page that reads the cards of what was found tells by them.
    """
    try:
        answer = reader.ask(lambda reading: _answer(reading, question))
    except IndexMissing:
        answer = _read_through(session, question)
    shown = shown_of(session, [*answer.ids, *answer.near], in_stock=question.in_stock) if answer.total else set()
    if answer.near:
        shown = shown_of(session, answer.near, in_stock=False)
    items = tuple(i for i in answer.ids if i in shown)
    understood = answer.plan
    return Results(
        items=items,
        total=answer.total - (len(answer.ids) - len(items)),
        sure=min(answer.sure, answer.total - (len(answer.ids) - len(items))),
        page=answer.page,
        pages=answer.pages,
        facets=answer.facets,
        corrected_to=answer.corrected_to,
        understood=understood.understood if understood is not None else (),
        near=tuple(i for i in answer.near if i in shown),
        terms=understood.terms[:MOST_TERMS] if understood is not None else (question.text,),
    )


def _answer(reading: Reading, question: Question) -> _Answer:
    view, asked = reading.view, question.text[:LONGEST]
    wanted = plan(asked, reading.language, view)
    if wanted.is_empty:
        return _page(view.columns, everything(view), question, wanted, None)
    better = corrected(asked, reading.language, view)
    if better is not None:
        meant = plan(better, reading.language, view)
        found = matches(view, meant)
        if len(found.places):
            return _page(view.columns, found, question, meant, better)
    found = matches(view, wanted)
    if not len(found.places):
        better = corrected(asked, reading.language, view, finds=False)
        if better is not None:
            meant = plan(better, reading.language, view)
            return _page(view.columns, matches(view, meant), question, meant, better)
    close = [] if len(found.places) else view.columns.numbers["id"][near(view, wanted, SOME_NEAR)].tolist()
    return _page(view.columns, found, question, wanted, None, close)


def _page(
    columns: Columns,
    found: Matches,
    question: Question,
    wanted: Plan | None,
    corrected_to: str | None,
    close: Sequence[int] = (),
) -> _Answer:
    """Filter and count what was found, and put the wanted page of it in order."""
    by = columns.order(found.places, question.sort, found.relevance) + found.tiers * TIER
    places, facets = columns.filtered(found.places, question)
    if len(places) < len(found.places):
        ranks = np.zeros(len(columns), dtype=np.int64)
        ranks[found.places] = by
        by = ranks[places]
    pages = max(1, -(-len(places) // question.per_page))
    page = min(max(1, question.page), pages)
    shown: Places = columns.first(places, by, page * question.per_page)[(page - 1) * question.per_page :]
    ids = columns.numbers["id"][shown].tolist()
    sure = int(np.count_nonzero(by < RELATED * TIER - TIER // 2))
    return _Answer(ids, len(places), sure, page, pages, facets, corrected_to, wanted, close)


def _read_through(session: Session, question: Question) -> _Answer:
    """Answer without an index."""
    rows = [row_of(document) for document in containing(session, normalised(question.text).split(), MOST_READ)]
    columns = Columns.of_rows(rows)
    places: Places = np.arange(len(rows), dtype=np.int32)
    equal = np.zeros(len(rows), dtype=np.int64)
    return _page(columns, Matches(places, equal, places.astype(np.int64)), question, None, None)


def suggestions(reader: Reader, typed: str, count: int = 8) -> tuple[Suggestion, ...]:
    """Return how a text may go on while it is typed: names of goods that are sold, villages, households, shelves.

    Without an index there are none.
    """
    try:
        return reader.ask(lambda reading: reading.completion.starting_with(typed, count, reading.view))
    except IndexMissing:
        return ()


def extra_concepts(session: Session) -> tuple[ConceptRow, ...]:
    """Return the staff's own words as rows of the dictionary, their names as they are compared."""
    rows = session.scalars(select(SearchConcept).order_by(SearchConcept.code))
    return tuple(
        ConceptRow(
            row.code,
            tuple(name for text in row.chinese if (name := normalised(text).strip())),
            tuple(name for text in row.english if (name := normalised(text).strip())),
            tuple(row.broader),
        )
        for row in rows
    )
