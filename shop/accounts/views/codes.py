"""Coming in with a code from the phone: asking for it, typing it, opening an account with it."""

from flask import redirect, request, url_for
from flask import session as cookie
from flask.typing import ResponseReturnValue

from shop.accounts import entry
from shop.accounts.forms import AskCodeForm, CodeForm
from shop.accounts.models import How
from shop.accounts.rules import WrongCode
from shop.accounts.topics import ENTRY_CODE
from shop.accounts.views.common import bp, onward, posts_limited
from shop.kernel.errors import Invalid, TooMany
from shop.web.demo_codes import sms_code
from shop.web.entering import again, asking, let_in, too_many
from shop.web.house import current_person, house
from shop.web.i18n import _, reader
from shop.web.shell import say
from shop.web.ways import safe_path

ENTRY = "entry"
"""Cookie key: {"phone", "next"} of who asked for a code, so that neither stands in an address."""


@bp.route("/sign-in/code", methods=["GET", "POST"])
@posts_limited
def ask_code() -> ResponseReturnValue:
    """Ask for a code to come in with; the answer never tells whether the number is known."""
    person = current_person()
    if person is not None:
        return onward(person, request.values.get("next"))
    form, retry_s, wired = AskCodeForm.from_request(next=request.args.get("next")), None, house()
    if form.is_sent_well():
        try:
            entry.ask_entry_code(wired.edge, phone=form.phone.data or "", language=reader(), **asking())
        except TooMany as error:
            retry_s = too_many(form, error)
        else:
            cookie[ENTRY] = {"phone": form.phone.data, "next": safe_path(form.next.data, "")}
            say("info", _("验证码一会儿就到，10 分钟内有效。"))
            return redirect(url_for("accounts.enter_by_code"), 303)
    return again("accounts/sign_in_code.html", form, retry_s)


@bp.route("/sign-in/code/enter", methods=["GET", "POST"])
@posts_limited
def enter_by_code() -> ResponseReturnValue:
    """Come in with the code; whoever has no account yet is asked for a name, and has one."""
    form, retry_s, wired = CodeForm.from_request(**cookie.get(ENTRY, {})), None, house()
    is_new = bool(form.name.data)
    if form.is_sent_well():
        try:
            person = entry.enter_by_code(
                wired.edge,
                phone=form.phone.data or "",
                code=form.code.data or "",
                name=form.name.data or "",
                **asking(),
            )
        except Invalid:
            is_new = True
            form.name.errors = [_("这个号码头一回来，填个名字就行。")]
        except WrongCode:
            form.code.errors = [_("验证码不对，或者过了 10 分钟。看看短信，或者重新要一个。")]
        except TooMany as error:
            retry_s = too_many(form, error)
        else:
            let_in(person, How.CODE, form.whose())
            return onward(person, form.next.data)
    code = sms_code(ENTRY_CODE, cookie.get(ENTRY, {}).get("phone"))
    return again("accounts/sign_in_digits.html", form, retry_s, is_new=is_new, demo_code=code)
