"""Coming in with the centre's card: scanned, then the PIN."""

from flask import Response, make_response, redirect, render_template, url_for
from flask import session as cookie
from flask.typing import ResponseReturnValue

from shop.accounts.forms import PinForm
from shop.accounts.models import Device, How
from shop.accounts.queries import LiveCard
from shop.accounts.rules import CardStopped, WrongPin
from shop.accounts.views.common import bp, home_of, posts_limited
from shop.flows import cards
from shop.kernel.errors import NotFound, TooMany
from shop.web.entering import SCAN_FIRST, again, let_in, this_browser, too_many
from shop.web.house import house, reading
from shop.web.i18n import _
from shop.web.shell import say

SCANNED = "card"
"""Cookie key: the token that was scanned. The address is left at once, so that no list of visited pages keeps it."""


@bp.get("/card/<token>")
@posts_limited
def scan(token: str) -> ResponseReturnValue:
    """Take a card's code from its QR code, and go on to the PIN."""
    try:
        cards.shown(reading(), token)
    except NotFound:
        return _unknown()
    except CardStopped:
        return _stopped()
    cookie[SCANNED] = token
    return redirect(url_for("accounts.card"), 303)


@bp.route("/card", methods=["GET", "POST"])
@posts_limited
def card() -> ResponseReturnValue:
    """Come in with the PIN of the card that was scanned."""
    token, wired = cookie.get(SCANNED), house()
    if not isinstance(token, str):
        say("info", str(SCAN_FIRST))
        return redirect(url_for("accounts.sign_in"), 303)
    form = PinForm.from_request(device=Device.SHARED.value)
    try:
        found = cards.shown(reading(), token)
        if not form.is_sent_well():
            return _page(form, found)
        opened = cards.enter(
            wired.edge, token=token, pin=form.pin.data or "", browser=this_browser(), clock=wired.clock
        )
        let_in(opened.person, How.CARD, form.whose(), card_id=opened.id)
    except NotFound:
        return _unknown()
    except CardStopped:
        return _stopped()
    except WrongPin as error:
        form.pin.errors = [_wrong(error)]
        return _page(form, found)
    except TooMany as error:
        return _page(form, found, too_many(form, error))
    return redirect(home_of(opened.person), 303)


def _wrong(error: WrongPin) -> str:
    if error.left:
        return _("数字不对，还能试 %(n)d 次。", n=error.left)
    return _("错了 5 次，卡锁 30 分钟。忘了数字就打电话给中心。")


def _page(form: PinForm, found: LiveCard, retry_s: int | None = None) -> Response:
    return again("accounts/card.html", form, retry_s, masked=f"{found.person.name[:1]}**")


def _unknown() -> Response:
    cookie.pop(SCANNED, None)
    return make_response(render_template("accounts/card_unknown.html"), 404)


def _stopped() -> Response:
    cookie.pop(SCANNED, None)
    return make_response(render_template("accounts/card_stopped.html"), 403)
