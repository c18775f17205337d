"""What the pages of joining have in common: whose application it is, where it goes on, how a step comes back."""

from dataclasses import dataclass

from flask import Response, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from shop.flows import joining
from shop.kernel.errors import Invalid
from shop.vendors.joining.models import Part
from shop.vendors.joining.queries import ApplicationFacts, my_application
from shop.vendors.models import VendorState
from shop.vendors.queries import VendorFacts
from shop.vendors.views.joining.parts import PART_PICTURES, PART_WORDS
from shop.vendors.views.joining.words import WRONG
from shop.web.audience import Audience, blueprint
from shop.web.forms import ShopForm
from shop.web.house import current_person, current_vendor, edge, reading
from shop.web.limits import limiter

my_bp = blueprint("my_joining", __name__, Audience.BUYER, prefix="/join")

posts_limited = limiter.limit("60 per minute", methods=["POST"])

PAGE_OF = {
    Part.WHO: "my_joining.who",
    Part.VILLAGE: "my_joining.village",
    Part.STANDING: "my_joining.standing",
    Part.PAPERS: "my_joining.papers",
    Part.PAY: "my_joining.pay",
}


@dataclass(frozen=True)
class Step:
    """The head of a step's page.

    Attributes:
        number: of the step, from 1.
        total: steps of this application.
        picture: static file.
        title: what the step is about.
        back: address of what stands before it.
        reason: what the centre said, when this part was sent back.
    """

    number: int
    total: int
    picture: str
    title: str
    back: str
    reason: str = ""


def mine() -> ApplicationFacts | None:
    """Return the application the person is at, decided or not, or None."""
    person = current_person()
    return None if person is None else my_application(reading(), person.id)


def household() -> VendorFacts | None:
    """Return the vendor the person belongs to, or None; one that has left may be applied for anew."""
    own = current_vendor()
    return None if own is None or own.state is VendorState.LEFT else own


def changeable(part: Part) -> ApplicationFacts | None:
    """Return the person's application if they may change this part of it now, or None."""
    found = mine()
    return found if found is not None and found.may_change(part) else None


def hall() -> ResponseReturnValue:
    """Lead back to the page that says how things stand."""
    return redirect(url_for("joining.hall"), 303)


def step_of(application: ApplicationFacts, part: Part, *, back: str | None = None) -> Step:
    """Return the head of a step's page."""
    parts = application.parts
    number = parts.index(part) + 1
    before = url_for(PAGE_OF[parts[number - 2]]) if number > 1 else url_for("joining.hall")
    reason = application.reason if part in application.fixing else ""
    return Step(number, len(parts), PART_PICTURES[part], str(PART_WORDS[part]), back or before, reason)


def onwards(after: Part) -> ResponseReturnValue:
    """Lead to what is still to be told, after this part first; when nothing is, to the look over all of it."""
    person = current_person()
    assert person is not None, "the blueprint lets nobody else in"
    # A read of its own: the page's began before what was just written.
    with edge().reading() as session:
        application = my_application(session, person.id)
        assert application is not None, "it was just written"
        open_parts = joining.lacking(session, application)
    if not open_parts:
        return redirect(url_for("my_joining.check"), 303)
    parts = application.parts
    later = [part for part in open_parts if parts.index(part) > parts.index(after)]
    return redirect(url_for(PAGE_OF[(later or open_parts)[0]]), 303)


def page(template: str, form: ShopForm, *, status: int | None = None, **words: object) -> Response:
    """Show a step, or show it again with what was typed and what is wrong with it."""
    status = status or (422 if request.method == "POST" else 200)
    return make_response(render_template(template, form=form, **words), status)


def told_at(form: ShopForm, error: Invalid) -> None:
    """Say at its field what is wrong.

    Raises:
        Invalid: the form has no such field, or nobody wrote words for this.
    """
    words = WRONG.get((error.field, error.reason))
    if words is None or error.field not in form:
        raise error
    form[error.field].errors = [words]
