"""Where one is signed in, and ending each of them."""

from dataclasses import dataclass
from datetime import datetime

from flask import redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import lazy_gettext as _l

from shop.accounts.models import Device, How
from shop.accounts.queries import Presence, SignInFacts, open_sign_ins
from shop.accounts.sign_ins import end_sign_in
from shop.accounts.views.addresses import bp, posts_limited
from shop.web.browsers import browser_said
from shop.web.forms import EmptyForm
from shop.web.house import current_presence, edge, house, reading
from shop.web.i18n import _
from shop.web.shell import say

HOW_WORDS = {
    How.PASSWORD: _l("密码"),
    How.CODE: _l("短信验证码"),
    How.CARD: _l("中心的卡"),
}
DEVICE_WORDS = {
    Device.OWN: _l("自己的手机"),
    Device.SHARED: _l("公用的手机，30 分钟不用就退出"),
}


@dataclass(frozen=True)
class Row:
    """One browser in the list."""

    code: str
    browser: str
    how: str
    device: str
    at: datetime
    is_here: bool


def _presence() -> Presence:
    presence = current_presence()
    assert presence is not None, "the blueprint lets nobody else in"
    return presence


def _row(found: SignInFacts, here: int) -> Row:
    how, device = str(HOW_WORDS[found.how]), str(DEVICE_WORDS[found.device])
    return Row(found.code, browser_said(found.browser), how, device, found.at, found.id == here)


@bp.get("/me/sign-ins")
def sign_ins() -> ResponseReturnValue:
    """Show where a person is signed in, this browser first."""
    presence = _presence()
    found = open_sign_ins(reading(), presence.person.id, house().clock())
    rows = sorted((_row(one, presence.sign_in_id) for one in found), key=lambda row: not row.is_here)
    return render_template("accounts/sign_ins.html", rows=rows)


@bp.post("/me/sign-ins/<code>/end")
@posts_limited
def end(code: str) -> ResponseReturnValue:
    """End one sign-in, on whatever phone it is."""
    EmptyForm.from_request()
    user_id, clock = _presence().person.id, house().clock
    edge().run(lambda session: end_sign_in(session, user_id, code, clock=clock))
    say("good", _("那边已经退出。"))
    return redirect(url_for("buyer_accounts.sign_ins"), 303)
