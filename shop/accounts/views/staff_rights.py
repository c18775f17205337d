"""For the counter: somebody there wants their data, or their account closed; each is written down with why."""

from flask import Response, make_response, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from shop.accounts.forms import OnRequestForm, PhoneForm
from shop.accounts.queries import Person, person_by_phone, person_of_code
from shop.accounts.views.data_file import file_of
from shop.accounts.views.data_words import obstacle_lines
from shop.flows.rights.closing import close
from shop.flows.rights.obstacles import StillOpen, obstacles
from shop.media.private import drop_private
from shop.web.audience import Audience, blueprint
from shop.web.desk import acted, made, version_now
from shop.web.house import current_actor, house, reading
from shop.web.i18n import _
from shop.web.limits import limiter
from shop.web.roles import COUNTER_ROLES, needs
from shop.web.shell import say

bp = blueprint("staff_rights", __name__, Audience.STAFF, prefix="/staff/rights", roles=COUNTER_ROLES)

posts_limited = limiter.limit("60 per minute", methods=["POST"])


@bp.get("")
def start() -> ResponseReturnValue:
    """Ask for the phone of whoever stands at the counter."""
    return _start(PhoneForm(formdata=None))


def _start(form: PhoneForm, status: int = 200) -> Response:
    return make_response(render_template("staff/rights.html", form=form), status)


@bp.post("/find")
@posts_limited
def find() -> ResponseReturnValue:
    """Find the person of a phone number; the number is left in no address."""
    form = PhoneForm.from_request()
    found = person_by_phone(reading(), form.phone.data or "") if form.is_sent_well() else None
    if found is None:
        if not form.phone.errors:
            form.phone.errors = [_("这个号码没有账户。没登录下的单，到期自己会删。")]
        return _start(form, 422)
    return redirect(url_for("staff_rights.person", code=found.code), 303)


@bp.get("/<code>")
def person(code: str) -> ResponseReturnValue:
    """Show whose account it is, and what must end before it can be closed."""
    return _person(person_of_code(reading(), code), OnRequestForm(formdata=None))


def _person(found: Person, form: OnRequestForm, status: int = 200) -> Response:
    page = render_template(
        "staff/rights_person.html",
        person=found,
        in_the_way=obstacle_lines(obstacles(reading(), found)),
        version=version_now(_thing(found.code)),
        form=form,
    )
    return make_response(page, status)


def _thing(code: str) -> str:
    return f"person:{code}"


@bp.post("/<code>/close")
@posts_limited
def close_account(code: str) -> ResponseReturnValue:
    """Close an account for whoever stands at the counter."""
    form, actor, clock, keys = OnRequestForm.from_request(), current_actor(), house().clock, list[str]()
    if not form.is_sent_well():
        return _person(person_of_code(reading(), code), form, 422)

    def do(session: Session) -> None:
        keys.extend(close(session, person_of_code(session, code).id, actor=actor, clock=clock))

    try:
        acted(_thing(code), do, reason=form.reason.data or "")
    except StillOpen:
        return _person(person_of_code(reading(), code), form, 409)
    for key in keys:
        drop_private(house().store, key)
    say("good", _("账户注销了，名字、电话和地址都删了。"))
    return redirect(url_for("staff_rights.start"), 303)


@bp.post("/<code>/file")
@needs("manager")
@posts_limited
def file(code: str) -> ResponseReturnValue:
    """Answer with everything that is kept of a person, to be handed to them; why is written down first."""
    form, found = OnRequestForm.from_request(), person_of_code(reading(), code)
    if not form.is_sent_well():
        return _person(found, form, 422)
    made(_thing(code), lambda _session: None, reason=form.reason.data or "")
    return file_of(found)
