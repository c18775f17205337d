"""Questions of buyers at the centre: what waits too long is answered for the household, what is unlawful is hidden."""

from dataclasses import dataclass

from flask import make_response, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from shop.catalog.forms.questions import AnswerForm, HideForm
from shop.catalog.obstacles import NotLawful
from shop.catalog.questions import queries, services
from shop.catalog.questions.queries import Asked, QuestionFacts
from shop.catalog.questions.rules import STAFF_AFTER
from shop.catalog.views.asking import answered_words, refuse
from shop.catalog.views.staff.face import bp
from shop.kernel.errors import Invalid
from shop.kernel.queues import queue_length
from shop.web.ages import QueueRow, age
from shop.web.desk import acted, version_now
from shop.web.house import current_actor, house, reading
from shop.web.i18n import _
from shop.web.paging import leaf
from shop.web.shell import say


@dataclass(frozen=True)
class QuestionDesk:
    """One question with what the centre may do about it."""

    asked: Asked
    waits: str | None
    answer: AnswerForm
    hide: HideForm
    version: int


@bp.get("/questions")
def questions() -> ResponseReturnValue:
    """Show what waits for an answer, the longest first: after a day it is the centre's; and what was done lately."""
    here = leaf(queue_length(reading(), queries.QUESTIONS), "staff_catalog.questions")
    waiting = tuple(map(_row, queries.waiting(reading(), offset=here.offset, limit=here.limit)))
    return render_template("staff/questions.html", here=here, waiting=waiting, done=queries.done(reading()))


def _row(one: QuestionFacts) -> QueueRow:
    waits = age(house().clock(), one.asked_at, late=STAFF_AFTER)
    return QueueRow(
        href=url_for("staff_catalog.question", code=one.code),
        title=one.text,
        meta=f"{one.title} · {one.vendor_name}",
        count=None,
        unit="",
        age=waits.text,
        age_tone=waits.tone,
    )


@bp.get("/questions/<code>")
def question(code: str) -> ResponseReturnValue:
    """Show one question, also one that was hidden, with its reason."""
    return _page(code, AnswerForm(formdata=None), HideForm(formdata=None), 200)


@bp.post("/questions/<code>/answer")
def answer_question(code: str) -> ResponseReturnValue:
    """Answer for the household; the page says that the centre did."""
    form, actor, clock = AnswerForm(), current_actor(), house().clock
    if not form.is_sent_well():
        return _page(code, form, HideForm(formdata=None), 422)
    words, told = form.answer.data or "", [True]

    def act(session: Session) -> None:
        told.append(services.answer(session, code, words, vendor_id=None, actor=actor, clock=clock))

    try:
        acted(f"question:{code}", act)
    except (Invalid, NotLawful) as refusal:
        refuse(form.answer, refusal)
        return _page(code, form, HideForm(formdata=None), 422)
    say("good", answered_words(told[-1]))
    return redirect(url_for("staff_catalog.questions"), 303)


@bp.post("/questions/<code>/hide")
def hide_question(code: str) -> ResponseReturnValue:
    """Hide what is against the law; a sentence stays in its place."""
    form, actor, clock = HideForm(), current_actor(), house().clock
    if not form.is_sent_well():
        return _page(code, AnswerForm(formdata=None), form, 422)
    why = form.why.data or ""

    def act(session: Session) -> None:
        services.hide(session, code, why, actor=actor, clock=clock)

    acted(f"question:{code}", act, reason=why)
    say("good", _("隐去了。页面上留着一句“违反法律，中心隐去了”。"))
    return redirect(url_for("staff_catalog.questions"), 303)


def _page(code: str, answer: AnswerForm, hide: HideForm, status: int) -> ResponseReturnValue:
    asked = queries.question(reading(), code)
    is_open = asked.facts.answered_at is None and not asked.facts.hidden_why
    waits = age(house().clock(), asked.facts.asked_at).text if is_open else None
    desk = QuestionDesk(asked, waits, answer, hide, version_now(f"question:{code}"))
    return make_response(render_template("staff/question.html", page=desk), status)
