"""What the centre asks a villager for: what to bring, how much, until when; ready, or there is none."""

from dataclasses import dataclass
from datetime import date

from flask import redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from shop.flows import keeping
from shop.flows.closing import decline_part
from shop.kernel.clock import town_day
from shop.kernel.errors import WrongState
from shop.orders.models import VendorOrderState
from shop.orders.queries.orders import LineFacts, Wanted, wanted_of_vendor
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
class Asked:
    """One part of an order as its villager reads it: goods and a day, nothing of the buyer."""

    code: str
    due: str
    lines: tuple[LineFacts, ...]
    is_ready: bool


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


@bp.get("/wanted")
def wanted() -> ResponseReturnValue:
    """Show what is asked for, the earliest day first."""
    today = town_day(house().clock())
    asked = sorted(wanted_of_vendor(reading(), _vendor().id, OPEN), key=lambda one: one.due_on or today)
    return render_template("vendor/wanted.html", asked=[_asked(one, today) for one in asked])


def _asked(one: Wanted, today: date) -> Asked:
    return Asked(one.code, due_words(one.due_on, today), one.lines, one.state is VendorOrderState.READY)


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
    return redirect(url_for("vendor_orders.wanted"), 303)


@bp.post("/wanted/<code>/decline")
def decline(code: str) -> ResponseReturnValue:
    """Note that there is none: the part is cancelled and its money goes back to the buyer."""
    vendor, actor, clock = _vendor(), current_actor(), house().clock

    def act(session: Session) -> None:
        decline_part(session, vendor.id, code, actor=actor, clock=clock)
        words = _("编号 %(code)s：说没有货，钱退了", code=code)
        keeping.note_final(session, vendor.id, code, words=words, actor=actor, clock=clock)

    try:
        edge().run(act)
    except WrongState:
        say("info", _("这一单中心已经收了，不能再说没有。有事打电话给中心。"))
    else:
        say("good", _("好，这一单不要了，钱退给买的人。"))
    return redirect(url_for("vendor_orders.wanted"), 303)
