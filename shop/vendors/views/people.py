"""Who may act for a vendor, on the vendor's own page: the family and the centre, and taking it back."""

from flask import redirect, render_template, url_for
from flask import session as cookie
from flask.typing import ResponseReturnValue

from shop.accounts import entry
from shop.accounts.models import CodePurpose
from shop.accounts.rules import WrongCode
from shop.kernel.clock import town_day
from shop.kernel.errors import Invalid, TooMany
from shop.vendors.acts.consents import revoke_consent
from shop.vendors.acts.queries import consents_of
from shop.vendors.delegates import add_delegate, members_of, remove_delegate
from shop.vendors.queries import VendorFacts
from shop.vendors.views.acting_forms import HelperCodeForm, HelperForm
from shop.vendors.views.acting_photo import consent_photo
from shop.vendors.views.acting_words import MEMBER_WORDS, SCOPE_WORDS, why_no_helper
from shop.web.audience import Audience, blueprint
from shop.web.entering import again, asking, too_many
from shop.web.house import current_actor, current_vendor, edge, house, reading
from shop.web.i18n import _
from shop.web.limits import limiter
from shop.web.own import owner_only
from shop.web.shell import say

bp = blueprint("vendor_people", __name__, Audience.VENDOR, prefix="/vendor/people")

posts_limited = limiter.limit("60 per minute", methods=["POST"])

HELPER = "helper"
"""Cookie key: the phone to which a code was sent, so that it stands in no address."""


def _own() -> VendorFacts:
    own = current_vendor()
    assert own is not None, "the blueprint lets nobody else in"
    return own


def _here() -> ResponseReturnValue:
    return redirect(url_for("vendor_people.people"), 303)


@bp.get("")
@owner_only
def people() -> ResponseReturnValue:
    """Show who may act: the family, and the centre by consent."""
    own = _own()
    return render_template(
        "vendor/people.html",
        members=members_of(reading(), own.id),
        consents=consents_of(reading(), own.id),
        today=town_day(house().clock()),
        member_words=MEMBER_WORDS,
        scope_words=SCOPE_WORDS,
    )


@bp.route("/add", methods=["GET", "POST"])
@owner_only
@posts_limited
def add() -> ResponseReturnValue:
    """Ask whom in the family to let help, and send them a code."""
    form, retry_s = HelperForm.from_request(), None
    if form.is_sent_well():
        try:
            entry.ask_helper_code(edge(), phone=form.phone.data or "", **asking())
        except TooMany as error:
            retry_s = too_many(form, error)
        else:
            cookie[HELPER] = form.phone.data
            return redirect(url_for("vendor_people.add_code"), 303)
    return again("vendor/people_add.html", form, retry_s)


@bp.route("/add/code", methods=["GET", "POST"])
@owner_only
@posts_limited
def add_code() -> ResponseReturnValue:
    """Take the code that they tell, and let them help from now on."""
    own, actor, clock, phone = _own(), current_actor(), house().clock, cookie.get(HELPER)
    if phone is None:
        return redirect(url_for("vendor_people.add"), 303)
    form, retry_s = HelperCodeForm.from_request(), None
    is_new = bool(form.name.data)
    if form.is_sent_well():
        try:
            person = entry.enter_by_code(
                edge(),
                phone=phone,
                code=form.code.data or "",
                name=form.name.data or "",
                purpose=CodePurpose.HELPER,
                **asking(),
            )
            edge().run(lambda session: add_delegate(session, own.id, person.id, actor=actor, clock=clock))
        except WrongCode:
            form.code.errors = [_("这六个数不对，或者过了 10 分钟。再问问他，或者重新发。")]
        except TooMany as error:
            retry_s = too_many(form, error)
        except Invalid as error:
            is_new = is_new or error.field == "name"
            field = form.name if error.field == "name" else form.code
            field.errors = [_("他头一回来，写上名字。") if field is form.name else why_no_helper(error.reason)]
        else:
            cookie.pop(HELPER, None)
            say("good", _("添好了，%(name)s现在可以帮您看摊位。", name=person.name))
            return _here()
    return again("vendor/people_code.html", form, retry_s, phone=phone, is_new=is_new)


@bp.post("/<person>/remove")
@owner_only
def remove(person: str) -> ResponseReturnValue:
    """End at once that somebody of the family may act."""
    own, actor = _own(), current_actor()
    name = edge().run(lambda session: remove_delegate(session, own.id, person, actor=actor))
    say("good", _("去掉了，%(name)s不能再进您的摊位。", name=name) if name is not None else _("已经去掉了。"))
    return _here()


@bp.get("/consents/<consent>/photo")
@owner_only
def photo(consent: str) -> ResponseReturnValue:
    """Show the photo of a consent to whoever gave it."""
    return consent_photo(_own(), consent)


@bp.post("/consents/<consent>/revoke")
@owner_only
def revoke(consent: str) -> ResponseReturnValue:
    """End at once that the centre may act."""
    own, actor, clock = _own(), current_actor(), house().clock
    edge().run(lambda session: revoke_consent(session, own.id, consent, actor=actor, clock=clock))
    say("good", _("收回了，中心不能再替您操作。"))
    return _here()
