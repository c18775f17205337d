"""What is asked of the search, and what it answers: the words between pages and engine."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

LONGEST = 60
"""Characters of a question that are read."""

PRICE_BANDS: Sequence[tuple[int | None, int | None]] = (
    (None, 2000),
    (2001, 5000),
    (5001, 10000),
    (10001, 20000),
    (20001, None),
)
"""In fen, both ends included: up to 20 yuan, 20 to 50, 50 to 100, 100 to 200, more."""


class Sort(StrEnum):
    """In which order goods are shown."""

    RELEVANCE = "relevance"
    PRICE_UP = "price_up"
    PRICE_DOWN = "price_down"
    SALES = "sales"
    NEWEST = "newest"


@dataclass(frozen=True)
class Question:
    """What a person wants.

    Attributes:
        text: as typed: Chinese of either script, pinyin, initials, English, household or village. Empty: everything.
        page: from 1; beyond the last one means the last.
        category: code of a shelf; what lies on its parts counts too.
        village: code of the village the goods come from.
        vendor: code of a household.
        month: the town's present month, 1 to 12.
        in_season: only what is in season in that month.
        in_stock: only what can be bought now.
        price_min_fen: of the cheapest way a thing is sold; both ends are included.
    """

    text: str
    month: int
    page: int = 1
    per_page: int = 24
    category: str | None = None
    village: str | None = None
    vendor: str | None = None
    in_season: bool = False
    in_stock: bool = False
    price_min_fen: int | None = None
    price_max_fen: int | None = None
    sort: Sort = Sort.RELEVANCE


@dataclass(frozen=True)
class Count:
    """How much would be found with one more choice."""

    code: str
    count: int


@dataclass(frozen=True)
class Facets:
    """Choices, each kind counted with all filters but its own. Codes come most frequent first.

    Attributes:
        prices: one number for each of `PRICE_BANDS`.
    """

    categories: tuple[Count, ...] = ()
    villages: tuple[Count, ...] = ()
    vendors: tuple[Count, ...] = ()
    in_season: int = 0
    in_stock: int = 0
    prices: tuple[int, ...] = (0,) * len(PRICE_BANDS)


@dataclass(frozen=True)
class Results:
    """What was found.

    Attributes:
        items: ids of the listings of this page in their order; all of them are on the shelf.
        total: how many there are on all pages.
        page: this page, from 1.
        pages: how many pages there are, at least 1.
        corrected_to: the question as it was probably meant; what is shown was found with it.
        understood: names of the kinds of goods and places that were understood.
        near: ids of listings near to what was asked for, when nothing was found.
        terms: words to mark in what is shown (see `highlight`).
        sure: how many of the total match what was asked; those behind them are only of the same kinds.
    """

    items: tuple[int, ...]
    total: int
    page: int
    pages: int
    facets: Facets
    corrected_to: str | None = None
    understood: tuple[str, ...] = ()
    near: tuple[int, ...] = ()
    terms: tuple[str, ...] = ()
    sure: int = 0
