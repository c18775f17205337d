"""Writes of pick-up runs: planned, changed with the version that was seen, called off."""

import re
from collections.abc import Collection
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from shop.fulfilment.pickups.models import PickupHistory, PickupRun, PickupState, PickupStop
from shop.fulfilment.pickups.rules import NEXT, Call, Plan, check_plan, parse_hour
from shop.fulfilment.services import check_bench
from shop.kernel.actor import Actor
from shop.kernel.clock import Clock, town_day
from shop.kernel.codes import ALPHABET
from shop.kernel.errors import Invalid, NotFound, Stale
from shop.kernel.states import check_passage, passage
from shop.town.models import Village
from shop.town.queries import holidays

CODE = re.compile(f"[{ALPHABET}]{{8}}")
MAX_WORDS = 200


def plan(session: Session, code: str, wanted: Plan, *, actor: Actor, clock: Clock) -> tuple[PickupRun, bool]:
    """Plan a run; return it, and whether it is new. Planned twice with one code, it is the first run, unchanged.

    Args:
        code: made with the page that plans it.

    Raises:
        Forbidden: the actor is not staff.
        Invalid: as `rules.check_plan`; or "code", or "place-<village>" where another run calls that day (taken).
    """
    check_bench(actor)
    if not CODE.fullmatch(code):
        raise Invalid("code", "shape")
    kept = session.scalars(select(PickupRun).where(PickupRun.code == code)).one_or_none()
    if kept is not None:
        return kept, False
    run = PickupRun(code=code, runs_on=wanted.runs_on)
    _write(session, run, wanted, clock=clock)
    session.add(run)
    session.flush()
    _note(session, run, None, PickupState.PLANNED, actor=actor, clock=clock)
    return run, True


def change(session: Session, run: PickupRun, wanted: Plan, *, version: int, actor: Actor, clock: Clock) -> None:
    """Change a locked run; what is the same already changes nothing.

    Args:
        version: of the run that the actor saw.

    Raises:
        Forbidden: the actor is not staff.
        WrongState: it was called off.
        Stale: somebody changed it since.
        Invalid: as `plan`; "runs_on" (past) when its own day is over.
    """
    _check_change(run, PickupState.PLANNED, version, actor=actor, clock=clock)
    if _is_so(run, wanted):
        return
    _write(session, run, wanted, clock=clock)
    run.version += 1
    session.flush()
    _note(session, run, PickupState.PLANNED, PickupState.PLANNED, actor=actor, clock=clock)


def call_off(session: Session, run: PickupRun, *, version: int, actor: Actor, clock: Clock) -> None:
    """Call a locked run off: the car does not come.

    Raises:
        As `change`.
    """
    _check_change(run, PickupState.CALLED_OFF, version, actor=actor, clock=clock)
    _note(session, run, PickupState.PLANNED, PickupState.CALLED_OFF, actor=actor, clock=clock)
    run.state = PickupState.CALLED_OFF
    run.stops = []
    run.version += 1
    session.flush()


def lock_run(session: Session, code: str) -> PickupRun:
    """Return a run for change.

    Raises:
        NotFound: there is none.
    """
    locked = select(PickupRun).where(PickupRun.code == code).with_for_update()
    run = session.scalars(locked.execution_options(populate_existing=True)).one_or_none()
    if run is None:
        raise NotFound("pickup_run")
    return run


def _check_change(run: PickupRun, to: PickupState, version: int, *, actor: Actor, clock: Clock) -> None:
    check_bench(actor)
    check_passage("pickup_run", NEXT, run.state, to)
    if run.version != version:
        raise Stale("pickup_run")
    if run.runs_on < town_day(clock()):
        raise Invalid("runs_on", "past")


def _write(session: Session, run: PickupRun, wanted: Plan, *, clock: Clock) -> None:
    today = town_day(clock())
    check_plan(wanted, today=today, closed={day.on for day in holidays(session, today)})
    ids = _villages(session, [call.village_code for call in wanted.calls])
    taken = _called_at(session, wanted.runs_on, ids.values(), but=run.id)
    kept = {stop.village_id: stop for stop in run.stops}
    stops = []
    for call in wanted.calls:
        village_id = ids[call.village_code]
        if village_id in taken:
            raise Invalid(f"place-{call.village_code}", "taken")
        stop = kept.get(village_id) or PickupStop(village_id=village_id)
        stop.runs_on, stop.hour, stop.place = wanted.runs_on, parse_hour(call.hour), call.place
        stops.append(stop)
    run.runs_on, run.driver, run.note = wanted.runs_on, wanted.driver, wanted.note
    run.stops = stops


def _villages(session: Session, codes: Collection[str]) -> dict[str, int]:
    found = session.execute(select(Village.code, Village.id).where(Village.code.in_(codes)))
    ids = {row.code: row.id for row in found}
    if len(ids) < len(codes):
        raise Invalid("calls", "village")
    return ids


def _called_at(session: Session, on: date, village_ids: Collection[int], *, but: int | None) -> frozenset[int]:
    """Return which of the villages another run calls at on that day."""
    wanted = select(PickupStop.village_id).where(PickupStop.runs_on == on, PickupStop.village_id.in_(village_ids))
    if but is not None:
        wanted = wanted.where(PickupStop.run_id != but)
    return frozenset(session.scalars(wanted))


def _is_so(run: PickupRun, wanted: Plan) -> bool:
    """Tell whether a run is already as it is wanted."""
    calls = {Call(stop.village.code, stop.hour, stop.place) for stop in run.stops}
    told = (run.runs_on, calls, run.driver, run.note)
    return told == (wanted.runs_on, set(wanted.calls), wanted.driver, wanted.note)


def _words(run: PickupRun) -> str:
    calls = "；".join(f"{stop.village.name} {stop.hour} {stop.place}" for stop in run.stops)
    return f"{run.runs_on.month}月{run.runs_on.day}日：{calls}"[:MAX_WORDS]


def _note(
    session: Session, run: PickupRun, start: PickupState | None, to: PickupState, *, actor: Actor, clock: Clock
) -> None:
    """Append a passage, with how the run now stands."""
    session.refresh(run, ["stops"])
    made = passage(start, to, actor=actor, clock=clock, reason=_words(run))
    session.add(PickupHistory(run_id=run.id, **made))
    session.flush()
