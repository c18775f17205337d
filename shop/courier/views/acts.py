"""What people do with one consignment: each act goes on from what its page showed, or is told that it may not."""

from collections.abc import Callable, Sequence
from functools import partial

from flask import redirect, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from shop.courier.forms import CounterForm, LookForm, PastedForm, SaidForm
from shop.courier.gateways.manual import read_lines
from shop.courier.gateways.protocol import TrackEvent
from shop.courier.models import EventCode
from shop.courier.rules import evening, likely_company
from shop.courier.views.consignments import bp, found, show_as_it_is_now, show_refused
from shop.flows import booking, consigning
from shop.kernel.errors import Invalid, Stale, WrongState
from shop.web.desk import acted, seen_version
from shop.web.forms import EmptyForm, ShopForm
from shop.web.house import current_actor, house
from shop.web.i18n import _
from shop.web.shell import say


def _do(
    key: str, act: Callable[[Session], None], done: str, form: ShopForm | None = None, tone: str = "good"
) -> ResponseReturnValue:
    try:
        acted(f"consignment:{key}", act, is_counted=False)
    except (Stale, WrongState):
        return show_as_it_is_now(key, form)
    say(tone, done)
    return redirect(url_for("staff_consignments.consignment", key=key), 303)


@bp.post("/consignments/<key>/again")
def again(key: str) -> ResponseReturnValue:
    """Let a booking be tried again, with the same courier or another."""
    actor, wired, version = current_actor(), house(), seen_version()
    form, carrier = EmptyForm.from_request(), request.form.get("carrier", "")
    if not form.is_sent_well():
        return show_refused(found(key), form)
    try:
        return _do(
            key,
            lambda session: booking.again(
                session, wired.couriers, key, carrier, version=version, actor=actor, clock=wired.clock
            ),
            _("去订了，过几秒再看。"),
        )
    except Invalid as refusal:
        say("mind", _refused(refusal))
        return redirect(url_for("staff_consignments.consignment", key=key), 303)


def _refused(refusal: Invalid) -> str:
    if refusal.reason == "cash":
        return _("这一单货到付现，只有镇上的车能收钱。")
    return _("没有这家快递，换一家。")


@bp.post("/consignments/<key>/counter")
def counter(key: str) -> ResponseReturnValue:
    """Take the number that was got at a carrier's counter."""
    form, actor, wired, facts = CounterForm.from_request(prefix="counter"), current_actor(), house(), found(key)
    if not form.is_sent_well():
        return show_refused(facts, form)
    company, waybill, version = form.company.data, (form.waybill.data or "").upper(), seen_version()
    likely = likely_company(waybill)
    is_odd = likely is not None and likely != company
    done = _("记好了。这个单号看着像别家的，请再核对一次是哪家快递。") if is_odd else _("记好了。")
    try:
        return _do(
            key,
            lambda session: booking.by_hand(
                session, wired.couriers, key, company, waybill, version=version, actor=actor, clock=wired.clock
            ),
            done,
            form,
            "mind" if is_odd else "good",
        )
    except Invalid as refusal:
        taken = _("这个单号已经记在别的包裹上了。") if refusal.reason == "taken" else _refused(refusal)
        form.waybill.errors = [taken]
        return show_refused(facts, form)


@bp.post("/consignments/<key>/said")
def said(key: str) -> ResponseReturnValue:
    """Note what was heard at the counter or on the telephone."""
    form, facts = SaidForm.from_request(prefix="said"), found(key)
    if not form.is_sent_well():
        return show_refused(facts, form)
    events = [TrackEvent(EventCode(form.code.data), house().clock(), form.words.data or "")]
    return _say(key, events, _("记好了。"), form)


def _say(key: str, events: Sequence[TrackEvent], done: str, form: ShopForm) -> ResponseReturnValue:
    actor, clock, version = current_actor(), house().clock, seen_version()
    act = partial(consigning.say, key=key, said=events, version=version, actor=actor, clock=clock)
    return _do(key, act, done, form)


@bp.post("/consignments/<key>/pasted")
def pasted(key: str) -> ResponseReturnValue:
    """Take in what was copied from a carrier's page, each line read on the safe side."""
    form, facts = PastedForm.from_request(prefix="pasted"), found(key)
    if not form.is_sent_well():
        return show_refused(facts, form)
    try:
        events = read_lines(form.text.data or "")
    except Invalid as refusal:
        form.text.errors = [_("第 %(n)s 行没有看到时间，时间写成 2026-11-22 10:30 这样。", n=refusal.reason)]
        return show_refused(facts, form)
    return _say(key, events, _("记下 %(n)d 条。看不懂的会留给人看。", n=len(events)), form)


@bp.post("/consignments/<key>/look")
def look(key: str) -> ResponseReturnValue:
    """Note what somebody found out, and when it is expected now."""
    form, actor, clock, facts = LookForm.from_request(prefix="look"), current_actor(), house().clock, found(key)
    if not form.is_sent_well():
        return show_refused(facts, form)
    until, note, version = evening(form.day()), form.note.data or "", seen_version()
    act = partial(consigning.look_after, key=key, until=until, note=note, version=version, actor=actor, clock=clock)
    try:
        return _do(key, act, _("记好了，到那天再提醒。"), form)
    except Invalid:
        form.until.errors = [_("这一天的傍晚已经过了，请选以后的一天。")]
        return show_refused(facts, form)


@bp.post("/consignments/<key>/collected")
def collected(key: str) -> ResponseReturnValue:
    """Note that what came back was taken from the counter, or put away."""
    form, actor, clock = EmptyForm.from_request(), current_actor(), house().clock
    if not form.is_sent_well():
        return show_refused(found(key), form)
    act = partial(consigning.collect, key=key, version=seen_version(), actor=actor, clock=clock)
    return _do(key, act, _("记好了，处理完了。"))


@bp.post("/consignments/<key>/off")
def off(key: str) -> ResponseReturnValue:
    """Call a letter off, or strike the note of something coming."""
    form, actor, clock = EmptyForm.from_request(), current_actor(), house().clock
    if not form.is_sent_well():
        return show_refused(found(key), form)
    reason = _("中心不寄了")
    act = partial(consigning.call_off, key=key, reason=reason, version=seen_version(), actor=actor, clock=clock)
    return _do(key, act, _("记好了，不寄了。"))
