"""The demand sheet: what a day needs of whom, the phone round, and its paper."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from flask import Response, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from shop.accounts.models import Viewed, ViewReason
from shop.accounts.sights import is_shown, note_view
from shop.flows.demand import give_up, hear, share_now
from shop.fulfilment.demand.queries import Need, days_wanted, needs_of
from shop.fulfilment.demand.rules import closed_day
from shop.fulfilment.views.face import bp
from shop.fulfilment.views.runs import day_words
from shop.kernel.clock import town_day
from shop.kernel.errors import Invalid, Stale
from shop.kernel.money import yuan
from shop.town.queries import the_town
from shop.web.ages import Age, age
from shop.web.desk import acted
from shop.web.goods import Leaves, leaves, page_number
from shop.web.house import current_actor, edge, house, reading
from shop.web.i18n import _
from shop.web.shell import say
from shop.web.words import masked_phone, town_date

PER_PAGE = 30
MOST = 999_999
"""No household is ever asked for more of a thing."""


@dataclass(frozen=True)
class Thing:
    """One thing of a household, or of all of them, by what was answered; in its own unit."""

    variant_id: int
    name: str
    unit: str
    wanted: int
    waiting: int
    there: int
    refused: int
    pooled: int


@dataclass(frozen=True)
class Household:
    """What one household is asked for, and whether it must be called.

    Attributes:
        waited: since the first of what is not answered was ordered; None when everything is.
        calls: how many orders wait for its answer.
    """

    code: str
    name: str
    village: str
    phone: str
    things: tuple[Thing, ...]
    waited: Age | None
    calls: int

    @property
    def is_refused(self) -> bool:
        """Tell whether some of what was asked for is not there."""
        return any(thing.refused for thing in self.things)

    @property
    def pooled(self) -> int:
        """How much it sells for others that none of them has been asked for."""
        return sum(thing.pooled for thing in self.things)

    @property
    def open(self) -> tuple[Thing, ...]:
        """What is not answered."""
        return tuple(thing for thing in self.things if thing.waiting)


@dataclass(frozen=True)
class Sheet:
    """The demand of one day."""

    on: date
    day: str
    days: tuple[tuple[str, str | None, str, bool], ...]
    totals: tuple[Thing, ...]
    villages: tuple[tuple[str, tuple[Household, ...]], ...]
    first: Household | None
    unanswered: int
    is_closed: bool
    cutoff: str
    is_full: bool
    leaves: Leaves


@bp.get("/demand")
def demand() -> ResponseReturnValue:
    """Show what a day needs: in all, and by village and household, those to be called first."""
    return _page(reading(), _asked_day(reading()))


def _page(session: Session, on: date, status: int = 200) -> Response:
    sheet = _sheet(session, on, per_page=PER_PAGE)
    answer = make_response(render_template("staff/demand.html", sheet=sheet, is_stale=status == 409), status)
    if sheet.is_full:
        answer.headers["Cache-Control"] = "private, no-store"
    return answer


def _asked_day(session: Session) -> date:
    """Return the day of the address; else the first that has somebody to call, or the last that is settled."""
    try:
        return date.fromisoformat(request.values.get("day", ""))
    except ValueError:
        closed = _closed(session)
        return next((day for day, count in days_wanted(session).items() if count and day <= closed), closed)


def _closed(session: Session) -> date:
    return closed_day(house().clock(), the_town(session).cutoff)


def _sheet(session: Session, on: date, *, per_page: int) -> Sheet:
    actor, now = current_actor(), house().clock()
    today, closed = town_day(now), _closed(session)
    needs = needs_of(session, on)
    is_full = is_shown(session, on.isoformat(), Viewed.HOUSEHOLDS, actor=actor, now=now)
    households = _households(needs, now, is_full=is_full)
    page, pages = page_number(request.args.get("page")), max(1, -(-len(households) // per_page))
    days = {closed: 0, on: 0} | days_wanted(session)
    return Sheet(
        on=on,
        day=day_words(on, today),
        days=tuple(_way(day, today, count, on) for day, count in sorted(days.items())),
        totals=_totals(needs),
        villages=_by_village(households[(page - 1) * per_page : page * per_page]),
        first=next((one for one in households if one.waited), None),
        unanswered=sum(one.waited is not None for one in households),
        is_closed=on <= closed,
        cutoff=the_town(session).cutoff,
        is_full=is_full,
        leaves=leaves(page, pages, lambda n: url_for("staff_fulfilment.demand", day=on.isoformat(), page=n)),
    )


def _way(day: date, today: date, unanswered: int, on: date) -> tuple[str, str | None, str, bool]:
    """Return the way to a day: its name, how many have not answered, its address, whether it is the one shown."""
    many = _("%(n)d 单没回话", n=unanswered) if unanswered else None
    return day_words(day, today), many, url_for("staff_fulfilment.demand", day=day.isoformat()), day == on


def _thing(need: Need) -> Thing:
    there = need.promised + need.came
    return Thing(need.variant_id, need.title, need.unit, need.wanted, need.waiting, there, need.refused, need.pooled)


def _totals(needs: Iterable[Need]) -> tuple[Thing, ...]:
    """Return what is needed of each thing, of whichever household."""
    found: dict[tuple[str, str], Thing] = {}
    for one in map(_thing, needs):
        has = found.get((one.name, one.unit), Thing(one.variant_id, one.name, one.unit, 0, 0, 0, 0, 0))
        found[one.name, one.unit] = Thing(
            has.variant_id,
            one.name,
            one.unit,
            has.wanted + one.wanted,
            has.waiting + one.waiting,
            has.there + one.there,
            has.refused + one.refused,
            has.pooled + one.pooled,
        )
    return tuple(sorted(found.values(), key=lambda thing: (-thing.waiting, thing.name, thing.unit)))


def _households(needs: Iterable[Need], now: datetime, *, is_full: bool) -> list[Household]:
    """Return the households, who has waited longest to be called first, and with them their whole village."""
    groups: dict[str, list[Need]] = {}
    for need in needs:
        groups.setdefault(need.vendor_code, []).append(need)
    since = {code: min((one.since for one in own if one.since), default=None) for code, own in groups.items()}
    late = datetime.max.replace(tzinfo=now.tzinfo)
    turn: dict[str, datetime] = {}
    for code, (first, *_rest) in groups.items():
        turn[first.village] = min(turn.get(first.village, late), since[code] or late)
    village = {code: first.village for code, (first, *_rest) in groups.items()}
    ordered = sorted(groups, key=lambda code: (turn[village[code]], village[code], since[code] or late))
    return [_household(groups[code], since[code], now, is_full=is_full) for code in ordered]


def _household(own: list[Need], since: datetime | None, now: datetime, *, is_full: bool) -> Household:
    first = own[0]
    return Household(
        code=first.vendor_code,
        name=first.household,
        village=first.village,
        phone=first.phone if is_full else masked_phone(first.phone),
        things=tuple(map(_thing, own)),
        waited=None if since is None else age(now, since),
        calls=sum(need.calls for need in own),
    )


def _by_village(households: Iterable[Household]) -> tuple[tuple[str, tuple[Household, ...]], ...]:
    found: dict[str, list[Household]] = {}
    for one in households:
        found.setdefault(one.village, []).append(one)
    return tuple((village, tuple(own)) for village, own in found.items())


@bp.post("/demand/<vendor>/hear")
def hear_demand(vendor: str) -> ResponseReturnValue:
    """Take down what a household says by telephone: there is all of it, none, or so many of each."""
    on, actor, clock = _sent_day(), current_actor(), house().clock
    saw, come = _numbers("saw-"), _numbers("come-")
    said = request.form.get("said")
    if said == "all":
        come = saw
    elif said == "none":
        come = dict.fromkeys(saw, 0)
    words = _told(vendor, on, saw, come)
    try:
        back = acted(
            f"demand:{vendor}",
            lambda session: hear(session, vendor, on, come, saw=saw, words=words, actor=actor, clock=clock),
            is_counted=False,
        )
    except Stale:
        with edge().reading() as session:  # the page's own read began before the other's answer
            return _page(session, on, 409)
    except Invalid:
        say("mind", _("没有记下：数不对，最多是要的那么多。"))
        return redirect(url_for("staff_fulfilment.demand", day=on.isoformat(), _anchor=vendor), 303)
    say("good", _("记下了，少的钱退给买家。") if back else _("记下了。"))
    return redirect(url_for("staff_fulfilment.demand", day=on.isoformat()), 303)


def _sent_day() -> date:
    try:
        return date.fromisoformat(request.form.get("day", ""))
    except ValueError:
        return _closed(reading())


def _numbers(prefix: str) -> dict[int, int]:
    """Return what was typed in number boxes, by the thing's number; anything that is no number counts as too many."""
    found = {}
    for key, typed in request.form.items():
        thing = key.removeprefix(prefix)
        if key.startswith(prefix) and thing.isascii() and thing.isdecimal() and len(thing) < 19:
            is_number = typed.isascii() and typed.isdecimal() and len(typed) <= len(str(MOST))
            found[int(thing)] = int(typed) if is_number else MOST + 1
    return found


def _told(vendor: str, on: date, saw: dict[int, int], come: dict[int, int]) -> str:
    """Return what the household reads about what was taken down."""
    day = town_date(on)
    if come == saw:
        return _("记下%(day)s要的货都有", day=day)
    if not any(come.values()):
        return _("记下%(day)s要的货没有", day=day)
    own = [need for need in needs_of(reading(), on) if need.vendor_code == vendor and need.variant_id in come]
    fewer = [f"{need.title}{come[need.variant_id]}{need.unit}" for need in own if come[need.variant_id] < need.waiting]
    return _("记下%(day)s只有%(goods)s", day=day, goods="、".join(fewer))


@bp.post("/demand/<vendor>/share")
def share_demand(vendor: str) -> ResponseReturnValue:
    """Share out now what several households bring, asking those again who said no where that is wanted."""
    on, actor, clock = _sent_day(), current_actor(), house().clock
    again = "again" in request.form
    try:
        left = share_now(edge(), vendor, on, saw=_saw(), asks_again=again, actor=actor, clock=clock)
    except Stale:
        with edge().reading() as session:
            return _page(session, on, 409)
    if left:
        say("mind", _("还有 %(n)d 份没有人家能供。", n=left))
    else:
        say("good", _("分好了，各家会收到短信。"))
    return redirect(url_for("staff_fulfilment.demand", day=on.isoformat()), 303)


@bp.post("/demand/<vendor>/give-up")
def give_up_demand(vendor: str) -> ResponseReturnValue:
    """Give back to its buyers what no household has."""
    on, actor, clock, saw = _sent_day(), current_actor(), house().clock, _saw()
    try:
        back = edge().run(lambda session: give_up(session, vendor, on, saw=saw, actor=actor, clock=clock))
    except Stale:
        with edge().reading() as session:
            return _page(session, on, 409)
    say("good", _("%(money)s 退给买家，买家会收到短信。", money=yuan(back)))
    return redirect(url_for("staff_fulfilment.demand", day=on.isoformat()), 303)


def _saw() -> int:
    return request.form.get("saw", -1, type=int)


@bp.post("/demand/show")
def show_demand() -> ResponseReturnValue:
    """Note who looks at the full phones of a day's households, then show them for a while: on the page or on paper."""
    on, actor, clock = _sent_day(), current_actor(), house().clock
    edge().run(
        lambda session: note_view(
            session, on.isoformat(), Viewed.HOUSEHOLDS, ViewReason.DEMAND, actor=actor, clock=clock
        )
    )
    to = "demand_sheet" if request.form.get("to") == "paper" else "demand"
    return redirect(url_for(f"staff_fulfilment.{to}", day=on.isoformat()), 303)


@bp.get("/demand/sheet")
def demand_sheet() -> ResponseReturnValue:
    """Show the paper of the phone round: every household by village, with boxes to tick."""
    sheet = _sheet(reading(), _asked_day(reading()), per_page=MOST)
    town = the_town(reading())
    answer = make_response(render_template("staff/demand_sheet.html", sheet=sheet, town=town))
    answer.headers["Cache-Control"] = "private, no-store"
    return answer
