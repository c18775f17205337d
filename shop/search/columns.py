"""Facts of listings as columns: filters, counts and orders are done on whole arrays at once."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from shop.catalog.search_feed import SearchDocument
from shop.search.question import PRICE_BANDS, Count, Facets, Question, Sort

Flags = NDArray[np.bool_]
Numbers = NDArray[np.int64]
Places = NDArray[np.int32]
"""Positions of listings in the columns."""

FACTS = np.dtype(
    [
        ("id", "<i8"),
        ("seq", "<i8"),
        ("price_fen", "<i8"),
        ("sold", "<i8"),
        ("published_at", "<i8"),
        ("months", "<u2"),
        ("in_stock", "u1"),
    ]
)
CODES = ("shelf", "village", "vendor")
PATH = "/"
"""Between the codes of a shelf and its part."""
MOST_CODES = 50
"""Choices of one kind that are counted for a page; nobody reads more."""


@dataclass(frozen=True)
class Row:
    """One listing's facts as the index keeps them: numbers packed, codes apart."""

    facts: bytes
    shelf: str
    village: str
    vendor: str


def row_of(document: SearchDocument) -> Row:
    """Return a listing's facts."""
    numbers = tuple(int(getattr(document, str(name))) for name in FACTS.names or ())
    facts = np.array([numbers], dtype=FACTS).tobytes()
    return Row(facts, PATH.join(document.shelves), document.village_code, document.vendor_code)


@dataclass(frozen=True)
class Coded:
    """A column of codes: each place holds the number of its code."""

    codes: tuple[str, ...]
    numbers: Places

    @classmethod
    def of(cls, values: Iterable[str]) -> "Coded":
        """Number the codes of a column."""
        known: dict[str, int] = {}
        numbers = [known.setdefault(value, len(known)) for value in values]
        return cls(tuple(known), np.array(numbers, dtype=np.int32))

    @classmethod
    def joined(cls, parts: Sequence["Coded"]) -> "Coded":
        """Put columns one after the other."""
        if len(parts) == 1:
            return parts[0]
        known: dict[str, int] = {}
        numbers = [
            np.array([known.setdefault(code, len(known)) for code in part.codes], dtype=np.int32)[part.numbers]
            for part in parts
        ]
        return cls(tuple(known), np.concatenate(numbers) if numbers else np.zeros(0, dtype=np.int32))

    def are(self, code: str, places: Places) -> Flags:
        """Tell at which of these places the code is, or is a part of the path."""
        wanted = np.array([code in own.split(PATH) for own in self.codes], dtype=np.bool_)
        flags: Flags = wanted[self.numbers[places]] if len(wanted) else np.zeros(len(places), dtype=np.bool_)
        return flags

    def counted(self, places: Places) -> tuple[Count, ...]:
        """Return each code with how often it is at these places, most frequent first; a path counts for its parts."""
        counts = np.bincount(self.numbers[places], minlength=len(self.codes))
        used = np.flatnonzero(counts)
        if not self.has_paths and len(used) > MOST_CODES:
            used = used[np.argsort(-counts[used], kind="stable")[:MOST_CODES]]
        found: dict[str, int] = {}
        for number, count in zip(used.tolist(), counts[used].tolist(), strict=True):
            for code in self.codes[number].split(PATH):
                found[code] = found.get(code, 0) + count
        most = sorted(found.items(), key=lambda item: (-item[1], item[0]))[:MOST_CODES]
        return tuple(Count(code, count) for code, count in most)

    @cached_property
    def has_paths(self) -> bool:
        """Tell whether a code may count for several."""
        return any(PATH in code for code in self.codes)


@dataclass(frozen=True)
class Columns:
    """Facts of many listings, one array a fact."""

    numbers: Mapping[str, Numbers]
    coded: Mapping[str, Coded]

    @classmethod
    def of(cls, facts: Iterable[bytes], codes: Mapping[str, Iterable[str]]) -> "Columns":
        """Unpack columns.

        Args:
            facts: `Row.facts` of each listing.
            codes: the columns of `CODES`.
        """
        packed = np.frombuffer(b"".join(facts), dtype=FACTS)
        numbers = {name: packed[name].astype(np.int64) for name in FACTS.names or ()}
        return cls(numbers, {name: Coded.of(values) for name, values in codes.items()})

    @classmethod
    def of_rows(cls, rows: Sequence[Row]) -> "Columns":
        """Put rows into columns."""
        return cls.of((row.facts for row in rows), {name: [getattr(row, name) for row in rows] for name in CODES})

    @classmethod
    def joined(cls, parts: Sequence["Columns"]) -> "Columns":
        """Put columns one after the other."""
        if len(parts) == 1:
            return parts[0]
        if not parts:
            return cls.of_rows([])
        numbers = {name: np.concatenate([part.numbers[name] for part in parts]) for name in FACTS.names or ()}
        return cls(numbers, {name: Coded.joined([part.coded[name] for part in parts]) for name in CODES})

    def __len__(self) -> int:
        return len(self.numbers["id"])

    @cached_property
    def standing(self) -> Numbers:
        """Return each listing's rank when nothing else decides: in stock, much sold, new; no two are the same."""
        worst_last = (-self.numbers["id"], self.numbers["published_at"], self.numbers["sold"], self.numbers["in_stock"])
        ranks = np.empty(len(self), dtype=np.int64)
        ranks[np.lexsort(worst_last)[::-1]] = np.arange(len(self))
        return ranks

    def filtered(self, places: Places, question: Question) -> tuple[Places, Facets]:
        """Return what is left of these places by a question's filters, and the counts of other choices."""
        filters = dict(self._filters(places, question))
        everything = np.ones(len(places), dtype=np.bool_)

        def passing(but: str) -> Flags:
            flags = everything
            for name, passes in filters.items():
                if name != but:
                    flags = flags & passes
            return flags

        in_season = self.numbers["months"][places] & (1 << (question.month - 1)) != 0
        in_stock = self.numbers["in_stock"][places] != 0
        facets = Facets(
            categories=self.coded["shelf"].counted(places[passing("shelf")]),
            villages=self.coded["village"].counted(places[passing("village")]),
            vendors=self.coded["vendor"].counted(places[passing("vendor")]),
            in_season=int(np.count_nonzero(passing("in_season") & in_season)),
            in_stock=int(np.count_nonzero(passing("in_stock") & in_stock)),
            prices=self._bands(places[passing("price")]),
        )
        return places[passing("")], facets

    def _filters(self, places: Places, question: Question) -> Iterable[tuple[str, Flags]]:
        wanted = {"shelf": question.category, "village": question.village, "vendor": question.vendor}
        for name, code in wanted.items():
            if code is not None:
                yield name, self.coded[name].are(code, places)
        if question.in_season:
            yield "in_season", self.numbers["months"][places] & (1 << (question.month - 1)) != 0
        if question.in_stock:
            yield "in_stock", self.numbers["in_stock"][places] != 0
        least, most = question.price_min_fen, question.price_max_fen
        if least is not None or most is not None:
            prices = self.numbers["price_fen"][places]
            yield "price", (prices >= (least or 0)) & (prices <= (most if most is not None else np.inf))

    def _bands(self, places: Places) -> tuple[int, ...]:
        ends = np.array([most for _, most in PRICE_BANDS if most is not None])
        bands = np.searchsorted(ends, self.numbers["price_fen"][places])
        return tuple(int(count) for count in np.bincount(bands, minlength=len(PRICE_BANDS)))

    def first(self, places: Places, by: Numbers, count: int) -> Places:
        """Return the places with the smallest numbers, in their order; among equals the better standing is first.

        Args:
            by: a number for each of the places.
            count: how many are wanted.
        """
        keys = by * max(len(self), 1) + self.standing[places]
        if count < len(places):
            chosen = np.argpartition(keys, count)[:count]
            places, keys = places[chosen], keys[chosen]
        found: Places = places[np.argsort(keys)]
        return found

    def order(self, places: Places, sort: Sort, relevance: Numbers) -> Numbers:
        """Return the numbers by which `first` puts these places into a wanted order.

        Args:
            relevance: of each place, the smaller the better.
        """
        match sort:
            case Sort.PRICE_UP:
                return self.numbers["price_fen"][places]
            case Sort.PRICE_DOWN:
                return -self.numbers["price_fen"][places]
            case Sort.SALES:
                return -self.numbers["sold"][places]
            case Sort.NEWEST:
                return -self.numbers["published_at"][places]
        return relevance
