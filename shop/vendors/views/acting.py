"""Staff act for a vendor: the consent with its photo, beginning and ending, and who of the family may act."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import partial

from flask import Response, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from shop.accounts.models import Viewed, ViewReason
from shop.accounts.queries import names_of, person_by_phone
from shop.accounts.sights import is_shown, note_view
from shop.flows.helping import add_at_counter, agree_at_counter
from shop.kernel.clock import town_day
from shop.kernel.errors import Invalid, NotFound
from shop.media.private import receive_private
from shop.media.rules import BadPhoto
from shop.media.words import flaw_words
from shop.vendors.acts.consents import MOST_DAYS, REMIND_DAYS, Yes, revoke_consent
from shop.vendors.acts.models import ConsentScope, ConsentWay
from shop.vendors.acts.queries import ActFacts, DoneFor, acting_for, consent_ends, consents_of, done_for_vendors
from shop.vendors.delegates import members_of, remove_delegate
from shop.vendors.queries import VendorFacts, approved_vendors, vendor_in_any_state
from shop.vendors.views.acting_forms import ConsentForm, HelperForm
from shop.vendors.views.acting_photo import consent_photo
from shop.vendors.views.acting_words import MEMBER_WORDS, SCOPE_WORDS, WAY_WORDS, until_when, why_no_helper
from shop.web.acting import begin_acting, end_acting
from shop.web.audience import Audience, blueprint
from shop.web.desk import acted, check_fresh, is_again, version_now
from shop.web.forms import EmptyForm
from shop.web.house import current_actor, edge, house, reading
from shop.web.i18n import _
from shop.web.paging import leaf
from shop.web.shell import say

bp = blueprint("staff_acting", __name__, Audience.STAFF, prefix="/staff/vendors")

YEAR = timedelta(days=MOST_DAYS - 1)
DONE_FOR = timedelta(days=30)
MOST_DONE = 100


@dataclass(frozen=True)
class Done:
    """One thing that was done for a vendor, by whom, and how it stands with taking it back."""

    done: DoneFor
    who: str
    back: str
    tone: str


def _vendor(code: str) -> VendorFacts:
    vendor = vendor_in_any_state(reading(), code)
    if vendor is None:
        raise NotFound("vendor")
    return vendor


def _thing(vendor: VendorFacts) -> str:
    """Return what is counted as one: who may act for a vendor."""
    return f"acting:{vendor.code}"


def _today() -> date:
    return town_day(house().clock())


def _here(code: str) -> Response:
    response = redirect(url_for("staff_acting.acting", code=code), 303)
    assert isinstance(response, Response)
    return response


@dataclass(frozen=True)
class Agreed:
    """A vendor, until when staff may act for them, and whether that ends soon."""

    vendor: VendorFacts
    until_on: date | None
    left: str


@bp.get("/acting")
def choose() -> ResponseReturnValue:
    """Show every vendor, and for whom staff may act; whose consent ends first comes first."""
    ends, today = consent_ends(reading(), _today()), _today()
    rows = [
        Agreed(vendor, ends.get(vendor.id), _left(ends.get(vendor.id), today)) for vendor in approved_vendors(reading())
    ]
    rows.sort(key=lambda row: row.until_on or date.max)
    here = leaf(len(rows), "staff_acting.choose")
    shown, soon = rows[here.offset : here.offset + here.limit], sum(bool(row.left) for row in rows)
    return render_template("staff/acting_choose.html", here=here, rows=shown, soon=soon)


def _left(until_on: date | None, today: date) -> str:
    """Return how much longer a consent counts, once its vendor is told that it ends; "" before."""
    if until_on is None or (until_on - today).days > max(REMIND_DAYS):
        return ""
    days = (until_on - today).days
    return _("还有 %(n)d 天", n=days) if days else _("今天最后一天")


@bp.get("/acting/done")
def done() -> ResponseReturnValue:
    """Show what staff did for vendors: what, for whom, when, until when it can be taken back, and whether they know."""
    now, mine, code = house().clock(), current_actor().label, request.args.get("vendor", "")
    is_mine = "mine" in request.args
    found = done_for_vendors(
        reading(), vendor_code=code, who=mine if is_mine else "", since=now - DONE_FOR, now=now, limit=MOST_DONE
    )
    names = names_of(reading(), {one.act.who for one in found})
    rows = [Done(one, names.get(one.act.who, one.act.who), *_back_words(one.act, now)) for one in found]
    return render_template(
        "staff/acting_done.html",
        rows=rows,
        vendor=_vendor(code) if code else None,
        is_mine=is_mine,
        is_cut=len(rows) == MOST_DONE,
    )


def _back_words(act: ActFacts, now: datetime) -> tuple[str, str]:
    """Return whether an act can be taken back, and the tone of that."""
    if act.undone_at is not None:
        return _("撤回了"), "info"
    if act.undo_until is None:
        return _("撤不回"), "sold-out"
    return (_("%(when)s 前", when=until_when(act, now)), "waiting") if act.may_undo else (_("过时间了"), "sold-out")


@bp.route("/<code>/acting", methods=["GET", "POST"])
def acting(code: str) -> ResponseReturnValue:
    """Show a vendor's consents, and note a new one with its photo."""
    vendor = _vendor(code)
    form = _blank(ConsentForm.from_request)
    if form.is_sent_well() and (is_again() or _noted(form, vendor)):
        say("good", _("记好了。现在可以替%(name)s操作。", name=vendor.name))
        return _here(code)
    return _page(vendor, form, HelperForm(prefix="helper", formdata=None))


def _blank(made: Callable[..., ConsentForm]) -> ConsentForm:
    today = _today()
    return made(given_on=today, until_on=today + YEAR, scopes=[ConsentScope.ALL.value])


def _page(vendor: VendorFacts, form: ConsentForm, helper: HelperForm) -> Response:
    code, today = vendor.code, _today()
    page = render_template(
        "staff/acting.html",
        vendor=vendor,
        form=form,
        helper=helper,
        agreed=acting_for(reading(), code, today),
        consents=consents_of(reading(), vendor.id),
        members=members_of(reading(), vendor.id),
        today=today,
        scope_words=SCOPE_WORDS,
        way_words=WAY_WORDS,
        member_words=MEMBER_WORDS,
        version=version_now(_thing(vendor)),
    )
    return make_response(page, 422 if form.errors or helper.errors else 200)


def _noted(form: ConsentForm, vendor: VendorFacts) -> bool:
    """Keep the photo, then the consent; what cannot be is told at its field."""
    check_fresh(_thing(vendor))
    actor, clock = current_actor(), house().clock
    sent = request.files.get("photo")
    if sent is None or not sent.filename:
        form.photo.errors = [_("要有同意书的照片。")]
        return False
    try:
        key = receive_private(edge().transaction, house().store, sent.read(), actor=actor, clock=clock)
    except BadPhoto as error:
        form.photo.errors = [flaw_words(error.reason)]
        return False
    assert form.given_on.data is not None
    assert form.until_on.data is not None
    said = Yes(
        scopes=[ConsentScope(scope) for scope in form.scopes.data or ()],
        given_by=form.given_by.data or "",
        given_on=form.given_on.data,
        until_on=form.until_on.data,
        way=ConsentWay(form.way.data),
        photo=key,
    )
    words = _("记了您让中心代操作的同意书")
    try:
        acted(
            _thing(vendor),
            lambda session: agree_at_counter(session, vendor.id, said, words=words, actor=actor, clock=clock),
        )
    except Invalid as error:
        told = {
            "given_on": _("这一天不对：不能是以后，也不能早过一年。"),
            "until_on": _("从说好那天起最长一年，不能已经过了。"),
        }
        form[error.field].errors = [told.get(error.field, _("这一项不对。"))]
        return False
    return True


@bp.get("/<code>/consents/<consent>/photo")
def photo(code: str, consent: str) -> ResponseReturnValue:
    """Show the photo of a consent to whoever of the centre has just said so."""
    vendor = _vendor(code)
    if not is_shown(reading(), code, Viewed.CONSENT, actor=current_actor(), now=house().clock()):
        say("info", _("照片要点“看照片”，看一次记一次。"))
        return _here(code)
    return consent_photo(vendor, consent)


@bp.post("/<code>/consents/<consent>/photo")
def look_at_photo(code: str, consent: str) -> ResponseReturnValue:
    """Note who looks at the photo of a consent, then show it."""
    EmptyForm.from_request()
    _vendor(code)
    actor, clock, why = current_actor(), house().clock, ViewReason.WORK
    edge().run(lambda session: note_view(session, code, Viewed.CONSENT, why, actor=actor, clock=clock))
    return redirect(url_for("staff_acting.photo", code=code, consent=consent), 303)


@bp.post("/<code>/consents/<consent>/revoke")
def revoke(code: str, consent: str) -> ResponseReturnValue:
    """End a consent: the vendor said so."""
    vendor, actor, clock = _vendor(code), current_actor(), house().clock
    acted(_thing(vendor), lambda session: revoke_consent(session, vendor.id, consent, actor=actor, clock=clock))
    say("good", _("收回了。中心不能再替%(name)s操作。", name=vendor.name))
    return _here(code)


@bp.post("/<code>/acting/start")
def start(code: str) -> ResponseReturnValue:
    """Begin to act for a vendor: their pages open with a banner that says so."""
    if acting_for(reading(), _vendor(code).code, _today()) is None:
        say("mind", _("没有管用的同意书，或者这家停卖了，不能替它操作。"))
        return _here(code)
    begin_acting(code)
    return redirect(url_for("vendor_catalog.home"), 303)


@bp.post("/acting/end")
def end() -> ResponseReturnValue:
    """Act for nobody any more."""
    end_acting()
    say("good", _("代操作结束了。"))
    return redirect(url_for("staff_acting.choose"), 303)


@bp.post("/<code>/delegates")
def add_helper(code: str) -> ResponseReturnValue:
    """Let somebody of the family act, as the owner asks for at the counter."""
    vendor, actor, clock = _vendor(code), current_actor(), house().clock
    helper = HelperForm(prefix="helper")

    person = person_by_phone(reading(), helper.phone.data or "") if helper.is_sent_well() else None
    if person is not None:
        words = _("让%(name)s帮您看摊位", name=person.name)
        try:
            acted(
                _thing(vendor),
                lambda session: add_at_counter(session, vendor.id, person, words=words, actor=actor, clock=clock),
            )
        except Invalid as error:
            helper.phone.errors = [why_no_helper(error.reason)]
        else:
            say("good", _("%(name)s现在可以帮%(vendor)s看摊位。", name=person.name, vendor=vendor.name))
            return _here(code)
    elif not helper.errors:
        helper.phone.errors = [_("这个手机号还没有来过。请他先用手机号登录一次，再来添。")]
    return _page(vendor, _blank(partial(ConsentForm, formdata=None)), helper)


@bp.post("/<code>/delegates/<person>/remove")
def remove_helper(code: str, person: str) -> ResponseReturnValue:
    """End that somebody of the family may act."""
    vendor, actor = _vendor(code), current_actor()
    acted(_thing(vendor), lambda session: remove_delegate(session, vendor.id, person, actor=actor))
    say("good", _("去掉了，不能再进这家的摊位。"))
    return _here(code)
