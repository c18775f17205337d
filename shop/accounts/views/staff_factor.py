"""One's own second factor: setting up an authenticator, proving it, codes for when the phone is lost."""

from flask import Response, make_response, redirect, render_template, request, url_for
from flask import session as cookie
from flask.typing import ResponseReturnValue
from flask_babel import lazy_gettext as _l

from shop.accounts.factors import services
from shop.accounts.factors.models import FactorAct
from shop.accounts.factors.queries import factor_of, is_enrolled, pending_key
from shop.accounts.factors.rules import NotEnrolled, WrongFactor, new_key, new_recovery_codes, set_up_address
from shop.accounts.forms import FactorForm
from shop.accounts.queries import Presence
from shop.fulfilment.marks import square
from shop.kernel.errors import TooMany
from shop.web.actors import actor_names
from shop.web.audience import Audience, blueprint
from shop.web.entering import again, too_many
from shop.web.forms import EmptyForm
from shop.web.house import current_actor, current_presence, current_town, edge, house, reading
from shop.web.i18n import _
from shop.web.limits import limiter
from shop.web.roles import MONEY_ROLES
from shop.web.second_factor import asked_for_factor, demo_code, is_proven, needs_second_factor, try_factor
from shop.web.shell import say
from shop.web.ways import safe_path

bp = blueprint("staff_factor", __name__, Audience.STAFF, prefix="/staff/second-factor", roles=MONEY_ROLES)

posts_limited = limiter.limit("60 per minute", methods=["POST"])

CODES = "recovery_codes"
"""Cookie key: fresh recovery codes until their person says they are written down; the house keeps digests only."""
NEXT = "factor_next"
"""Cookie key: where one was going when an authenticator had to be set up first."""
QR_DOTS = 8
"""A millimetre a module: read off a screen at arm's length."""

FACTOR_WORDS = {
    FactorAct.ENROLLED: _l("绑定了验证器"),
    FactorAct.RECOVERED: _l("用掉一个备用码"),
    FactorAct.RENEWED: _l("换了一套备用码"),
    FactorAct.RESET: _l("管理员解除了绑定"),
}


def _presence() -> Presence:
    presence = current_presence()
    assert presence is not None, "the blueprint lets nobody else in"
    return presence


@bp.get("")
def factor() -> ResponseReturnValue:
    """Show how one's second factor stands, and what was done to it."""
    found = factor_of(reading(), _presence().person.id)
    names = actor_names({one.actor for one in found.changes})
    changes = [
        (one.at, str(FACTOR_WORDS[one.act]), names.get(one.actor, _("自动")), one.reason) for one in found.changes
    ]
    minutes = house().settings.second_factor_minutes
    return render_template("staff/factor.html", found=found, changes=changes, minutes=minutes)


@bp.route("/prove", methods=["GET", "POST"])
@posts_limited
def prove() -> ResponseReturnValue:
    """Take a code, then lead on to where one was going; who has no authenticator yet sets one up first."""
    presence, form = _presence(), FactorForm.from_request(next=request.args.get("next"))
    onward = safe_path(form.next.data, url_for("staff_factor.factor"))
    if is_proven():
        return redirect(onward, 303)
    if not is_enrolled(reading(), presence.person.id):
        cookie[NEXT] = onward
        say("info", _("这一步要用验证器，先绑定一个。"))
        return redirect(url_for("staff_factor.factor"), 303)
    retry_s = try_factor(presence, form)
    if request.method == "POST" and retry_s is None and not form.errors:
        return redirect(onward, 303)
    return again("staff/factor_prove.html", form, retry_s, demo_code=demo_code(presence.person.id))


@bp.post("/begin")
@posts_limited
def begin() -> ResponseReturnValue:
    """Begin to set up an authenticator; whoever has one proves it first, so that nobody else takes its place."""
    EmptyForm.from_request()
    if is_enrolled(reading(), _presence().person.id) and (answer := asked_for_factor()) is not None:
        return answer
    vault, key, actor = house().vault, new_key(), current_actor()
    edge().run(lambda session: services.begin(session, vault, key, actor=actor))
    return redirect(url_for("staff_factor.set_up"), 303)


@bp.route("/set-up", methods=["GET", "POST"])
@posts_limited
def set_up() -> ResponseReturnValue:
    """Show the key as a square code and as letters, and take the first code of it."""
    presence, form, retry_s, wired = _presence(), FactorForm.from_request(), None, house()
    if form.is_sent_well():
        try:
            codes = services.confirm(
                wired.edge,
                wired.vault,
                actor=current_actor(),
                sign_in_id=presence.sign_in_id,
                typed=form.factor_code.data or "",
                secret=wired.settings.secret_key,
                clock=wired.clock,
            )
        except NotEnrolled:  # set up by this very form a moment ago, or never begun
            return redirect(url_for("staff_factor.codes"), 303)
        except WrongFactor:
            form.factor_code.errors = [_("验证码不对。等手机上跳出下一个再试；手机的时间要准。")]
        except TooMany as error:
            retry_s = too_many(form, error)
        else:
            cookie[CODES] = list(codes)
            say("good", _("验证器绑定好了。"))
            return redirect(url_for("staff_factor.codes"), 303)
    try:
        key = pending_key(reading(), wired.vault, presence.person.id)
    except NotEnrolled:
        return redirect(url_for("staff_factor.factor"), 303)
    town = current_town()
    address = set_up_address(key, presence.person.name, town.name if town else "")
    letters = " ".join(key[place : place + 4] for place in range(0, len(key), 4))
    drawn = square(address, QR_DOTS)
    page = again("staff/factor_set_up.html", form, retry_s, square=drawn, address=address, letters=letters)
    return _unkept(page)


@bp.get("/codes")
def codes() -> ResponseReturnValue:
    """Show fresh recovery codes to be written down; none are left to be shown later."""
    fresh = cookie.get(CODES)
    if not fresh:
        return redirect(url_for("staff_factor.factor"), 303)
    halves = [f"{code[:5]} {code[5:]}" for code in fresh]
    return _unkept(make_response(render_template("staff/factor_codes.html", codes=halves)))


@bp.post("/codes/kept")
@posts_limited
def kept() -> ResponseReturnValue:
    """Forget the codes that were just written down, and lead on to where one was going."""
    EmptyForm.from_request()
    cookie.pop(CODES, None)
    return redirect(safe_path(cookie.pop(NEXT, None), url_for("staff_factor.factor")), 303)


@bp.post("/codes/renew")
@posts_limited
@needs_second_factor
def renew() -> ResponseReturnValue:
    """Make fresh recovery codes; the old ones open nothing any more."""
    EmptyForm.from_request()
    fresh, actor, wired = new_recovery_codes(), current_actor(), house()
    secret = wired.settings.secret_key
    try:
        edge().run(lambda session: services.renew_codes(session, fresh, actor=actor, secret=secret, clock=wired.clock))
    except NotEnrolled:
        return redirect(url_for("staff_factor.factor"), 303)
    cookie[CODES] = list(fresh)
    return redirect(url_for("staff_factor.codes"), 303)


def _unkept(page: Response) -> Response:
    page.headers["Cache-Control"] = "no-store"
    return page
