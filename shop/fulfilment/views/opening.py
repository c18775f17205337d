"""A closed box is taken apart and packed again, for as long as it has not left."""

from flask import make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from shop.flows import unpacking
from shop.fulfilment.forms import CARTON_WORDS, OPEN_REASONS, OpenForm
from shop.fulfilment.models import ParcelState
from shop.fulfilment.queries import ParcelFacts, parcel_by_code, parcel_version
from shop.fulfilment.views.face import UNSEEN, bp, picks_in, which_box
from shop.kernel.errors import Stale, WrongState
from shop.web.house import current_actor, edge, house, reading
from shop.web.i18n import _
from shop.web.roles import PACKING_ROLES, needs
from shop.web.shell import say


@bp.get("/parcels/<code>/open")
@needs(*PACKING_ROLES)
def open_parcel(code: str) -> ResponseReturnValue:
    """Ask why a closed box is taken apart; one that was taken apart already leads to its packing."""
    return _page(parcel_by_code(reading(), code), OpenForm(formdata=None))


def _page(parcel: ParcelFacts, form: OpenForm, told: str = "", status: int = 200) -> ResponseReturnValue:
    order = parcel.order
    again = url_for("staff_fulfilment.packing_order", code=order.code, box=parcel.box.value)
    if parcel.state is ParcelState.OPENED:
        return redirect(again, 303)
    if parcel.state is not ParcelState.PACKED:
        say("mind", _("这一包已经走了，拆不了。什么也没动。"))
        return redirect(url_for("staff_orders.order", code=order.code), 303)
    page = render_template(
        "staff/parcel_open.html",
        parcel=parcel,
        box=which_box(parcel),
        picks=picks_in(parcel),
        carton=None if parcel.carton is None else CARTON_WORDS[parcel.carton],
        version=parcel_version(parcel),
        together=parcel.among,
        told=told,
        form=form,
    )
    return make_response(page, status if status != 200 or not form.errors else 422)


def _now(code: str) -> ParcelFacts:
    with edge().reading() as session:  # the page's own read began before the refusal
        return parcel_by_code(session, code)


@bp.post("/parcels/<code>/open")
@needs(*PACKING_ROLES)
def take_apart(code: str) -> ResponseReturnValue:
    """Take a closed box apart, with why; its goods are packed again under a new code."""
    form, actor, clock, parcel = (
        OpenForm.from_request(),
        current_actor(),
        house().clock,
        parcel_by_code(reading(), code),
    )
    if not form.is_sent_well():
        return _page(parcel, form)
    said = str(OPEN_REASONS[form.why.data])
    why = f"{said}：{form.note.data}" if form.note.data else said
    seen = request.form.get("version") or UNSEEN
    try:
        edge().run(lambda session: unpacking.take_apart(session, code, reason=why, seen=seen, actor=actor, clock=clock))
    except Stale:
        return _page(_now(code), form, _("您看的时候，这一包变了。什么也没动，请再看一遍。"), 409)
    except WrongState as refusal:
        is_booking = refusal.what == "shipment"
        told = (
            _("正在给这一包要运单号，过几秒再拆。什么也没动。")
            if is_booking
            else _("同一箱的另一包已经走了，拆不了。什么也没动。")
        )
        return _page(_now(code), form, told, 409)
    say("good", _("拆开了，旧面单撕下来作废。重新打包会出新的。"))
    return redirect(url_for("staff_fulfilment.packing_order", code=parcel.order.code, box=parcel.box.value), 303)
