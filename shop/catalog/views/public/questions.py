"""Questions of buyers: asked and read on a thing's own page, all of them on a page behind it."""

from dataclasses import dataclass
from hashlib import blake2b

from flask import make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from shop.catalog.forms.questions import QuestionForm
from shop.catalog.obstacles import NotLawful
from shop.catalog.questions import queries, services
from shop.catalog.questions.queries import Said
from shop.catalog.shown import shown_listing
from shop.catalog.views.asking import refuse
from shop.catalog.views.public.base import bp, today
from shop.kernel.codes import new_token
from shop.kernel.errors import Invalid, NotFound, TooMany
from shop.web.goods import Leaves, leaves, page_number
from shop.web.house import current_actor, current_person, edge, house, reading
from shop.web.i18n import _, reader
from shop.web.limits import limiter
from shop.web.shell import say

FEW = 3
"""So many are read on the thing's own page."""
PER_PAGE = 20


@dataclass(frozen=True)
class Panel:
    """Questions on a thing's own page."""

    code: str
    said: tuple[Said, ...]
    has_more: bool
    form: QuestionForm


@dataclass(frozen=True)
class QuestionsPage:
    """All questions about a thing that were answered."""

    code: str
    title: str
    certificate: str
    said: tuple[Said, ...]
    pager: Leaves
    form: QuestionForm


def question_panel(code: str) -> Panel:
    """Return what the page of a thing on the shelf says of questions about it."""
    found = queries.answered(reading(), code, limit=FEW + 1)
    return Panel(code, tuple(found[:FEW]), len(found) > FEW, _form(is_empty=True))


def _form(*, is_empty: bool = False) -> QuestionForm:
    form = QuestionForm(formdata=None) if is_empty else QuestionForm()
    if current_person() is not None:
        del form.phone
    return form


@bp.route("/goods/<code>/questions", methods=["GET", "POST"])
@limiter.limit("10 per minute", methods=["POST"])
def questions(code: str) -> ResponseReturnValue:
    """Show what was asked and answered, and take a question; the same page sent twice asks once."""
    form = _form(is_empty=request.method == "GET")
    if request.method == "GET":
        return _page(code, form, 200)
    if not form.is_sent_well():
        return _page(code, form, 422)
    try:
        _ask(code, form)
    except (Invalid, NotLawful) as refusal:
        refuse(form.text, refusal)
        return _page(code, form, 422)
    except TooMany:
        form.text.errors = [_("您问的还有几句没回，等回了再问。急的话打中心的电话。")]
        return _page(code, form, 429)
    except NotFound:  # its page was open when it went off the shelf; what is there now says what else there is
        say("info", _("这样货刚下架，问不了了。"))
        return redirect(url_for("catalog.listing", code=code), 303)
    say("good", _("问过了，主人家回了会发短信给您。"))
    return redirect(url_for("catalog.listing", code=code), 303)  # at its top that is said


def _ask(code: str, form: QuestionForm) -> None:
    person, actor, clock = current_person(), current_actor(), house().clock
    phone = person.phone if person is not None else form.phone.data or ""
    text = form.text.data or ""
    # One page is shown to many (decision 0050): who asks, and what, makes the key their own.
    own = f"{form.key.data or new_token()} {code} {phone} {text}"
    key = blake2b(own.encode(), digest_size=20).hexdigest()

    def act(session: Session) -> None:
        services.ask(session, code, text, key=key, phone=phone, language=reader(), actor=actor, clock=clock)

    edge().run(act)


def _page(code: str, form: QuestionForm, status: int) -> ResponseReturnValue:
    shown = shown_listing(reading(), code, today=today())
    if shown is None:
        raise NotFound("listing")
    pages = max(1, -(-queries.count_answered(reading(), code) // PER_PAGE))
    page = min(page_number(request.args.get("page")), pages)
    found = queries.answered(reading(), code, limit=PER_PAGE, offset=(page - 1) * PER_PAGE)

    def href(number: int) -> str:
        return url_for("catalog.questions", code=code, page=number if number > 1 else None)

    certificate = url_for("catalog.certificate", code=shown.vendor.code)
    view = QuestionsPage(code, shown.facts.card.title, certificate, tuple(found), leaves(page, pages, href), form)
    return make_response(render_template("catalog/questions.html", page=view), status)
