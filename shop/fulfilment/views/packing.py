"""Packing: everything of an order has come, and goes into one box."""

from datetime import datetime

from flask import make_response, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from shop.flows import bench
from shop.fulfilment.forms import PackForm
from shop.fulfilment.queries import orders_to_pack, parcel_of_order
from shop.fulfilment.views.face import QueueRow, bp, picks
from shop.kernel.errors import WrongState
from shop.orders.models import OrderState
from shop.orders.queries.orders import LineFacts, OrderFacts, order_by_code
from shop.orders.rules import is_ready_to_pack
from shop.web.ages import age
from shop.web.house import current_actor, edge, house, reading
from shop.web.i18n import _
from shop.web.places import region
from shop.web.shell import say


@bp.get("/packing")
def packing() -> ResponseReturnValue:
    """Show orders of which everything has come, oldest first."""
    now = house().clock()
    return render_template("staff/packing.html", rows=[_pack_row(now, order) for order in orders_to_pack(reading())])


def _pack_row(now: datetime, order: OrderFacts) -> QueueRow:
    waited = age(now, order.placed_at)
    goods = [f"{line.title} {line.accepted}{line.unit}" for line in _accepted(order)]
    return QueueRow(
        href=url_for("staff_fulfilment.packing_order", code=order.code),
        title=_("订单 %(code)s", code=order.code),
        meta="、".join(goods),
        count=len(goods),
        unit=_("样"),
        age=waited.text,
        age_tone=waited.tone,
    )


def _accepted(order: OrderFacts) -> list[LineFacts]:
    return [line for pick in picks(order) for line in pick.lines]


@bp.get("/packing/<code>")
def packing_order(code: str) -> ResponseReturnValue:
    """Show the pick list of one order and ask what the box weighs; a packed one leads to its label."""
    return _packing_page(order_by_code(reading(), code), PackForm(formdata=None))


def _packing_page(order: OrderFacts, form: PackForm) -> ResponseReturnValue:
    parcel = parcel_of_order(reading(), order.id)
    if parcel is not None:
        return redirect(url_for("staff_fulfilment.label", code=parcel.code), 303)
    if order.state is not OrderState.PAID or not is_ready_to_pack(order.states):
        say("mind", _("这一单的货还没到齐，或者不用寄了。"))
        return redirect(url_for("staff_fulfilment.packing"), 303)
    expected_g = sum(line.gross_g * line.accepted for line in _accepted(order))
    page = render_template(
        "staff/packing_order.html",
        order=order,
        region=region(order.province, order.city, order.district),
        picks=picks(order),
        expected_g=expected_g,
        form=form,
    )
    return make_response(page, 422 if form.errors else 200)


@bp.post("/packing/<code>")
def pack(code: str) -> ResponseReturnValue:
    """Close the box at what the scale says; the label follows."""
    form, actor, clock = PackForm.from_request(), current_actor(), house().clock
    if not form.is_sent_well():
        return _packing_page(order_by_code(reading(), code), form)
    weight_g = form.weight_g.data or 0
    try:
        parcel = edge().run(lambda session: bench.pack(session, code, weight_g, actor=actor, clock=clock))
    except WrongState:
        say("mind", _("这一单的货还没到齐，或者不用寄了。"))
        return redirect(url_for("staff_fulfilment.packing"), 303)
    say("good", _("打好包了，贴上面单。"))
    return redirect(url_for("staff_fulfilment.label", code=parcel), 303)
