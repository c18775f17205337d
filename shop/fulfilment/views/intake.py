"""The intake table: what came is counted and weighed, and what is not good is turned down."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from flask import Response, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import lazy_gettext as _l

from shop.catalog.lots.models import Grade
from shop.flows import bench
from shop.flows.lots import Seen
from shop.fulfilment.forms import ReceiveForm, ScanForm, SeenForm
from shop.fulfilment.lots.queries import inspected_lines, numbers_today, taken_lines
from shop.fulfilment.queries import expected_weights
from shop.fulfilment.scales import read_grams
from shop.fulfilment.views.face import bp
from shop.fulfilment.views.shots import photo_key
from shop.kernel.clock import town_day
from shop.kernel.errors import Invalid, NotFound, Stale, WrongState
from shop.kernel.money import yuan
from shop.kernel.queues import queue_length
from shop.orders.models import VendorOrderState
from shop.orders.queries.orders import (
    LineFacts,
    OrderFacts,
    PartFacts,
    order_by_code,
    order_code_of_part,
)
from shop.orders.queries.waiting import DUE_IN, PARTS_DUE, PARTS_TO_WEIGH, due_parts
from shop.orders.rules import weight_back
from shop.web.ages import QueueRow
from shop.web.house import current_actor, edge, house, reading
from shop.web.i18n import _
from shop.web.paging import leaf
from shop.web.roles import PACKING_ROLES, needs
from shop.web.shell import say
from shop.web.words import town_date

MAX_GRAMS = 9_999_999
WHYS = (_l("碎了"), _l("坏了"), _l("蔫了"), _l("破了皮"), _l("太小"), _l("不新鲜"), _l("样子不对"), _l("没有检疫证"))
"""Why something is not taken in, most days; anything else is typed."""
MOST_READ = 40
"""Characters that the longest line of a scale has."""


@dataclass(frozen=True)
class Box:
    """A number box of a line: its name, what stands in it, and what is wrong with that."""

    name: str
    typed: str
    error: str | None


@dataclass(frozen=True)
class CountedLine:
    """A line of a part at the intake table: how many come, how many are turned down, what the good ones weigh.

    Attributes:
        saw: name of the hidden box that says how many the page showed.
        weighed: None where the scale decides nothing.
        range_g: between which grams one piece is expected to weigh; the buyer pays up to the second.
        price_fen: of a piece, its ceiling where the scale decides; per_500g_fen: None where it decides nothing.
        is_inspected: the number of an inspection is needed.
    """

    title: str
    unit: str
    expected: int
    saw: str
    rejected: Box
    weighed: Box | None
    range_g: tuple[int, int] | None
    price_fen: int
    per_500g_fen: int | None
    is_inspected: bool
    seen: SeenForm


@dataclass(frozen=True)
class Sheet:
    """What is told of a part line by line.

    Attributes:
        inspected: ids of the lines that need the number of an inspection.
        seen: grade, number and photo of each line.
        wrong: what is wrong, by the name of its box.
    """

    inspected: frozenset[int]
    seen: tuple[SeenForm, ...]
    wrong: dict[str, str]


@bp.get("/intake")
@needs(*PACKING_ROLES)
def intake() -> ResponseReturnValue:
    """Show what is due in, the earliest day first, all or what is weighed; and take the scan of a household's card."""
    by_weight = request.args.get("by") == "weight"
    by = "weight" if by_weight else None
    here = leaf(queue_length(reading(), PARTS_TO_WEIGH if by_weight else PARTS_DUE), "staff_fulfilment.intake", by=by)
    day = town_day(house().clock())
    parts = due_parts(reading(), day, to_weigh=by_weight, offset=here.offset, limit=here.limit)
    return render_template(
        "staff/intake.html",
        rows=[_due_row(part, day) for part in parts],
        household=None,
        is_all=not by_weight,
        here=here,
        form=ScanForm(formdata=None),
    )


@bp.get("/intake/household/<code>")
@needs(*PACKING_ROLES)
def household(code: str) -> ResponseReturnValue:
    """Show what is due in from one household."""
    day = town_day(house().clock())
    parts = due_parts(reading(), day, vendor_code=code)
    return render_template(
        "staff/intake.html",
        rows=[_due_row(part, day) for part in parts],
        household=parts[0].vendor_name if parts else None,
        is_all=False,
        here=None,
        form=ScanForm(formdata=None),
    )


def _due_row(part: PartFacts, today: date) -> QueueRow:
    due = part.due_on or today
    goods = "、".join(f"{line.title} {line.quantity - line.rejected}{line.unit}" for line in part.lines)
    is_ready = part.state is VendorOrderState.READY
    return QueueRow(
        href=url_for("staff_fulfilment.part", code=part.code),
        title=f"{part.vendor_name} · {part.village}",
        meta=_("备好了：%(goods)s", goods=goods) if is_ready else _("还没说备好：%(goods)s", goods=goods),
        count=sum(line.quantity - line.rejected for line in part.lines),
        unit=_("份"),
        age=_("今天要") if due == today else _("%(day)s要", day=town_date(due)),
        age_tone="late" if due < today else "warm" if due == today else "fresh",
    )


@bp.get("/intake/<code>")
@needs(*PACKING_ROLES)
def part(code: str) -> ResponseReturnValue:
    """Show one part at the intake table."""
    order, found = _part(code)
    if found.state not in DUE_IN:
        say("info", _("这一份已经收过，或者取消了。"))
        return redirect(url_for("staff_orders.order", code=order.code), 303)
    return _part_page(order, found, ReceiveForm(formdata=None), {}, _sheet(found, sent=False))


def _part(code: str) -> tuple[OrderFacts, PartFacts]:
    """Return a vendor's part and its order, or refuse as not found."""
    order_code = order_code_of_part(reading(), code)
    if order_code is None:
        raise NotFound("vendor_order")
    order = order_by_code(reading(), order_code)
    return order, next(part for part in order.parts if part.code == code)


def _part_page(
    order: OrderFacts, found: PartFacts, form: ReceiveForm, typed: Mapping[str, str], sheet: Sheet, *, status: int = 0
) -> Response:
    expected = expected_weights(reading(), found.code)
    lines = tuple(
        CountedLine(
            title=line.title,
            unit=line.unit,
            expected=line.accepted,
            saw=f"saw-{place}",
            rejected=_box(f"rejected-{place}", "0", typed, sheet.wrong),
            weighed=_box(f"weighed-{place}", "", typed, sheet.wrong) if line.per_500g_fen is not None else None,
            range_g=expected.get(line.id),
            price_fen=line.price_fen,
            per_500g_fen=line.per_500g_fen,
            is_inspected=line.id in sheet.inspected,
            seen=sheet.seen[place],
        )
        for place, line in enumerate(found.lines)
    )
    page = render_template("staff/part.html", part=found, order_code=order.code, lines=lines, form=form, whys=WHYS)
    return make_response(page, status or (422 if form.errors else 200))


def _box(name: str, empty: str, typed: Mapping[str, str], wrong: Mapping[str, str]) -> Box:
    return Box(name, typed.get(name, empty), wrong.get(name))


@bp.post("/intake/<code>")
@needs(*PACKING_ROLES)
def receive(code: str) -> ResponseReturnValue:
    """Take one part in: what is good stays, what is turned down and what was too light goes back with its money."""
    order, found = _part(code)
    form, actor, clock = ReceiveForm.from_request(), current_actor(), house().clock
    if found.state not in DUE_IN:
        return _gone(code)
    sheet = _sheet(found, sent=True)
    if _saw(found) != {line.id: line.accepted for line in found.lines}:
        return _changed(order, found, form)
    is_well = form.is_sent_well()
    down = _turned_down(found, sheet.wrong)
    weights = _weights(found, down, sheet.wrong)
    _check_seen(found, sheet, down)
    if sheet.wrong:
        form.form_errors = list(dict.fromkeys(sheet.wrong.values()))
    if not is_well or form.errors:
        return _part_page(order, found, form, request.form, sheet)
    seen, promise = _seen(found, sheet, down), _promise(form)
    if form.errors or any(one.errors for one in sheet.seen):
        form.form_errors = [_("有一张照片没收下，看看下面。")]
        return _part_page(order, found, form, request.form, sheet)
    try:
        done = edge().run(
            lambda session: bench.receive(
                session, code, down, weighed=weights, reason="", seen=seen, saw=_saw(found), promise_key=promise,
                actor=actor, clock=clock,
            )
        )  # fmt: skip
    except Invalid:
        form.form_errors = [_("今天这一批已经召回，不能再收。把这次的单独分级，或者都不收。")]
        return _part_page(order, found, form, request.form, sheet)
    except Stale:
        return _changed(*_part(code), form)
    except WrongState:
        return _gone(code)
    say("good", _told(done, found, down, weights))
    return redirect(url_for("staff_fulfilment.taken", code=code), 303)


def _gone(code: str) -> Response:
    """Lead whoever comes second to what the first took in, if anything was."""
    say("info", _("这一份已经收过，或者取消了。"))
    has_come = bool(taken_lines(reading(), code))
    to = url_for("staff_fulfilment.taken", code=code) if has_come else url_for("staff_fulfilment.intake")
    answer = redirect(to, 303)
    assert isinstance(answer, Response)
    return answer


def _saw(found: PartFacts) -> dict[int, int]:
    """Return how many of each line the page said are expected; a page that does not say has seen none."""
    return {line.id: request.form.get(f"saw-{place}", -1, type=int) for place, line in enumerate(found.lines)}


def _changed(order: OrderFacts, found: PartFacts, form: ReceiveForm) -> Response:
    """Show what is expected now: its household has said in the meantime that fewer come. Nothing was taken in."""
    form.form_errors = [_("农户刚说来的数变了，什么都没记。照下面的数再点一遍。")]
    return _part_page(order, found, form, {}, _sheet(found, sent=False), status=409)


def _sheet(found: PartFacts, *, sent: bool) -> Sheet:
    """Return the boxes of what is seen of each line; a number of inspection that came earlier today stands there."""
    inspected = inspected_lines(reading(), found.code)
    number = numbers_today(reading(), found.vendor_code, town_day(house().clock())) if inspected and not sent else ""
    data = request.form if sent else None
    seen = tuple(
        SeenForm(data, prefix=str(place), inspection=number if line.id in inspected else "")
        for place, line in enumerate(found.lines)
    )
    return Sheet(inspected, seen, {})


def _check_seen(found: PartFacts, sheet: Sheet, down: Mapping[int, int]) -> None:
    for line, one in zip(found.lines, sheet.seen, strict=True):
        if not one.validate():
            sheet.wrong[one.inspection.id] = _("%(title)s的等级、检疫证号或原因不对。", title=line.title)
            continue
        if down.get(line.id) and not one.reason.data:
            one.reason.errors = [_("请写为什么没收下。")]
            sheet.wrong[one.reason.id] = _("%(title)s有没收下的，请写为什么。", title=line.title)
        if line.id in sheet.inspected and down.get(line.id, 0) < line.accepted and not one.inspection.data:
            one.inspection.errors = [_("请写检疫证号。")]
            sheet.wrong[one.inspection.id] = _("%(title)s没有检疫证号，不能收。", title=line.title)


def _seen(found: PartFacts, sheet: Sheet, down: Mapping[int, int]) -> dict[int, Seen]:
    """Keep the photos that were sent and return what was seen of each line, by its id.

    A photo of a line of which anything is turned down is a proof, for the centre alone; the others are for everybody.
    """
    seen: dict[int, Seen] = {}
    for place, (line, one) in enumerate(zip(found.lines, sheet.seen, strict=True)):
        is_proof = bool(down.get(line.id, 0))
        key = photo_key(one.photo, is_private=is_proof)
        seen[line.id] = Seen(
            grade=Grade(one.grade.data),
            inspection=one.inspection.data or "",
            photo_key=None if is_proof else key,
            proof_key=key if is_proof else None,
            reason=one.reason.data or "",
            reading=" ".join(request.form.get(f"weighed-{place}", "").split())[:MOST_READ],
        )
    return seen


def _promise(form: ReceiveForm) -> str | None:
    return photo_key(form.promise, is_private=True)


def _told(done: bench.TakenIn, found: PartFacts, down: Mapping[int, int], weights: Mapping[int, int]) -> str:
    if all(down.get(line.id, 0) == line.accepted for line in found.lines):
        return _("都没收下，钱已经在退给买家。")
    words = [_("收下了。没收下的钱已经在退。") if done.rejected_fen else _("都收下了。")]
    if done.light_fen:
        words.append(_("称下来比最重的轻，多收的 %(money)s 在退给买家。", money=yuan(done.light_fen)))
    if done.over_fen:
        grams = _grams_over(found, down, weights)
        money = yuan(done.over_fen)
        words.append(
            _("比最多的重 %(n)d 克，客人不多付，中心补给这户 %(money)s。", n=grams, money=money)
            if grams
            else _("比最多的重一点，客人不多付，中心补给这户 %(money)s。", money=money)
        )
    return "".join(words)


def _grams_over(found: PartFacts, down: Mapping[int, int], weights: Mapping[int, int]) -> int:
    """Return how much more the good pieces weigh than they are expected to at most."""
    expected = expected_weights(reading(), found.code)
    most = {
        line.id: expected[line.id][1] * (line.accepted - down[line.id]) for line in found.lines if line.id in weights
    }
    return sum(max(0, grams - most[line_id]) for line_id, grams in weights.items())


def _turned_down(found: PartFacts, wrong: dict[str, str]) -> dict[int, int]:
    """Return how many of each line are turned down, by the line's id; what cannot be is told under its box's name."""
    down: dict[int, int] = {}
    for place, line in enumerate(found.lines):
        name = f"rejected-{place}"
        count = request.form.get(name, 0, type=int)
        if not 0 <= count <= line.accepted or not request.form.get(name, "0").strip().isdecimal():
            wrong[name] = _("没收下的数，要在 0 和送来的数之间。")
        else:
            down[line.id] = count
    return down


def _weights(found: PartFacts, down: Mapping[int, int], wrong: dict[str, str]) -> dict[int, int]:
    """Return what the good pieces of each line sold by weight weigh, in grams, by the line's id."""
    weights: dict[int, int] = {}
    for place, line in enumerate(found.lines):
        good = line.accepted - down.get(line.id, 0)
        if line.per_500g_fen is None or not good:
            continue
        name = f"weighed-{place}"
        grams = read_grams(request.form.get(name, ""))
        if grams is None or not 1 <= grams <= MAX_GRAMS:
            wrong[name] = _("%(title)s按斤算钱，请填秤上的克数。", title=line.title)
        elif not _can_weigh(line, line.per_500g_fen, good, grams):
            wrong[name] = _("%(title)s这个重量不像，请再称一次；是克，不是斤。", title=line.title)
        else:
            weights[line.id] = grams
    return weights


def _can_weigh(line: LineFacts, per_500g_fen: int, good: int, grams: int) -> bool:
    try:
        weight_back(line.price_fen, per_500g_fen, good, grams)
    except Invalid:
        return False
    return True
