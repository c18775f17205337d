"""Pick-up runs and who hears of them: what was told to a household is told again when it changes."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from sqlalchemy.orm import Session

from shop.fulfilment.pickups import services
from shop.fulfilment.pickups.queries import RunFacts, run_facts, to_fetch
from shop.fulfilment.pickups.rules import Plan
from shop.kernel.actor import Actor
from shop.kernel.clock import Clock, town_day
from shop.notifications.services import wanted as message


@dataclass(frozen=True)
class _Car:
    on: date
    hour: str
    place: str


def plan(session: Session, code: str, wanted: Plan, *, actor: Actor, clock: Clock) -> None:
    """Plan a run, and tell the households who have something for it; planned twice with one code, it is told once.

    Raises:
        As `shop.fulfilment.pickups.services.plan`.
    """
    run, is_new = services.plan(session, code, wanted, actor=actor, clock=clock)
    if is_new:
        _tell(session, {}, _cars(run_facts(run)), clock=clock)


def change(session: Session, code: str, wanted: Plan, *, version: int, actor: Actor, clock: Clock) -> None:
    """Change a run, and tell the households for whom the car now comes otherwise, or no more.

    Raises:
        NotFound: there is no such run.
        As `shop.fulfilment.pickups.services.change`.
    """
    run = services.lock_run(session, code)
    before = _cars(run_facts(run))
    services.change(session, run, wanted, version=version, actor=actor, clock=clock)
    _tell(session, before, _cars(run_facts(run)), clock=clock)


def call_off(session: Session, code: str, *, version: int, actor: Actor, clock: Clock) -> None:
    """Call a run off, and tell the households who would have had something for it to bring it themselves.

    Raises:
        NotFound: there is no such run.
        As `shop.fulfilment.pickups.services.call_off`.
    """
    run = services.lock_run(session, code)
    before = _cars(run_facts(run))
    services.call_off(session, run, version=version, actor=actor, clock=clock)
    _tell(session, before, {}, clock=clock)


def _cars(run: RunFacts) -> dict[int, _Car]:
    return {stop.village_id: _Car(run.runs_on, stop.hour, stop.place) for stop in run.stops}


def _tell(session: Session, before: dict[int, _Car], after: dict[int, _Car], *, clock: Clock) -> None:
    """Post a message to each household of the villages where something changed, once, if it has goods for that day."""
    changed = {village for village in {*before, *after} if before.get(village) != after.get(village)}
    if not changed:
        return
    days: dict[tuple[int, str], set[date]] = {}
    for part in to_fetch(session, town_day(clock()), changed):
        days.setdefault((part.village_id, part.phone), set()).add(part.day)
    for (village, phone), wanted_on in days.items():
        told = _news(before.get(village), after.get(village), wanted_on)
        if told is not None:
            message(session, "pickup_run", phone=phone, values=told, clock=clock)


def _news(old: _Car | None, new: _Car | None, days: Iterable[date]) -> dict[str, str] | None:
    """Return what a household with goods for these days has to hear, or None when the car is nothing to it."""
    was, will = (car if car is not None and car.on in days else None for car in (old, new))
    car = will or was
    if car is None:
        return None
    how = "off" if will is None else "planned" if was is None else "changed"
    return {"how": how, "when": f"{car.on.month}月{car.on.day}日{car.hour}", "place": car.place}
