"""The centre puts right to whom an order goes, for a buyer who asked it to, until a courier has taken the parcel."""

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import lazy_gettext as _l
from wtforms import RadioField

from shop.accounts.models import Viewed
from shop.accounts.sights import is_shown
from shop.flows import readdressing
from shop.fulfilment.queries import parcels_of_order
from shop.kernel.errors import Stale, WrongState
from shop.orders.forms import RecipientForm
from shop.orders.queries.orders import OrderFacts, order_by_code
from shop.orders.recipients import recipient_of
from shop.orders.rules import Readdressed
from shop.orders.views.pasting import is_left_to_split, split_into
from shop.orders.views.readdressing import (
    RecipientPage,
    Refusals,
    page_anew,
    put_refused,
    recipient_form,
    recipient_page,
)
from shop.web.audience import Audience, blueprint
from shop.web.desk import acted, seen_version
from shop.web.forms import ShopForm, required
from shop.web.house import current_actor, house, reading
from shop.web.i18n import _
from shop.web.roles import COUNTER_ROLES
from shop.web.shell import say

bp = blueprint("staff_recipients", __name__, Audience.STAFF, prefix="/staff", roles=COUNTER_ROLES)


class WhyForm(ShopForm):
    """Why the centre changes it; whom it goes to is in no reason, for that is forgotten one day."""

    why = RadioField(
        _l("为什么改"),
        [required(_l("请选一样。"))],
        choices=[
            (Readdressed.ASKED.value, _l("买家打电话来，要我们改")),
            (Readdressed.CARRIER.value, _l("快递不收这个地址，问过买家了")),
        ],
    )


@bp.get("/orders/<code>/recipient")
def recipient(code: str) -> ResponseReturnValue:
    """Show to whom an order goes, to be changed by whoever has said why they look at it."""
    order = order_by_code(reading(), code)
    if not readdressing.may_centre(order, parcels_of_order(reading(), order.id, order)):
        return _too_late(order)
    if not is_shown(reading(), code, Viewed.RECIPIENT, actor=current_actor(), now=house().clock()):
        say("info", _("先点“显示”，写明为什么看，再改收货人。"))
        return redirect(url_for("staff_orders.order", code=code, _anchor="to"), 303)
    return _page(recipient_form(order), WhyForm(formdata=None), recipient_page(order, reading()))


@bp.post("/orders/<code>/recipient")
def readdress(code: str) -> ResponseReturnValue:
    """Split a pasted address, or let the order go where its buyer told us."""
    order = order_by_code(reading(), code)
    form, why, page = recipient_form(order), WhyForm.from_request(), recipient_page(order, reading())
    is_untouched = form.address() == recipient_of(order)
    if request.form.get("action") == "paste" or is_left_to_split(form, is_untouched=is_untouched):
        filled = split_into(form)
        if filled is None:
            return _page(form, why, page, 422)
        return _page(filled, why, recipient_page(order, reading(), is_split=True))
    if not all([form.is_sent_well(), why.is_sent_well()]):
        return _page(form, why, page, 422)
    if seen_version() == page.version and form.address() == recipient_of(order):
        say("info", _("和原来一样，没有改。"))
        return redirect(url_for("staff_orders.order", code=code, _anchor="to"), 303)
    try:
        _readdress(code, form, why)
    except Stale:
        return _page(form, why, page_anew(code), 409)
    except WrongState:
        return _too_late(order)
    except Refusals as refused:
        put_refused(form, refused)
        return _page(form, why, page, 422)
    say("good", _("改好了，买家会收到短信。印过的面单、单子上还是原来的，撕掉重印。"))
    return redirect(url_for("staff_orders.order", code=code, _anchor="to"), 303)


def _readdress(code: str, form: RecipientForm, why: WhyForm) -> None:
    to, reason, actor, clock = form.address(), Readdressed(why.why.data), current_actor(), house().clock
    seen = seen_version()
    acted(
        f"order:{code}",
        lambda session: readdressing.readdress_for(session, code, to, reason, seen=seen, actor=actor, clock=clock),
        is_counted=False,
    )


def _page(form: RecipientForm, why: WhyForm, page: RecipientPage, status: int = 200) -> ResponseReturnValue:
    answer = render_template("staff/recipient.html", form=form, why=why, page=page)
    return answer, status, {"Cache-Control": "private, no-store"}


def _too_late(order: OrderFacts) -> ResponseReturnValue:
    say("mind", _("箱子已经叫了快递，或者这一单办完了，改不了收货人。还没出门的，先把箱子拆开，改好再装。"))
    return redirect(url_for("staff_orders.order", code=order.code), 303)
