"""Carriage in words: where a consignment is, what was said of it, when it comes, and the bar of its steps."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from flask_babel import lazy_gettext as _l

from shop.courier.models import EventCode, ShipmentState
from shop.courier.queries import ShipmentFacts
from shop.courier.rules import BEFORE, MOVING, REACHES, evening, is_late
from shop.kernel.clock import TOWN_ZONE, town_day
from shop.web.i18n import _
from shop.web.words import WEEKDAY_WORDS, town_date

S = ShipmentState

SHIPMENT_WORDS: Mapping[ShipmentState, str] = {
    S.TO_BOOK: _l("去要单号"),
    S.FAILED: _l("没订上快递"),
    S.LABEL_CREATED: _l("要了单号"),
    S.AWAITING_PICKUP: _l("等快递来收"),
    S.PICKED_UP: _l("交给送货的"),
    S.IN_TRANSIT: _l("在路上"),
    S.AT_DESTINATION: _l("到了当地"),
    S.OUT_FOR_DELIVERY: _l("正在派送"),
    S.AVAILABLE_FOR_PICKUP: _l("到了驿站或柜子"),
    S.EXCEPTION: _l("路上不顺"),
    S.REFUSED: _l("没人肯收"),
    S.DELIVERED: _l("送到了"),
    S.RETURNING: _l("正在退回"),
    S.RETURNED: _l("退回中心"),
    S.COLLECTED: _l("在中心办完了"),
    S.CANCELLED: _l("取消了"),
}
"""Where a consignment is, as the centre and its buyers say it."""

CARRIER_WORDS: Mapping[str, str] = {
    "镇上送货": _l("镇上送货"),
    "顺丰速运": _l("顺丰速运"),
    "中通快递": _l("中通快递"),
    "圆通速递": _l("圆通速递"),
    "申通快递": _l("申通快递"),
    "韵达快递": _l("韵达快递"),
    "极兔速递": _l("极兔速递"),
    "京东快递": _l("京东快递"),
    "邮政快递包裹": _l("邮政快递包裹"),
    "德邦快递": _l("德邦快递"),
}
"""Who carries, by the names that are kept."""

BUYER_WORDS: Mapping[ShipmentState, str] = {
    **SHIPMENT_WORDS,
    S.TO_BOOK: _l("打好包了，在叫快递"),
    S.FAILED: _l("打好包了，在叫快递"),
    S.REFUSED: _l("没有送成"),
}
"""Where it is, as its buyer reads it: what troubles the centre alone is not told, and nobody is blamed."""

EVENT_WORDS: Mapping[EventCode, str] = {
    **{code: SHIPMENT_WORDS[state] for code, state in REACHES.items() if state is not None},
    EventCode.CUSTOMS: _l("在海关"),
    EventCode.UNKNOWN: _l("快递说"),
}

FAILURE_WORDS = {
    "counter": _l("要到柜台去寄，寄好把单号填在下面。"),
    "off": _l("这家快递停用了，换一家。"),
    "silent": _l("快递一直没有回音，可能订上了，也可能没有。先再试一次：两天之内同一个号不会订两回。"),
    "auth": _l("快递不认我们的账号，请管机器的人看一看。"),
    "key_expired": _l("两天没有订上，再试会用新的号。先打电话问快递，是不是已经订过。"),
    "too_far": _l("镇上的车送不到那里，换一家。"),
}
"""Why a booking failed, by our own codes; a carrier's words are shown as they are."""

WAITING_TEXT: Mapping[ShipmentState, str] = {
    S.AVAILABLE_FOR_PICKUP: _l("放在驿站或柜子里了，凭快递的取件码去拿。"),
    S.EXCEPTION: _l("路上遇到点事，中心在问快递。"),
    S.REFUSED: _l("快递说没有送成，中心在问怎么回事。您要是还想收，请打中心的电话。"),
    S.RETURNING: _l("正在退回中心。"),
    S.RETURNED: _l("已经退回中心。付过的货款在往回退，中心看过货再告诉您为什么。"),
    S.COLLECTED: _l("中心看过了，怎么办的写在订单页上。"),
    S.CANCELLED: _l("这一件不寄了。"),
}
"""What follows for whoever waits for it."""
LETTER_WAITS = _l("退回来了，在中心的柜台等您来拿。带上订单号就行。")


class Stage(NamedTuple):
    """One step of the bar: state is done, now, todo or failed."""

    label: str
    at: datetime | None
    state: str
    note: str | None


@dataclass(frozen=True)
class Heard:
    """One thing that was said, as its reader sees it."""

    at: datetime
    word: str
    text: str
    place: str


STAGES: tuple[tuple[str, frozenset[ShipmentState]], ...] = (
    (_l("打好包"), BEFORE),
    (_l("交给快递"), frozenset({S.PICKED_UP})),
    (_l("在路上"), frozenset({S.IN_TRANSIT, S.AT_DESTINATION})),
    (_l("正在派送"), frozenset({S.OUT_FOR_DELIVERY, S.AVAILABLE_FOR_PICKUP})),
    (_l("送到"), frozenset({S.DELIVERED})),
)
TROUBLE = frozenset({S.EXCEPTION, S.REFUSED})
BACK = frozenset({S.RETURNING, S.RETURNED, S.COLLECTED, S.CANCELLED})


def stages(facts: ShipmentFacts) -> tuple[Stage, ...]:
    """Return the bar of a consignment: what is behind it, where it is, what is to come."""
    reached = [min(_times(facts, states), default=None) for _label, states in STAGES]
    last = max((place for place, at in enumerate(reached) if at is not None), default=0)
    is_stuck = facts.state in TROUBLE | BACK
    bar = []
    for place, (label, _states) in enumerate(STAGES):
        if place < last or (place == last and (is_stuck or facts.state is S.DELIVERED)):
            bar.append(Stage(str(label), reached[place], "done", None))
        elif facts.state not in BACK:
            bar.append(Stage(str(label), reached[place], "now" if place == last else "todo", None))
    if is_stuck:
        at = max(_times(facts, frozenset({facts.state})), default=facts.since)
        bar.insert(last + 1, Stage(str(BUYER_WORDS[facts.state]), at, "failed", None))
    return tuple(bar)


def _times(facts: ShipmentFacts, states: frozenset[ShipmentState]) -> list[datetime]:
    return [event.at for event in facts.events if REACHES[event.code] in states]


def expected_words(facts: ShipmentFacts, now: datetime) -> str | None:
    """Return when a consignment is expected, in words, or None where nobody knows or it matters no more."""
    if facts.state not in MOVING | BEFORE or facts.state in (S.AVAILABLE_FOR_PICKUP, S.REFUSED):
        return None
    at = facts.expected_at or (None if facts.promised_on is None else evening(facts.promised_on))
    if at is None:
        return None
    if is_late(facts.state, facts.expected_at, facts.promised_on, now):
        if at <= now or facts.expected_at is None:
            return _("比说好的晚了，中心在问快递。")
        return _("比说好的晚了，现在估计%(when)s。", when=_when(at, now))
    return _("大约%(when)s", when=_when(at, now))


def _when(at: datetime, now: datetime) -> str:
    local = at.astimezone(TOWN_ZONE)
    if local.date() == town_day(now):
        return _("今天 %(clock)s 以前到", clock=f"{local:%H:%M}")
    return _(" %(day)s（%(weekday)s）到", day=town_date(at), weekday=WEEKDAY_WORDS[local.isoweekday()])


def heard(facts: ShipmentFacts) -> tuple[Heard, ...]:
    """Return what was said of a consignment, the newest first."""
    return tuple(
        Heard(event.at, str(EVENT_WORDS[event.code]), event.text, event.place) for event in reversed(facts.events)
    )


def failure(said: str) -> str:
    """Return why a booking failed: our own codes in words, with what the carrier said beside; its words as they are."""
    code, _colon, words = said.partition(":")
    if code not in FAILURE_WORDS:
        return said
    return _("%(what)s（%(said)s）", what=FAILURE_WORDS[code], said=words) if words else str(FAILURE_WORDS[code])


def carrier_word(name: str) -> str:
    """Return who carries, as the reader knows them."""
    return str(CARRIER_WORDS.get(name, name))
