"""Questions of buyers on a villager's phone: one a page, answered by a press or a sentence."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from flask import make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from shop.catalog.forms.questions import AnswerForm
from shop.catalog.obstacles import NotLawful
from shop.catalog.questions import queries, services
from shop.catalog.questions.queries import Asked, QuestionFacts
from shop.catalog.questions.rules import STAFF_AFTER, Ready, may_say_otherwise, ready_answers
from shop.catalog.views.asking import READY_WORDS, answered_words, refuse
from shop.catalog.views.vendor.face import bp, vendor
from shop.flows import keeping
from shop.kernel.errors import Invalid, NotFound, WrongState
from shop.web.ages import age
from shop.web.house import current_actor, edge, house, reading
from shop.web.i18n import _
from shop.web.shell import say


@dataclass(frozen=True)
class Waiting:
    """A question that waits, and for how long, in a sentence."""

    facts: QuestionFacts
    waits: str
    is_late: bool


@dataclass(frozen=True)
class QuestionPage:
    """One question with the answers that need no typing: code and words; for ten minutes they mend what was said."""

    asked: Asked
    waits: str
    ready: tuple[tuple[str, str], ...]
    form: AnswerForm
    may_answer: bool


@bp.get("/questions")
def questions() -> ResponseReturnValue:
    """Show what waits for an answer, the longest first, and what was answered lately."""
    own, now = vendor(), house().clock()
    waiting = [_waiting(one, now) for one in queries.waiting(reading(), own.id)]
    return render_template("vendor/questions.html", waiting=waiting, done=queries.done(reading(), own.id))


def _waiting(one: QuestionFacts, now: datetime) -> Waiting:
    is_late = now - one.asked_at >= STAFF_AFTER
    waits = _waits(one, now)
    return Waiting(one, _("%(waits)s，快回他一句", waits=waits) if is_late else waits, is_late)


def _waits(one: QuestionFacts, now: datetime) -> str:
    if now - one.asked_at < timedelta(minutes=1):
        return _("刚刚问的")
    return _("等了 %(age)s", age=age(now, one.asked_at).text)


@bp.route("/questions/<code>", methods=["GET", "POST"])
def question(code: str) -> ResponseReturnValue:
    """Show one question, and take its answer; the same answer pressed twice is the first."""
    asked = queries.question(reading(), code, vendor_id=vendor().id)
    if request.method == "GET":
        return _page(asked, AnswerForm(formdata=None), 200)
    form, pressed = AnswerForm(), _pressed(request.form.get("ready", ""))
    if pressed is None and not form.is_sent_well():
        return _page(asked, form, 422)
    return _answer(asked, form, pressed or form.answer.data or "")


def _pressed(code: str) -> str | None:
    """Return the words of a pressed answer: of any that is known, for the page may be older than the stock."""
    if not code:
        return None
    try:
        return str(READY_WORDS[Ready(code)])
    except ValueError:
        raise NotFound("answer") from None


def _answer(asked: Asked, form: AnswerForm, words: str) -> ResponseReturnValue:
    own, actor, clock = vendor(), current_actor(), house().clock

    def act(session: Session) -> bool:
        is_told = services.answer(session, asked.facts.code, words, vendor_id=own.id, actor=actor, clock=clock)
        done = _("%(title)s：回了买家一句", title=asked.facts.title)
        keeping.note_final(session, own.id, asked.facts.code, words=done, actor=actor, clock=clock)
        return is_told

    try:
        is_told = edge().run(act)
    except (Invalid, NotLawful) as refusal:
        refuse(form.answer, refusal)
        return _page(asked, form, 422)
    except WrongState:
        say("info", _("这一句已经有人回过了，或者中心收走了。"))
    else:
        say("good", f"{answered_words(is_told)}{_('说错了，十分钟里能改。')}")
    return redirect(url_for("vendor_catalog.questions"), 303)


def _page(asked: Asked, form: AnswerForm, status: int) -> ResponseReturnValue:
    facts = asked.facts
    fitting = ready_answers(free=asked.free, is_live=asked.is_live, return_class=asked.return_class)
    page = QuestionPage(
        asked=asked,
        waits=_waits(facts, house().clock()),
        ready=tuple((one.value, str(READY_WORDS[one])) for one in fitting if str(READY_WORDS[one]) != facts.answer),
        form=form,
        may_answer=facts.answered_at is None
        or may_say_otherwise(facts.answered_at, by_centre=facts.by_centre, now=house().clock()),
    )
    return make_response(render_template("vendor/question.html", page=page), status)
