"""For managers: who did what to this order, when and why, from all its books in one line of time."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from flask import render_template
from flask.typing import ResponseReturnValue
from flask_babel import lazy_gettext as _l

from shop.accounts.models import Viewed, ViewReason
from shop.courier.models import ShipmentState
from shop.flows.audit import Trace, Trail, trail
from shop.fulfilment.models import ParcelState
from shop.fulfilment.rules import BY_EYE
from shop.kernel.money import yuan
from shop.orders.models import Box, OrderState, VendorOrderState
from shop.orders.queries.orders import order_by_code
from shop.orders.views.staff import ACTOR_WORDS, EVENT_WORDS, PAYMENT_WORDS, WHY_WORDS
from shop.orders.views.words import BOX_WORDS, PART_WORDS, REFUND_WORDS, order_word
from shop.payments.models import PaymentState, RefundState
from shop.web.actors import actor_names
from shop.web.audience import Audience, blueprint
from shop.web.carriage import SHIPMENT_WORDS
from shop.web.house import reading
from shop.web.i18n import _
from shop.web.sights import VIEW_WORDS, VIEWED_WORDS

bp = blueprint("staff_audit", __name__, Audience.STAFF, prefix="/staff", roles=("manager",))

BOOK_WORDS: Mapping[Trail, str] = {
    Trail.ORDER: _l("订单"),
    Trail.PART: _l("备货"),
    Trail.PAYMENT: _l("付款"),
    Trail.LOWERED: _l("付款"),
    Trail.CASH: _l("现金"),
    Trail.ACT: _l("摊位上"),
    Trail.INTAKE: _l("收货"),
    Trail.RECALLED: _l("召回"),
    Trail.PARCEL: _l("包裹"),
    Trail.BOX_PHOTO: _l("包裹"),
    Trail.LOOK: _l("看过"),
    Trail.SHIPMENT: _l("寄件"),
    Trail.WISH: _l("想取消"),
    Trail.ANSWER: _l("想取消"),
    Trail.REFUND_ASKED: _l("退款"),
    Trail.REFUND: _l("退款"),
    Trail.CARRIED: _l("农户的钱"),
    Trail.CASH_BACK: _l("现金"),
    Trail.VIEW: _l("看过"),
}
"""Which book a row comes from."""

PARCEL_WORDS: Mapping[str, str] = {
    ParcelState.PACKED: _l("打好包了"),
    ParcelState.HANDED_OVER: _l("交出去了"),
    ParcelState.DELIVERED: _l("送到了"),
    ParcelState.RETURNED: _l("退回来了"),
    "opened": _l("又拆开了"),
}


@dataclass(frozen=True)
class Row:
    """One thing done: when, in which book, what, who, why."""

    at: datetime
    book: str
    what: str
    who: str
    why: str


@bp.get("/orders/<code>/audit")
def order_audit(code: str) -> ResponseReturnValue:
    """Show everything that was done to one order, looks at its buyer's address among it."""
    order = order_by_code(reading(), code)
    traces = trail(reading(), order)
    names = actor_names({trace.actor for trace in traces})
    rows = tuple(
        Row(trace.at, str(BOOK_WORDS[trace.kind]), WHAT[trace.kind](trace), _who(trace.actor, names), _why(trace))
        for trace in traces
    )
    return render_template("staff/audit.html", code=order.code, state=order_word(order), rows=rows)


def _named(about: str, word: object) -> str:
    return _("%(about)s：%(word)s", about=about, word=word)


def _intake(trace: Trace) -> str:
    if not trace.rejected:
        return _("%(about)s：收下 %(n)d 份", about=trace.about, n=trace.amount)
    return _("%(about)s：收下 %(n)d 份，没收下 %(m)d 份", about=trace.about, n=trace.amount, m=trace.rejected)


WHAT: Mapping[Trail, Callable[[Trace], str]] = {
    Trail.ORDER: lambda trace: str(EVENT_WORDS[OrderState(trace.state)]),
    Trail.PART: lambda trace: _named(trace.about, PART_WORDS[VendorOrderState(trace.state)].text),
    Trail.PAYMENT: lambda trace: _named(yuan(trace.amount), PAYMENT_WORDS[PaymentState(trace.state)]),
    Trail.LOWERED: lambda trace: _("少收 %(amount)s", amount=yuan(trace.amount)),
    Trail.CASH: lambda trace: _("收了现金 %(amount)s", amount=yuan(trace.amount)),
    Trail.ACT: lambda trace: trace.about,
    Trail.INTAKE: _intake,
    Trail.RECALLED: lambda trace: _("%(about)s：拿出来 %(n)d 份", about=trace.about, n=trace.amount),
    Trail.PARCEL: lambda trace: _named(trace.about, PARCEL_WORDS[trace.state]),
    Trail.BOX_PHOTO: lambda trace: _("%(box)s封箱前拍了照片", box=BOX_WORDS[Box(trace.about)]),
    Trail.LOOK: lambda trace: _("看了 %(parcel)s 箱里的照片", parcel=trace.about),
    Trail.SHIPMENT: lambda trace: _named(trace.about, SHIPMENT_WORDS[ShipmentState(trace.state)]),
    Trail.WISH: lambda _trace: _("买家想取消"),
    Trail.ANSWER: lambda trace: _("答应了") if trace.state in ("1", "true") else _("没答应"),
    Trail.REFUND_ASKED: lambda trace: _("要退 %(amount)s", amount=yuan(trace.amount)),
    Trail.REFUND: lambda trace: _named(yuan(trace.amount), REFUND_WORDS[RefundState(trace.state)].text),
    Trail.CARRIED: lambda trace: _(
        "称出来比最多的还重，中心补给%(who)s %(amount)s", who=trace.about, amount=yuan(trace.amount)
    ),
    Trail.CASH_BACK: lambda trace: _("退了现金 %(amount)s", amount=yuan(trace.amount)),
    Trail.VIEW: lambda trace: _("看了%(what)s", what=VIEWED_WORDS[Viewed(trace.state)]),
}
"""What a row says was done."""


def _why(trace: Trace) -> str:
    if trace.kind is Trail.VIEW:
        return str(VIEW_WORDS[ViewReason(trace.reason)])
    if trace.kind is Trail.PARCEL and trace.reason == BY_EYE:
        return _("没有扫全，一样一样看过")
    return str(WHY_WORDS.get(trace.reason, trace.reason))


def _who(actor: str, names: Mapping[str, str]) -> str:
    if actor in names:
        return names[actor]
    return str(ACTOR_WORDS[actor]) if actor in ACTOR_WORDS else _("自动（%(label)s）", label=actor or "—")
