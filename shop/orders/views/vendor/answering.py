"""A villager's answers to what is asked for: there is all of it, there is less, there is none, it is ready."""

from dataclasses import dataclass

from flask import render_template, request
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from shop.flows import answering, keeping
from shop.kernel.errors import Invalid, Stale, WrongState
from shop.orders.answers import share_back
from shop.orders.queries.orders import Wanted, wanted_of_vendor
from shop.orders.views.vendor.face import OPEN, Goods, bp, car_for, expected, open_part, own_vendor, to_wanted
from shop.orders.views.vendor.left import after_short
from shop.web.house import current_actor, edge, house, reading
from shop.web.i18n import _
from shop.web.shell import say
from shop.web.undo import say_undo


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


@bp.post("/wanted/<code>/have")
def have(code: str) -> ResponseReturnValue:
    """Note that there is all that was asked for."""
    vendor, actor, clock = own_vendor(), current_actor(), house().clock

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
    return to_wanted()


@bp.get("/wanted/<code>/some")
def some(code: str) -> ResponseReturnValue:
    """Ask how many there are; with an answer, ask once more, for money moves then."""
    part = open_part(code)
    lines = _some(part)
    if not request.args:
        return render_template("vendor/wanted_some.html", code=part.code, lines=lines)
    missing = [one for one in lines if one.missing]
    if not missing:
        say("info", _("跟要的一样多，不用改。"))
        return to_wanted()
    kept = {line.id: line for line in expected(part.lines)}
    back = sum(share_back(kept[int(one.name)], one.missing) for one in missing)
    is_none = all(not one.come for one in lines)
    goods = sum(kept[int(one.name)].price_fen * one.missing for one in missing)
    return render_template(
        "vendor/wanted_sure.html",
        code=part.code,
        lines=lines,
        back_fen=back,
        has_freight=back > goods,
        is_none=is_none,
        is_shared=part.is_shared,
    )


def _some(part: Wanted) -> list[Some]:
    """Return the lines of a part with how many come: what was sent, within what is possible, else all or none."""
    found = []
    for line in expected(part.lines):
        said = request.args.get(f"come-{line.id}", 0 if "none" in request.args else line.accepted, type=int)
        goods = Goods(line.title, line.accepted, line.unit)
        found.append(Some(str(line.id), goods, max(0, min(said, line.accepted))))
    return found


@bp.post("/wanted/<code>/short")
def short(code: str) -> ResponseReturnValue:
    """Note that only some come: what does not is turned down, and its money goes back to the buyer."""
    vendor, actor, clock = own_vendor(), current_actor(), house().clock
    come, saw = _numbers("come-"), _numbers("saw-")
    is_shared = _is_shared(code)

    def act(session: Session) -> None:
        answering.short_part(session, vendor.id, code, come, saw=saw, actor=actor, clock=clock)
        done = _("编号 %(code)s：说货不够，中心问别家", code=code)
        words = done if is_shared else _("编号 %(code)s：说货不够，少的钱退了", code=code)
        keeping.note_final(session, vendor.id, code, words=words, actor=actor, clock=clock)

    try:
        edge().run(act)
    except WrongState:
        _say_over()
    except (Stale, Invalid):
        say("mind", _("这一单的数刚刚变了，请再看一遍。"))
    else:
        if is_shared:
            say("good", _("知道了，少的中心问别家，有的照样备。"))
            return to_wanted()
        say("good", _("少的钱退给买的人，有的照样备。"))
        return after_short(code)
    return to_wanted()


def _is_shared(code: str) -> bool:
    """Tell whether other households bring some of it too, who are asked for what this one has not got."""
    found = wanted_of_vendor(reading(), own_vendor().id, OPEN)
    return any(one.is_shared for one in found if one.code == code)


def _numbers(prefix: str) -> dict[int, int]:
    sent = ((key.removeprefix(prefix), request.form.get(key, type=int)) for key in request.form if prefix in key)
    return {int(line): count for line, count in sent if line.isascii() and line.isdigit() and count is not None}


def _say_over() -> None:
    say("info", _("这一单中心已经收了，或者取消了。有事打电话给中心。"))


@bp.post("/wanted/<code>/ready")
def ready(code: str) -> ResponseReturnValue:
    """Note that a part is ready for the car, or to be brought."""
    vendor, actor, clock = own_vendor(), current_actor(), house().clock
    done = _ready_words(code)

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
    return to_wanted()


def _ready_words(code: str) -> str:
    part = next((one for one in wanted_of_vendor(reading(), own_vendor().id, OPEN) if one.code == code), None)
    car = None if part is None else car_for([part])
    if car is None:
        return _("记好了。把货带到中心，报编号 %(code)s。", code=code)
    return _("记好了。车来以前把货放到%(place)s，报编号 %(code)s。", place=car.place, code=code)


@bp.post("/wanted/<code>/decline")
def decline(code: str) -> ResponseReturnValue:
    """Note that there is none: the part is cancelled and its money goes back to the buyer."""
    vendor, actor, clock = own_vendor(), current_actor(), house().clock
    is_shared = _is_shared(code)

    def act(session: Session) -> None:
        answering.decline(session, vendor.id, code, actor=actor, clock=clock)
        done = _("编号 %(code)s：说没有货，中心问别家", code=code)
        words = done if is_shared else _("编号 %(code)s：说没有货，钱退了", code=code)
        keeping.note_final(session, vendor.id, code, words=words, actor=actor, clock=clock)

    try:
        edge().run(act)
    except WrongState:
        say("info", _("这一单中心已经收了，不能再说没有。有事打电话给中心。"))
    else:
        if is_shared:
            say("good", _("知道了，中心问别家。"))
            return to_wanted()
        say("good", _("这一单不要了，钱退给买的人。"))
        return after_short(code)
    return to_wanted()
