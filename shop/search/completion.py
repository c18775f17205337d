"""Completion: what a text may become while it is typed. A sorted list in memory, looked through by halving."""

import threading
from bisect import bisect_left
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from heapq import nlargest
from time import monotonic

import numpy as np

from shop.search.analysis import name_parts, normalised
from shop.search.concepts import END
from shop.search.language import Language
from shop.search.lexicon import initials, joined
from shop.search.view import View

FRESH_S = 60
"""Counts are not taken again sooner than this after they were taken, however much is written."""
PLACE_KINDS = ("village", "household", "shelf")


@dataclass(frozen=True, slots=True)
class Suggestion:
    """One way to go on.

    Attributes:
        text: to search for.
        kind: goods, village, household or shelf.
    """

    text: str
    kind: str


@dataclass(frozen=True, slots=True)
class _Entry:
    suggestion: Suggestion
    weight: int


@dataclass(frozen=True)
class _Table:
    made_at: float
    keys: list[str]
    entries: list[_Entry]


class Completion:
    """Completes what is typed. Safe between threads.

    Args:
        language: of the generation whose names are offered.
    """

    def __init__(self, language: Language) -> None:
        self._language = language
        self._lock = threading.Lock()
        self._table: _Table | None = None
        self._view: object = None

    def starting_with(self, typed: str, count: int, view: View) -> tuple[Suggestion, ...]:
        """Return suggestions for a text, the most sold first.

        Args:
            typed: in characters of either script, pinyin, initials or English.
            count: how many at most.
            view: of the index, for what is sold how often.
        """
        head = " ".join(normalised(typed).split())
        table = self._of(view)
        found: dict[Suggestion, int] = {}
        for start in dict.fromkeys((head, head.replace(" ", ""))):
            if not start:
                continue
            first, last = bisect_left(table.keys, start), bisect_left(table.keys, start + END)
            for entry in nlargest(count * 2, table.entries[first:last], key=lambda entry: entry.weight):
                found.setdefault(entry.suggestion, entry.weight)
        return tuple(sorted(found, key=lambda suggestion: (-found[suggestion], suggestion.text))[:count])

    def _of(self, view: View) -> _Table:
        table = self._table
        if table is not None and (self._view is view.live or monotonic() - table.made_at < FRESH_S):
            return table
        with self._lock:
            if self._table is table:
                self._view = view.live
                self._table = self._made(view)
            assert self._table is not None
            return self._table

    def _made(self, view: View) -> _Table:
        pairs: list[tuple[str, _Entry]] = []
        for suggestion, keys, weight in self._weighed(view):
            entry = _Entry(suggestion, weight)
            pairs += [(key, entry) for key in dict.fromkeys(keys) if key]
        pairs.sort(key=lambda pair: pair[0])
        return _Table(monotonic(), [key for key, _ in pairs], [entry for _, entry in pairs])

    def _weighed(self, view: View) -> Iterator[tuple[Suggestion, list[str], int]]:
        """Yield what can be suggested, the keys by which it is found, and how much is sold of it."""
        language = self._language
        sold = view.columns.numbers["sold"]

        def weight_of(*terms: tuple[str, str]) -> int:
            places = np.unique(np.concatenate([view.once(*term) for term in terms]))
            places = places[view.live[places]]
            return len(places) + int(sold[places].sum()) if len(places) else 0

        names = {
            name: weight
            for name in language.names
            if name.text not in language.places and (weight := weight_of(("tw", name.text), ("ow", name.text)))
        }
        english = _english_names(language, {name.text: weight for name, weight in names.items()})
        for name, weight in names.items():
            keys = [name.text, joined(name.syllables), initials(name.syllables)]
            yield Suggestion(name.text, "goods"), [*keys, *english.get(name.text, ())], weight
        for word in language.lexicon.own:
            if word.kind not in PLACE_KINDS:
                continue
            column = view.columns.coded["vendor" if word.kind == "household" else word.kind]
            weight = int(np.count_nonzero(column.are(word.code, view.everything)))
            if weight:
                keys = [normalised(word.text)]
                for part in name_parts(word.text):
                    syllables = language.sounds.syllables(part)
                    keys += [part, joined(syllables), initials(syllables)]
                yield Suggestion(word.text, word.kind), keys, weight


def _english_names(language: Language, weights: Mapping[str, int]) -> dict[str, list[str]]:
    """Return English names by the Chinese name of the same concept that is sold most."""
    found: dict[str, list[str]] = {}
    for concept in language.concepts.by_id.values():
        sold = [name for name in concept.chinese if name in weights]
        if sold:
            found.setdefault(max(sold, key=weights.__getitem__), []).extend(map(str.lower, concept.english))
    return found
