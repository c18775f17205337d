"""The centre's bench: what waits today, taking goods in, closing boxes, labels, handing over."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from flask import Response, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from markupsafe import Markup

from shop.catalog.queries import reviews_waiting_since
from shop.flows import bench
from shop.fulfilment.forms import PackForm, ReceiveForm
from shop.fulfilment.marks import bars, hidden_door, square
from shop.fulfilment.queries import BoxFacts, boxes_at_the_door, orders_to_pack, parcel_by_code, parcel_of_order
from shop.kernel.clock import town_day
from shop.kernel.errors import Invalid, NotFound, WrongState
from shop.orders.models import OrderState, VendorOrderState
from shop.orders.queries.orders import (
    LineFacts,
    OrderFacts,
    PartFacts,
    order_by_code,
    order_code_of_part,
    orders_with_parts_in,
)
from shop.orders.rules import is_ready_to_pack
from shop.town.queries import the_town
from shop.web.ages import age
from shop.web.audience import Audience, blueprint
from shop.web.house import current_actor, edge, house, reading
from shop.web.i18n import _
from shop.web.places import region
from shop.web.shell import say
from shop.web.words import masked_name, masked_phone, town_date

bp = blueprint("staff_fulfilment", __name__, Audience.STAFF, prefix="/staff")

DUE_IN = (VendorOrderState.ASKED, VendorOrderState.READY)


@dataclass(frozen=True)
class QueueRow:
    """One thing that waits; see the queue component."""

    href: str
    title: str
    meta: str | None
    count: int | None
    unit: str
    age: str
    age_tone: str


@dataclass(frozen=True)
class CountedLine:
    """A line of a part at the intake table: how many come, and how many are turned down."""

    name: str
    title: str
    unit: str
    expected: int
    rejected: str


@dataclass(frozen=True)
class Pick:
    """What goes into the box from one household."""

    vendor: str
    village: str
    lines: tuple[LineFacts, ...]


@dataclass(frozen=True)
class HandOverRow:
    """A closed box at the door."""

    code: str
    order: str
    who: str
    where: str
    weight_g: int
    waybill: str | None
    age: str


@dataclass(frozen=True)
class Label:
    """A waybill as anyone may read it: name, phone and door are hidden (GB/T 41833-2022)."""

    waybill: str
    name: str
    phone: str
    region: str
    town: str
    street: str
    cargo: str
    weight_g: int
    order: str
    packed_at: datetime
    bars: Markup
    square: Markup


@bp.get("")
def today() -> ResponseReturnValue:
    """Show what waits at each place of the bench, the oldest first."""
    rows = [row for _since, row in sorted(_places(house().clock()), key=lambda place: place[0])]
    return render_template("staff/today.html", rows=rows)


def _places(now: datetime) -> list[tuple[datetime, QueueRow]]:
    """Return each place of the bench where something waits, with since when the first thing does."""
    due_in = [
        order.placed_at
        for order in orders_with_parts_in(reading(), DUE_IN)
        for part in order.parts
        if part.state in DUE_IN
    ]
    to_pack = [order.placed_at for order in orders_to_pack(reading())]
    at_the_door = [box.packed_at for box in boxes_at_the_door(reading())]
    places = (
        (reviews_waiting_since(reading()), _("审核上架"), _("样"), "staff_catalog.reviews"),
        (due_in, _("收货"), _("份"), "staff_fulfilment.intake"),
        (to_pack, _("打包"), _("单"), "staff_fulfilment.packing"),
        (at_the_door, _("交运"), _("包"), "staff_fulfilment.handover"),
    )
    return [
        (min(since), _place(now, min(since), len(since), label, unit, endpoint))
        for since, label, unit, endpoint in places
        if since
    ]


def _place(now: datetime, since: datetime, count: int, label: str, unit: str, endpoint: str) -> QueueRow:
    waited = age(now, since)
    return QueueRow(url_for(endpoint), label, None, count, unit, waited.text, waited.tone)


@bp.get("/intake")
def intake() -> ResponseReturnValue:
    """Show what is due in, the earliest day first."""
    day = town_day(house().clock())
    parts = [part for order in orders_with_parts_in(reading(), DUE_IN) for part in order.parts if part.state in DUE_IN]
    parts.sort(key=lambda part: (part.due_on or day, part.state is not VendorOrderState.READY))
    return render_template("staff/intake.html", rows=[_due_row(part, day) for part in parts])


def _due_row(part: PartFacts, today: date) -> QueueRow:
    due = part.due_on or today
    goods = "、".join(f"{line.title} {line.quantity - line.rejected}{line.unit}" for line in part.lines)
    is_ready = part.state is VendorOrderState.READY
    return QueueRow(
        href=url_for("staff_fulfilment.part", code=part.code),
        title=f"{part.vendor_name} · {part.village}",
        meta=_("备好了：%(goods)s", goods=goods) if is_ready else _("还没说备好：%(goods)s", goods=goods),
        count=sum(line.quantity - line.rejected for line in part.lines),
        unit=_("份"),
        age=_("今天要") if due == today else _("%(day)s要", day=town_date(due)),
        age_tone="late" if due < today else "warm" if due == today else "fresh",
    )


@bp.get("/intake/<code>")
def part(code: str) -> ResponseReturnValue:
    """Show one part at the intake table."""
    order, found = _part(code)
    if found.state not in DUE_IN:
        say("info", _("这一份已经收过，或者取消了。"))
        return redirect(url_for("staff_orders.order", code=order.code), 303)
    return _part_page(order, found, ReceiveForm(formdata=None), {})


def _part(code: str) -> tuple[OrderFacts, PartFacts]:
    """Return a vendor's part and its order, or refuse as not found."""
    order_code = order_code_of_part(reading(), code)
    if order_code is None:
        raise NotFound("vendor_order")
    order = order_by_code(reading(), order_code)
    return order, next(part for part in order.parts if part.code == code)


def _part_page(order: OrderFacts, found: PartFacts, form: ReceiveForm, typed: Mapping[str, str]) -> Response:
    lines = tuple(
        CountedLine(name, line.title, line.unit, line.quantity - line.rejected, typed.get(name, "0"))
        for name, line in _boxes(found).items()
    )
    page = render_template("staff/part.html", part=found, order_code=order.code, lines=lines, form=form)
    return make_response(page, 422 if form.errors else 200)


def _boxes(found: PartFacts) -> dict[str, LineFacts]:
    """Return the number box of each line: a row's place in the part, for ids never leave the house."""
    return {f"rejected-{place}": line for place, line in enumerate(found.lines)}


@bp.post("/intake/<code>")
def receive(code: str) -> ResponseReturnValue:
    """Take one part in: what is good stays, what is turned down goes back with its money."""
    order, found = _part(code)
    form, actor, clock = ReceiveForm.from_request(), current_actor(), house().clock
    is_well, down = form.is_sent_well(), _turned_down(found)
    if down is None:
        form.form_errors = [_("没收下的数，要在 0 和送来的数之间。")]
    if not is_well or down is None:
        return _part_page(order, found, form, request.form)
    reason = form.reason.data or ""
    try:
        edge().run(
            lambda session: bench.receive(
                session, code, down, weighed=_weights(found), reason=reason, actor=actor, clock=clock
            )
        )
    except Invalid:
        form.reason.errors = [_("有没收下的，请写为什么。")]
        return _part_page(order, found, form, request.form)
    except WrongState:
        say("info", _("这一份已经收过，或者取消了。"))
        return redirect(url_for("staff_fulfilment.intake"), 303)
    say("good", _("收下了。没收下的钱已经在退。") if any(down.values()) else _("都收下了。"))
    return redirect(url_for("staff_fulfilment.intake"), 303)


def _weights(found: PartFacts) -> dict[int, int]:
    """Return the grams typed for each line sold by weight; what is no number is left out, and missed later."""
    typed = {line.id: request.form.get(f"weighed-{name}", type=int) for name, line in _boxes(found).items()}
    return {line_id: grams for line_id, grams in typed.items() if grams is not None}


def _turned_down(found: PartFacts) -> dict[int, int] | None:
    down: dict[int, int] = {}
    for name, line in _boxes(found).items():
        count = request.form.get(name, 0, type=int)
        if not 0 <= count <= line.accepted or not request.form.get(name, "0").strip().isdecimal():
            return None
        down[line.id] = count
    return down


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
    return [line for pick in _picks(order) for line in pick.lines]


def _picks(order: OrderFacts) -> tuple[Pick, ...]:
    """Return what goes into an order's box, household by household; what did not come is left out."""
    came = {VendorOrderState.RECEIVED, VendorOrderState.PACKED, VendorOrderState.SHIPPED, VendorOrderState.DELIVERED}
    picks = (
        Pick(part.vendor_name, part.village, tuple(line for line in part.lines if line.accepted))
        for part in order.parts
        if part.state in came | {VendorOrderState.RETURNED}
    )
    return tuple(pick for pick in picks if pick.lines)


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
        picks=_picks(order),
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


@bp.get("/parcels/<code>/label")
def label(code: str) -> ResponseReturnValue:
    """Show a parcel's waybill for the printer, or wait for its number."""
    parcel = parcel_by_code(reading(), code)
    if parcel.shipment is None:
        return render_template("staff/label_waiting.html", parcel=parcel)
    order, shipment = parcel.order, parcel.shipment
    drawn = Label(
        waybill=shipment.waybill,
        name=masked_name(shipment.recipient),
        phone=masked_phone(shipment.phone),
        region=region(shipment.province, shipment.city, shipment.district),
        town=shipment.city,
        street=hidden_door(shipment.street),
        cargo=shipment.cargo,
        weight_g=shipment.weight_g,
        order=order.code,
        packed_at=parcel.packed_at,
        bars=bars(shipment.waybill),
        square=square(house().settings.public_url + url_for("staff_orders.order", code=order.code)),
    )
    return render_template("staff/label.html", label=drawn, parcel_code=code, town=the_town(reading()))


@bp.get("/parcels/<code>/slip")
def slip(code: str) -> ResponseReturnValue:
    """Show the paper that lies in the box: what is in it and from whom."""
    parcel = parcel_by_code(reading(), code)
    missing = sum(line.rejected for part in parcel.order.parts for line in part.lines)
    return render_template(
        "staff/slip.html", parcel=parcel, picks=_picks(parcel.order), missing=missing, town=the_town(reading())
    )


@bp.route("/handover", methods=["GET", "POST"])
def handover() -> ResponseReturnValue:
    """Show the closed boxes; give the ticked ones to the courier, all together or none."""
    if request.method == "POST":
        _hand_over(request.form.getlist("parcel"))
        return redirect(url_for("staff_fulfilment.handover"), 303)
    now = house().clock()
    rows = [_hand_over_row(now, box) for box in boxes_at_the_door(reading())]
    return render_template("staff/handover.html", rows=rows, may_go=sum(row.waybill is not None for row in rows))


def _hand_over_row(now: datetime, box: BoxFacts) -> HandOverRow:
    return HandOverRow(
        code=box.code,
        order=box.order_code,
        who=masked_name(box.name),
        where=region(box.province, box.city, box.district),
        weight_g=box.weight_g,
        waybill=box.waybill,
        age=age(now, box.packed_at).text,
    )


def _hand_over(codes: Sequence[str]) -> None:
    actor, clock = current_actor(), house().clock
    try:
        edge().run(lambda session: bench.hand_over(session, codes, actor=actor, clock=clock))
    except Invalid:
        say("mind", _("先勾上要交出去的包裹。"))
    except WrongState:
        say("mind", _("有的包裹还没有运单号，或者已经走了。什么也没动，请再看一遍。"))
    else:
        say("good", _("交出去 %(n)d 包，买家会收到短信。", n=len(set(codes))))
