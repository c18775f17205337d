"""The buyer puts right to whom an order goes, until a box of it is closed."""

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from shop.flows import readdressing
from shop.kernel.errors import Stale, WrongState
from shop.orders.forms import RecipientForm
from shop.orders.queries.orders import OrderFacts
from shop.orders.recipients import recipient_of
from shop.orders.views.browser import own_order
from shop.orders.views.pasting import is_left_to_split, split_into
from shop.orders.views.public.base import bp
from shop.orders.views.readdressing import (
    RecipientPage,
    Refusals,
    page_anew,
    put_refused,
    recipient_form,
    recipient_page,
)
from shop.web.desk import seen_version
from shop.web.house import current_actor, edge, house, reading
from shop.web.i18n import _
from shop.web.limits import limiter
from shop.web.shell import say


@bp.get("/orders/<code>/recipient")
def recipient(code: str) -> ResponseReturnValue:
    """Show to whom an order goes, to be changed."""
    order = own_order(code)
    if not readdressing.may_buyer(order):
        return _too_late(order)
    return _page(recipient_form(order), recipient_page(order, reading()))


@bp.post("/orders/<code>/recipient")
@limiter.limit("30 per minute")
def readdress(code: str) -> ResponseReturnValue:
    """Split a pasted address, or let the order go where its buyer says."""
    order = own_order(code)
    form, page = recipient_form(order), recipient_page(order, reading())
    is_untouched = form.address() == recipient_of(order)
    if request.form.get("action") == "paste" or is_left_to_split(form, is_untouched=is_untouched):
        filled = split_into(form)
        if filled is None:
            return _page(form, page, 422)
        return _page(filled, recipient_page(order, reading(), is_split=True))
    if not form.is_sent_well():
        return _page(form, page, 422)
    to, seen, actor, clock = form.address(), seen_version(), current_actor(), house().clock
    try:
        edge().run(lambda session: readdressing.readdress(session, order.code, to, seen=seen, actor=actor, clock=clock))
    except Stale:
        return _page(form, page_anew(order.code), 409)
    except WrongState:
        return _too_late(order)
    except Refusals as refused:
        put_refused(form, refused)
        return _page(form, page, 422)
    say("good", _("记好了，就照这个来。"))
    return redirect(url_for("orders.order", code=order.code), 303)


def _page(form: RecipientForm, page: RecipientPage, status: int = 200) -> ResponseReturnValue:
    return render_template("orders/recipient.html", form=form, page=page), status


def _too_late(order: OrderFacts) -> ResponseReturnValue:
    say("mind", _("这一单已经装箱，或者已经办完，自己改不了收货人了。有事请打中心的电话。"))
    return redirect(url_for("orders.order", code=order.code), 303)
