"""What a new thing is called: the one thing that is typed, and even that may be taken from what neighbours sell."""

from dataclasses import dataclass, replace

from flask import Response, make_response, render_template, request
from flask.typing import ResponseReturnValue

from shop.catalog.drafts import services as drafts
from shop.catalog.drafts.rules import Answers, Question, ReadyWhen
from shop.catalog.forms.drafting import NameForm, ShelfForm
from shop.catalog.lawful import forbidden_in
from shop.catalog.queries import CategoryFacts
from shop.catalog.usual import Usual
from shop.catalog.views.vendor.face import bp, vendor
from shop.catalog.views.vendor.offering_frame import Begun, begun, neighbourhood, on_from, price_words, today, way_to
from shop.catalog.views.words import GROUND_WORDS
from shop.web.house import edge, house
from shop.web.i18n import _
from shop.web.prices import unit_label


@dataclass(frozen=True)
class Idea:
    """One name that is offered, and how neighbours sell it."""

    name: str
    note: str


@dataclass(frozen=True)
class Parts:
    """A large shelf with those of its parts that can be chosen."""

    name: str
    hint: str
    parts: tuple[CategoryFacts, ...]


def ideas(found: tuple[Usual, ...]) -> tuple[Idea, ...]:
    """Return names to offer."""
    return tuple(Idea(one.name, _note(one)) for one in found)


def _note(one: Usual) -> str:
    sold = _("按%(unit)s", unit=unit_label(one.unit, one.pieces).removeprefix("/ "))
    price = price_words(one.prices_fen)
    return f"{sold} · {price}" if price else sold


@bp.route("/drafts/<code>/name", methods=["GET", "POST"])
def draft_name(code: str) -> ResponseReturnValue:
    """Ask for the name; a suggestion that is taken answers most of what would come."""
    draft = begun(code)
    form = NameForm(data={"answer": draft.facts.told.title}) if request.method == "GET" else NameForm()
    taken = request.form.get("take", "")
    if taken and request.method == "POST":
        one = neighbourhood().called(taken)
        if one is not None:
            return _taken(code, one, form.answer.data or "")
    if form.is_sent_well():
        form.answer.errors = forbidden("title", form.answer.data or "")
        if not form.answer.errors:
            return _named(code, form.answer.data or "")
    found = neighbourhood().starting_with(form.answer.data or "") or neighbourhood().in_season()
    page = render_template("vendor/new_name.html", form=form, way=way_to(draft, Question.NAME), ideas=ideas(found))
    return make_response(page, 422 if form.errors else 200)


def forbidden(field: str, text: str) -> list[str]:
    """Return which words the law does not let stand in an answer, each with its ground."""
    return [
        _("“%(word)s”不能写：%(why)s", word=one.word, why=str(GROUND_WORDS[one.ground]).rstrip("。"))
        for one in forbidden_in({field: text})
    ]


def _named(code: str, title: str) -> Response:
    def keep(told: Answers) -> Answers:
        return replace(told, title=title)

    return kept(code, keep)


def _taken(code: str, one: Usual, typed: str) -> Response:
    """Fill in what neighbours' goods of this name have in common; a longer name of one's own is kept."""
    title = typed if one.name in typed and not forbidden("title", typed) else one.name
    is_there = today().month in one.months

    def keep(told: Answers) -> Answers:
        return replace(
            told,
            title=title,
            taken=one.name,
            category=one.category,
            unit=one.unit,
            pieces=one.pieces,
            weighed=bool(one.per_500g_fen) and not one.prices_fen,
            gross_g=one.gross_g,
            net_g=one.net_g,
            keep_note=one.keep_note,
            travel_days=one.travel_days,
            months=one.months,
            ready=ReadyWhen.NOW if is_there else None,
        )

    return kept(code, keep)


def kept(code: str, change: drafts.Change) -> Response:
    """Keep an answer and go on."""
    own, clock = vendor(), house().clock
    edge().run(lambda session: drafts.answer(session, own.id, code, change, clock=clock))
    return on_from(code)


@bp.get("/drafts/<code>/ideas")
def draft_ideas(code: str) -> ResponseReturnValue:
    """Offer names for what is being typed, as a part of the page."""
    begun(code)
    found = neighbourhood().starting_with(request.args.get("q", ""))
    return render_template("vendor/_ideas.html", ideas=ideas(found), code=code)


@bp.route("/drafts/<code>/shelf", methods=["GET", "POST"])
def draft_shelf(code: str) -> ResponseReturnValue:
    """Ask where it lies: like neighbours' goods of a similar name, or on which shelf."""
    draft = begun(code)
    form = ShelfForm.from_request()
    taken = request.form.get("take", "")
    if taken and request.method == "POST":
        one = neighbourhood().called(taken)
        if one is not None:
            return _taken(code, one, draft.facts.told.title)
    if form.is_sent_well():
        if form.answer.data in {part.code for shelf in _shelves(draft) for part in shelf.parts}:
            category = form.answer.data
            return kept(code, lambda told: replace(told, category=category, taken=""))
        form.answer.errors = [_("请选一类。")]
    page = render_template(
        "vendor/new_shelf.html",
        form=form,
        way=way_to(draft, Question.SHELF),
        ideas=ideas(neighbourhood().starting_with(draft.facts.told.title)),
        shelves=_shelves(draft),
        now=draft.facts.told.category,
    )
    return make_response(page, 422 if form.errors else 200)


def _shelves(draft: Begun) -> tuple[Parts, ...]:
    parents = {one.parent_code for one in draft.shelves}
    tops = [one for one in draft.shelves if one.parent_code is None]
    return tuple(
        Parts(
            top.name,
            top.hint,
            tuple(one for one in draft.shelves if top.code in (one.code, one.parent_code) and one.code not in parents),
        )
        for top in tops
    )
