"""How a vendor is paid, on its owner's own page: the end of the number, who changed it when, and changing it."""

from datetime import timedelta
from functools import partial

from flask import Response, make_response, redirect, render_template, request, url_for
from flask import session as cookie
from flask.typing import ResponseReturnValue

from shop.accounts import entry
from shop.accounts.queries import Person, names_of
from shop.accounts.rules import WrongCode, WrongCredentials
from shop.accounts.topics import ENTRY_CODE
from shop.flows.joining import change_account
from shop.kernel.errors import TooMany
from shop.vendors.joining.models import PayWay
from shop.vendors.joining.payout import Sealed, seal
from shop.vendors.joining.queries import payout_changes, payout_of
from shop.vendors.queries import VendorFacts
from shop.vendors.views.joining.common import page, posts_limited
from shop.vendors.views.joining.forms import AccountForm, CodeProofForm, PasswordProofForm, WayForm
from shop.vendors.views.joining.pay import ICONS, NOTES, account_way
from shop.vendors.views.joining.words import PAY_WORDS
from shop.web.audience import Audience, blueprint
from shop.web.demo_codes import sms_code
from shop.web.forms import EmptyForm, ShopForm
from shop.web.house import current_actor, current_person, current_vendor, edge, house, reading
from shop.web.i18n import _, reader
from shop.web.own import owner_only
from shop.web.shell import say

bp = blueprint("vendor_payout", __name__, Audience.VENDOR, prefix="/vendor/payout")

PROVEN = "payout_proven"
"""Cookie key: the moment (seconds) until which this browser's person has proven who they are."""
PROVEN_FOR = timedelta(minutes=10)


def _own() -> VendorFacts:
    own = current_vendor()
    assert own is not None, "the guard lets nobody else in"
    return own


def _person() -> Person:
    person = current_person()
    assert person is not None, "the guard lets nobody else in"
    return person


def _is_proven() -> bool:
    until = cookie.get(PROVEN, 0)
    return isinstance(until, int) and house().clock().timestamp() < until


def _to_proof() -> ResponseReturnValue:
    return redirect(url_for("vendor_payout.prove"), 303)


@bp.get("")
@owner_only
def payout() -> ResponseReturnValue:
    """Show how the vendor is paid, without the number, and who changed it when."""
    own = _own()
    account, changes = payout_of(reading(), own.id), payout_changes(reading(), own.id)
    names = names_of(reading(), {change.actor for change in changes})
    rows = [(change.at, str(PAY_WORDS[change.way][0]), names.get(change.actor, _("中心"))) for change in changes]
    way = str(PAY_WORDS[account.way][0]) if account is not None else None
    return render_template("joining/payout.html", account=account, way=way, changes=rows)


@bp.route("/prove", methods=["GET", "POST"])
@owner_only
@posts_limited
def prove() -> ResponseReturnValue:
    """Ask for the password once more; a code from the phone does as well."""
    form, wired, person = PasswordProofForm.from_request(), house(), _person()
    if form.is_sent_well():
        try:
            found = entry.sign_in(
                wired.edge,
                wired.hasher,
                phone=person.phone,
                password=form.password.data or "",
                address=request.remote_addr or "",
                secret=wired.settings.secret_key,
                clock=wired.clock,
            )
        except WrongCredentials:
            form.password.errors = [_("密码不对。记不起就用验证码。")]
        except TooMany as error:
            return _too_many("joining/prove.html", form, error)
        else:
            return _proven(found)
    return page("joining/prove.html", form)


@bp.post("/send-code")
@owner_only
@posts_limited
def ask_code() -> ResponseReturnValue:
    """Send a code to the owner's own phone."""
    EmptyForm.from_request()
    wired, person = house(), _person()
    try:
        entry.ask_entry_code(
            wired.edge,
            phone=person.phone,
            language=reader(),
            address=request.remote_addr or "",
            secret=wired.settings.secret_key,
            clock=wired.clock,
        )
    except TooMany as error:
        return _too_many("joining/prove.html", PasswordProofForm(formdata=None), error)
    say("info", _("验证码一会儿就到，10 分钟内有效。"))
    return redirect(url_for("vendor_payout.prove_by_code"), 303)


@bp.route("/code", methods=["GET", "POST"])
@owner_only
@posts_limited
def prove_by_code() -> ResponseReturnValue:
    """Take the code from the phone."""
    form, wired, person = CodeProofForm.from_request(), house(), _person()
    if form.is_sent_well():
        try:
            found = entry.enter_by_code(
                wired.edge,
                phone=person.phone,
                code=form.code.data or "",
                name="",
                address=request.remote_addr or "",
                secret=wired.settings.secret_key,
                clock=wired.clock,
            )
        except WrongCode:
            form.code.errors = [_("验证码不对，或者过了 10 分钟。看看短信，或者重新要一个。")]
        except TooMany as error:
            return _too_many("joining/prove_code.html", form, error)
        else:
            return _proven(found)
    return page("joining/prove_code.html", form, demo_code=sms_code(ENTRY_CODE, person.phone))


def _too_many(template: str, form: ShopForm, error: TooMany) -> Response:
    form.form_errors.append(_("试的次数太多了，%(n)d 分钟后再来。", n=-(-error.retry_s // 60)))
    code = sms_code(ENTRY_CODE, _person().phone)
    response = make_response(render_template(template, form=form, demo_code=code), 429)
    response.headers["Retry-After"] = str(error.retry_s)
    return response


def _proven(found: Person) -> ResponseReturnValue:
    if found.id == _person().id:
        cookie[PROVEN] = int((house().clock() + PROVEN_FOR).timestamp())
    return redirect(url_for("vendor_payout.change"), 303)


@bp.route("/change", methods=["GET", "POST"])
@owner_only
@posts_limited
def change() -> ResponseReturnValue:
    """Ask which way is convenient from now on."""
    if not _is_proven():
        return _to_proof()
    account = payout_of(reading(), _own().id)
    form = WayForm.from_request(way=account.way.value if account is not None else None)
    if form.is_sent_well():
        if form.chosen() is not PayWay.CASH:
            return redirect(url_for("vendor_payout.change_account_of", way=form.chosen().value), 303)
        return _changed(Sealed(PayWay.CASH, "", ""))
    return page("joining/payout_way.html", form, notes=NOTES, icons=ICONS)


@bp.route("/change/<way>", methods=["GET", "POST"])
@owner_only
@posts_limited
def change_account_of(way: str) -> ResponseReturnValue:
    """Ask for the new account, and apart from it whether it may be kept."""
    wanted = account_way(way)
    if not _is_proven():
        return _to_proof()
    form = AccountForm.from_request()
    form.ask_for(wanted)
    if form.is_sent_well():
        return _changed(seal(house().vault, form.account()))
    return page("joining/payout_account.html", form, is_bank=wanted is PayWay.BANK)


def _changed(sealed: Sealed) -> ResponseReturnValue:
    own, actor, clock = _own(), current_actor(), house().clock
    edge().run(partial(change_account, vendor_id=own.id, sealed=sealed, actor=actor, clock=clock))
    cookie.pop(PROVEN, None)
    say("good", _("记好了，短信也告诉您一声。"))
    return redirect(url_for("vendor_payout.payout"), 303)
