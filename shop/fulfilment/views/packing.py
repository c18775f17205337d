"""Packing: everything of a box has come, and goes into it, each piece checked by its code."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from shop.flows import bench
from shop.fulfilment.checking import check, missing
from shop.fulfilment.forms import PackForm
from shop.fulfilment.models import Carton
from shop.fulfilment.photos.services import add_box_photo
from shop.fulfilment.queries import BOXES_TO_PACK, ToPack, boxes_to_pack, parcels_of_order
from shop.fulfilment.scales import read_grams
from shop.fulfilment.services import Load, Packing
from shop.fulfilment.views.face import box_of, box_text, bp, coming, picks
from shop.fulfilment.views.shots import photo_key
from shop.fulfilment.views.table import Sight, Told, as_sent, at_table, filled_so_far, page
from shop.kernel.errors import Invalid, NotFound, Stale, WrongState
from shop.kernel.queues import queue_length
from shop.orders.models import Box, Handing
from shop.orders.queries.orders import OrderFacts, order_by_code
from shop.orders.rules import CARRIED_OUT, is_ready_to_pack
from shop.web.ages import QueueRow, age
from shop.web.house import current_actor, edge, house, reading
from shop.web.i18n import _
from shop.web.paging import leaf
from shop.web.roles import PACKING_ROLES, needs
from shop.web.shell import say


@dataclass(frozen=True)
class Fetched:
    """One thing of a household that boxes wait for, and into which boxes it goes."""

    title: str
    unit: str
    pieces: int
    boxes: tuple[tuple[str, int], ...]


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
        for pick in picks(each.order, [each.box]):
            shelf = found.setdefault(f"{pick.village} · {pick.vendor}", {})
            for line in pick.lines:
                shelf.setdefault((line.title, line.unit), []).append((label, line.count))
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
    goods = [f"{line.title} {line.count}{line.unit}" for pick in picks(order, [each.box]) for line in pick.lines]
    return QueueRow(
        href=url_for("staff_fulfilment.packing_order", code=order.code, box=each.box.value),
        title=_("%(code)s · %(box)s", code=order.code, box=box_text(each.box, coming(order))),
        meta="、".join(goods),
        count=len(goods),
        unit=_("样"),
        age=waited.text,
        age_tone=waited.tone,
    )


@bp.get("/packing/<code>/<box>")
@needs(*PACKING_ROLES)
def packing_order(code: str, box: str) -> ResponseReturnValue:
    """Show the pick list of one box, to be checked piece by piece; a packed one leads to its paper."""
    which, order = box_of(box), order_by_code(reading(), code)
    elsewhere = _elsewhere(order, which)
    if elsewhere is not None:
        return elsewhere
    form = PackForm(formdata=None, carton=Carton.MEDIUM.value, ice_packs=0 if which is Box.AMBIENT else 1)
    return page(at_table(order, which, request.args.getlist("join")), form)


def _elsewhere(order: OrderFacts, box: Box, *, told: str = "") -> ResponseReturnValue | None:
    """Return where to go when a box is not to be packed now: to its paper, or back to the list."""
    packed = [parcel.code for parcel in parcels_of_order(reading(), order.id) if box in parcel.boxes]
    if packed:
        if told:
            say("info", told)
        return redirect(_paper(order, packed[0]), 303)
    if order.state not in CARRIED_OUT or not is_ready_to_pack(part.state for part in order.parts if part.box is box):
        return _not_now()
    return None


def _not_now() -> ResponseReturnValue:
    say("mind", _("这一箱的货还没到齐，或者不用打包了。什么也没动。"))
    return redirect(url_for("staff_fulfilment.packing"), 303)


def _paper(order: OrderFacts, parcel_code: str) -> str:
    """Return where the paper of a closed box is: no carrier reads a label on what is collected."""
    is_collected = order.handing is Handing.COLLECTION
    return url_for("staff_fulfilment.slip" if is_collected else "staff_fulfilment.label", code=parcel_code)


@bp.post("/packing/<code>/<box>")
@needs(*PACKING_ROLES)
def pack(code: str, box: str) -> ResponseReturnValue:
    """Count what was scanned; or close a parcel that is full and go on; or close the box. Its label or slip follows."""
    form, which, order = PackForm.from_request(), box_of(box), order_by_code(reading(), code)
    elsewhere = _elsewhere(order, which, told=_("这一箱已经打好了，这是它的单子。"))
    if elsewhere is not None:
        return elsewhere
    try:
        sight = as_sent(order, which)
    except Invalid:
        raise NotFound("box") from None
    if request.form.get("version") != sight.version:
        return _changed(sight, form)
    sight = _keep_photo(sight, form)
    if form.photo.errors:
        return page(sight, form)
    if form.scan.data and form.scan.data.strip():
        typed, form.scan.data = form.scan.data, ""
        return page(*_scanned(sight, typed, form))
    return _fill(sight, form) if request.form.get("split") else _finish(sight, form)


def _changed(sight: Sight, form: PackForm) -> ResponseReturnValue:
    told = Told(_("您打包的时候，这一单变了。什么也没记下，请照现在的单子重新看一遍。"), is_wrong=True)
    return page(sight.anew(), form, told, status=409)


def _keep_photo(sight: Sight, form: PackForm) -> Sight:
    """Keep a photo of the open box at once, whatever becomes of the rest of the form."""
    actor, clock = current_actor(), house().clock
    key = photo_key(form.photo, is_private=True)
    if key is None:
        return sight
    number = len(sight.before) + 1
    try:
        edge().run(
            lambda session: add_box_photo(session, sight.order.id, sight.box, number, key, actor=actor, clock=clock)
        )
    except Invalid:
        form.photo.errors = [_("这一箱的照片够多了。")]
        return sight
    return replace(sight, photos=sight.photos + 1)


def _scanned(sight: Sight, typed: str, form: PackForm) -> tuple[Sight, PackForm, Told]:
    found = check(sight.wanted, sight.counted, typed)
    line = found.line
    if line is None:
        words = _("拿错了，%(code)s 不是这一箱的。放回去。", code=typed.strip()[-40:])
        return sight, form, Told(words, is_wrong=True)
    if found.is_over:
        words = _(
            "多了，%(title)s 只要 %(n)d %(unit)s。这一件放回去。", title=line.title, n=line.pieces, unit=line.unit
        )
        return sight, form, Told(words, is_wrong=True)
    done = found.counted[line.line_id]
    told = Told(f"{line.title} {done} / {line.pieces} {line.unit}", is_wrong=False)
    return sight.with_counts(found.counted), form, told


def _load(form: PackForm, *, is_by_eye: bool) -> Load:
    weight_g = read_grams(form.weight_g.data or "") or 0
    return Load(weight_g, Packing(Carton(form.carton.data), form.ice_packs.data or 0, by_eye=is_by_eye))


def _fill(sight: Sight, form: PackForm) -> ResponseReturnValue:
    """Close one parcel of several with what was counted, and go on with the rest."""
    counted = {line_id: count for line_id, count in sight.counted.items() if count}
    is_well = form.is_sent_well()
    if not counted or not missing(sight.wanted, sight.counted):
        form.form_errors = [_("先扫到这一包里的几件，剩下的装下一包。全都装得下，就点打好了。")]
    if not is_well or form.form_errors:
        return page(sight, form)
    load = _load(form, is_by_eye=False)
    fresh = PackForm(formdata=None, carton=form.carton.data, ice_packs=form.ice_packs.data)
    done = filled_so_far(sight, Load(load.weight_g, load.how, counted))
    told = Told(_("第 %(n)d 包封好了，箱上写个 %(n)d。剩下的装下一包。", n=len(done.before)), is_wrong=False)
    return page(done, fresh, told)


def _finish(sight: Sight, form: PackForm) -> ResponseReturnValue:
    is_well, left = form.is_sent_well(), missing(sight.wanted, sight.counted)
    if left and not form.by_eye.data:
        goods = "、".join(f"{line.title} {count}{line.unit}" for line, count in left)
        form.form_errors = [_("还没扫到：%(goods)s。扫不了的，一样一样看过，勾上再点。", goods=goods)]
    if not is_well or form.form_errors:
        return page(sight, form)
    return _close(sight, form, _load(form, is_by_eye=bool(left)), sight.before)


def _close(sight: Sight, form: PackForm, last: Load, before: Sequence[Load]) -> ResponseReturnValue:
    actor, clock, order = current_actor(), house().clock, sight.order
    try:
        parcel = edge().run(
            lambda session: bench.pack(
                session,
                order.code,
                sight.box,
                last.weight_g,
                last.how,
                joined=sight.joined,
                before=before,
                seen=sight.version,
                actor=actor,
                clock=clock,
            )
        )
    except Stale:
        return _changed(sight, form)
    except WrongState:
        return _not_now()
    count = len(before) + 1
    if order.handing is Handing.COLLECTION:
        say("good", _("打好包了，随箱单贴在箱上，放到等人来取的架上。"))
    elif count > 1:
        say("good", _("分 %(n)d 包打好了，一包一张面单，别贴混。", n=count))
    else:
        say("good", _("打好包了，贴上面单。"))
    return redirect(_paper(order, parcel), 303)
