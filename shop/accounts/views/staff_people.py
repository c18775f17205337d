"""For managers: who works for the centre as what; roles are given and taken here, each with its reason."""

from dataclasses import dataclass
from datetime import datetime

from flask import Response, make_response, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import lazy_gettext as _l

from shop.accounts.factors.queries import is_enrolled
from shop.accounts.factors.services import reset
from shop.accounts.forms import PhoneForm, ResetFactorForm, RoleForm
from shop.accounts.models import Role
from shop.accounts.queries import Person, person_by_phone
from shop.accounts.roles import Worker, change_role, worker, worker_count, workers
from shop.kernel.errors import Invalid, NotFound
from shop.web.actors import actor_names
from shop.web.audience import Audience, blueprint
from shop.web.desk import acted, version_now
from shop.web.house import current_actor, house, reading
from shop.web.i18n import _
from shop.web.limits import limiter
from shop.web.paging import leaf
from shop.web.roles import PAYING_ROLES
from shop.web.second_factor import asked_for_factor, needs_second_factor
from shop.web.shell import say

bp = blueprint("staff_people", __name__, Audience.STAFF, prefix="/staff/people", roles=("manager",))

posts_limited = limiter.limit("60 per minute", methods=["POST"])

ROLE_WORDS = {
    Role.STAFF: (_l("工作人员"), _l("除了管理员定的，中心的事都能办")),
    Role.COUNTER: (_l("柜台"), _l("交货、收现金、看订单")),
    Role.PACKER: (_l("打包"), _l("收货、打包、交运")),
    Role.DRIVER: (_l("送货"), _l("只看自己要送的")),
    Role.FINANCE: (_l("管账"), _l("看账、对账、退款，给农户结账")),
    Role.MANAGER: (_l("管理员"), _l("什么都能办，也给别人分工")),
}
"""Each role of the centre, and what it opens."""

REFUSALS = {
    ("role", "own"): _l("自己的管理员，要请另一位管理员来收。"),
    ("role", "last"): _l("这是最后一位管理员，先给别人，再收。"),
}


RESET = "reset-"
"""What the fields of the form that resets a second factor begin with."""


def _factor(code: str) -> str:
    return f"factor:{code}"


@dataclass(frozen=True)
class WorkerRow:
    """One person in the list."""

    code: str
    name: str
    roles: str


@dataclass(frozen=True)
class ChangeRow:
    """One change: when, what, who, why."""

    at: datetime
    what: str
    who: str
    why: str


@bp.get("")
def people() -> ResponseReturnValue:
    """Show everybody who works for the centre."""
    return _people(PhoneForm(formdata=None))


def _people(form: PhoneForm, status: int = 200) -> Response:
    here = leaf(worker_count(reading()), "staff_people.people")
    found = workers(reading(), offset=here.offset, limit=here.limit)
    rows = [WorkerRow(one.code, one.name, _said(one)) for one in found]
    return make_response(render_template("staff/people.html", here=here, rows=rows, form=form), status)


def _said(one: Person) -> str:
    return "、".join(str(words[0]) for role, words in ROLE_WORDS.items() if role.value in one.roles)


@bp.post("/find")
@posts_limited
def find() -> ResponseReturnValue:
    """Find the person of a phone number, to give them work; the number is not left in any address."""
    form = PhoneForm.from_request()
    found = person_by_phone(reading(), form.phone.data or "") if form.is_sent_well() else None
    if found is None:
        if not form.phone.errors:
            form.phone.errors = [_("这个号码还没有账户，请本人先用它登录一次。")]
        return _people(form, 422)
    return redirect(url_for("staff_people.person", code=found.code), 303)


@bp.get("/<code>")
def person(code: str) -> ResponseReturnValue:
    """Show one person's roles and what was given and taken."""
    found = worker(reading(), code)
    return _person(found, RoleForm(formdata=None, version=str(found.version)))


def _person(found: Worker, form: RoleForm, status: int = 200, *, reset_form: ResetFactorForm | None = None) -> Response:
    names = actor_names({one.actor for one in found.changes})
    notes = _offer(found, form)
    changes = [
        ChangeRow(
            one.at,
            _("给了：%(role)s", role=ROLE_WORDS[one.role][0])
            if one.is_given
            else _("收了：%(role)s", role=ROLE_WORDS[one.role][0]),
            names.get(one.actor, _("自动")),
            one.reason,
        )
        for one in found.changes
    ]
    is_self = found.person.id == current_actor().user_id
    page = render_template(
        "staff/person.html",
        found=found,
        held=_said(found.person),
        notes=notes,
        changes=changes,
        form=form,
        has_factor=is_enrolled(reading(), found.person.id),
        may_reset=not is_self,
        reset_form=reset_form or ResetFactorForm(formdata=None, prefix=RESET),
        factor_version=version_now(_factor(found.person.code)),
    )
    return make_response(page, status)


def _offer(found: Worker, form: RoleForm) -> dict[str, str]:
    """Fill the choices with what may be given and taken, and return what each role opens.

    Nobody is offered to give up their own right to manage.
    """
    is_self, choices, notes = found.person.id == current_actor().user_id, [], {}
    for role, (name, opens) in ROLE_WORDS.items():
        is_held = role.value in found.person.roles
        if is_self and is_held and role is Role.MANAGER:
            continue
        value = f"{'take' if is_held else 'give'}:{role.value}"
        choices.append((value, _("收：%(role)s", role=name) if is_held else _("给：%(role)s", role=name)))
        notes[value] = str(opens)
    form.act.choices = choices
    return notes


@bp.post("/<code>/roles")
@posts_limited
def change(code: str) -> ResponseReturnValue:
    """Give or take one role; who lets others move money proves their own second factor first.

    Otherwise somebody at a browser that was left open could make themselves the two people it takes.
    """
    form, found = RoleForm.from_request(), worker(reading(), code)
    if not form.is_sent_well():
        return _person(found, form, 422)
    word, _sep, held = form.act.data.partition(":")
    role, is_given, reason = Role(held), word == "give", form.reason.data or ""
    if is_given and role in PAYING_ROLES and (asked := asked_for_factor()) is not None:
        return asked
    version, actor, clock = form.seen(), current_actor(), house().clock
    try:
        acted(
            f"roles:{code}",
            lambda session: change_role(
                session, code, role, is_given=is_given, reason=reason, version=version, actor=actor, clock=clock
            ),
            reason=reason,
            is_counted=False,
        )
    except Invalid as refused:
        say("mind", str(REFUSALS[refused.field, refused.reason]))
    else:
        name = str(ROLE_WORDS[role][0])
        say("good", _("给了%(role)s。", role=name) if is_given else _("收了%(role)s。", role=name))
    return redirect(url_for("staff_people.person", code=code), 303)


@bp.post("/<code>/second-factor/reset")
@posts_limited
@needs_second_factor
def reset_factor(code: str) -> ResponseReturnValue:
    """Take the second factor of somebody else away who has lost it; they set up a new one."""
    form, found = ResetFactorForm.from_request(prefix=RESET), worker(reading(), code)
    if not form.is_sent_well():
        return _person(found, RoleForm(formdata=None, version=str(found.version)), 422, reset_form=form)
    reason, actor, clock = form.reason.data or "", current_actor(), house().clock
    try:
        acted(
            _factor(code), lambda session: reset(session, code, reason=reason, actor=actor, clock=clock), reason=reason
        )
    except Invalid:
        say("mind", _("自己的验证器，要请另一位管理员来解除。"))
    except NotFound:
        say("info", _("没有绑定验证器，不用解除。"))
    else:
        say("good", _("解除了。本人下次动钱时重新绑定。"))
    return redirect(url_for("staff_people.person", code=code), 303)
