"""What a villager's new thing may be called, from what neighbours sell: the search room finds, the catalogue tells."""

from collections import Counter
from dataclasses import dataclass
from itertools import chain

from sqlalchemy import select
from sqlalchemy.orm import Session

from shop.catalog import usual as goods
from shop.catalog.models import Category, Listing
from shop.catalog.usual import Usual
from shop.search.queries import search, suggestions
from shop.search.question import LONGEST, Question
from shop.search.reader import Reader

EXAMPLES = 30
"""Goods of one name that are looked at."""
NAMES = 4
"""How many names are offered for what was typed."""


@dataclass(frozen=True)
class Neighbourhood:
    """Who asks, and what the shelf says now.

    Attributes:
        session: reads the catalogue.
        reader: of the search index; without one, words are looked for in the catalogue itself.
        vendor_id: who asks; their own goods are left out.
        month: the town's present month, 1 to 12.
    """

    session: Session
    reader: Reader
    vendor_id: int
    month: int

    def in_season(self) -> tuple[Usual, ...]:
        """Return what others sell most this month, before anything was typed."""
        return goods.in_season(self.session, self.month, NAMES * 2, not_of=self.vendor_id)

    def starting_with(self, typed: str) -> tuple[Usual, ...]:
        """Return what others sell that is called so, or begins so.

        Args:
            typed: in characters of either script, pinyin or initials; the whole name or its beginning.
        """
        typed = typed.strip()[:LONGEST]
        if not typed:
            return ()
        shelves = set(self.session.scalars(select(Category.name)))
        completed = [one.text for one in suggestions(self.reader, typed, NAMES * 3) if one.kind == "goods"]
        names = sorted(set(completed) - shelves, key=completed.index)[:NAMES] or [typed]
        ids = {name: self._ids(name) for name in names}
        shown = goods.neighbours(self.session, set(chain.from_iterable(ids.values())), not_of=self.vendor_id)
        alike: dict[tuple[int, ...], list[str]] = {}
        for name in names:
            alike.setdefault(tuple(i for i in ids[name] if i in shown), []).append(name)
        found = [self._one([shown[i] for i in group], same, typed) for group, same in alike.items() if group]
        return tuple(one for one in found if one is not None)

    def _one(self, examples: list[Listing], names: list[str], typed: str) -> Usual | None:
        """Return what the goods have in common under that of their names by which most sellers call them."""
        tags = Counter(tag for one in examples for tag in one.tags)
        name = max(names, key=lambda name: (tags[name], name == typed, -len(name)))
        return goods.usual(name if tags[name] else _called(name, examples), examples)

    def called(self, name: str) -> Usual | None:
        """Return what goods of exactly this name have in common, or None where nobody else sells them."""
        return goods.usual(name, self._examples(name)) or next(
            (one for one in self.in_season() if one.name == name), None
        )

    def prices(self, name: str, unit: str, pieces: int) -> tuple[int, ...]:
        """Return what others ask for one unit of goods of this name, in fen, the lowest first."""
        return goods.prices_of(self._examples(name), unit, pieces)

    def _examples(self, name: str) -> list[Listing]:
        ids = self._ids(name)
        shown = goods.neighbours(self.session, ids, not_of=self.vendor_id)
        return [shown[i] for i in ids if i in shown]

    def _ids(self, name: str) -> tuple[int, ...]:
        found = search(self.session, self.reader, Question(name[:LONGEST], self.month, per_page=EXAMPLES))
        return tuple(found.items[: found.sure])


def _called(typed: str, examples: list[Listing]) -> str:
    """Return the name under which examples go that were found by a word in them."""
    tags = [tag for one in examples for tag in one.tags if typed in tag]
    return min(tags, key=len) if tags else goods.plain_name(examples[0])
