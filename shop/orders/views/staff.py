"""The centre's book of orders: the list, and one order with everything that ever happened to it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from flask import Response, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import LazyString
from flask_babel import lazy_gettext as _l

from shop.accounts.forms import ShowForm
from shop.accounts.models import Viewed, ViewReason
from shop.accounts.rules import ABOUT_BUYERS
from shop.accounts.sights import is_shown, note_view
from shop.courier.models import ShipmentState
from shop.courier.rules import READDRESSED
from shop.flows import readdressing
from shop.fulfilment.marks import hidden_door
from shop.fulfilment.queries import ParcelFacts, parcels_of_order
from shop.kernel.clock import town_day
from shop.kernel.codes import clean_code
from shop.kernel.errors import NotFound
from shop.kernel.languages import Language
from shop.kernel.queues import queue_length
from shop.orders.models import OrderState, VendorOrderState
from shop.orders.queries.orders import (
    LineFacts,
    OrderFacts,
    PartFacts,
    Passage,
    history,
    order_by_code,
    order_count,
    recent_orders,
)
from shop.orders.queries.waiting import Kind, orders_of_kind, orders_queue
from shop.orders.rules import Readdressed
from shop.orders.views.staff_refunds import REASON_WORDS, GivenRow, given_rows
from shop.orders.views.words import PART_WORDS, Word, order_word
from shop.payments.models import PaymentState
from shop.payments.queries import PaymentFacts, payments_of
from shop.web.actors import actor_names
from shop.web.audience import Audience, blueprint
from shop.web.carriage import SHIPMENT_WORDS, failure
from shop.web.house import current_actor, edge, house, reading
from shop.web.i18n import _
from shop.web.paging import leaf
from shop.web.places import region
from shop.web.roles import ASKING_ROLES, COUNTER_ROLES, DESK_ROLES, may_open, needs
from shop.web.shell import NAMES, say
from shop.web.sights import VIEW_WORDS
from shop.web.words import GATEWAY_WORDS, masked_name, masked_phone

bp = blueprint("staff_orders", __name__, Audience.STAFF, prefix="/staff", roles=ASKING_ROLES)

LIES = Word(_l("在柜台等人来拿"), "waiting")
"""What is said of a part that was paid for to be taken along at once, which nobody is asked for."""
EVENT_WORDS = {
    OrderState.PLACED: _l("下单"),
    OrderState.AGREED: _l("说好交货时付现"),
    OrderState.PAID: _l("付了款"),
    OrderState.EXPIRED: _l("过时没付"),
    OrderState.CANCELLED: _l("取消"),
    OrderState.DONE: _l("办完"),
}
"""What happened to an order when it came into a state."""
NEW_RECIPIENT = _l("改了收货人")
"""What happened to an order that stayed as it was."""

PAYMENT_WORDS = {
    PaymentState.CREATED: _l("还没开始"),
    PaymentState.PENDING: _l("等买家付"),
    PaymentState.CAPTURED: _l("收到了"),
    PaymentState.VOIDED: _l("作废了"),
}
KIND_WORDS = {
    Kind.SHORT: (_l("少来了货的"), _l("有一样没来够、还没打包的单子。问问买家：剩下的照寄，还是不要了。")),
    Kind.LATE: (_l("过了日子的"), _l("过了说好的日子、还没打包的单子。催一催货，给买家打个电话。")),
}
"""A kind of order that somebody should look at: its name, and what to do."""
WHY_WORDS = {
    **REASON_WORDS,
    "time": _l("过了付款时间"),
    "buyer": _l("买家取消"),
    "none": _l("农户说没有"),
    "heard": _l("电话里问过"),
    Readdressed.BUYER: _l("买家自己改的"),
    Readdressed.ASKED: _l("买家打电话来，要我们改"),
    Readdressed.CARRIER: _l("快递不收这个地址，问过买家了"),
    READDRESSED: NEW_RECIPIENT,
}
"""Why something happened, where the house gave the reason itself; what people wrote is shown as they wrote it."""

ACTOR_WORDS = {
    "visitor": _l("买家"),
    "provider": _l("收款渠道"),
    "job:expire": _l("到时自动"),
    "job:refunds": _l("自动退款"),
    "job:courier": _l("自动叫快递"),
    "demo": _l("演示数据"),
}


@dataclass(frozen=True)
class Row:
    """One order in the list."""

    code: str
    placed_at: datetime
    who: str
    where: str
    households: str
    total_fen: int
    state: Word


@dataclass(frozen=True)
class PartRow:
    """One household's part."""

    code: str
    vendor: str
    village: str
    state: Word
    due_on: date | None
    lines: tuple[LineFacts, ...]
    came_back: bool


@dataclass(frozen=True)
class Event:
    """One passage: when, what, who, why."""

    at: datetime
    what: str
    who: str
    why: str


@dataclass(frozen=True)
class PaymentRow:
    """One payment."""

    code: str
    gateway: str
    amount_fen: int
    captured_fen: int
    state: str
    at: datetime
    needs_review: bool


@dataclass(frozen=True)
class BoxRow:
    """One parcel and its way."""

    parcel: ParcelFacts
    way: tuple[Event, ...]
    has_photos: bool


@dataclass(frozen=True)
class To:
    """To whom it goes: with phone and door hidden until somebody says why they must see them."""

    name: str
    phone: str
    street: str
    is_full: bool
    may_ask: bool


@dataclass(frozen=True)
class OrderPage:
    """An order with everything on it."""

    order: OrderFacts
    state: Word
    region: str
    parts: tuple[PartRow, ...]
    payments: tuple[PaymentRow, ...]
    given: tuple[GivenRow, ...]
    may_refund: bool
    may_readdress: bool
    to: To
    foreign: str | None
    """In which language its buyer reads the shop, where that is not the town's own."""
    boxes: tuple[BoxRow, ...]
    history: tuple[Event, ...]


@bp.get("/orders")
def orders() -> ResponseReturnValue:
    """Show orders, newest first, or those of one kind, oldest first; a typed code leads straight to its order."""
    typed = clean_code(request.args.get("code", ""))
    if typed:
        return _found(typed)
    only, today = request.args.get("only", ""), town_day(house().clock())
    if only in tuple(Kind):
        kind = Kind(only)
        here = leaf(queue_length(reading(), orders_queue(kind, today)), "staff_orders.orders", only=only)
        found = orders_of_kind(reading(), kind, today, offset=here.offset, limit=here.limit)
    else:
        kind = None
        here = leaf(order_count(reading()), "staff_orders.orders")
        found = recent_orders(reading(), offset=here.offset, limit=here.limit)
    kinds = [
        (str(words[0]), None, url_for("staff_orders.orders", only=one.value), one is kind)
        for one, words in KIND_WORDS.items()
    ]
    return render_template(
        "staff/orders.html",
        rows=[_row(order) for order in found],
        here=here,
        kind=None if kind is None else KIND_WORDS[kind],
        kinds=[(_("全部"), None, url_for("staff_orders.orders"), kind is None), *kinds],
    )  # fmt: skip


def _found(typed: str) -> ResponseReturnValue:
    try:
        order_by_code(reading(), typed)
    except NotFound:
        say("mind", _("没有 %(code)s 这个订单号。", code=typed))
        return redirect(url_for("staff_orders.orders"), 303)
    return redirect(url_for("staff_orders.order", code=typed), 303)


def _row(order: OrderFacts) -> Row:
    return Row(
        code=order.code,
        placed_at=order.placed_at,
        who=masked_name(order.name),
        where=region(order.province, order.city, ""),
        households=_households(order),
        total_fen=order.total_fen,
        state=order_word(order),
    )


def _households(order: OrderFacts) -> str:
    """Return whose goods they are, as short as a row must be."""
    first, *others = dict.fromkeys(part.vendor_name for part in order.parts)
    return _("%(first)s等 %(n)d 家", first=first, n=len(others) + 1) if others else first


@bp.get("/orders/<code>")
@needs(*DESK_ROLES)
def order(code: str) -> ResponseReturnValue:
    """Show one order; to whom it goes only in part, unless this person gave a reason a moment ago."""
    return _order(code, _show_form(formdata=None))


@bp.post("/orders/<code>/show")
@needs(*COUNTER_ROLES)
def show(code: str) -> ResponseReturnValue:
    """Note who looks at the full phone and address and why, then show them on the order's page for a while."""
    form, actor, clock = _show_form(), current_actor(), house().clock
    order_by_code(reading(), code)
    if not form.is_sent_well():
        return _order(code, form, 422)
    why = ViewReason(form.why.data)
    edge().run(lambda session: note_view(session, code, Viewed.RECIPIENT, why, actor=actor, clock=clock))
    return redirect(url_for("staff_orders.order", code=code, _anchor="to"), 303)


def _show_form(**defaults: Any) -> ShowForm:
    form = ShowForm(**defaults)
    form.why.choices = [(why.value, str(VIEW_WORDS[why])) for why in ABOUT_BUYERS]
    return form


def _to(order: OrderFacts) -> To:
    actor = current_actor()
    if not order.phone:
        return To(masked_name(""), "", "", is_full=False, may_ask=False)
    if is_shown(reading(), order.code, Viewed.RECIPIENT, actor=actor, now=house().clock()):
        return To(order.name, order.phone, order.street, is_full=True, may_ask=False)
    may_ask = may_open("staff_orders.show", actor.roles)
    name, phone = masked_name(order.name), masked_phone(order.phone)
    return To(name, phone, hidden_door(order.street), is_full=False, may_ask=may_ask)


def _order(code: str, form: ShowForm, status: int = 200) -> Response:
    found = order_by_code(reading(), code)
    passages = history(reading(), found.id)
    names = actor_names({passage.actor for passage in passages})
    payments = payments_of(reading(), code)
    parcels = parcels_of_order(reading(), found.id, found)
    page = OrderPage(
        order=found,
        state=order_word(found),
        region=region(found.province, found.city, found.district),
        parts=tuple(_part(found, part) for part in found.parts),
        payments=tuple(_payment(payment) for payment in payments),
        given=given_rows(found.code),
        to=_to(found),
        foreign=None if found.language is Language.HANS else NAMES[found.language],
        may_refund=found.state is OrderState.AGREED or any(payment.captured_fen for payment in payments),
        may_readdress=readdressing.may_centre(found, parcels)
        and may_open("staff_recipients.recipient", current_actor().roles),
        boxes=_boxes(parcels),
        history=tuple(_event(passage, found, names) for passage in passages),
    )
    answer = make_response(render_template("staff/order.html", page=page, form=form), status)
    if page.to.is_full:
        answer.headers["Cache-Control"] = "private, no-store"
    return answer


def _part(order: OrderFacts, part: PartFacts) -> PartRow:
    came_back = part.state is VendorOrderState.RETURNED
    lies = part.state is VendorOrderState.WAITING and order.at_once and order.state is OrderState.PAID
    words = LIES if lies else PART_WORDS[part.state]
    return PartRow(part.code, part.vendor_name, part.village, words, part.due_on, part.lines, came_back)


def _payment(payment: PaymentFacts) -> PaymentRow:
    return PaymentRow(
        code=payment.code,
        gateway=_said(GATEWAY_WORDS, payment.gateway, payment.gateway),
        amount_fen=payment.amount_fen,
        captured_fen=payment.captured_fen,
        state=str(PAYMENT_WORDS[payment.state]),
        at=payment.created_at,
        needs_review=payment.needs_review,
    )


def _boxes(parcels: Sequence[ParcelFacts]) -> tuple[BoxRow, ...]:
    may_look = may_open("staff_fulfilment.box_photos", current_actor().roles)
    return tuple(BoxRow(parcel, _way(parcel), has_photos=may_look and parcel.has_photos) for parcel in parcels)


def _way(parcel: ParcelFacts) -> tuple[Event, ...]:
    if parcel.shipment is None:
        return ()
    return tuple(
        Event(
            row.at,
            str(SHIPMENT_WORDS[ShipmentState(row.to_state)]),
            "",
            failure(_said(WHY_WORDS, row.reason, row.reason)),
        )
        for row in parcel.shipment.passages
    )


def _event(passage: Passage, order: OrderFacts, names: Mapping[str, str]) -> Event:
    if passage.part is None:
        what = str(NEW_RECIPIENT) if passage.is_note else str(EVENT_WORDS[OrderState(passage.to_state)])
    else:
        vendor = next(one.vendor_name for one in (*order.parts, *order.passed_on) if one.code == passage.part)
        to_state = VendorOrderState(passage.to_state)
        # A part waits from the beginning; it comes to wait only at the counter, when its money was late.
        words = LIES if to_state is VendorOrderState.WAITING else PART_WORDS[to_state]
        state = _("回话") if passage.is_note else words.text
        what = _("%(vendor)s：%(state)s", vendor=vendor, state=state)
    return Event(passage.at, what, _who(passage.actor, order, names), _said(WHY_WORDS, passage.reason, passage.reason))


def _who(actor: str, order: OrderFacts, names: Mapping[str, str]) -> str:
    """Return who it was; the buyer's own name stays as hidden here as in the address."""
    if actor not in names:
        return _said(ACTOR_WORDS, actor, _("自动"))
    return _("买家") if names[actor] == order.name else names[actor]


def _said(words: Mapping[str, LazyString], key: str, otherwise: str) -> str:
    return str(words[key]) if key in words else otherwise
