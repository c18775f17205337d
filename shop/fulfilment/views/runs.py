"""The centre's car: on which day it calls at which villages, and the paper its driver takes along."""

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from flask import Response, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from shop.accounts.queries import names_of
from shop.flows import pickups
from shop.fulfilment.forms import RunForm
from shop.fulfilment.pickups.models import PickupState
from shop.fulfilment.pickups.queries import Fetched, RunFacts, StopFacts, changes_of, coming_runs, run_by_code, to_fetch
from shop.fulfilment.pickups.rules import MAX_PLACE, PLANNABLE, Call, Plan, parse_hour
from shop.fulfilment.views.face import bp
from shop.kernel.clock import town_day
from shop.kernel.codes import new_code
from shop.kernel.errors import Invalid, Stale, WrongState
from shop.town.queries import the_town, villages
from shop.web.ages import QueueRow
from shop.web.desk import acted
from shop.web.house import current_actor, edge, house, reading
from shop.web.i18n import _
from shop.web.shell import say
from shop.web.words import WEEKDAY_WORDS, town_date

CODE_LENGTH = 8


@dataclass(frozen=True)
class VillageRow:
    """One village of the form: when the car calls there and where; both empty where it does not.

    Attributes:
        waiting: how many households there have something for that day.
    """

    code: str
    name: str
    hour: str
    place: str
    hour_error: str | None
    place_error: str | None
    waiting: int


@dataclass(frozen=True)
class NoCar:
    """A day on which goods are wanted from villages where no car calls."""

    on: date
    day: str
    villages: tuple[tuple[str, int], ...]
    """(name, how many households)."""


@dataclass(frozen=True)
class SheetStop:
    """One stop on the driver's paper, with what every household there hands over."""

    stop: StopFacts
    parts: tuple[Fetched, ...]


def _today() -> date:
    return town_day(house().clock())


def day_words(on: date, today: date) -> str:
    """Return a coming day as people say it, with its date."""
    names = {0: _("今天"), 1: _("明天"), 2: _("后天")}
    name = names.get((on - today).days, WEEKDAY_WORDS[on.isoweekday()])
    return _("%(name)s（%(day)s）", name=name, day=town_date(on))


def _households(parts: list[Fetched]) -> Counter[tuple[date, int]]:
    """Return how many households have something to fetch, by day and village."""
    each = {(part.day, part.village_id, part.vendor_id) for part in parts}
    return Counter((day, village_id) for day, village_id, _vendor_id in each)


@bp.get("/runs")
def runs() -> ResponseReturnValue:
    """Show the runs to come, and the villages where something is wanted but no car calls."""
    today, parts = _today(), to_fetch(reading(), _today())
    planned, waiting = coming_runs(reading(), today), _households(parts)
    rows = [_row(run, today, sum(waiting[run.runs_on, stop.village_id] for stop in run.stops)) for run in planned]
    return render_template("staff/runs.html", rows=rows, without=_without(planned, parts, today))


def _row(run: RunFacts, today: date, households: int) -> QueueRow:
    return QueueRow(
        href=url_for("staff_fulfilment.run", code=run.code),
        title=_("%(day)s %(hour)s", day=day_words(run.runs_on, today), hour=run.stops[0].hour),
        meta="；".join(f"{stop.hour} {stop.village} {stop.place}" for stop in run.stops),
        count=households,
        unit=_("家"),
        age=run.driver,
        age_tone="fresh",
    )


def _without(planned: list[RunFacts], parts: list[Fetched], today: date) -> list[NoCar]:
    called = {(run.runs_on, stop.village_id) for run in planned for stop in run.stops}
    names = {part.village_id: part.village for part in parts}
    found: dict[date, list[tuple[str, int]]] = {}
    for (on, village_id), households in sorted(_households(parts).items()):
        if (on, village_id) not in called and on - today <= PLANNABLE:
            found.setdefault(on, []).append((names[village_id], households))
    return [NoCar(on, day_words(on, today), tuple(rows)) for on, rows in found.items()]


@bp.route("/runs/new", methods=["GET", "POST"])
def new_run() -> ResponseReturnValue:
    """Plan a run."""
    if request.method == "GET":
        form = RunForm(formdata=None, key=new_code(CODE_LENGTH), runs_on=_asked_day())
        return _page(None, form, {}, {})
    form, actor, clock = RunForm(), current_actor(), house().clock
    code = form.key.data or ""
    return _save(
        form,
        None,
        code,
        lambda session, wanted: pickups.plan(session, code, wanted, actor=actor, clock=clock),
    )


def _asked_day() -> date:
    try:
        return date.fromisoformat(request.args.get("on", ""))
    except ValueError:
        return _today() + timedelta(days=1)


@bp.route("/runs/<code>", methods=["GET", "POST"])
def run(code: str) -> ResponseReturnValue:
    """Show a run and change it; when somebody else changed it first, show both."""
    found = run_by_code(reading(), code)
    if request.method == "GET":
        shown = RunForm(
            formdata=None,
            version=str(found.version),
            runs_on=found.runs_on,
            driver=found.driver,
            note=found.note,
        )
        typed = {f"hour-{stop.village_code}": stop.hour for stop in found.stops}
        return _page(found, shown, typed | {f"place-{stop.village_code}": stop.place for stop in found.stops}, {})
    form, actor, clock = RunForm(), current_actor(), house().clock
    version = _number(form.version.data)
    return _save(
        form,
        found,
        code,
        lambda session, wanted: pickups.change(session, code, wanted, version=version, actor=actor, clock=clock),
    )


def _number(typed: str | None) -> int:
    return int(typed) if typed and typed.isascii() and typed.isdecimal() else 0


@bp.post("/runs/<code>/off")
def call_off_run(code: str) -> ResponseReturnValue:
    """Call a run off; the households it would have fetched from are told."""
    version, actor, clock = _number(request.form.get("version")), current_actor(), house().clock
    run_by_code(reading(), code)
    try:
        acted(
            f"run:{code}",
            lambda session: pickups.call_off(session, code, version=version, actor=actor, clock=clock),
            is_counted=False,
        )
    except Invalid:
        say("info", _("这趟车已经取消了，或者那天已经过了。"))
    else:
        say("good", _("取消了。等车的人家会收到短信。"))
    return redirect(url_for("staff_fulfilment.runs"), 303)


@bp.get("/runs/<code>/sheet")
def run_sheet(code: str) -> ResponseReturnValue:
    """Show the driver's paper: every stop, and what each household there hands over."""
    found = run_by_code(reading(), code)
    if found.state is PickupState.CALLED_OFF:
        say("info", _("这趟车取消了，没有收货单。"))
        return redirect(url_for("staff_fulfilment.run", code=code), 303)
    stops = [SheetStop(stop, tuple(_parts_at(found, stop))) for stop in found.stops]
    on = _("%(day)s %(weekday)s", day=town_date(found.runs_on), weekday=WEEKDAY_WORDS[found.runs_on.isoweekday()])
    return render_template("staff/run_sheet.html", run=found, on=on, stops=stops, town=the_town(reading()))


def _parts_at(found: RunFacts, stop: StopFacts) -> list[Fetched]:
    return [part for part in to_fetch(reading(), _today(), [stop.village_id]) if part.day == found.runs_on]


def _save(
    form: RunForm, found: RunFacts | None, code: str, act: Callable[[Session, Plan], None]
) -> ResponseReturnValue:
    """Check what was typed, do the act with it, and lead to the run; what cannot be comes back under its box."""
    is_well = form.is_sent_well()
    wrong: dict[str, str] = {}
    calls = _calls(wrong)
    if not is_well or wrong:
        return _page(found, form, request.form, wrong)
    assert form.runs_on.data is not None
    wanted = Plan(form.runs_on.data, calls, form.driver.data or "", form.note.data or "")
    try:
        acted(f"run:{code}", lambda session: act(session, wanted), is_counted=False)
    except Stale:
        with edge().reading() as session:  # the page's own read began before the other's save
            now = run_by_code(session, code)
        form.version.data = str(now.version)
        return _page(now, form, request.form, {}, is_stale=True)
    except WrongState:
        say("info", _("这趟车已经取消了。"))
        return redirect(url_for("staff_fulfilment.run", code=code), 303)
    except Invalid as refusal:
        _tell(form, wrong, refusal)
        return _page(found, form, request.form, wrong)
    say("good", _("记好了。有货要收的人家会收到短信。"))
    return redirect(url_for("staff_fulfilment.run", code=code), 303)


def _calls(wrong: dict[str, str]) -> tuple[Call, ...]:
    """Return at which villages the car calls, as typed; what is missing is told under its box."""
    calls = []
    for village in villages(reading()):
        hour = request.form.get(f"hour-{village.code}", "").strip()
        place = request.form.get(f"place-{village.code}", "").strip()
        if not hour and not place:
            continue
        try:
            hour = parse_hour(hour)
        except Invalid:
            wrong[f"hour-{village.code}"] = _("请写几点到，比如 9:00。")
        if not 1 <= len(place) <= MAX_PLACE:
            wrong[f"place-{village.code}"] = _("请写停在哪里，最多 %(n)d 个字。", n=MAX_PLACE)
        calls.append(Call(village.code, hour, place))
    return tuple(calls)


def _tell(form: RunForm, wrong: dict[str, str], refusal: Invalid) -> None:
    """Put a refusal's words where the clerk looks for them."""
    days = {
        "past": _("这一天已经过了。"),
        "far": _("最多排到 %(n)d 天以后。", n=PLANNABLE.days),
        "closed": _("这一天中心关门。"),
    }
    if refusal.field == "runs_on":
        form.runs_on.errors = [days[refusal.reason]]
    elif refusal.field.startswith("place-"):
        wrong[refusal.field] = _("这一天另有一趟车去这个村。")
    elif refusal.field == "calls":
        form.form_errors = [_("至少填一个村：几点到，停在哪里。")]
    else:
        form.key.data = new_code(CODE_LENGTH)
        form.form_errors = [_("没有记下，请再按一次。")]


def _page(
    found: RunFacts | None, form: RunForm, typed: Mapping[str, str], wrong: Mapping[str, str], *, is_stale: bool = False
) -> Response:
    today = _today()
    parts = to_fetch(reading(), today)
    on = form.runs_on.data
    waiting = _households(parts)
    rows = [
        VillageRow(
            village.code,
            village.name,
            typed.get(f"hour-{village.code}", ""),
            typed.get(f"place-{village.code}", ""),
            wrong.get(f"hour-{village.code}"),
            wrong.get(f"place-{village.code}"),
            0 if on is None else waiting[on, village.id],
        )
        for village in villages(reading())
    ]
    if wrong:
        form.form_errors = [*form.form_errors, *dict.fromkeys(wrong.values())]
    changes = [] if found is None else changes_of(reading(), found.id)
    names = names_of(reading(), {one.actor for one in changes})
    page = render_template(
        "staff/run.html",
        run=found,
        form=form,
        rows=rows,
        day=None if on is None else day_words(on, today),
        is_open=found is None or (found.state is PickupState.PLANNED and found.runs_on >= today),
        is_stale=is_stale,
        changes=[(one, names.get(one.actor) or _("自动")) for one in changes],
    )
    return make_response(page, 409 if is_stale else 422 if form.errors else 200)
