"""The guard of acts that move money: a code of the second factor, typed on this browser not long ago.

A page is shown after the code (303 there and back). A form that comes without it is not done and not lost either: the
answer asks for the code and carries everything that was typed, so that one press does it after all.
"""

from collections.abc import Callable
from datetime import timedelta
from functools import wraps
from typing import ParamSpec

from flask import Response, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from shop.accounts.factors.queries import is_enrolled, live_key
from shop.accounts.factors.rules import NotEnrolled, WrongFactor, code_at, step_of
from shop.accounts.factors.services import prove
from shop.accounts.forms import FactorForm
from shop.accounts.queries import Presence
from shop.kernel.errors import TooMany
from shop.settings import DEMO_FACTOR_KEY
from shop.web.entering import too_many
from shop.web.house import current_actor, current_presence, house, reading
from shop.web.i18n import _

P = ParamSpec("P")
View = Callable[P, ResponseReturnValue]

MARK = "second_factor"
"""What a guarded view carries, for those who list them."""


def needs_second_factor(view: View[P]) -> View[P]:
    """Guard a staff view: it is done only by who has typed a code of their second factor a few minutes ago."""

    @wraps(view)
    def guarded(*args: P.args, **kwargs: P.kwargs) -> ResponseReturnValue:
        answer = asked_for_factor()
        return view(*args, **kwargs) if answer is None else answer

    setattr(guarded, MARK, True)
    return guarded


def is_proven() -> bool:
    """Tell whether the person in front has proven the second factor on this browser, and not too long ago."""
    presence = current_presence()
    if presence is None or presence.proven_at is None:
        return False
    wired = house()
    return wired.clock() - presence.proven_at < timedelta(minutes=wired.settings.second_factor_minutes)


def asked_for_factor() -> ResponseReturnValue | None:
    """Return the answer that asks for the second factor, or None when nothing is to be asked; see the guard."""
    presence = current_presence()
    if presence is None or is_proven():
        return None
    if request.method != "POST":
        return redirect(url_for("staff_factor.prove", next=request.full_path.rstrip("?")), 303)
    form = FactorForm.from_request()
    if not form.factor_code.raw_data:  # the form as it was filled in, which asks for no code
        return _ask(presence, form)
    retry_s = try_factor(presence, form)
    return None if retry_s is None and not form.errors else _ask(presence, form, retry_s)


def try_factor(presence: Presence, form: FactorForm) -> int | None:
    """Try the code of a form on this browser; what is wrong stands in the form then.

    Returns:
        Seconds to wait after too many tries, None otherwise.
    """
    wired = house()
    if not form.is_sent_well():
        return None
    try:
        prove(
            wired.edge,
            wired.vault,
            actor=current_actor(),
            sign_in_id=presence.sign_in_id,
            typed=form.factor_code.data or "",
            secret=wired.settings.secret_key,
            clock=wired.clock,
        )
    except WrongFactor:
        form.factor_code.errors = [_("验证码不对，或者用过了。等手机上跳出下一个再试。")]
    except NotEnrolled:
        form.form_errors.append(_("您还没有绑定验证器。"))
    except TooMany as error:
        return too_many(form, error)
    return None


def demo_code(user_id: int) -> str | None:
    """Return the code that opens now for one of the demo's people; None in a real town, and for any other key."""
    wired = house()
    found = live_key(reading(), wired.vault, user_id) if wired.settings.is_demo else None
    if found is None or found[0] != DEMO_FACTOR_KEY:
        return None
    key, last_step = found
    return code_at(key, max(step_of(wired.clock()), last_step + 1))


def _ask(presence: Presence, form: FactorForm, retry_s: int | None = None) -> Response:
    own = {"csrf_token", form.factor_code.name}
    page = render_template(
        "staff/factor_ask.html",
        form=form,
        action=request.full_path.rstrip("?"),
        carried=[(name, text) for name, text in request.form.items(multi=True) if name not in own],
        loses_files=any(file.filename for file in request.files.values()),
        is_enrolled=is_enrolled(reading(), presence.person.id),
        demo_code=demo_code(presence.person.id),
    )
    response = make_response(page, 429 if retry_s else 403)
    if retry_s:
        response.headers["Retry-After"] = str(retry_s)
    return response
