"""From a question to what was found and the names that go with it."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field, replace

from sqlalchemy.orm import Session

from shop.catalog.grid import cards
from shop.catalog.queries import Card, CategoryFacts, shelf_tree
from shop.search.naming import Names, names_of
from shop.search.queries import search
from shop.search.question import Question, Results
from shop.search.reader import Reader, reader_of
from shop.search.views.asked import Fault
from shop.web.house import house, reading


@dataclass(frozen=True)
class Answer:
    """What was found.

    Attributes:
        question: as it was answered: without shelves, villages and households that nobody knows.
        shelves: all shelves in their order; what lies on them is not counted.
        names: of every village and household that is counted or asked for.
        cards: of what was found, and of what is near to it.
        faults: what of the question nobody knows.
    """

    question: Question
    results: Results
    shelves: Sequence[CategoryFacts]
    names: Names
    cards: Sequence[Card] = ()
    faults: tuple[Fault, ...] = ()


@dataclass
class _Seen:
    """Reads the cards of what the index finds, once: they tell what of it is on the shelf, and the page shows them."""

    month: int
    cards: list[Card] = field(default_factory=list)

    def __call__(self, session: Session, listing_ids: Collection[int], *, in_stock: bool) -> set[int]:
        """Return what is on the shelf."""
        self.cards = cards(session, list(listing_ids), month=self.month)
        return {card.id for card in self.cards if card.free > 0 or not in_stock}


def reader() -> Reader:
    """Return this process's reader of the index."""
    return reader_of(house().settings.search_dir)


def answer(question: Question) -> Answer:
    """Answer a question; a filter by something unknown counts as not given."""
    known = shelf_tree(reading())
    if question.category is not None and question.category not in {shelf.code for shelf in known}:
        faults: tuple[Fault, ...] = (Fault("category", "unknown"),)
        question = replace(question, category=None)
    else:
        faults = ()
    found = _found(question, known)
    unknown = _unknown(question, found.names)
    if unknown:
        question = replace(
            question,
            village=question.village if question.village in found.names.villages else None,
            vendor=question.vendor if question.vendor in found.names.vendors else None,
        )
        found = _found(question, known)
    return replace(found, faults=(*faults, *unknown))


def _found(question: Question, shelves: Sequence[CategoryFacts]) -> Answer:
    seen = _Seen(question.month)
    results = search(reading(), reader(), question, shown_of=seen)
    names = names_of(
        reading(),
        villages={question.village or "", *(count.code for count in results.facets.villages)},
        vendors={question.vendor or "", *(count.code for count in results.facets.vendors)},
    )
    return Answer(question, results, shelves, names, seen.cards)


def _unknown(question: Question, names: Names) -> tuple[Fault, ...]:
    asked = (("village", question.village, names.villages), ("vendor", question.vendor, names.vendors))
    return tuple(Fault(field, "unknown") for field, code, known in asked if code is not None and code not in known)
