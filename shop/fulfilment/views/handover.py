"""Handing closed boxes over: a list for each courier, and one for the town's own run."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from flask import make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from shop.courier.rules import COMPANY_NAMES, TOWN
from shop.flows import bench
from shop.fulfilment.checking import read_code
from shop.fulfilment.queries import BoxFacts, boxes_at_the_door
from shop.fulfilment.views.face import box_text, bp
from shop.kernel.codes import clean_code
from shop.kernel.errors import Invalid, NotFound, WrongState
from shop.town.queries import the_town
from shop.web.ages import age
from shop.web.house import current_actor, edge, house, reading
from shop.web.i18n import _
from shop.web.places import region
from shop.web.roles import PACKING_ROLES, needs
from shop.web.shell import say
from shop.web.words import masked_name

LONGEST_NAME = 20


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


@dataclass(frozen=True)
class HandOverList:
    """What one courier takes along, oldest first; `key` is its company's code, or the town's own."""

    key: str
    carrier: str
    rows: tuple[HandOverRow, ...]


@dataclass(frozen=True)
class Scanned:
    """A list that is being scanned: which of its parcels are ticked, and what the last scan came to in words."""

    key: str
    ticked: frozenset[str]
    words: str
    is_wrong: bool


@bp.route("/handover", methods=["GET", "POST"])
@needs(*PACKING_ROLES)
def handover() -> ResponseReturnValue:
    """Show the closed boxes of each courier; tick what is scanned, or hand the ticked ones over, all or none."""
    if request.method == "GET":
        return _page(None)
    if typed := request.form.get("scan", "").strip():
        return _page(_scan(typed, request.form.get("list", ""), request.form.getlist("parcel")))
    _hand_over(request.form.getlist("parcel"), request.form.get("taken_by", "").strip()[:LONGEST_NAME])
    return redirect(url_for("staff_fulfilment.handover"), 303)


def _page(scanned: Scanned | None) -> ResponseReturnValue:
    lists, unnumbered = _lists()
    page = render_template("staff/handover.html", lists=lists, unnumbered=unnumbered, scanned=scanned)
    return make_response(page, 422 if scanned is not None and scanned.is_wrong else 200)


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
        box=box_text(box.box, box.coming),
        who=masked_name(box.name),
        where=region(box.province, box.city, box.district),
        weight_g=box.weight_g,
        waybill=box.waybill,
        age=age(now, box.packed_at).text,
    )


def _scan(typed: str, key: str, ticked: Collection[str]) -> Scanned:
    """Tick the parcel whose number was scanned; the first scan of a list takes all other ticks away."""
    lists, unnumbered = _lists()
    code = read_code(typed)
    before = frozenset(ticked) if request.form.get("scanning") == "yes" else frozenset()
    found = next(
        ((each, row) for each in lists for row in each.rows if code in (clean_code(row.waybill or ""), row.code)), None
    )
    if found is None:
        waits = any(row.code == code for row in unnumbered)
        words = (
            _("这一包还没有运单号，先留着。") if waits else _("%(code)s 不在交运单上，不要给出去。", code=typed[-40:])
        )
        return Scanned(key, before, words, is_wrong=True)
    there, row = found
    if there.key != key:
        words = _("拿错了，这一包是%(carrier)s的。", carrier=there.carrier)
        return Scanned(key, before, words, is_wrong=True)
    now = before | {row.code}
    return Scanned(key, now, _("扫到 %(n)d / %(all)d 包", n=len(now), all=len(there.rows)), is_wrong=False)


def _hand_over(codes: Sequence[str], taken_by: str) -> None:
    actor, clock = current_actor(), house().clock
    left = len({box.code for box in boxes_at_the_door(reading())} - set(codes))
    try:
        edge().run(lambda session: bench.hand_over(session, codes, taken_by, actor=actor, clock=clock))
    except Invalid:
        say("mind", _("先勾上要交出去的包裹。"))
    except WrongState:
        say("mind", _("有的包裹还没有运单号，或者已经走了，或者里面有召回的货。什么也没动，请再看一遍。"))
    else:
        words = _("交出去 %(n)d 包，买家会收到短信。", n=len(set(codes)))
        say("good", words + (_("门口还留着 %(n)d 包。", n=left) if left else ""))


@bp.get("/handover/<key>/sheet")
@needs(*PACKING_ROLES)
def handover_sheet(key: str) -> ResponseReturnValue:
    """Show one courier's list for the printer, to be counted and signed at the door; nothing of a buyer is on it."""
    lists, _unnumbered = _lists()
    found = next((each for each in lists if each.key == key), None)
    if found is None:
        raise NotFound("list")
    return render_template("staff/handover_sheet.html", list=found, now=house().clock(), town=the_town(reading()))
