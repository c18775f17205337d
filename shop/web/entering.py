"""Letting a person in on this browser, and out again: the row and the cookie that say so, and how a form comes back."""

from typing import TypedDict

from flask import Response, make_response, render_template, request
from flask_babel import lazy_gettext as _l

from shop.accounts.models import Device, How
from shop.accounts.queries import Person
from shop.accounts.sign_ins import close_sign_in, open_sign_in
from shop.kernel.clock import Clock
from shop.kernel.errors import TooMany
from shop.web.browsers import browser_words
from shop.web.forms import ShopForm
from shop.web.house import house
from shop.web.i18n import _
from shop.web.login import forget, remember, signed_in_ids

SCAN_FIRST = _l("先用手机扫卡上的方块。")
"""Said on a card's page without a card, which is the town's own, and shown where one signs in, which is everyone's."""


class Asking(TypedDict):
    """What every way in is told of a request, whatever else it takes.

    Attributes:
        address: the network address that asks.
        secret: the house's, for the keyed digests that tries are counted under.
    """

    address: str
    secret: str
    clock: Clock


def asking() -> Asking:
    """Return it of the present request."""
    wired = house()
    return {"address": request.remote_addr or "", "secret": wired.settings.secret_key, "clock": wired.clock}


def this_browser() -> str:
    """Return the browser of this request in a few words."""
    return browser_words(request.user_agent.string)


def let_in(person: Person, how: How, device: Device, *, card_id: int | None = None) -> None:
    """Sign a person in on this browser; whoever was signed in on it before is signed out.

    Args:
        card_id: the card that was shown, if it was one.

    Raises:
        CardStopped: the card was stopped meanwhile.
    """
    wired, browser = house(), this_browser()
    sign_in_id = wired.edge.run(
        lambda session: open_sign_in(
            session, person.id, how, device, browser=browser, card_id=card_id, clock=wired.clock
        )
    )
    _close()
    remember(person.id, person.epoch, sign_in_id, is_shared=device is Device.SHARED, now=wired.clock())


def let_out() -> None:
    """Sign this browser out."""
    _close()
    forget()


def _close() -> None:
    wired, ids = house(), signed_in_ids()
    if ids is not None:
        user_id, _epoch, sign_in_id = ids
        wired.edge.run(lambda session: close_sign_in(session, user_id, sign_in_id, clock=wired.clock))


def too_many(form: ShopForm, error: TooMany) -> int:
    """Say in a form when to come back, and return the seconds until then."""
    minutes = -(-error.retry_s // 60)
    form.form_errors.append(_("试的次数太多了，%(n)d 分钟后再来。", n=minutes))
    return error.retry_s


def again(template: str, form: ShopForm, retry_s: int | None = None, **words: object) -> Response:
    """Show a form, or show it again with what was typed and what is wrong with it."""
    status = 429 if retry_s else (422 if request.method == "POST" else 200)
    response = make_response(render_template(template, form=form, **words), status)
    if retry_s:
        response.headers["Retry-After"] = str(retry_s)
    return response
