"""How they want to be paid: which way, then the account, sealed before it is kept anywhere."""

from functools import partial

from flask import redirect, url_for
from flask.typing import ResponseReturnValue

from shop.kernel.errors import NotFound
from shop.vendors.joining import services
from shop.vendors.joining.models import Part, PayWay
from shop.vendors.joining.payout import Sealed, seal
from shop.vendors.views.joining.common import (
    changeable,
    hall,
    my_bp,
    onwards,
    page,
    posts_limited,
    step_of,
)
from shop.vendors.views.joining.forms import AccountForm, WayForm
from shop.vendors.views.joining.words import PAY_ICONS, PAY_WORDS
from shop.web.house import current_actor, edge, house
from shop.web.i18n import _

NOTES = {way.value: words[1] for way, words in PAY_WORDS.items()}
ICONS = {way.value: icon for way, icon in PAY_ICONS.items()}


def account_way(way: str) -> PayWay:
    """Return the way whose account is asked for.

    Raises:
        NotFound: there is no such way, or nothing is asked for it.
    """
    if way not in (PayWay.BANK, PayWay.WECHAT):
        raise NotFound("way")
    return PayWay(way)


@my_bp.route("/pay", methods=["GET", "POST"])
@posts_limited
def pay() -> ResponseReturnValue:
    """Ask which way is convenient; cash needs nothing more."""
    application = changeable(Part.PAY)
    if application is None:
        return hall()
    form = WayForm.from_request(way=application.pay_way.value if application.pay_way else None)
    if form.is_sent_well():
        if form.chosen() is not PayWay.CASH:
            return redirect(url_for("my_joining.pay_account", way=form.chosen().value), 303)
        _keep(application.code, Sealed(PayWay.CASH, "", ""))
        return onwards(Part.PAY)
    return page(
        "joining/choose.html",
        form,
        step=step_of(application, Part.PAY),
        action=url_for("my_joining.pay"),
        field=form.way,
        heading=_("钱怎么给您"),
        notes=NOTES,
        icons=ICONS,
    )


@my_bp.route("/pay/<way>", methods=["GET", "POST"])
@posts_limited
def pay_account(way: str) -> ResponseReturnValue:
    """Ask for the account, and apart from it whether it may be kept."""
    application, wanted = changeable(Part.PAY), account_way(way)
    if application is None:
        return hall()
    form = AccountForm.from_request(holder=application.person)
    form.ask_for(wanted)
    if form.is_sent_well():
        _keep(application.code, seal(house().vault, form.account()))
        return onwards(Part.PAY)
    step = step_of(application, Part.PAY, back=url_for("my_joining.pay"))
    tail = application.pay_tail if application.pay_way is wanted else ""
    return page("joining/pay_account.html", form, step=step, is_bank=wanted is PayWay.BANK, tail=tail)


def _keep(code: str, sealed: Sealed) -> None:
    save = partial(services.save_pay, code=code, sealed=sealed)
    edge().run(partial(save, actor=current_actor(), clock=house().clock))
