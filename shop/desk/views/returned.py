"""Parcels that came back: a person looks at the goods and says why; the buyer reads it, and nobody pays unasked."""

from collections.abc import Collection
from dataclasses import dataclass

from flask import make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import Session
from wtforms import Field, Form, RadioField, SelectField, StringField
from wtforms.validators import ValidationError

from shop.desk.models import Bearer
from shop.desk.returned.models import ReturnCause
from shop.desk.returned.queries import RETURNED, Returned, returned_by_code, waiting
from shop.desk.returned.rules import FOLLOWS, causes
from shop.desk.returned.services import Decision
from shop.flows import returned as flow
from shop.kernel.errors import Stale, WrongState
from shop.kernel.queues import queue_length
from shop.web.actors import actor_names
from shop.web.ages import QueueRow, age
from shop.web.audience import Audience, blueprint
from shop.web.claims import BEARER_WORDS
from shop.web.desk import acted, version_now
from shop.web.forms import ShopForm, at_most, clean, required
from shop.web.house import current_actor, edge, house, reading
from shop.web.i18n import _
from shop.web.paging import leaf
from shop.web.returned import CAUSE_SAID, CAUSE_WORDS
from shop.web.roles import COUNTER_ROLES, needs
from shop.web.shell import say
from shop.web.words import masked_name

READERS = (*COUNTER_ROLES, "finance")
bp = blueprint("staff_returned", __name__, Audience.STAFF, prefix="/staff/returned", roles=READERS)

MOST_WORDS = 60
YES, NO = "yes", "no"


def _reasoned(form: Form, field: Field) -> None:
    if not field.data and (form["bearer"].data or form["freight"].data):
        raise ValidationError(_l("跟规矩不一样的，请写一句为什么。"))


class DecisionForm(ShopForm):
    """Why a parcel came back, and who bears it; by the written table unless somebody says otherwise."""

    cause = RadioField(_l("为什么退回来"), [required(_l("请选为什么退回来。"))])
    words = StringField(_l("再跟买家说一句"), [at_most(MOST_WORDS), _reasoned], filters=[clean])
    bearer = SelectField(
        _l("坏了的货算谁的"),
        choices=[("", _l("照规矩")), *((bearer.value, words) for bearer, words in BEARER_WORDS.items())],
    )
    freight = SelectField(_l("运费"), choices=[("", _l("照规矩")), (YES, _l("退给买家")), (NO, _l("不退"))])

    def decision(self, good: Collection[int]) -> Decision:
        """Return what was decided; call it on a form that was sent well."""
        cause = ReturnCause(self.cause.data)
        follows = FOLLOWS[cause]
        said = [str(CAUSE_SAID[cause]), self.words.data or ""]
        return Decision(
            cause=cause,
            bearer=Bearer(self.bearer.data) if self.bearer.data else follows.bearer,
            freight_back=self.freight.data == YES if self.freight.data else follows.freight_back,
            good=frozenset(good),
            answer="，".join(part for part in said if part),
        )


@dataclass(frozen=True)
class Page:
    """One returned parcel as whoever decides sees it.

    Attributes:
        notes: by cause what follows by the written table.
        good: ids of the lines ticked as still good.
        follows: what was decided, in words; empty while nothing was.
        clash: what to say when somebody else was quicker, or None.
    """

    parcel: Returned
    who: str
    notes: dict[str, str]
    good: frozenset[int]
    follows: tuple[str, ...]
    decided_by: str
    may_decide: bool
    version: int
    clash: str | None


@bp.get("")
def returned() -> ResponseReturnValue:
    """Show the parcels that came back and about which nobody has decided, the longest waiting first."""
    here = leaf(queue_length(reading(), RETURNED), "staff_returned.returned")
    rows = [_row(one) for one in waiting(reading(), offset=here.offset, limit=here.limit)]
    return render_template("staff/returned.html", rows=rows, here=here)


def _row(one: Returned) -> QueueRow:
    waits = age(house().clock(), one.came_at)
    goods = "、".join(f"{line.title} {line.pieces}{line.unit}" for line in one.lines)
    return QueueRow(
        href=url_for("staff_returned.parcel", code=one.code),
        title=goods[:40] or one.code,
        meta=" · ".join(part for part in (one.order, masked_name(one.name), one.reason) if part),
        count=None,
        unit="",
        age=waits.text,
        age_tone=waits.tone,
    )


@bp.get("/<code>")
def parcel(code: str) -> ResponseReturnValue:
    """Show one parcel that came back, and what can be decided about it or was."""
    one = returned_by_code(reading(), code)
    return _page(one, _form(one, sent=False), frozenset())


def _form(one: Returned, *, sent: bool) -> DecisionForm:
    form = DecisionForm.from_request() if sent else DecisionForm(formdata=None)
    form.cause.choices = [(cause.value, str(CAUSE_WORDS[cause])) for cause in causes(was_sent=one.was_sent)]
    return form


def _page(
    one: Returned, form: DecisionForm, good: frozenset[int], *, status: int = 200, clash: str | None = None
) -> ResponseReturnValue:
    is_open = one.decided_at is None
    page = Page(
        parcel=one,
        who=masked_name(one.name),
        notes={cause.value: _follows_words(one, cause) for cause in causes(was_sent=one.was_sent)},
        good=good,
        follows=() if is_open else _decided_words(one),
        decided_by=actor_names({one.decided_by}).get(one.decided_by, _("中心")),
        may_decide=is_open and current_actor().has(*COUNTER_ROLES),
        version=version_now(f"returned:{one.code}"),
        clash=clash,
    )
    return make_response(render_template("staff/returned_parcel.html", page=page, form=form), status)


def _follows_words(one: Returned, cause: ReturnCause) -> str:
    follows = FOLLOWS[cause]
    bearer = str(BEARER_WORDS[follows.bearer])
    if not one.freight_fen:
        return bearer
    return _("%(who)s，运费也退", who=bearer) if follows.freight_back else _("%(who)s，运费不退", who=bearer)


def _decided_words(one: Returned) -> tuple[str, ...]:
    assert one.cause is not None, "what is decided has a cause"
    assert one.bearer is not None, "what is decided has a bearer"
    return (str(CAUSE_WORDS[one.cause]), str(BEARER_WORDS[one.bearer]))


@bp.post("/<code>")
@needs(*COUNTER_ROLES)
def decide(code: str) -> ResponseReturnValue:
    """Decide about a parcel, once; its buyer and its households are written to."""
    one, actor, clock = returned_by_code(reading(), code), current_actor(), house().clock
    form = _form(one, sent=True)
    known = {line.id for line in one.lines}
    good = frozenset(known & {int(typed) for typed in request.form.getlist("good") if typed.isdecimal()})
    if not form.is_sent_well():
        return _page(one, form, good, status=422)
    decision = form.decision(good)

    def act(session: Session) -> None:
        flow.decide(session, code, decision, actor=actor, clock=clock)

    try:
        acted(f"returned:{code}", act, reason=decision.answer)
    except (Stale, WrongState):
        with edge().reading() as session:  # the page's own read began before the other's act
            now = returned_by_code(session, code)
        return _page(now, form, good, status=409, clash=_("别人刚刚定了。您这一下没有算。"))
    say("good", _("定好了，已经写给买家和农户。"))
    return redirect(url_for("staff_returned.returned"), 303)
