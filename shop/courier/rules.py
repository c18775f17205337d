"""Pure rules of carriage: what a weight costs in a zone, a consignment's passages, and what its events add up to."""

import re
from collections.abc import Iterable, Mapping
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from typing import Protocol

from shop.courier.models import EventCode, ShipmentState
from shop.kernel.clock import TOWN_ZONE, town_day

S = ShipmentState
E = EventCode

MOVING = frozenset(
    {
        S.PICKED_UP,
        S.IN_TRANSIT,
        S.AT_DESTINATION,
        S.OUT_FOR_DELIVERY,
        S.AVAILABLE_FOR_PICKUP,
        S.EXCEPTION,
        S.REFUSED,
    }
)
"""Between the centre's door and an end: carriers go to and fro among these."""
BEFORE = frozenset({S.LABEL_CREATED, S.AWAITING_PICKUP})
"""Numbered, and still with whoever sends it."""
_ENDS = frozenset({S.DELIVERED, S.RETURNING, S.RETURNED})

NEXT: Mapping[ShipmentState, frozenset[ShipmentState]] = {
    # Nobody calls it off while its courier is being called: what is booked then would go without anyone knowing.
    S.TO_BOOK: frozenset({S.LABEL_CREATED, S.FAILED}),
    S.FAILED: frozenset({S.TO_BOOK, S.LABEL_CREATED, S.CANCELLED}),
    S.LABEL_CREATED: MOVING | _ENDS | {S.AWAITING_PICKUP, S.CANCELLED},
    S.AWAITING_PICKUP: MOVING | _ENDS | {S.CANCELLED},
    **{state: (MOVING - {state}) | _ENDS | {S.CANCELLED} for state in S if state in MOVING},
    # It never goes back to being on its way, but a parcel may come back after somebody signed for it.
    S.DELIVERED: frozenset({S.RETURNING, S.RETURNED}),
    # A signature on the way back is the centre's own: no buyer has got it.
    S.RETURNING: frozenset({S.RETURNED}),
    S.RETURNED: frozenset({S.COLLECTED}),
    S.COLLECTED: frozenset(),
    # Called off, and the carrier took it all the same: what moves is believed.
    S.CANCELLED: MOVING | _ENDS,
}

REACHES: Mapping[EventCode, ShipmentState | None] = {
    **{code: S(code.value) for code in E if code not in (E.CUSTOMS, E.UNKNOWN)},
    E.CUSTOMS: S.IN_TRANSIT,
    E.UNKNOWN: None,
}
"""The state that an event speaks of; nothing follows from words that nobody could read."""

_ORDER = {code: place for place, code in enumerate(E)}

PROVINCES = (
    "四川", "重庆", "北京", "天津", "河北", "山西", "内蒙古", "辽宁", "吉林", "黑龙江", "上海", "江苏", "浙江", "安徽",
    "福建", "江西", "山东", "河南", "湖北", "湖南", "广东", "广西", "海南", "贵州", "云南", "西藏", "陕西", "甘肃",
    "青海", "宁夏", "新疆",
)  # fmt: skip
"""Where parcels may go, by the short names people say, the town's own province first."""

TOWN = "town"
COMPANY_NAMES: Mapping[str, str] = {
    "": "镇上送货",
    "shunfeng": "顺丰速运",
    "zhongtong": "中通快递",
    "yuantong": "圆通速递",
    "shentong": "申通快递",
    "yunda": "韵达快递",
    "jtexpress": "极兔速递",
    "jd": "京东快递",
    "ems": "EMS",
    "youzhengguonei": "邮政快递包裹",
    "debangkuaidi": "德邦快递",
}
"""Who carries, by Kuaidi100's code of the company (its document "快递公司编码"); the town's own run has none."""

WAYBILL = re.compile(r"[A-Za-z0-9-]{6,32}")
"""What may be a waybill's number at all. Companies change how theirs look, so nothing narrower refuses one."""

_SHAPES: tuple[tuple[str, str], ...] = (
    ("shunfeng", r"SF[A-Z0-9]\d{12}"),
    ("yuantong", r"YT\d{13}"),
    ("jtexpress", r"JT\d{13}"),
    ("jd", r"JD[A-Z0-9]{2}\d{11}"),
    ("debangkuaidi", r"DPK\d{12}"),
    ("zhongtong", r"7[3-68]\d{12}"),
    ("shentong", r"(?:77|43)\d{12,15}"),
    ("yunda", r"[34]\d{14}|5\d{12}"),
    ("ems", r"[981]\d{12}|P[A-Z]\d{11}"),
)
"""How numbers usually look (npm courier-validation 2024, MIT): a hint, never a reason to refuse."""

READDRESSED = "readdressed"
"""Why a consignment's history says something though it stays failed: it goes to somebody else, or elsewhere."""
_UNSURE = frozenset({"silent", "auth", "key_expired", "off"})
"""Codes of ours for a booking that failed without the courier's own no: it may have been made all the same."""

EVENING = time(18)
LAST_ROUND = time(20)


class Priced(Protocol):
    """A zone's price: a first weight and further steps."""

    @property
    def first_g(self) -> int:
        """Weight that the first price covers, in grams."""

    @property
    def first_fen(self) -> int:
        """Price of the first weight, in fen."""

    @property
    def step_g(self) -> int:
        """A further step, in grams."""

    @property
    def step_fen(self) -> int:
        """Price of a further step, in fen."""


class Said(Protocol):
    """One event, as far as the state follows from it."""

    @property
    def code(self) -> EventCode:
        """What it says."""

    @property
    def at(self) -> datetime:
        """When it happened, aware."""

    @property
    def text(self) -> str:
        """In whose words."""


def price(rate: Priced, weight_g: int) -> int:
    """Return what a parcel of this weight costs in fen; a begun step counts whole."""
    over = max(0, weight_g - rate.first_g)
    return rate.first_fen + -(-over // rate.step_g) * rate.step_fen


def in_order(events: Iterable[Said]) -> list[Said]:
    """Return events as they happened, whenever they were heard; at one moment by what usually comes first."""
    return sorted(events, key=lambda event: (event.at, _ORDER[event.code], event.text))


def state_after(events: Iterable[Said]) -> ShipmentState:
    """Return where a numbered consignment is after all that was said of it, in whatever order it was heard.

    What the table has no passage for is kept and moves nothing.
    """
    state = S.LABEL_CREATED
    for event in in_order(events):
        to = REACHES[event.code]
        if to is not None and to in NEXT[state]:
            state = to
    return state


def evening(day: date, at: time = EVENING) -> datetime:
    """Return the hour of a day in the town by which a door is usually reached."""
    return datetime.combine(day, at, TOWN_ZONE)


def expected_after(
    before: datetime | None, said: datetime | None, newest: Said, state: ShipmentState
) -> datetime | None:
    """Return when a consignment is expected after its newest event.

    Args:
        before: when it was expected until now.
        said: the carrier's own estimate, believed before all others.
        newest: the newest event.
        state: where it is now.
    """
    if state not in MOVING | BEFORE:
        return before
    if said is not None:
        return said
    if newest.code is E.OUT_FOR_DELIVERY:
        return evening(town_day(newest.at), LAST_ROUND)
    return before


def is_late(state: ShipmentState, expected_at: datetime | None, promised_on: date | None, now: datetime) -> bool:
    """Tell whether a consignment should be there by now, left or not: past its estimate, or past the promised day."""
    if state not in MOVING | BEFORE:
        return False
    past_estimate = expected_at is not None and now > expected_at
    return past_estimate or (promised_on is not None and town_day(now) > promised_on)


class Concern(StrEnum):
    """Why a person must look at a consignment."""

    FAILED = "failed"
    DOUBT = "doubt"
    REFUSED = "refused"
    EXCEPTION = "exception"
    LATE = "late"
    RETURNED = "returned"


def concern(
    state: ShipmentState,
    doubt: str,
    expected_at: datetime | None,
    promised_on: date | None,
    now: datetime,
    *,
    is_goods: bool = False,
) -> Concern | None:
    """Return why a person must look at a consignment, what weighs most first, or None.

    Args:
        is_goods: what is in a parcel of goods that came back is another desk's.
    """
    if state is S.FAILED:
        return Concern.FAILED
    if doubt:
        return Concern.DOUBT
    if state in (S.REFUSED, S.EXCEPTION) or (state is S.RETURNED and not is_goods):
        return Concern(state.value)
    return Concern.LATE if is_late(state, expected_at, promised_on, now) else None


def is_refused(failure: str) -> bool:
    """Tell whether a booking failed by the courier's own no, so that certainly nobody carries it.

    Args:
        failure: as the consignment keeps it.
    """
    return failure.partition(":")[0] not in _UNSURE


def in_days(now: datetime, days: int) -> datetime:
    """Return the evening of a day so many days from now."""
    return evening(town_day(now) + timedelta(days=days))


def likely_company(waybill: str) -> str | None:
    """Return which company's number this looks like, or None; a hint for the form."""
    return next((company for company, shape in _SHAPES if re.fullmatch(shape, waybill.upper())), None)
