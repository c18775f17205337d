"""The centre's look at consignments: what a person must see to, letters out, stock in, and one of them with its way."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from flask import Response, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import Session

from shop.courier.forms import COURIERS, CounterForm, LookForm, PastedForm, SaidForm
from shop.courier.gateways.manual import read_lines
from shop.courier.gateways.protocol import TrackEvent
from shop.courier.models import EventCode, ShipmentKind, ShipmentState
from shop.courier.queries import ShipmentFacts, concerns, papers_on_the_way, shipment_by_key
from shop.courier.rules import BEFORE, MOVING, TOWN, Concern, concern, evening, likely_company
from shop.flows import booking, consigning
from shop.kernel.errors import Invalid, NotFound, WrongState
from shop.media.private import private_photo, private_picture
from shop.media.queries import Picture
from shop.media.rules import TYPES
from shop.web.ages import QueueRow, age
from shop.web.audience import Audience, blueprint
from shop.web.carriage import SHIPMENT_WORDS, Heard, expected_words, heard
from shop.web.forms import EmptyForm, ShopForm
from shop.web.house import current_actor, edge, house, reading
from shop.web.i18n import _
from shop.web.places import region
from shop.web.shell import say
from shop.web.words import masked_name, masked_phone

bp = blueprint("staff_consignments", __name__, Audience.STAFF, prefix="/staff")

KIND_WORDS = {
    ShipmentKind.GOODS: _l("货"),
    ShipmentKind.DOCUMENT: _l("信"),
    ShipmentKind.INBOUND: _l("要到中心的"),
}
CONCERN_WORDS: Mapping[Concern, str] = {
    Concern.FAILED: _l("没订上快递"),
    Concern.DOUBT: _l("快递的话要人看"),
    Concern.REFUSED: _l("没人肯收"),
    Concern.EXCEPTION: _l("路上不顺"),
    Concern.LATE: _l("晚了"),
    Concern.RETURNED: _l("退回来了，等处理"),
}
ASKED_ABOUT = (Concern.DOUBT, Concern.REFUSED, Concern.EXCEPTION, Concern.LATE)
"""What somebody telephones about."""
FAILURE_WORDS = {
    "counter": _l("要到柜台去寄，寄好把单号填在下面。"),
    "off": _l("这家快递停用了，换一家。"),
    "silent": _l("快递一直没有回音，可能订上了，也可能没有。先再试一次：两天之内同一个号不会订两回。"),
    "auth": _l("快递不认我们的账号，请管机器的人看一看。"),
    "key_expired": _l("两天没有订上，再试会用新的号。先打电话问快递，是不是已经订过。"),
    "too_far": _l("镇上的车送不到那里，换一家。"),
}
"""Why a booking failed, by our own codes; a carrier's words are shown as they are."""
DOUBT_WORDS = {
    "unknown": _l("有一条看不懂，请读一读下面的话，再记下现在怎样。"),
    "after_end": _l("送到或者退回以后又有新消息。钱没有自己动，请打电话问清楚。"),
    "not_cancelled": _l("快递说这一单退不掉，请打电话给他们。"),
}


@dataclass(frozen=True)
class Page:
    """One consignment, as far as the bench must know it: name, phone and door are hidden (GB/T 41833-2022).

    Attributes:
        trouble: why a person must look, or None.
        couriers: who else may be asked to carry it: code and name.
    """

    key: str
    title: str
    state: str
    kind: str
    carrier: str
    waybill: str
    who: str
    phone: str
    where: str
    cargo: str
    order: str | None
    expected: str | None
    trouble: tuple[str, str] | None
    is_failed: bool
    is_goods: bool
    may_say: bool
    may_hand_over: bool
    may_look: bool
    may_call_off: bool
    is_waiting: bool
    is_letter: bool
    label_url: str
    picture: Picture | None
    couriers: tuple[tuple[str, str], ...]
    heard: tuple[Heard, ...]
    notes: tuple[tuple[datetime, str], ...]


@bp.get("/consignments")
def consignments() -> ResponseReturnValue:
    """Show what a person must see to, and the letters and stock on their way."""
    now = house().clock()
    waiting = [_row(now, facts, str(CONCERN_WORDS[why])) for facts, why in concerns(reading(), now)]
    papers = [_row(now, facts, str(SHIPMENT_WORDS[facts.state])) for facts in papers_on_the_way(reading())]
    return render_template("staff/consignments.html", waiting=waiting, papers=papers)


def _row(now: datetime, facts: ShipmentFacts, word: str) -> QueueRow:
    waited = age(now, facts.since)
    number = facts.waybill or _("还没有单号")
    return QueueRow(
        href=url_for("staff_consignments.consignment", key=facts.key),
        title=f"{word} · {facts.cargo[:24]}",
        meta=f"{facts.carrier_name} {number}".strip(),
        count=None,
        unit="",
        age=waited.text,
        age_tone=waited.tone,
    )


def found(key: str) -> ShipmentFacts:
    """Return a consignment.

    Raises:
        NotFound: there is none under this key.
    """
    facts = shipment_by_key(reading(), key)
    if facts is None:
        raise NotFound("shipment")
    return facts


@bp.get("/consignments/<key>")
def consignment(key: str) -> ResponseReturnValue:
    """Show one consignment with its way, and what can be done with it now."""
    return _show(found(key))


def _show(facts: ShipmentFacts, refused: ShopForm | None = None) -> Response:
    forms: dict[str, ShopForm] = {
        "counter": CounterForm(formdata=None, prefix="counter"),
        "said": SaidForm(formdata=None, prefix="said"),
        "pasted": PastedForm(formdata=None, prefix="pasted"),
        "look": LookForm(formdata=None, prefix="look"),
    }
    for name, form in forms.items():
        if type(form) is type(refused) and refused is not None:
            forms[name] = refused
    page = render_template("staff/consignment.html", page=_page(facts), forms=forms)
    return make_response(page, 200 if refused is None else 422)


def _page(facts: ShipmentFacts) -> Page:
    now, wired = house().clock(), house()
    by_driver = facts.carrier == TOWN
    is_goods = facts.kind is ShipmentKind.GOODS
    why = concern(facts.state, facts.doubt, facts.expected_at, facts.promised_on, now)
    return Page(
        key=facts.key,
        title=facts.waybill or facts.key,
        state=str(SHIPMENT_WORDS[facts.state]),
        kind=str(KIND_WORDS[facts.kind]),
        carrier=facts.carrier_name or _("还没定"),
        waybill=facts.waybill,
        who=facts.sender or masked_name(facts.recipient),
        phone=masked_phone(facts.phone),
        where=region(facts.province, facts.city, facts.district),
        cargo=facts.cargo,
        order=facts.reference or None,
        expected=expected_words(facts, now),
        trouble=None if why is None else (str(CONCERN_WORDS[why]), _trouble(facts, why)),
        is_failed=facts.state is ShipmentState.FAILED,
        is_goods=is_goods,
        may_say=bool(facts.waybill) and not by_driver and facts.state in MOVING | BEFORE | {ShipmentState.RETURNING},
        may_hand_over=by_driver and not is_goods and facts.state in BEFORE,
        may_look=why in ASKED_ABOUT,
        may_call_off=not is_goods and facts.state in BEFORE | {ShipmentState.FAILED},
        is_waiting=facts.state is ShipmentState.RETURNED,
        is_letter=facts.kind is ShipmentKind.DOCUMENT and bool(facts.waybill),
        label_url=facts.label_url,
        picture=_picture(facts),
        couriers=tuple((code, str(COURIERS[code])) for code in wired.couriers if code != booking.MANUAL),
        heard=heard(facts),
        notes=tuple((one.at, one.reason) for one in reversed(facts.passages) if one.from_state == one.to_state),
    )


def _picture(facts: ShipmentFacts) -> Picture | None:
    if facts.photo_key is None:
        return None
    src = url_for("staff_consignments.door", key=facts.key)
    return private_picture(reading(), facts.photo_key, src=src, alt=_("送到时拍的照片"))


def _trouble(facts: ShipmentFacts, why: Concern) -> str:
    if why is Concern.FAILED:
        code, _colon, words = facts.failure.partition(":")
        told = str(FAILURE_WORDS.get(code, facts.failure))
        return f"{told}（{words}）" if words else told
    if why is Concern.DOUBT:
        return str(DOUBT_WORDS[facts.doubt])
    if why is Concern.RETURNED:
        return _("收好了，或者来人拿走了，点“处理好了”。")
    return _("打电话问快递，把问到的记下来。买家的页上会看到新的日子。")


# What people do


def _do(key: str, act: Callable[[Session], None], done: str) -> ResponseReturnValue:
    try:
        edge().run(act)
    except WrongState:
        say("mind", _("它已经不在那一步了，什么也没记，请再看一遍。"))
    else:
        say("good", done)
    return redirect(url_for("staff_consignments.consignment", key=key), 303)


@bp.post("/consignments/<key>/again")
def again(key: str) -> ResponseReturnValue:
    """Let a booking be tried again, with the same courier or another."""
    actor, wired, carrier = current_actor(), house(), request.form.get("carrier", "")
    found(key)
    if not EmptyForm.from_request().is_sent_well():
        return _show(found(key))
    try:
        return _do(
            key,
            lambda session: booking.again(session, wired.couriers, key, carrier, actor=actor, clock=wired.clock),
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
        return _show(facts, form)
    company, waybill = form.company.data, (form.waybill.data or "").upper()
    likely = likely_company(waybill)
    try:
        answer = _do(
            key,
            lambda session: booking.by_hand(
                session, wired.couriers, key, company, waybill, actor=actor, clock=wired.clock
            ),
            _("记好了。"),
        )
    except Invalid as refusal:
        taken = _("这个单号已经记在别的包裹上了。") if refusal.reason == "taken" else _refused(refusal)
        form.waybill.errors = [taken]
        return _show(facts, form)
    if likely is not None and likely != company:
        say("mind", _("这个单号看着像别家的，请再核对一次是哪家快递。"))
    return answer


@bp.post("/consignments/<key>/said")
def said(key: str) -> ResponseReturnValue:
    """Note what was heard at the counter or on the telephone."""
    form, actor, clock, facts = SaidForm.from_request(prefix="said"), current_actor(), house().clock, found(key)
    if not form.is_sent_well():
        return _show(facts, form)
    events = [TrackEvent(EventCode(form.code.data), clock(), form.words.data or "")]
    return _do(key, lambda session: consigning.say(session, key, events, actor=actor, clock=clock), _("记好了。"))


@bp.post("/consignments/<key>/pasted")
def pasted(key: str) -> ResponseReturnValue:
    """Take in what was copied from a carrier's page, each line read on the safe side."""
    form, actor, clock, facts = PastedForm.from_request(prefix="pasted"), current_actor(), house().clock, found(key)
    if not form.is_sent_well():
        return _show(facts, form)
    try:
        events = read_lines(form.text.data or "")
    except Invalid as refusal:
        form.text.errors = [_("第 %(n)s 行没有看到时间，时间写成 2026-11-22 10:30 这样。", n=refusal.reason)]
        return _show(facts, form)
    done = _("记下 %(n)d 条。看不懂的会留给人看。", n=len(events))
    return _do(key, lambda session: consigning.say(session, key, events, actor=actor, clock=clock), done)


@bp.post("/consignments/<key>/look")
def look(key: str) -> ResponseReturnValue:
    """Note what somebody found out, and when it is expected now."""
    form, actor, clock, facts = LookForm.from_request(prefix="look"), current_actor(), house().clock, found(key)
    if not form.is_sent_well():
        return _show(facts, form)
    until, note = evening(form.day()), form.note.data or ""
    try:
        return _do(
            key,
            lambda session: consigning.look_after(session, key, until=until, note=note, actor=actor, clock=clock),
            _("记好了，到那天再提醒。"),
        )
    except Invalid:
        form.until.errors = [_("这一天的傍晚已经过了，请选以后的一天。")]
        return _show(facts, form)


@bp.post("/consignments/<key>/collected")
def collected(key: str) -> ResponseReturnValue:
    """Note that what came back was taken from the counter, or put away."""
    actor, clock = current_actor(), house().clock
    if not EmptyForm.from_request().is_sent_well():
        return _show(found(key))
    return _do(key, lambda session: consigning.collect(session, key, actor=actor, clock=clock), _("记好了，处理完了。"))


@bp.post("/consignments/<key>/off")
def off(key: str) -> ResponseReturnValue:
    """Call a letter off, or strike the note of something coming."""
    actor, clock = current_actor(), house().clock
    if not EmptyForm.from_request().is_sent_well():
        return _show(found(key))
    act: Callable[[Session], None] = lambda session: consigning.call_off(  # noqa: E731 - one act of the page
        session, key, reason=_("中心不寄了"), actor=actor, clock=clock
    )
    return _do(key, act, _("记好了，不寄了。"))


@bp.get("/consignments/<key>/door")
def door(key: str) -> ResponseReturnValue:
    """Show the photo that the driver took at the door, to the centre alone."""
    photo_key = found(key).photo_key
    content = None if photo_key is None else private_photo(house().store, photo_key)
    if content is None:
        raise NotFound("photo")
    return Response(content, content_type=TYPES["jpg"], headers={"Cache-Control": "private, no-store"})
