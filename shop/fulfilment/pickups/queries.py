"""Reads of pick-up runs: for the clerk, for the driver's paper, and for the household that waits for the car."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from shop.fulfilment.pickups.models import PickupHistory, PickupRun, PickupState, PickupStop
from shop.fulfilment.pickups.rules import fetch_day
from shop.kernel.errors import NotFound
from shop.orders.models import Order, OrderLine, VendorOrder, VendorOrderState
from shop.orders.rules import CARRIED_OUT
from shop.town.models import Village
from shop.vendors.models import Vendor

OPEN = (VendorOrderState.ASKED, VendorOrderState.READY)


@dataclass(frozen=True)
class StopFacts:
    """Where a run calls, and when: "HH:MM" of the town."""

    village_id: int
    village_code: str
    village: str
    hour: str
    place: str


@dataclass(frozen=True)
class RunFacts:
    """A run; its stops by their hours, none when it was called off."""

    id: int
    code: str
    runs_on: date
    driver: str
    note: str
    state: PickupState
    version: int
    stops: tuple[StopFacts, ...]


@dataclass(frozen=True)
class Change:
    """One passage of a run: who, when, and how the run then stood."""

    to_state: PickupState
    at: datetime
    actor: str
    words: str


@dataclass(frozen=True)
class CarFacts:
    """The car as a household sees it: the day, "HH:MM", the place, and who drives, if that was said."""

    runs_on: date
    hour: str
    place: str
    driver: str


@dataclass(frozen=True)
class Fetched:
    """One part that a household has to hand over: nothing of its buyer is in it.

    Attributes:
        is_answered: the household said that there is some.
    """

    code: str
    village_id: int
    village: str
    vendor_id: int
    household: str
    phone: str
    day: date
    is_answered: bool
    is_ready: bool
    goods: tuple[tuple[str, int, str], ...]
    """(title, how many, unit)."""


def run_facts(run: PickupRun) -> RunFacts:
    """Return a run as pages show it."""
    stops = tuple(
        StopFacts(stop.village_id, stop.village.code, stop.village.name, stop.hour, stop.place) for stop in run.stops
    )
    return RunFacts(run.id, run.code, run.runs_on, run.driver, run.note, run.state, run.version, stops)


def run_by_code(session: Session, code: str) -> RunFacts:
    """Return a run.

    Raises:
        NotFound: there is none.
    """
    run = session.scalars(select(PickupRun).where(PickupRun.code == code)).one_or_none()
    if run is None:
        raise NotFound("pickup_run")
    return run_facts(run)


def coming_runs(session: Session, since: date) -> list[RunFacts]:
    """Return the runs that are planned from a day on, the earliest first."""
    wanted = select(PickupRun).where(PickupRun.runs_on >= since, PickupRun.state == PickupState.PLANNED)
    found = [run_facts(run) for run in session.scalars(wanted.order_by(PickupRun.runs_on, PickupRun.id))]
    return sorted(found, key=lambda run: (run.runs_on, run.stops[0].hour))


def changes_of(session: Session, run_id: int) -> list[Change]:
    """Return every passage of a run, the latest first."""
    wanted = select(PickupHistory).where(PickupHistory.run_id == run_id).order_by(PickupHistory.id.desc())
    return [Change(PickupState(row.to_state), row.at, row.actor, row.reason) for row in session.scalars(wanted)]


def cars_to(session: Session, village_code: str, since: date) -> dict[date, CarFacts]:
    """Return where a village's households meet the car, by day, from a day on."""
    wanted = (
        select(PickupStop.runs_on, PickupStop.hour, PickupStop.place, PickupRun.driver)
        .join(PickupRun, PickupRun.id == PickupStop.run_id)
        .join(Village, Village.id == PickupStop.village_id)
        .where(Village.code == village_code, PickupStop.runs_on >= since)
    )
    return {row.runs_on: CarFacts(row.runs_on, row.hour, row.place, row.driver) for row in session.execute(wanted)}


def to_fetch(session: Session, today: date, village_ids: Collection[int] | None = None) -> list[Fetched]:
    """Return what households still have to hand over, by village, household and part.

    Args:
        village_ids: of these villages only.
    """
    wanted = (
        select(VendorOrder, Vendor.village_id, Village.name, Vendor.name, Vendor.phone)
        .join(Order, Order.id == VendorOrder.order_id)
        .join(Vendor, Vendor.id == VendorOrder.vendor_id)
        .join(Village, Village.id == Vendor.village_id)
        .where(VendorOrder.state.in_(OPEN), Order.state.in_(CARRIED_OUT))
        .order_by(Village.id, Vendor.id, VendorOrder.id)
    )
    if village_ids is not None:
        wanted = wanted.where(Vendor.village_id.in_(village_ids))
    return [
        Fetched(
            code=part.code,
            village_id=village_id,
            village=village,
            vendor_id=part.vendor_id,
            household=household,
            phone=phone,
            day=fetch_day(part.due_on, today),
            is_answered=part.answered_at is not None,
            is_ready=part.state is VendorOrderState.READY,
            goods=tuple(_goods(line) for line in part.lines if line.quantity > line.rejected),
        )
        for part, village_id, village, household, phone in session.execute(wanted)
    ]


def _goods(line: OrderLine) -> tuple[str, int, str]:
    return line.title, line.quantity - line.rejected, line.unit
