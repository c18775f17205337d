"""Pure rules of pick-up runs: their passages, what a plan may say, and which run fetches what."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from shop.fulfilment.pickups.models import PickupState
from shop.kernel.clock import TOWN_ZONE
from shop.kernel.errors import Invalid
from shop.town.rules import parse_cutoff

P = PickupState

NEXT: Mapping[PickupState, frozenset[PickupState]] = {
    # To itself: another day, hour, place or driver.
    P.PLANNED: frozenset({P.PLANNED, P.CALLED_OFF}),
    P.CALLED_OFF: frozenset(),
}

MAX_PLACE, MAX_DRIVER, MAX_NOTE = 20, 20, 60
PLANNABLE = timedelta(days=60)
"""How far ahead a run can be planned."""


@dataclass(frozen=True)
class Call:
    """The car at one village.

    Attributes:
        hour: town time "HH:MM".
        place: in words.
    """

    village_code: str
    hour: str
    place: str


@dataclass(frozen=True)
class Plan:
    """What somebody at the centre wants a run to be."""

    runs_on: date
    calls: tuple[Call, ...]
    driver: str = ""
    note: str = ""


def parse_hour(typed: str) -> str:
    """Return a time of day as "HH:MM"; 9:00 and full-width figures will do.

    Raises:
        Invalid: field "hour".
    """
    try:
        return parse_cutoff(typed)
    except Invalid:
        raise Invalid("hour", "shape") from None


def check_plan(plan: Plan, *, today: date, closed: Collection[date]) -> None:
    """Refuse a plan that cannot be driven.

    Args:
        closed: days on which the centre is closed.

    Raises:
        Invalid: field "runs_on" (past, far, closed), "calls" (none), "hour-<village>" or "place-<village>",
            "driver" or "note" (long).
    """
    if plan.runs_on < today:
        raise Invalid("runs_on", "past")
    if plan.runs_on - today > PLANNABLE:
        raise Invalid("runs_on", "far")
    if plan.runs_on in closed:
        raise Invalid("runs_on", "closed")
    if not plan.calls:
        raise Invalid("calls", "none")
    for call in plan.calls:
        try:
            parse_hour(call.hour)
        except Invalid:
            raise Invalid(f"hour-{call.village_code}", "shape") from None
        if not 1 <= len(call.place) <= MAX_PLACE:
            raise Invalid(f"place-{call.village_code}", "length")
    for field, text, most in (("driver", plan.driver, MAX_DRIVER), ("note", plan.note, MAX_NOTE)):
        if len(text) > most:
            raise Invalid(field, "long")


def fetch_day(due_on: date | None, today: date) -> date:
    """Return on which day goods have to be fetched or brought: the day they are due, and today once that is past."""
    return today if due_on is None else max(due_on, today)


def is_gone(runs_on: date, hour: str, now: datetime) -> bool:
    """Tell whether the car has left a place by now, going by its hour."""
    local = now.astimezone(TOWN_ZONE)
    return (runs_on, hour) < (local.date(), f"{local:%H:%M}")
