"""The intake table: what came is counted and weighed, and what is not good is turned down."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from flask import Response, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from shop.flows import bench
from shop.fulfilment.forms import ReceiveForm
from shop.fulfilment.queries import expected_weights
from shop.fulfilment.views.face import DUE_IN, bp
from shop.kernel.clock import town_day
from shop.kernel.errors import Invalid, NotFound, WrongState
from shop.kernel.money import yuan
from shop.orders.models import VendorOrderState
from shop.orders.queries.orders import (
    LineFacts,
    OrderFacts,
    PartFacts,
    order_by_code,
    order_code_of_part,
    orders_with_parts_in,
)
from shop.orders.rules import weight_back
from shop.web.ages import QueueRow
from shop.web.house import current_actor, edge, house, reading
from shop.web.i18n import _
from shop.web.roles import PACKING_ROLES, needs
from shop.web.shell import say
from shop.web.words import town_date

MAX_GRAMS = 9_999_999


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
        weighed: None where the scale decides nothing.
        range_g: between which grams one piece is expected to weigh; it is paid for up to the second.
    """

    title: str
    unit: str
    expected: int
    rejected: Box
    weighed: Box | None
    range_g: tuple[int, int] | None


@bp.get("/intake")
@needs(*PACKING_ROLES)
def intake() -> ResponseReturnValue:
    """Show what is due in, the earliest day first."""
    day = town_day(house().clock())
    parts = [part for order in orders_with_parts_in(reading(), DUE_IN) for part in order.parts if part.state in DUE_IN]
    parts.sort(key=lambda part: (part.due_on or day, part.state is not VendorOrderState.READY))
    return render_template("staff/intake.html", rows=[_due_row(part, day) for part in parts])


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
    return _part_page(order, found, ReceiveForm(formdata=None), {}, {})


def _part(code: str) -> tuple[OrderFacts, PartFacts]:
    """Return a vendor's part and its order, or refuse as not found."""
    order_code = order_code_of_part(reading(), code)
    if order_code is None:
        raise NotFound("vendor_order")
    order = order_by_code(reading(), order_code)
    return order, next(part for part in order.parts if part.code == code)


def _part_page(
    order: OrderFacts, found: PartFacts, form: ReceiveForm, typed: Mapping[str, str], wrong: Mapping[str, str]
) -> Response:
    expected = expected_weights(reading(), found.code)
    lines = tuple(
        CountedLine(
            title=line.title,
            unit=line.unit,
            expected=line.accepted,
            rejected=_box(f"rejected-{place}", "0", typed, wrong),
            weighed=_box(f"weighed-{place}", "", typed, wrong) if line.per_500g_fen is not None else None,
            range_g=expected.get(line.id),
        )
        for place, line in enumerate(found.lines)
    )
    page = render_template("staff/part.html", part=found, order_code=order.code, lines=lines, form=form)
    return make_response(page, 422 if form.errors else 200)


def _box(name: str, empty: str, typed: Mapping[str, str], wrong: Mapping[str, str]) -> Box:
    return Box(name, typed.get(name, empty), wrong.get(name))


@bp.post("/intake/<code>")
@needs(*PACKING_ROLES)
def receive(code: str) -> ResponseReturnValue:
    """Take one part in: what is good stays, what is turned down and what was too light goes back with its money."""
    order, found = _part(code)
    form, actor, clock = ReceiveForm.from_request(), current_actor(), house().clock
    if found.state not in DUE_IN:
        say("info", _("这一份已经收过，或者取消了。"))
        return redirect(url_for("staff_fulfilment.intake"), 303)
    is_well = form.is_sent_well()
    wrong: dict[str, str] = {}
    down = _turned_down(found, wrong)
    weights = _weights(found, down, wrong)
    if wrong:
        form.form_errors = list(dict.fromkeys(wrong.values()))
    if not is_well or wrong:
        return _part_page(order, found, form, request.form, wrong)
    reason = form.reason.data or ""
    try:
        done = edge().run(
            lambda session: bench.receive(session, code, down, weighed=weights, reason=reason, actor=actor, clock=clock)
        )
    except Invalid:
        form.reason.errors = [_("有没收下的，请写为什么。")]
        return _part_page(order, found, form, request.form, wrong)
    except WrongState:
        say("info", _("这一份已经收过，或者取消了。"))
        return redirect(url_for("staff_fulfilment.intake"), 303)
    say("good", _told(done))
    return redirect(url_for("staff_fulfilment.intake"), 303)


def _told(done: bench.TakenIn) -> str:
    words = [_("收下了。没收下的钱已经在退。") if done.rejected_fen else _("都收下了。")]
    if done.light_fen:
        words.append(_("称下来比最重的轻，多收的 %(money)s 在退给买家。", money=yuan(done.light_fen)))
    return "".join(words)


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
        grams = request.form.get(name, type=int)
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
