"""Coming in, the way back in, and one's own page."""

from dataclasses import dataclass
from typing import NamedTuple

from flask import abort, redirect, render_template, request, url_for
from flask import session as cookie
from flask.typing import ResponseReturnValue
from flask_babel import lazy_gettext as _l

from shop.accounts import entry, services
from shop.accounts.forms import PasswordForm, PhoneForm, ResetForm, SignInForm
from shop.accounts.models import How
from shop.accounts.queries import Person, has_password
from shop.accounts.rules import MAX_PASSWORD, MIN_PASSWORD, WrongCode, WrongCredentials
from shop.accounts.topics import RESET_CODE
from shop.accounts.views.common import bp, home_of, onward, posts_limited
from shop.kernel.errors import Invalid, TooMany
from shop.web.demo_codes import sms_code
from shop.web.entering import again, asking, let_in, let_out, too_many
from shop.web.house import current_actor, current_person, current_presence, current_vendor, edge, house, reading
from shop.web.i18n import _, reader
from shop.web.login import forget
from shop.web.roles import may_open
from shop.web.shell import say

RESET_PHONE = "reset_phone"
"""Cookie key: the number a code was asked for, so that it need not be typed twice nor stand in an address."""

PASSWORD_WORDS = {
    "short": _l("新密码至少要 %(n)d 个字。", n=MIN_PASSWORD),
    "long": _l("新密码最多 %(n)d 个字。", n=MAX_PASSWORD),
    "phone": _l("别拿手机号码当密码，换一个。"),
    "common": _l("这个密码太好猜，换一个。"),
}


class Way(NamedTuple):
    """One way on from one's own page."""

    icon: str
    label: str
    hint: str | None
    href: str


@dataclass(frozen=True)
class Mine:
    """One's own page."""

    name: str
    phone: str
    ways: tuple[Way, ...]


def _way_in() -> ResponseReturnValue:
    """Lead a visitor to the sign-in page and back to this one; what a visitor posts is refused."""
    if request.method != "GET":
        abort(401)
    return redirect(url_for("accounts.sign_in", next=request.path), 303)


@bp.route("/sign-in", methods=["GET", "POST"])
@posts_limited
def sign_in() -> ResponseReturnValue:
    """Sign in with phone and password, then on to where one was going."""
    person = current_person()
    if person is not None:
        return onward(person, request.values.get("next"))
    form, retry_s, wired = SignInForm.from_request(next=request.args.get("next")), None, house()
    if form.is_sent_well():
        try:
            person = entry.sign_in(
                wired.edge,
                wired.hasher,
                phone=form.phone.data or "",
                password=form.password.data or "",
                **asking(),
            )
        except WrongCredentials:
            form.form_errors.append(_("手机号码或密码不对，再看一眼。"))
        except TooMany as error:
            retry_s = too_many(form, error)
        else:
            let_in(person, How.PASSWORD, form.whose())
            return onward(person, form.next.data)
    return again("accounts/sign_in.html", form, retry_s)


@bp.post("/sign-out")
def sign_out() -> ResponseReturnValue:
    """Sign this browser out."""
    let_out()
    say("good", _("已退出登录。"))
    return redirect(url_for("catalog.home"), 303)


@bp.route("/forgotten", methods=["GET", "POST"])
@posts_limited
def forgotten() -> ResponseReturnValue:
    """Ask for a code; the answer never tells whether the number is known."""
    form, retry_s, wired = PhoneForm.from_request(), None, house()
    if form.is_sent_well():
        try:
            entry.ask_reset_code(wired.edge, phone=form.phone.data or "", language=reader(), **asking())
        except TooMany as error:
            retry_s = too_many(form, error)
        else:
            cookie[RESET_PHONE] = form.phone.data
            say("info", _("这个号码要是开过户，验证码一会儿就到，10 分钟内有效。"))
            return redirect(url_for("accounts.reset"), 303)
    return again("accounts/forgotten.html", form, retry_s)


@bp.route("/forgotten/code", methods=["GET", "POST"])
@posts_limited
def reset() -> ResponseReturnValue:
    """Set a new password with the code; whoever holds the phone is then signed in."""
    form, retry_s, wired = ResetForm.from_request(phone=cookie.get(RESET_PHONE, "")), None, house()
    if form.is_sent_well():
        try:
            person = entry.reset_password(
                wired.edge,
                wired.hasher,
                phone=form.phone.data or "",
                code=form.code.data or "",
                new=form.password.data or "",
                **asking(),
            )
        except Invalid as error:
            form.password.errors = [PASSWORD_WORDS[error.reason]]
        except WrongCode:
            form.code.errors = [_("验证码不对，或者过了 10 分钟。看看短信，或者重新要一个。")]
        except TooMany as error:
            retry_s = too_many(form, error)
        else:
            let_in(person, How.CODE, form.whose())
            say("good", _("新密码记好了，别处的登录都已退出。"))
            return redirect(home_of(person), 303)
    code = sms_code(RESET_CODE, cookie.get(RESET_PHONE))
    return again("accounts/reset.html", form, retry_s, demo_code=code)


@bp.get("/me")
def me() -> ResponseReturnValue:
    """Show one's own page; a visitor finds an order or the way in."""
    person = current_person()
    if person is None:
        return render_template("accounts/visitor.html")
    return render_template("accounts/me.html", mine=Mine(person.name, person.phone, _ways(person)))


def _ways(person: Person) -> tuple[Way, ...]:
    ways = [
        Way("clock", _("我的事"), _("包裹、发票、赔退、问过的话，都在这里。"), url_for("matters.matters")),
        Way("basket", _("我的订单"), None, url_for("buyer_orders.orders")),
        Way("pin", _("收货地址"), None, url_for("buyer_accounts.addresses")),
        Way("box", _("查订单"), None, url_for("orders.find")),
    ]
    if current_vendor() is not None:
        ways.append(Way("stock", _("我的摊位"), None, url_for("vendor_catalog.home")))
    if may_open("staff_fulfilment.today", person.roles):
        ways.append(Way("house", _("中心工作台"), None, url_for("staff_fulfilment.today")))
    if may_open("driver.run", person.roles):
        ways.append(Way("truck", _("送货单"), None, url_for("driver.run")))
    return tuple(ways)


@bp.route("/me/password", methods=["GET", "POST"])
@posts_limited
def password() -> ResponseReturnValue:
    """Change one's password; every other browser is signed out, this one goes on."""
    presence, form, retry_s, wired = current_presence(), PasswordForm.from_request(), None, house()
    if presence is None:
        return _way_in()
    if not has_password(reading(), presence.person.id):
        say("info", _("您还没有密码。用手机收一个验证码，就能设一个。"))
        return redirect(url_for("accounts.forgotten"), 303)
    if form.is_sent_well():
        try:
            person = entry.change_password(
                wired.edge,
                wired.hasher,
                actor=current_actor(),
                phone=presence.person.phone,
                current=form.current.data or "",
                new=form.password.data or "",
                **asking(),
            )
        except Invalid as error:
            form.password.errors = [PASSWORD_WORDS[error.reason]]
        except WrongCredentials:
            form.current.errors = [_("现在的密码不对。")]
        except TooMany as error:
            retry_s = too_many(form, error)
        else:
            let_in(person, How.PASSWORD, presence.device)
            say("good", _("密码改好了，别处的登录都已退出。"))
            return redirect(url_for("accounts.me"), 303)
    return again("accounts/password.html", form, retry_s)


@bp.post("/me/sign-out-everywhere")
@posts_limited
def sign_out_everywhere() -> ResponseReturnValue:
    """Sign out on every device, this one included."""
    actor = current_actor()
    if actor.user_id is None:
        return _way_in()
    edge().run(lambda session: services.sign_out_everywhere(session, actor=actor, clock=house().clock))
    forget()
    say("good", _("所有设备都已退出登录。"))
    return redirect(url_for("accounts.sign_in"), 303)
