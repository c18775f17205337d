"""What the centre asks a villager for: what to bring, how much, until when, to whom; and what they answer."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from shop.flows import answering, keeping
from shop.kernel.clock import town_day
from shop.kernel.errors import Invalid, NotFound, Stale, WrongState
from shop.orders.answers import answered_parts, share_back
from shop.orders.models import VendorOrderState
from shop.orders.queries.orders import LineFacts, Wanted, wanted_of_vendor
from shop.town.queries import TownFacts, the_town
from shop.vendors.queries import VendorFacts
from shop.web.audience import Audience, blueprint
from shop.web.house import current_actor, current_vendor, edge, house, reading
from shop.web.i18n import _
from shop.web.shell import say
from shop.web.undo import say_undo
from shop.web.words import town_date

bp = blueprint("vendor_orders", __name__, Audience.VENDOR, prefix="/vendor")

OPEN = (VendorOrderState.ASKED, VendorOrderState.READY)


@dataclass(frozen=True)
class Goods:
    """So much of a thing: of one order, or of all that is wanted on a day."""

    title: str
    quantity: int
    unit: str


@dataclass(frozen=True)
class Asked:
    """One part of an order as its villager reads it: goods and a day, nothing of the buyer."""

    code: str
    goods: tuple[Goods, ...]
    is_answered: bool
    is_ready: bool


@dataclass(frozen=True)
class Day:
    """What is wanted on one day.

    Attributes:
        total: by thing and unit, when there is more than one part to add up.
    """

    due: str
    total: tuple[Goods, ...]
    parts: tuple[Asked, ...]


@dataclass(frozen=True)
class Some:
    """A line of which perhaps only some come.

    Attributes:
        name: of its field.
        come: what the household said of it.
    """

    name: str
    goods: Goods
    come: int

    @property
    def missing(self) -> int:
        """How many do not come."""
        return self.goods.quantity - self.come


def _vendor() -> VendorFacts:
    vendor = current_vendor()
    assert vendor is not None, "the blueprint lets nobody else in"
    return vendor


def due_words(due_on: date | None, today: date) -> str:
    """Return until when goods are wanted at the centre, as people say it."""
    if due_on is None:
        return _("尽快送到中心")
    day = town_date(due_on)
    days = (due_on - today).days
    if days < 0:
        return _("%(day)s就要的，请今天送到中心", day=day)
    names = {0: _("今天"), 1: _("明天"), 2: _("后天")}
    if days in names:
        return _("%(name)s（%(day)s）送到中心", name=names[days], day=day)
    return _("%(day)s送到中心", day=day)


def _expected(lines: Iterable[LineFacts]) -> tuple[LineFacts, ...]:
    return tuple(line for line in lines if line.accepted)


@bp.get("/wanted")
def wanted() -> ResponseReturnValue:
    """Show what is asked for, the earliest day first, added up by thing."""
    today, own = town_day(house().clock()), _vendor()
    asked = sorted(wanted_of_vendor(reading(), own.id, OPEN), key=lambda one: one.due_on or today)
    answered = answered_parts(reading(), own.id)
    days: dict[str, list[Wanted]] = {}
    for one in asked:
        days.setdefault(due_words(one.due_on, today), []).append(one)
    town: TownFacts = the_town(reading())
    return render_template(
        "vendor/wanted.html", days=[_day(due, parts, answered) for due, parts in days.items()], town=town
    )


def _day(due: str, parts: list[Wanted], answered: frozenset[str]) -> Day:
    total: dict[tuple[str, str], int] = {}
    for line in (line for one in parts for line in _expected(one.lines)):
        total[line.title, line.unit] = total.get((line.title, line.unit), 0) + line.accepted
    added = tuple(Goods(title, count, unit) for (title, unit), count in total.items())
    return Day(due, added if len(parts) > 1 else (), tuple(_asked(one, answered) for one in parts))


def _asked(one: Wanted, answered: frozenset[str]) -> Asked:
    goods = tuple(Goods(line.title, line.accepted, line.unit) for line in _expected(one.lines))
    return Asked(one.code, goods, one.code in answered, one.state is VendorOrderState.READY)


def _part(code: str) -> Wanted:
    found = wanted_of_vendor(reading(), _vendor().id, OPEN)
    part = next((one for one in found if one.code == code), None)
    if part is None:
        raise NotFound("vendor_order")
    return part


def _back() -> ResponseReturnValue:
    return redirect(url_for("vendor_orders.wanted"), 303)


@bp.post("/wanted/<code>/have")
def have(code: str) -> ResponseReturnValue:
    """Note that there is all that was asked for."""
    vendor, actor, clock = _vendor(), current_actor(), house().clock

    def act(session: Session) -> None:
        answering.promise_part(session, vendor.id, code, clock=clock)
        words = _("编号 %(code)s：说有货", code=code)
        keeping.note_final(session, vendor.id, code, words=words, actor=actor, clock=clock)

    try:
        edge().run(act)
    except WrongState:
        _say_over()
    else:
        say("good", _("好，记下了。备好了再来点“备好了”。"))
    return _back()


@bp.get("/wanted/<code>/some")
def some(code: str) -> ResponseReturnValue:
    """Ask how many there are; with an answer, ask once more, for money moves then."""
    part = _part(code)
    lines = _some(part)
    if not request.args:
        return render_template("vendor/wanted_some.html", code=part.code, lines=lines)
    missing = [one for one in lines if one.missing]
    if not missing:
        say("info", _("跟要的一样多，不用改。"))
        return _back()
    kept = {line.id: line for line in _expected(part.lines)}
    back = sum(share_back(kept[int(one.name)], one.missing) for one in missing)
    is_none = all(not one.come for one in lines)
    return render_template(
        "vendor/wanted_sure.html", code=part.code, lines=lines, missing=missing, back_fen=back, is_none=is_none
    )


def _some(part: Wanted) -> list[Some]:
    """Return the lines of a part with how many come: what was sent, within what is possible, else all or none."""
    found = []
    for line in _expected(part.lines):
        said = request.args.get(f"come-{line.id}", 0 if "none" in request.args else line.accepted, type=int)
        goods = Goods(line.title, line.accepted, line.unit)
        found.append(Some(str(line.id), goods, max(0, min(said, line.accepted))))
    return found


@bp.post("/wanted/<code>/short")
def short(code: str) -> ResponseReturnValue:
    """Note that only some come: what does not is turned down, and its money goes back to the buyer."""
    vendor, actor, clock = _vendor(), current_actor(), house().clock
    come, saw = _numbers("come-"), _numbers("saw-")

    def act(session: Session) -> None:
        answering.short_part(session, vendor.id, code, come, saw=saw, actor=actor, clock=clock)
        words = _("编号 %(code)s：说货不够，少的钱退了", code=code)
        keeping.note_final(session, vendor.id, code, words=words, actor=actor, clock=clock)

    try:
        edge().run(act)
    except WrongState:
        _say_over()
    except (Stale, Invalid):
        say("mind", _("这一单的数刚刚变了，请再看一遍。"))
    else:
        say("good", _("好，少的不要了，钱退给买的人。有的照样备。"))
    return _back()


def _numbers(prefix: str) -> dict[int, int]:
    sent = ((key.removeprefix(prefix), request.form.get(key, type=int)) for key in request.form if prefix in key)
    return {int(line): count for line, count in sent if line.isascii() and line.isdigit() and count is not None}


def _say_over() -> None:
    say("info", _("这一单中心已经收了，或者取消了。有事打电话给中心。"))


@bp.post("/wanted/<code>/ready")
def ready(code: str) -> ResponseReturnValue:
    """Note that a part is ready to be brought."""
    vendor, actor, clock = _vendor(), current_actor(), house().clock
    done = _("记好了。把货带到中心，报编号 %(code)s。", code=code)

    def act(session: Session) -> str | None:
        words = _("%(title)s：备好了，编号 %(code)s。")
        return keeping.ready(
            session,
            vendor.id,
            code,
            words=lambda title: words % {"title": title, "code": code},
            actor=actor,
            clock=clock,
        )

    try:
        noted = edge().run(act)
    except WrongState:
        say("info", _("这一单中心已经收了，或者取消了，不用再备。"))
    else:
        if noted is None:
            say("good", done)
        else:
            say_undo(noted, done)
    return _back()


@bp.post("/wanted/<code>/decline")
def decline(code: str) -> ResponseReturnValue:
    """Note that there is none: the part is cancelled and its money goes back to the buyer."""
    vendor, actor, clock = _vendor(), current_actor(), house().clock

    def act(session: Session) -> None:
        answering.decline(session, vendor.id, code, actor=actor, clock=clock)
        words = _("编号 %(code)s：说没有货，钱退了", code=code)
        keeping.note_final(session, vendor.id, code, words=words, actor=actor, clock=clock)

    try:
        edge().run(act)
    except WrongState:
        say("info", _("这一单中心已经收了，不能再说没有。有事打电话给中心。"))
    else:
        say("good", _("好，这一单不要了，钱退给买的人。"))
    return _back()
