"""One commit of the index as all threads share it: facts in columns, and the positions of every term asked for."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import reduce
from threading import Lock

import numpy as np

from shop.search.columns import Columns, Flags, Places
from shop.search.index import NOWHERE, Lookup, Part

MANY = 24
"""A beginning stands for at most so many terms, the most frequent of the first `SEEN`."""
SEEN = 400
REMEMBERED = 2_000_000
"""Positions that a process remembers, 4 bytes each; then it begins anew."""

Key = tuple[str, str]
"""Field and term."""


@dataclass
class Remembered:
    """What was read of one part, for as long as the part is in use. Parts never change, so it is never wrong."""

    columns: Columns
    places: dict[Key, Places] = field(default_factory=dict)


class Memory:
    """What the threads of a process share of one generation. Filled by whoever comes first."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._parts: dict[str, Remembered] = {}
        self._shared: tuple[int, Shared] | None = None
        self._count = 0

    def of(self, lookup: Lookup) -> "Shared":
        """Return what is shared of a thread's commit."""
        with self._lock:
            if self._shared is None or self._shared[0] != lookup.commit:
                kept = {part.id: self._parts.get(part.id) or Remembered(part.columns()) for part in lookup.parts}
                self._parts = kept
                self._shared = (lookup.commit, Shared(lookup, kept))
            return self._shared[1]

    def places(self, part: Part, key: Key) -> Places:
        """Return the positions of a term in a part."""
        kept = self._parts.get(part.id)
        found = kept.places.get(key) if kept is not None else None
        if found is None:
            found = part.places(*key)
            if kept is not None:
                self._count += len(found) + 50
                if self._count > REMEMBERED:
                    self._count = 0
                    for each in self._parts.values():
                        each.places.clear()
                kept.places[key] = found
        return found


class Shared:
    """What does not depend on the thread that reads: which positions are taken, and the facts at each."""

    def __init__(self, lookup: Lookup, kept: Mapping[str, Remembered]) -> None:
        self.columns = Columns.joined([kept[part.id].columns for part in lookup.parts])
        self.offsets = [0, *np.cumsum([part.size for part in lookup.parts]).tolist()]
        live: Flags = self.columns.numbers["id"] != 0
        for offset, gone in zip(self.offsets, lookup.removed, strict=False):
            live[gone + offset] = False
        self.live = live
        self.everything: Places = np.flatnonzero(live).astype(np.int32)
        self.terms: dict[Key, Places] = {}
        self.beginnings: dict[Key, tuple[str, ...]] = {}


def _in_both(one: Places, other: Places) -> Places:
    return np.intersect1d(one, other, assume_unique=True) if len(one) else NOWHERE


class View:
    """Looks things up in one commit; for one thread, upon what all threads share.

    Attributes:
        size: positions there are, of listings taken out too.
        columns: facts at each position.
        live: positions of listings that can be found.
        everything: the same as numbers.
    """

    def __init__(self, lookup: Lookup, memory: Memory) -> None:
        self._lookup = lookup
        self._memory = memory
        self._shared = memory.of(lookup)
        self.columns, self.live, self.everything = self._shared.columns, self._shared.live, self._shared.everything
        self.size = len(self.live)
        self._joined: dict[tuple[str, tuple[str, ...]], Places] = {}

    def places(self, field_name: str, term: str) -> Places:
        """Return the positions of listings with a term, in order; some of them may have been taken out."""
        key = (field_name, term)
        found = self._shared.terms.get(key)
        if found is None:
            parts = [
                some + offset if offset else some
                for offset, part in zip(self._shared.offsets, self._lookup.parts, strict=False)
                if len(some := self._memory.places(part, key))
            ]
            found = parts[0] if len(parts) == 1 else np.concatenate(parts) if parts else NOWHERE
            if len(self._shared.terms) < REMEMBERED // 100:
                self._shared.terms[key] = found
        return found

    def once(self, field_name: str, term: str) -> Places:
        """Return what `places` does, without remembering it: for those who ask for every term there is."""
        parts = [
            part.places(field_name, term) + offset
            for offset, part in zip(self._shared.offsets, self._lookup.parts, strict=False)
        ]
        return np.concatenate(parts) if parts else NOWHERE

    def places_of_all(self, field_name: str, terms: Sequence[str]) -> Places:
        """Return the positions of listings with every one of these terms, in order."""
        if len(terms) == 1:
            return self.places(field_name, terms[0])
        key = (field_name, tuple(terms))
        if key not in self._joined:
            each = sorted((self.places(field_name, term) for term in terms), key=len)
            self._joined[key] = reduce(_in_both, each)
        return self._joined[key]

    def has(self, field_name: str, term: str) -> bool:
        """Tell whether any listing has a term."""
        return bool(len(self.places(field_name, term)))

    def count(self, field_name: str, term: str) -> int:
        """Return how many listings have a term, some of which may have been taken out."""
        return len(self.places(field_name, term))

    def has_all(self, field_name: str, terms: Sequence[str]) -> bool:
        """Tell whether one listing has all of these terms."""
        return bool(np.any(self.live[self.places_of_all(field_name, terms)]))

    def starting_with(self, field_name: str, head: str) -> tuple[str, ...]:
        """Return terms with a beginning, most frequent first; at most `MANY`."""
        key = (field_name, head)
        found = self._shared.beginnings.get(key)
        if found is None:
            counts: dict[str, int] = {}
            for part in self._lookup.parts:
                for term, count in part.terms(field_name, head, SEEN):
                    counts[term] = counts.get(term, 0) + count
            found = tuple(sorted(counts, key=lambda term: (-counts[term], term))[:MANY])
            if len(self._shared.beginnings) < REMEMBERED // 1000:
                self._shared.beginnings[key] = found
        return found
