"""Packing: everything of a box has come, and goes into it, each piece checked by its code."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from flask import make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from shop.flows import bench
from shop.fulfilment.checking import Wanted, check, missing
from shop.fulfilment.forms import PackForm
from shop.fulfilment.models import Carton
from shop.fulfilment.queries import BOXES_TO_PACK, ToPack, boxes_to_pack, codes_in_box, parcels_of_order
from shop.fulfilment.scales import read_grams
from shop.fulfilment.services import Packing
from shop.fulfilment.views.face import box_of, box_text, bp, coming, picks
from shop.kernel.errors import WrongState
from shop.kernel.queues import queue_length
from shop.orders.models import Box, Handing
from shop.orders.queries.orders import LineFacts, OrderFacts, order_by_code
from shop.orders.rules import CARRIED_OUT, is_ready_to_pack
from shop.web.ages import QueueRow, age
from shop.web.house import current_actor, edge, house, reading
from shop.web.i18n import _
from shop.web.paging import leaf
from shop.web.places import region
from shop.web.roles import PACKING_ROLES, needs
from shop.web.shell import say


@dataclass(frozen=True)
class Fetched:
    """One thing of a household that boxes wait for, and into which boxes it goes."""

    title: str
    unit: str
    pieces: int
    boxes: tuple[tuple[str, int], ...]


@dataclass(frozen=True)
class Told:
    """What a scan came to, in words; `is_wrong` is said loudly."""

    words: str
    is_wrong: bool


@bp.get("/packing")
@needs(*PACKING_ROLES)
def packing() -> ResponseReturnValue:
    """Show boxes of which everything has come, the oldest order first; or what to fetch for them from each shelf."""
    now, is_by_shelf = house().clock(), request.args.get("by") == "shelf"
    by = "shelf" if is_by_shelf else None
    here = leaf(queue_length(reading(), BOXES_TO_PACK), "staff_fulfilment.packing", by=by)
    waiting = boxes_to_pack(reading(), offset=here.offset, limit=here.limit)
    return render_template(
        "staff/packing.html",
        here=here,
        rows=[_pack_row(now, each) for each in waiting],
        shelves=_shelves(waiting) if is_by_shelf else None,
    )


def _shelves(waiting: Iterable[ToPack]) -> list[tuple[str, list[Fetched]]]:
    """Return what to fetch, household by household, village by village."""
    found: dict[str, dict[tuple[str, str], list[tuple[str, int]]]] = {}
    for each in waiting:
        label = f"{each.order.code} {box_text(each.box, coming(each.order))}"
        for pick in picks(each.order, each.box):
            shelf = found.setdefault(f"{pick.village} · {pick.vendor}", {})
            for line in pick.lines:
                shelf.setdefault((line.title, line.unit), []).append((label, line.accepted))
    return [
        (
            name,
            [
                Fetched(title, unit, sum(count for _label, count in boxes), tuple(boxes))
                for (title, unit), boxes in sorted(shelf.items())
            ],
        )
        for name, shelf in sorted(found.items())
    ]


def _pack_row(now: datetime, each: ToPack) -> QueueRow:
    order = each.order
    waited = age(now, order.placed_at)
    goods = [f"{line.title} {line.accepted}{line.unit}" for line in _accepted(order, each.box)]
    return QueueRow(
        href=url_for("staff_fulfilment.packing_order", code=order.code, box=each.box.value),
        title=_("%(code)s · %(box)s", code=order.code, box=box_text(each.box, coming(order))),
        meta="、".join(goods),
        count=len(goods),
        unit=_("样"),
        age=waited.text,
        age_tone=waited.tone,
    )


def _accepted(order: OrderFacts, box: Box) -> list[LineFacts]:
    return [line for pick in picks(order, box) for line in pick.lines]


@bp.get("/packing/<code>/<box>")
@needs(*PACKING_ROLES)
def packing_order(code: str, box: str) -> ResponseReturnValue:
    """Show the pick list of one box, to be checked piece by piece; a packed one leads to its paper."""
    which = box_of(box)
    form = PackForm(formdata=None, carton=Carton.MEDIUM.value, ice_packs=0 if which is Box.AMBIENT else 1)
    return _packing_page(order_by_code(reading(), code), which, form, {}, None)


def _packing_page(
    order: OrderFacts, box: Box, form: PackForm, counted: Mapping[int, int], told: Told | None
) -> ResponseReturnValue:
    packed = [parcel.code for parcel in parcels_of_order(reading(), order.id) if parcel.box is box]
    if packed:
        return redirect(_paper(order, packed[0]), 303)
    if order.state not in CARRIED_OUT or not is_ready_to_pack(part.state for part in order.parts if part.box is box):
        say("mind", _("这一箱的货还没到齐，或者不用打包了。"))
        return redirect(url_for("staff_fulfilment.packing"), 303)
    page = render_template(
        "staff/packing_order.html",
        order=order,
        box=box.value,
        box_text=box_text(box, coming(order)),
        is_collected=order.handing is Handing.COLLECTION,
        region=region(order.province, order.city, order.district),
        picks=picks(order, box),
        counted=counted,
        is_whole=not missing(_wanted(order, box), counted),
        told=told,
        expected_g=sum(line.gross_g * line.accepted for line in _accepted(order, box)),
        form=form,
    )
    return make_response(page, 422 if form.errors or (told is not None and told.is_wrong) else 200)


def _wanted(order: OrderFacts, box: Box) -> list[Wanted]:
    codes = codes_in_box(reading(), order.id, box)
    return [
        Wanted(line.id, line.title, line.unit, line.accepted, codes.get(line.id, frozenset()))
        for line in _accepted(order, box)
    ]


def _counted(wanted: Sequence[Wanted]) -> dict[int, int]:
    """Return how many of each line the page says were counted; more than belong into the box never are."""
    typed = ((line, request.form.get(f"count-{line.line_id}", 0, type=int)) for line in wanted)
    return {line.line_id: min(max(count or 0, 0), line.pieces) for line, count in typed}


def _paper(order: OrderFacts, parcel_code: str) -> str:
    """Return where the paper of a closed box is: no carrier reads a label on what is collected."""
    is_collected = order.handing is Handing.COLLECTION
    return url_for("staff_fulfilment.slip" if is_collected else "staff_fulfilment.label", code=parcel_code)


@bp.post("/packing/<code>/<box>")
@needs(*PACKING_ROLES)
def pack(code: str, box: str) -> ResponseReturnValue:
    """Count what was scanned; without a scan, close the box at what the scale says. Its label or slip follows."""
    form, which, order = PackForm.from_request(), box_of(box), order_by_code(reading(), code)
    wanted = _wanted(order, which)
    counted: Mapping[int, int] = _counted(wanted)
    if form.scan.data and form.scan.data.strip():
        counted, told = _scanned(wanted, counted, form.scan.data)
        form.scan.data = ""
        return _packing_page(order, which, form, counted, told)
    is_well, left = form.is_sent_well(), missing(wanted, counted)
    if left and not form.by_eye.data:
        goods = "、".join(f"{line.title} {count}{line.unit}" for line, count in left)
        form.form_errors = [_("还没扫到：%(goods)s。扫不了的，一样一样看过，勾上再点。", goods=goods)]
    if not is_well or form.form_errors:
        return _packing_page(order, which, form, counted, None)
    return _close(order, which, form, is_by_eye=bool(left))


def _scanned(wanted: Sequence[Wanted], counted: Mapping[int, int], typed: str) -> tuple[Mapping[int, int], Told]:
    found = check(wanted, counted, typed)
    if found.line is None:
        return counted, Told(_("拿错了，%(code)s 不是这一箱的。放回去。", code=typed.strip()[-40:]), is_wrong=True)
    line = found.line
    if found.is_over:
        words = _(
            "多了，%(title)s 只要 %(n)d %(unit)s。这一件放回去。", title=line.title, n=line.pieces, unit=line.unit
        )
        return counted, Told(words, is_wrong=True)
    done = found.counted[line.line_id]
    return found.counted, Told(f"{line.title} {done} / {line.pieces} {line.unit}", is_wrong=False)


def _close(order: OrderFacts, box: Box, form: PackForm, *, is_by_eye: bool) -> ResponseReturnValue:
    actor, clock = current_actor(), house().clock
    weight_g = read_grams(form.weight_g.data or "") or 0
    how = Packing(Carton(form.carton.data), form.ice_packs.data or 0, by_eye=is_by_eye)
    try:
        parcel = edge().run(
            lambda session: bench.pack(session, order.code, box, weight_g, how, actor=actor, clock=clock)
        )
    except WrongState:
        say("mind", _("这一箱的货还没到齐，或者不用打包了。"))
        return redirect(url_for("staff_fulfilment.packing"), 303)
    if order.handing is Handing.COLLECTION:
        say("good", _("打好包了，随箱单贴在箱上，放到等人来取的架上。"))
    else:
        say("good", _("打好包了，贴上面单。"))
    return redirect(_paper(order, parcel), 303)
