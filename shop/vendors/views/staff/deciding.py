"""Judging applications: approve, send back, refuse, and papers that were brought to the counter."""

from collections.abc import Callable
from functools import partial
from typing import Any

from flask import redirect, url_for
from flask.typing import ResponseReturnValue

from shop.flows import joining
from shop.kernel.clock import town_day
from shop.kernel.errors import Invalid, NotFound, Stale, WrongState
from shop.vendors.joining.models import Part, Proof
from shop.vendors.joining.papers import see_paper
from shop.vendors.joining.queries import application_by_code
from shop.vendors.views.staff.applications import Forms, bp, desk, empty_forms
from shop.vendors.views.staff.forms import ApproveForm, RefuseForm, SeenForm, SendBackForm
from shop.web.desk import acted
from shop.web.forms import ShopForm
from shop.web.house import current_actor, edge, house, reading
from shop.web.i18n import _
from shop.web.shell import say

Act = Callable[..., Any]


@bp.post("/<code>/approve")
def approve(code: str) -> ResponseReturnValue:
    """Approve it: the household may sell from now on."""
    form = ApproveForm()
    return _judge(code, form, "approve", partial(joining.approve, code=code), _("通过了，短信告诉他了。"))


@bp.post("/<code>/send-back")
def send_back(code: str) -> ResponseReturnValue:
    """Give it back with what is to be mended."""
    form = SendBackForm(prefix="back")
    parts = [Part(part) for part in form.parts.data or () if part in tuple(Part)]
    act = partial(joining.send_back, code=code, parts=parts, reason=form.reason.data or "")
    return _judge(code, form, "send_back", act, _("退回去了，短信告诉他改哪里。"))


@bp.post("/<code>/refuse")
def refuse(code: str) -> ResponseReturnValue:
    """Refuse it, with the reason."""
    form = RefuseForm(prefix="refuse")
    act = partial(joining.refuse, code=code, reason=form.reason.data or "")
    return _judge(code, form, "refuse", act, _("没让通过，短信告诉他了。"))


def _judge(code: str, form: Any, name: str, act: Act, done: str) -> ResponseReturnValue:
    """Do one of the three; who was a moment too late sees what the other decided."""
    if not form.is_sent_well():
        return _again(code, form, name)
    judge, clock = partial(act, version=form.version.data), house().clock
    try:
        do = partial(judge, actor=current_actor(), clock=clock)
        acted(f"application:{code}", do, reason=str(form.data.get("reason") or ""), is_counted=False)
    except Invalid as error:
        _tell(form, error)
        return _again(code, form, name)
    except (Stale, WrongState):
        with edge().reading() as session:  # the page's own read began before the other's act
            one = application_by_code(session, code)
        return desk(one, clash=_("这份申请刚刚有人动过，您这一下没有算。下面是现在的样子。"), status=409)
    say("good", done)
    return redirect(url_for("staff_applications.applications"), 303)


def _tell(form: ShopForm, error: Invalid) -> None:
    if error.field in form and error.field != "version":
        form[error.field].errors = [_("太长了。") if error.reason == "long" else _("请填上。")]
    elif error.reason == "missing":
        form.form_errors.append(_("还有东西没看到，先补齐。"))
    else:
        form.form_errors.append(_("有一张证不对或者到期了，退回去让他换。"))


def _again(code: str, form: ShopForm, name: str) -> ResponseReturnValue:
    one = application_by_code(reading(), code)
    return desk(one, Forms(**{**vars(empty_forms(one)), name: form}), status=422)


@bp.post("/<code>/seen/<proof>")
def seen(code: str, proof: str) -> ResponseReturnValue:
    """Note a paper that was brought to the counter, as it was read there."""
    if proof not in tuple(Proof):
        raise NotFound("paper")
    actor, clock = current_actor(), house().clock
    form = SeenForm.of(Proof(proof), town_day(clock()))
    if not form.is_sent_well():
        return _unseen(code, proof, form)
    see = partial(see_paper, code=code, proof=Proof(proof), number=form.plain(), until=form.last_day())
    acted(f"application-papers:{code}", partial(see, actor=actor, clock=clock))
    say("good", _("记下了：看过了。"))
    return redirect(url_for("staff_applications.application", code=code), 303)


def _unseen(code: str, proof: str, form: SeenForm) -> ResponseReturnValue:
    one = application_by_code(reading(), code)
    return desk(one, Forms(**{**vars(empty_forms(one)), "seen": {Proof(proof): form}}), status=422)
