"""Handing closed boxes over: a list for each courier, and one for the town's own run."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from flask import make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from shop.courier.rules import COMPANY_NAMES, TOWN
from shop.flows import bench
from shop.fulfilment.checking import read_code
from shop.fulfilment.handovers.queries import candidates
from shop.fulfilment.handovers.rules import Candidate, Hindrance, StaysBehind, hindrance
from shop.fulfilment.queries import BoxFacts, boxes_at_the_door
from shop.fulfilment.views.face import HINDRANCE_WORDS, bp, courier_name, parcel_text
from shop.kernel.codes import clean_code, new_code
from shop.kernel.errors import Invalid, NotFound
from shop.town.queries import the_town
from shop.web.ages import age
from shop.web.house import current_actor, edge, house, reading
from shop.web.i18n import _
from shop.web.places import region
from shop.web.roles import PACKING_ROLES, needs
from shop.web.shell import say
from shop.web.words import masked_name

LONGEST_NAME = 20
MOST_ROWS = 200
"""Parcels of one courier that the page shows at once, oldest first; the others come up as these go."""
CODE_LENGTH = 8


@dataclass(frozen=True)
class HandOverRow:
    """A closed box at the door."""

    code: str
    order: str
    box: str
    who: str
    where: str
    weight_g: int
    waybill: str | None
    age: str
    is_recalled: bool


@dataclass(frozen=True)
class HandOverList:
    """What one courier takes along, oldest first; `key` is its company's code, or the town's own."""

    key: str
    carrier: str
    rows: tuple[HandOverRow, ...]


@dataclass(frozen=True)
class Told:
    """A list that is worked on: which of its parcels are ticked, and what came of it in words, one line each.

    Attributes:
        is_scanning: only what is ticked stays ticked; otherwise the whole list is.
    """

    key: str
    ticked: frozenset[str]
    words: tuple[str, ...]
    taken_by: str
    is_wrong: bool = False
    is_scanning: bool = True


@bp.route("/handover", methods=["GET", "POST"])
@needs(*PACKING_ROLES)
def handover() -> ResponseReturnValue:
    """Show the closed boxes of each courier; tick what is scanned, or hand the ticked ones over, all or none."""
    if request.method == "GET":
        return _page(None)
    if typed := request.form.get("scan", "").strip():
        told = _scan(typed, request.form.get("list", ""), request.form.getlist("parcel"))
        return _page(told, 422 if told.is_wrong else 200)
    return _hand_over(request.form.get("list", ""), request.form.getlist("parcel"))


def _page(told: Told | None, status: int = 200) -> ResponseReturnValue:
    lists, unnumbered = _lists()
    shown = [_shown(each, told) for each in lists]
    page = render_template(
        "staff/handover.html",
        lists=shown,
        hidden={each.key: len(each.rows) - len(less.rows) for each, less in zip(lists, shown, strict=True)},
        unnumbered=unnumbered[:MOST_ROWS],
        told=told,
        key=new_code(CODE_LENGTH),
    )
    return make_response(page, status)


def _shown(each: HandOverList, told: Told | None) -> HandOverList:
    """Return as much of a list as fits a page: the oldest, and whatever is ticked."""
    ticked = told.ticked if told is not None and told.key == each.key else frozenset()
    rows = tuple(row for number, row in enumerate(each.rows) if number < MOST_ROWS or row.code in ticked)
    return HandOverList(each.key, each.carrier, rows)


def _lists() -> tuple[list[HandOverList], tuple[HandOverRow, ...]]:
    """Return the list of each courier, and what cannot go because it has no number yet."""
    now, boxes = house().clock(), boxes_at_the_door(reading())
    companies = dict.fromkeys(box.company for box in boxes if box.waybill)
    lists = [
        HandOverList(
            key=company or TOWN,
            carrier=COMPANY_NAMES.get(company, company),
            rows=tuple(_row(now, box) for box in boxes if box.waybill and box.company == company),
        )
        for company in companies
    ]
    return lists, tuple(_row(now, box) for box in boxes if not box.waybill)


def _row(now: datetime, box: BoxFacts) -> HandOverRow:
    return HandOverRow(
        code=box.code,
        order=box.order_code,
        box=parcel_text(box.box, box.carries, box.number, box.among, box.coming),
        who=masked_name(box.name),
        where=region(box.province, box.city, box.district),
        weight_g=box.weight_g,
        waybill=box.waybill,
        age=age(now, box.packed_at).text,
        is_recalled=box.is_recalled,
    )


def _scan(typed: str, key: str, ticked: Collection[str]) -> Told:
    """Tick the parcel whose number was scanned; the first scan of a list takes all other ticks away."""
    is_scanning = request.form.get("scanning") == "yes"
    before = frozenset(ticked) if is_scanning else frozenset()
    taken_by = _taken_by()
    number, code = typed[-40:], read_code(typed)
    lists, _unnumbered = _lists()
    mine = next((each for each in lists if each.key == key), None)
    row = next((row for row in mine.rows if code in _numbers(row)), None) if mine is not None else None
    if row is None or row.is_recalled:
        return Told(key, before, (_why_not(number, code, key),), taken_by, is_wrong=True, is_scanning=is_scanning)
    assert mine is not None
    if row.code in before:
        words = _("%(number)s 扫过了，不用再扫。", number=row.waybill)
    else:
        words = _("扫到 %(n)d / %(all)d 包", n=len(before) + 1, all=len(mine.rows))
    return Told(key, before | {row.code}, (words,), taken_by)


def _numbers(row: HandOverRow) -> tuple[str, str]:
    return clean_code(row.waybill or ""), row.code


def _why_not(number: str, code: str, key: str) -> str:
    """Return in words why a scanned number does not go with a courier."""
    found = [one for one in candidates(reading(), {number, number.upper(), code}) if hindrance(one, key) is not None]
    if not found:
        return _told_why(number, Hindrance.UNKNOWN, None)
    one = found[-1]
    return _told_why(number, hindrance(one, key) or Hindrance.UNKNOWN, one)


def _told_why(number: str, why: Hindrance, one: Candidate | None) -> str:
    carrier = courier_name(one.courier) if one is not None and one.courier else ""
    return str(HINDRANCE_WORDS[why]) % {"number": number, "carrier": carrier}


def _taken_by() -> str:
    return request.form.get("taken_by", "").strip()[:LONGEST_NAME]


def _hand_over(key: str, codes: Sequence[str]) -> ResponseReturnValue:
    actor, clock, made, taken_by = current_actor(), house().clock, request.form.get("key", ""), _taken_by()
    seen = {code: request.form.get(f"seen-{code}", "") for code in codes}
    try:
        code = edge().run(
            lambda session: bench.hand_over(
                session, codes, taken_by, code=made, courier_key=key, seen=seen, actor=actor, clock=clock
            )
        )
    except Invalid as refusal:
        words = _("先勾上要交出去的包裹。") if refusal.field == "parcels" else _("没有记下，请再按一次。")
        return _page(Told(key, frozenset(codes), (words,), taken_by, is_wrong=True), 422)
    except StaysBehind as refusal:
        stay = frozenset(codes) - refusal.why.keys()
        return _page(Told(key, stay, _refused(refusal.why), taken_by, is_wrong=True), 409)
    say("good", _("交出去了，买家会收到短信。印交接单，请来拿的人签字。"))
    return redirect(url_for("staff_fulfilment.hand_over_done", code=code), 303)


def _refused(why: Mapping[str, Hindrance]) -> tuple[str, ...]:
    """Return what keeps each parcel, by its number, and that nothing went."""
    with edge().reading() as session:  # the page's own read began before the refusal
        found = {one.code: one for one in candidates(session, why)}
    told = []
    for code, reason in why.items():
        one = found.get(code)
        told.append(_told_why(one.waybill if one is not None and one.waybill else code[-40:], reason, one))
    return (_("什么也没交出去。这几包先拿开，再按一次："), *told)


@bp.get("/handover/<key>/sheet")
@needs(*PACKING_ROLES)
def handover_sheet(key: str) -> ResponseReturnValue:
    """Show one courier's list for the printer, to be counted at the door; nothing of a buyer is on it."""
    lists, _unnumbered = _lists()
    found = next((each for each in lists if each.key == key), None)
    if found is None:
        raise NotFound("list")
    return render_template("staff/handover_sheet.html", list=found, now=house().clock(), town=the_town(reading()))
