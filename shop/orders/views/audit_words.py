"""What each row of an order's trail says: what was done, why, and what stands folded beneath it."""

from collections.abc import Callable, Mapping

from flask_babel import lazy_gettext as _l

from shop.accounts.models import Viewed, ViewReason
from shop.catalog.lots.models import LotState
from shop.courier.models import EventCode, ShipmentState
from shop.flows.audit.rows import Trace, Trail
from shop.fulfilment.models import ParcelState
from shop.fulfilment.rules import BY_EYE
from shop.kernel.money import yuan
from shop.kernel.outbox import MessageState
from shop.notifications.rules import TO_BUYERS
from shop.orders.models import Box, OrderState, VendorOrderState
from shop.orders.views.staff import ACTOR_WORDS, EVENT_WORDS, NEW_RECIPIENT, PAYMENT_WORDS, WHY_WORDS
from shop.orders.views.words import BOX_WORDS, PART_WORDS, REFUND_WORDS
from shop.payments.models import PaymentState, RefundState
from shop.web.acts import ACT_WORDS
from shop.web.books import ENTRY_WORDS
from shop.web.carriage import EVENT_WORDS as SAID_WORDS
from shop.web.carriage import SHIPMENT_WORDS, failure
from shop.web.i18n import _
from shop.web.messages import SENT_WORDS, TEMPLATE_WORDS
from shop.web.sights import VIEW_WORDS, VIEWED_WORDS
from shop.web.words import GATEWAY_WORDS, kilograms, masked_phone

PARCEL_WORDS: Mapping[str, str] = {
    ParcelState.PACKED: _l("打好包了"),
    ParcelState.HANDED_OVER: _l("交出去了"),
    ParcelState.DELIVERED: _l("送到了"),
    ParcelState.RETURNED: _l("退回来了"),
    ParcelState.OPENED: _l("又拆开了"),
}
MESSAGE_WORDS: Mapping[str, str] = {
    **{state.value: words for state, words in SENT_WORDS.items()},
    MessageState.WAITING: _l("还没发出去，会再试"),
    MessageState.POISONED: _l("没发成，不再试了"),
}
WORKERS: Mapping[str, str] = {
    **ACTOR_WORDS,
    "job:reconcile": _l("自动对账"),
    "job:demand": _l("自动分货"),
    "household": _l("农户"),
    "courier:town": _l("镇上的车"),
    "courier:manual": _l("快递"),
    "courier:kuaidi100": _l("快递100"),
}
"""Who acts without being a person."""
REASONS: Mapping[str, str] = {
    **WHY_WORDS,
    BY_EYE: _l("没有扫全，一样一样看过"),
    "unstarted": _l("还没开始付"),
    "refused": _l("收款渠道不收"),
}


def who(actor: str, names: Mapping[str, str]) -> str:
    """Return who did it: a person's name, or what kind of process it was."""
    return names.get(actor) or str(WORKERS.get(actor, _("自动")))


def _named(about: str, word: object) -> str:
    return _("%(about)s：%(word)s", about=about, word=word)


def _intake(trace: Trace) -> str:
    told = {"about": trace.about, "n": trace.amount, "m": trace.rejected, "unit": trace.raw}
    if not trace.rejected:
        return _("%(about)s：收下 %(n)d %(unit)s", **told)
    if not trace.amount:
        return _("%(about)s：%(m)d %(unit)s都没收下", **told)
    return _("%(about)s：收下 %(n)d %(unit)s，没收下 %(m)d %(unit)s", **told)


def _payment(trace: Trace) -> str:
    word = PAYMENT_WORDS[PaymentState(trace.state)]
    return _(
        "%(amount)s：%(word)s（%(gateway)s）",
        amount=yuan(trace.amount),
        word=word,
        gateway=GATEWAY_WORDS.get(trace.raw, trace.raw),
    )


def _packed(trace: Trace) -> str:
    told = _named(_("包裹 %(code)s", code=trace.about), PARCEL_WORDS[trace.state])
    return _("%(told)s，重 %(weight)s", told=told, weight=kilograms(trace.grams)) if trace.grams else told


def _shipment(trace: Trace) -> str:
    word = SHIPMENT_WORDS[ShipmentState(trace.state)] if trace.state else _("有人留了话")
    number = trace.raw if trace.raw and trace.state == ShipmentState.LABEL_CREATED else ""
    told = _named(trace.about, word)
    return _("%(told)s %(number)s", told=told, number=number) if number else told


def _hand_over(trace: Trace) -> str:
    if trace.state == "went":
        return _("包裹 %(code)s：交出去了", code=trace.about)
    return _("包裹 %(code)s：在清单上，没有走", code=trace.about)


def _lot(trace: Trace) -> str:
    told = {"code": trace.about, "title": trace.note}
    if trace.state == LotState.RECALLED:
        return _("%(title)s：召回批次 %(code)s", **told)
    return _("%(title)s：记进批次 %(code)s", **told)


def _message(trace: Trace) -> str:
    name, state = TEMPLATE_WORDS[trace.about], MESSAGE_WORDS[trace.state]
    return (
        _("短信“%(name)s”：%(state)s", name=name, state=state)
        if not trace.raw
        else _("邮件“%(name)s”：%(state)s", name=name, state=state)
    )


def _view(trace: Trace) -> str:
    what = Viewed(trace.state)
    if what is Viewed.BOX_PHOTO:
        return _("看了 %(parcel)s 箱里的照片", parcel=trace.about)
    if what is Viewed.SIGNED_LIST:
        return _("看了清单 %(code)s 的照片", code=trace.about)
    return _("看了%(what)s", what=VIEWED_WORDS[what])


WHAT: Mapping[Trail, Callable[[Trace], str]] = {
    Trail.ORDER: lambda trace: str(EVENT_WORDS[OrderState(trace.state)]),
    Trail.READDRESSED: lambda _trace: str(NEW_RECIPIENT),
    Trail.PART: lambda trace: _named(trace.about, PART_WORDS[VendorOrderState(trace.state)].text),
    Trail.ANSWERED: lambda trace: _("%(vendor)s：说了有没有货", vendor=trace.about),
    Trail.HEARD: lambda trace: _("%(vendor)s：打电话问过了", vendor=trace.about),
    Trail.PROVIDER: lambda trace: _("%(gateway)s来了通知", gateway=GATEWAY_WORDS.get(trace.about, trace.about)),
    Trail.PAYMENT: _payment,
    Trail.LOWERED: lambda trace: _("少收 %(amount)s", amount=yuan(trace.amount)),
    Trail.SETTLED: lambda _trace: _("查过对不上的这一笔"),
    Trail.CASH: lambda trace: _("收了现金 %(amount)s", amount=yuan(trace.amount)),
    Trail.ACT: lambda trace: trace.about,
    Trail.INTAKE: _intake,
    Trail.LOT: _lot,
    Trail.RECALLED: lambda trace: _(
        "%(about)s：拿出来 %(n)d %(unit)s", about=trace.about, n=trace.amount, unit=trace.raw
    ),
    Trail.NOTICE: lambda trace: _("%(title)s：写信告诉买家召回的事", title=trace.note),
    Trail.PARCEL: _packed,
    Trail.BOX_PHOTO: lambda trace: _("%(box)s封箱前拍了照片", box=BOX_WORDS[Box(trace.about)]),
    Trail.SHIPMENT: _shipment,
    Trail.EVENT: lambda trace: _named(trace.about, SAID_WORDS[EventCode(trace.state)]),
    Trail.HAND_OVER: _hand_over,
    Trail.SIGNED: lambda trace: _("拍下签了字的清单 %(code)s", code=trace.about),
    Trail.DOOR_PHOTO: lambda trace: _("%(code)s：送到时拍了照片", code=trace.about),
    Trail.WISH: lambda _trace: _("买家想取消"),
    Trail.ANSWER: lambda trace: _("答应了买家取消") if trace.state == "granted" else _("没答应买家取消"),
    Trail.REFUND_ASKED: lambda trace: _("要退 %(amount)s", amount=yuan(trace.amount)),
    Trail.REFUND: lambda trace: _named(yuan(trace.amount), REFUND_WORDS[RefundState(trace.state)].text),
    Trail.CARRIED: lambda trace: _(
        "称出来比最多的还重，中心补给%(who)s %(amount)s", who=trace.about, amount=yuan(trace.amount)
    ),
    Trail.CASH_BACK: lambda trace: _("退了现金 %(amount)s", amount=yuan(trace.amount)),
    Trail.BOOKED: lambda trace: str(ENTRY_WORDS[trace.state]),
    Trail.MESSAGE: _message,
    Trail.FORM: lambda trace: str(ACT_WORDS[trace.about]),
    Trail.VIEW: _view,
}
"""What a row says was done."""


def _plain(trace: Trace) -> tuple[str, ...]:
    return (str(REASONS.get(trace.reason, trace.reason)),)


def _back(trace: Trace) -> tuple[str, ...]:
    return str(REASONS.get(trace.state, "")), trace.reason


def _scale(trace: Trace) -> tuple[str, ...]:
    lines = [trace.reason]
    if trace.note:
        lines.append(_("秤上读到：%(reading)s", reading=trace.note))
    if trace.grams:
        told = {"grams": trace.grams, "was": yuan(trace.was), "now": yuan(trace.now)}
        lines.append(_("按 %(grams)d 克算，%(was)s 改成 %(now)s", **told))
    if trace.state:
        lines.append(_("没收下的拍了照片"))
    return tuple(lines)


def _list(trace: Trace) -> tuple[str, ...]:
    return _("清单 %(code)s", code=trace.note), _("%(name)s拿走", name=trace.reason) if trace.reason else ""


def _carried(trace: Trace) -> tuple[str, ...]:
    if trace.state == ShipmentState.FAILED:
        return (failure(trace.reason),)
    return _plain(trace)


def _said(trace: Trace) -> tuple[str, ...]:
    return () if trace.raw else (trace.note, trace.reason)


WHY: Mapping[Trail, Callable[[Trace], tuple[str, ...]]] = {
    Trail.INTAKE: _scale,
    Trail.LOWERED: _back,
    Trail.REFUND_ASKED: _back,
    Trail.HEARD: lambda _trace: (),
    Trail.HAND_OVER: _list,
    Trail.SHIPMENT: _carried,
    Trail.EVENT: _said,
    Trail.ACT: lambda trace: (trace.note,),
    Trail.VIEW: lambda trace: (str(VIEW_WORDS[ViewReason(trace.reason)]),),
}
"""Why it was done, for rows whose reason is not simply what somebody wrote."""


def why(trace: Trace, buyer: str) -> tuple[str, ...]:
    """Return why it was done and what belongs to it, in short lines.

    Args:
        buyer: the phone of the order's buyer, by which messages tell to whom they went.
    """
    if trace.kind is Trail.MESSAGE:
        return (_to(trace, buyer),)
    return tuple(line for line in WHY.get(trace.kind, _plain)(trace) if line)


def _to(trace: Trace, buyer: str) -> str:
    if trace.raw:
        return _("给买家的邮箱")
    if not trace.note:
        return _("收的号码已删")
    phone = masked_phone(trace.note)
    if trace.about not in TO_BUYERS:
        return _("给农户 %(phone)s", phone=phone)
    return _("给买家 %(phone)s", phone=phone) if trace.note == buyer else _("给买家原来的号码 %(phone)s", phone=phone)


def quoted(trace: Trace) -> tuple[str, ...]:
    """Return what a courier or a provider said, in its own words and codes, to be shown as quoted."""
    if trace.kind is Trail.PROVIDER:
        return (trace.raw,)
    if trace.kind is Trail.EVENT and trace.raw:
        return tuple(each for each in (trace.note, trace.reason, trace.raw) if each)
    return ()
