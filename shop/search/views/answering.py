"""From a question to what was found and the names that go with it."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from shop.catalog.queries import CategoryFacts, shelf_tree
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
        faults: what of the question nobody knows.
    """

    question: Question
    results: Results
    shelves: Sequence[CategoryFacts]
    names: Names
    faults: tuple[Fault, ...] = ()


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
    results, names = _found(question)
    unknown = _unknown(question, names)
    if unknown:
        question = replace(
            question,
            village=question.village if question.village in names.villages else None,
            vendor=question.vendor if question.vendor in names.vendors else None,
        )
        results, names = _found(question)
    return Answer(question, results, known, names, (*faults, *unknown))


def _found(question: Question) -> tuple[Results, Names]:
    results = search(reading(), reader(), question)
    names = names_of(
        reading(),
        villages={question.village or "", *(count.code for count in results.facets.villages)},
        vendors={question.vendor or "", *(count.code for count in results.facets.vendors)},
    )
    return results, names


def _unknown(question: Question, names: Names) -> tuple[Fault, ...]:
    asked = (("village", question.village, names.villages), ("vendor", question.vendor, names.vendors))
    return tuple(Fault(field, "unknown") for field, code, known in asked if code is not None and code not in known)
