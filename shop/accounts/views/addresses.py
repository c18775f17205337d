"""A member's kept addresses: the list, one more by pasting or by fields, changing, forgetting."""

from dataclasses import dataclass

from flask import Response, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.datastructures import MultiDict

from shop.accounts import services
from shop.accounts.addresses import Resolved, full_region, resolve
from shop.accounts.forms import AddressForm, PasteForm
from shop.accounts.queries import KeptAddressFacts, kept_address, kept_addresses
from shop.accounts.rules import MAX_KEPT
from shop.courier.rules import PROVINCES
from shop.web.audience import Audience, blueprint
from shop.web.forms import EmptyForm
from shop.web.house import current_person, edge, house, reading
from shop.web.i18n import _
from shop.web.limits import limiter
from shop.web.places import province_word
from shop.web.shell import say

bp = blueprint("buyer_accounts", __name__, Audience.BUYER)

posts_limited = limiter.limit("60 per minute", methods=["POST"])


@dataclass(frozen=True)
class Card:
    """One kept address in the list."""

    code: str
    name: str
    phone: str
    region: str
    street: str
    tag: str | None


def _user_id() -> int:
    person = current_person()
    assert person is not None, "the blueprint lets nobody else in"
    return person.id


def _card(kept: KeptAddressFacts, *, is_first: bool) -> Card:
    region = full_region(kept.province, kept.city, kept.district)
    return Card(kept.code, kept.name, kept.phone, region, kept.street, _("上次用的") if is_first else None)


@bp.get("/me/addresses")
def addresses() -> ResponseReturnValue:
    """Show the addresses a member keeps, the one used last first."""
    kept = kept_addresses(reading(), _user_id())
    cards = tuple(_card(address, is_first=number == 0 and len(kept) > 1) for number, address in enumerate(kept))
    return render_template("accounts/addresses.html", cards=cards, is_full=len(cards) >= MAX_KEPT, limit=MAX_KEPT)


@bp.route("/me/addresses/new", methods=["GET", "POST"])
@posts_limited
def new_address() -> ResponseReturnValue:
    """Keep one more: a pasted text is split into the fields first, the fields are kept."""
    if request.form.get("action") == "split":
        return _split()
    form = AddressForm.from_request()
    if not form.is_sent_well():
        return _page("accounts/address_new.html", form, paste=PasteForm(formdata=None), is_split=False)
    edge().run(lambda session: services.keep_address(session, _user_id(), form.address(), clock=house().clock))
    say("good", _("地址记下了，下次下单直接选。"))
    return redirect(url_for("buyer_accounts.addresses"), 303)


@bp.route("/me/addresses/<code>", methods=["GET", "POST"])
@posts_limited
def address(code: str) -> ResponseReturnValue:
    """Change one of one's addresses."""
    kept = kept_address(reading(), _user_id(), code)
    form = AddressForm.from_request(obj=kept)
    if not form.is_sent_well():
        return _page("accounts/address_edit.html", form, code=code)
    edge().run(lambda session: services.change_address(session, _user_id(), code, form.address()))
    say("good", _("地址改好了。"))
    return redirect(url_for("buyer_accounts.addresses"), 303)


@bp.post("/me/addresses/<code>/forget")
@posts_limited
def forget_address(code: str) -> ResponseReturnValue:
    """Forget one of one's addresses."""
    EmptyForm.from_request()
    edge().run(lambda session: services.forget_address(session, _user_id(), code))
    say("good", _("地址删掉了。下过的单不受影响。"))
    return redirect(url_for("buyer_accounts.addresses"), 303)


def _split() -> Response:
    """Show the pasted text's parts in the fields, for the person to look over; what is missing is marked."""
    paste = PasteForm.from_request()
    if not paste.is_sent_well():
        return _page("accounts/address_new.html", AddressForm(formdata=None), paste=paste, is_split=False, status=422)
    found = resolve(paste.text.data or "")
    form = _filled(found)
    return _page("accounts/address_new.html", form, paste=paste, is_split=True, status=200)


def _filled(found: Resolved) -> AddressForm:
    parts = {part: getattr(found, part) for part in AddressForm.PARTS}
    form = AddressForm(formdata=MultiDict({**parts, "csrf_token": request.form.get("csrf_token", "")}))
    form.validate()
    if found.province and found.province not in PROVINCES:
        form.province.errors = [_("%(province)s现在还寄不到。", province=province_word(found.province))]
    return form


def _page(template: str, form: AddressForm, *, status: int | None = None, **words: object) -> Response:
    status = status or (422 if request.method == "POST" else 200)
    return make_response(render_template(template, form=form, **words), status)
