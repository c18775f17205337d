"""What the pages about a new thing share: the draft, where one is on the way, and where the way leads on."""

from dataclasses import dataclass
from datetime import date

from flask import Response, redirect, url_for

from shop.catalog.drafts.queries import DraftFacts, draft
from shop.catalog.drafts.rules import Question, open_question, path
from shop.catalog.forms.fields import price_as_typed
from shop.catalog.queries import CategoryFacts, categories
from shop.catalog.views.vendor.face import vendor
from shop.flows.suggesting import Neighbourhood
from shop.kernel.clock import town_day
from shop.search.reader import reader_of
from shop.web.house import house, reading
from shop.web.i18n import _


@dataclass(frozen=True)
class Way:
    """Where one is on the way through the questions.

    Attributes:
        code: of the draft.
        back: where the arrow leads.
        about: what the thing is called, once that is known.
    """

    code: str
    back: str
    about: str


@dataclass(frozen=True)
class Begun:
    """A draft with what its questions need.

    Attributes:
        shelf: on which it lies, once that is known.
    """

    facts: DraftFacts
    shelf: CategoryFacts | None
    shelves: tuple[CategoryFacts, ...]

    @property
    def needs_label(self) -> bool:
        """Its shelf is one of packed food."""
        return self.shelf is not None and self.shelf.needs_label

    @property
    def path(self) -> tuple[Question, ...]:
        """The questions that are asked about it."""
        return path(self.facts.told, needs_label=self.needs_label)


def begun(code: str) -> Begun:
    """Return a draft of this household.

    Raises:
        NotFound: there is none.
    """
    facts = draft(reading(), vendor().id, code)
    shelves = tuple(categories(reading()))
    return Begun(facts, next((one for one in shelves if one.code == facts.told.category), None), shelves)


def way_to(draft: Begun, here: Question | None) -> Way:
    """Return where one is on the page of a question; None is the last page, where all is seen."""
    asked, code = draft.path, draft.facts.code
    place = asked.index(here) if here in asked else len(asked)
    before = question_href(code, asked[place - 1]) if place else url_for("vendor_catalog.draft_photos", code=code)
    return Way(code, before, draft.facts.told.title)


def question_href(code: str, question: Question) -> str:
    """Return the address of a question's page."""
    if question is Question.NAME:
        return url_for("vendor_catalog.draft_name", code=code)
    if question is Question.SHELF:
        return url_for("vendor_catalog.draft_shelf", code=code)
    return url_for("vendor_catalog.draft_question", code=code, asked=question.value)


def on_from(code: str) -> Response:
    """Lead to the first question that is open, or to the page where all is seen; what was sent is with the centre."""
    with house().edge.reading() as session:  # the page's own read may have begun before the answer was kept
        facts = draft(session, vendor().id, code)
        shelf = next((one for one in categories(session) if one.code == facts.told.category), None)
    if facts.listing_code is not None:
        return leading_to(url_for("vendor_catalog.draft_sent", code=code))
    needs_label = shelf is not None and shelf.needs_label
    question = open_question(facts.told, today(), needs_label=needs_label)
    if question is None:
        return leading_to(url_for("vendor_catalog.draft_look", code=code))
    return leading_to(question_href(code, question))


def leading_to(address: str) -> Response:
    """Lead to an address."""
    response = redirect(address, 303)
    assert isinstance(response, Response)
    return response


def today() -> date:
    """Return the town's day."""
    return town_day(house().clock())


def neighbourhood() -> Neighbourhood:
    """Return what this household's neighbours sell."""
    return Neighbourhood(reading(), reader_of(house().settings.search_dir), vendor().id, today().month)


def price_words(prices_fen: tuple[int, ...]) -> str:
    """Return for how much neighbours sell, the lowest price first; nothing where none does."""
    if not prices_fen:
        return ""
    low, high = price_as_typed(prices_fen[0]), price_as_typed(prices_fen[-1])
    return _("别家卖 %(low)s 元", low=low) if low == high else _("别家卖 %(low)s–%(high)s 元", low=low, high=high)
