"""What lies packed at the centre until somebody comes for it."""

from datetime import datetime

from flask import make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from shop.flows import delivery
from shop.fulfilment.forms import UncollectedForm
from shop.fulfilment.queries import (
    ORDERS_TO_COLLECT,
    ToCollect,
    lying_version,
    orders_to_collect,
    parcels_of_order,
)
from shop.fulfilment.rules import is_ready_to_collect
from shop.fulfilment.views.face import UNSEEN, bp, coming, picks_in, which_box
from shop.kernel.errors import Stale, WrongState
from shop.kernel.queues import queue_length
from shop.orders.models import Handing, OrderState
from shop.orders.queries.orders import OrderFacts, order_by_code
from shop.web.ages import QueueRow, age
from shop.web.house import current_actor, edge, house, reading
from shop.web.i18n import _
from shop.web.paging import leaf
from shop.web.roles import COUNTER_ROLES, may_open, needs
from shop.web.shell import say
from shop.web.words import masked_name


@bp.get("/collection")
@needs(*COUNTER_ROLES)
def collection() -> ResponseReturnValue:
    """Show the packed orders that wait for their buyers, oldest first."""
    now = house().clock()
    here = leaf(queue_length(reading(), ORDERS_TO_COLLECT), "staff_fulfilment.collection")
    rows = [_row(now, one) for one in orders_to_collect(reading(), offset=here.offset, limit=here.limit)]
    return render_template("staff/collection.html", rows=rows, here=here)


def _row(now: datetime, one: ToCollect) -> QueueRow:
    order, waited = one.order, age(now, one.since)
    is_paid = order.state is OrderState.PAID
    return QueueRow(
        href=url_for("staff_fulfilment.collection_order", code=order.code),
        title=_("%(code)s · %(who)s", code=order.code, who=masked_name(order.name)),
        meta=_("已付款") if is_paid else _("来取时付现金"),
        count=len(coming(order)),
        unit=_("箱"),
        age=waited.text,
        age_tone=waited.tone,
    )


@bp.get("/collection/<code>")
@needs(*COUNTER_ROLES)
def collection_order(code: str) -> ResponseReturnValue:
    """Show what of one order lies there; the counter hands it over, and here it is noted that nobody came."""
    return _page(order_by_code(reading(), code), UncollectedForm(formdata=None))


def _page(order: OrderFacts, form: UncollectedForm, told: str = "") -> ResponseReturnValue:
    if order.handing is not Handing.COLLECTION or not is_ready_to_collect(order.states):
        return _moved_on(order.code)
    parcels = parcels_of_order(reading(), order.id, order)
    boxes = [(which_box(parcel), parcel, picks_in(parcel)) for parcel in parcels]
    is_paid = order.state is OrderState.PAID
    page = render_template(
        "staff/collection_order.html",
        order=order,
        boxes=boxes,
        is_paid=is_paid,
        may_unpack=may_open("staff_fulfilment.open_parcel", current_actor().roles),
        version=lying_version(order, parcels),
        told=told,
        form=form,
    )
    return make_response(page, 409 if told else 422 if form.errors else 200)


def _moved_on(code: str) -> ResponseReturnValue:
    say("mind", _("这一单还没备齐，或者已经取走了。什么也没动。"))
    return redirect(url_for("staff_orders.order", code=code), 303)


@bp.post("/collection/<code>/uncollected")
@needs(*COUNTER_ROLES)
def uncollected(code: str) -> ResponseReturnValue:
    """Note that nobody came for an order, and why."""
    form, actor, clock = UncollectedForm.from_request(), current_actor(), house().clock
    if not form.is_sent_well():
        return _page(order_by_code(reading(), code), form)
    reason, seen = form.reason.data or "", request.form.get("version") or UNSEEN
    try:
        edge().run(
            lambda session: delivery.uncollected(session, code, reason=reason, seen=seen, actor=actor, clock=clock)
        )
    except Stale:
        return _page(order_by_code(reading(), code), form, _("您看的时候，这一单变了。什么也没动，请再看一遍。"))
    except WrongState:
        return _moved_on(code)
    say("good", _("记好了：没人来取。付过的钱在退。"))
    return redirect(url_for("staff_fulfilment.collection"), 303)
