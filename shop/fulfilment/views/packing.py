"""Packing: everything of a box has come, and goes into it."""

from datetime import datetime

from flask import make_response, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from shop.flows import bench
from shop.fulfilment.forms import PackForm
from shop.fulfilment.queries import ToPack, boxes_to_pack, parcels_of_order
from shop.fulfilment.views.face import box_of, box_text, bp, coming, picks
from shop.kernel.errors import WrongState
from shop.orders.models import Box, Handing
from shop.orders.queries.orders import LineFacts, OrderFacts, order_by_code
from shop.orders.rules import CARRIED_OUT, is_ready_to_pack
from shop.web.ages import QueueRow, age
from shop.web.house import current_actor, edge, house, reading
from shop.web.i18n import _
from shop.web.places import region
from shop.web.roles import PACKING_ROLES, needs
from shop.web.shell import say


@bp.get("/packing")
@needs(*PACKING_ROLES)
def packing() -> ResponseReturnValue:
    """Show boxes of which everything has come, the oldest order first."""
    now = house().clock()
    return render_template("staff/packing.html", rows=[_pack_row(now, each) for each in boxes_to_pack(reading())])


def _pack_row(now: datetime, each: ToPack) -> QueueRow:
    order = each.order
    waited = age(now, order.placed_at)
    goods = [f"{line.title} {line.accepted}{line.unit}" for line in _accepted(order, each.box)]
    return QueueRow(
        href=url_for("staff_fulfilment.packing_order", code=order.code, box=each.box.value),
        title=_("%(code)s · %(box)s", code=order.code, box=box_text(each.box, coming(order))),
        meta="、".join(goods),
        count=len(goods),
        unit=_("样"),
        age=waited.text,
        age_tone=waited.tone,
    )


def _accepted(order: OrderFacts, box: Box) -> list[LineFacts]:
    return [line for pick in picks(order, box) for line in pick.lines]


@bp.get("/packing/<code>/<box>")
@needs(*PACKING_ROLES)
def packing_order(code: str, box: str) -> ResponseReturnValue:
    """Show the pick list of one box and ask what it weighs; a packed one leads to its paper."""
    return _packing_page(order_by_code(reading(), code), box_of(box), PackForm(formdata=None))


def _packing_page(order: OrderFacts, box: Box, form: PackForm) -> ResponseReturnValue:
    packed = [parcel.code for parcel in parcels_of_order(reading(), order.id) if parcel.box is box]
    if packed:
        return redirect(_paper(order, packed[0]), 303)
    if order.state not in CARRIED_OUT or not is_ready_to_pack(part.state for part in order.parts if part.box is box):
        say("mind", _("这一箱的货还没到齐，或者不用打包了。"))
        return redirect(url_for("staff_fulfilment.packing"), 303)
    page = render_template(
        "staff/packing_order.html",
        order=order,
        box=box.value,
        box_text=box_text(box, coming(order)),
        is_collected=order.handing is Handing.COLLECTION,
        region=region(order.province, order.city, order.district),
        picks=picks(order, box),
        expected_g=sum(line.gross_g * line.accepted for line in _accepted(order, box)),
        form=form,
    )
    return make_response(page, 422 if form.errors else 200)


def _paper(order: OrderFacts, parcel_code: str) -> str:
    """Return where the paper of a closed box is: no carrier reads a label on what is collected."""
    is_collected = order.handing is Handing.COLLECTION
    return url_for("staff_fulfilment.slip" if is_collected else "staff_fulfilment.label", code=parcel_code)


@bp.post("/packing/<code>/<box>")
@needs(*PACKING_ROLES)
def pack(code: str, box: str) -> ResponseReturnValue:
    """Close a box at what the scale says; its label follows, or for one that is collected its slip."""
    form, actor, clock, which = PackForm.from_request(), current_actor(), house().clock, box_of(box)
    order = order_by_code(reading(), code)
    if not form.is_sent_well():
        return _packing_page(order, which, form)
    weight_g = form.weight_g.data or 0
    try:
        parcel = edge().run(lambda session: bench.pack(session, code, which, weight_g, actor=actor, clock=clock))
    except WrongState:
        say("mind", _("这一箱的货还没到齐，或者不用打包了。"))
        return redirect(url_for("staff_fulfilment.packing"), 303)
    if order.handing is Handing.COLLECTION:
        say("good", _("打好包了，随箱单贴在箱上，放到等人来取的架上。"))
    else:
        say("good", _("打好包了，贴上面单。"))
    return redirect(_paper(order, parcel), 303)
