"""Pick-up runs: planned once, changed by whoever saw them last, and told to the households that wait for the car."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from functools import partial
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from shop.flows import pickups
from shop.fulfilment.pickups.models import PickupState
from shop.fulfilment.pickups.queries import cars_to, changes_of, coming_runs, run_by_code
from shop.fulfilment.pickups.rules import Call, Plan, is_gone
from shop.kernel.actor import VISITOR, Actor
from shop.kernel.clock import town_day
from shop.kernel.codes import new_code
from shop.kernel.errors import Forbidden, Invalid, NotFound, ShopError, Stale, WrongState
from shop.kernel.outbox import Message
from shop.notifications.models import Delivery
from shop.town.models import Village
from shop.town.services import add_holiday, add_village
from tests.world import World, market
from tests.world.books import footprint
from tests.world.market import STAFF, Market, listing, paid_order, receive_all, variant_id

MANAGER = Actor(user_id=None, label="MANAGER", roles=frozenset({"manager"}))


@pytest.fixture
def at(world: World) -> Market:
    """A town with one household."""
    return market.market(world)


def here(at: Market) -> str:
    """Return the code of the household's village."""
    return at.world.read(lambda session: session.scalars(select(Village.code).order_by(Village.id)).first() or "")


def tomorrow(at: Market) -> date:
    return town_day(at.world.clock()) + timedelta(days=1)


def a_plan(at: Market, **told: Any) -> Plan:
    return replace(Plan(tomorrow(at), (Call(here(at), "09:00", "村口"),), "马师傅"), **told)


def planned(at: Market, wanted: Plan | None = None, code: str = "") -> str:
    """Plan a run and return its code."""
    code = code or new_code(8)
    act = partial(pickups.plan, code=code, wanted=wanted or a_plan(at), actor=STAFF, clock=at.world.clock)
    at.world.run(act)
    return code


def changed(at: Market, code: str, wanted: Plan, version: int) -> None:
    act = partial(pickups.change, code=code, wanted=wanted, version=version, actor=STAFF, clock=at.world.clock)
    at.world.run(act)


def called_off(at: Market, code: str, version: int) -> None:
    at.world.run(partial(pickups.call_off, code=code, version=version, actor=STAFF, clock=at.world.clock))


def told(at: Market) -> list[str]:
    """Return what the outbox would tell households about the car, and has told them."""
    at.world.deliver()
    wanted = select(Delivery.text).where(Delivery.template == "pickup_run").order_by(Delivery.id)
    return list(at.world.read(lambda session: session.scalars(wanted).all()))


def wanted_tomorrow(at: Market) -> str:
    """Let the household be asked for eggs due tomorrow; return the order's code."""
    return paid_order(at, {variant_id(at, listing(at)): 2}).code


def test_a_run_is_planned_once_and_told_once_to_who_has_something_for_it(at: Market) -> None:
    wanted_tomorrow(at)
    code = planned(at)
    planned(at, code=code)
    (text,) = told(at)
    assert "11月23日09:00到村口，备好放在那里" in text
    assert len(text) <= 70
    (run,) = at.world.read(lambda session: coming_runs(session, tomorrow(at)))
    assert (run.code, run.version, run.state) == (code, 1, PickupState.PLANNED)
    (made,) = at.world.read(lambda session: changes_of(session, run.id))
    assert (made.actor, made.words) == (STAFF.label, "11月23日：大湾村 09:00 村口")


def test_who_is_asked_afterwards_hears_of_the_car_at_once(at: Market) -> None:
    planned(at)
    wanted_tomorrow(at)
    at.world.deliver()
    asked = select(Delivery.text).where(Delivery.template == "vendor_asked")
    (text,) = at.world.read(lambda session: session.scalars(asked).all())
    assert "11月23日09:00村口有车来收" in text
    assert "送到中心" not in text


def test_a_village_with_nothing_to_fetch_hears_nothing(at: Market) -> None:
    planned(at)
    assert told(at) == []


def test_what_was_told_is_told_again_when_it_changes_and_only_then(at: Market) -> None:
    wanted_tomorrow(at)
    code = planned(at)
    changed(at, code, a_plan(at, note="带上秤"), 1)
    assert len(told(at)) == 1, "a word to the driver is nobody else's news"
    changed(at, code, a_plan(at, note="带上秤"), 2)
    assert at.world.read(lambda session: run_by_code(session, code)).version == 2, "nothing was changed"
    changed(at, code, a_plan(at, calls=(Call(here(at), "10:30", "祠堂门口"),)), 2)
    assert "收货车改了：11月23日10:30到祠堂门口" in told(at)[-1]
    called_off(at, code, 3)
    assert "11月23日10:30的收货车不来了，请自己送到中心" in told(at)[-1]
    assert len(told(at)) == 3
    run = at.world.read(lambda session: run_by_code(session, code))
    assert (run.state, run.stops) == (PickupState.CALLED_OFF, ())
    words = [one.to_state for one in at.world.read(lambda session: changes_of(session, run.id))]
    assert words == [PickupState.CALLED_OFF, *[PickupState.PLANNED] * 3]


def test_moved_to_another_day_the_car_does_not_come_on_this_one(at: Market) -> None:
    wanted_tomorrow(at)
    code = planned(at)
    changed(at, code, a_plan(at, runs_on=tomorrow(at) + timedelta(days=1)), 1)
    assert "11月23日09:00的收货车不来了" in told(at)[-1]
    cars = at.world.read(lambda session: cars_to(session, here(at), tomorrow(at)))
    assert list(cars) == [tomorrow(at) + timedelta(days=1)]


def test_a_village_left_out_hears_that_the_car_does_not_come(at: Market) -> None:
    wanted_tomorrow(at)
    other = "pingshang"
    at.world.run(lambda session: add_village(session, name="坪上村", code=other, actor=MANAGER))
    code = planned(at)
    changed(at, code, a_plan(at, calls=(Call(other, "09:00", "桥头"),)), 1)
    assert "不来了" in told(at)[-1]


def test_what_was_brought_already_is_not_waited_for(at: Market) -> None:
    order_code = wanted_tomorrow(at)
    code = planned(at)
    receive_all(at, order_code)
    called_off(at, code, 1)
    assert len(told(at)) == 1


def test_two_clerks_do_not_plan_the_same_village_twice_and_the_second_is_told(at: Market) -> None:
    code = planned(at)
    before = footprint(at.world)
    with pytest.raises(Invalid) as refused:
        planned(at)
    assert refused.value == Invalid(f"place-{here(at)}", "taken")
    with pytest.raises(Stale):
        changed(at, code, a_plan(at, driver="老马"), 7)
    assert footprint(at.world) == before
    called_off(at, code, 1)
    planned(at)
    for act in (changed, lambda at, code, _wanted, version: called_off(at, code, version)):
        with pytest.raises(WrongState):
            act(at, code, a_plan(at), 2)


@pytest.mark.parametrize(
    ("told", "field"),
    [
        ({"runs_on": date(2026, 11, 21)}, "runs_on"),
        ({"runs_on": date(2027, 11, 21)}, "runs_on"),
        ({"runs_on": date(2026, 11, 25)}, "runs_on"),
        ({"calls": ()}, "calls"),
        ({"calls": (Call("nowhere", "09:00", "村口"),)}, "calls"),
        ({"calls": (Call("{}", "25:00", "村口"),)}, "hour-{}"),
        ({"calls": (Call("{}", "09:00", ""),)}, "place-{}"),
        ({"calls": (Call("{}", "09:00", "村" * 21),)}, "place-{}"),
        ({"driver": "马" * 21}, "driver"),
        ({"note": "马" * 61}, "note"),
    ],
)
def test_what_cannot_be_driven_is_refused(at: Market, told: dict[str, Any], field: str) -> None:
    at.world.run(lambda session: add_holiday(session, date(2026, 11, 25), "赶场", actor=MANAGER))
    wanted = a_plan(at, **told)
    wanted = replace(
        wanted, calls=tuple(replace(one, village_code=one.village_code.format(here(at))) for one in wanted.calls)
    )
    before = footprint(at.world)
    with pytest.raises(Invalid) as refused:
        planned(at, wanted)
    assert refused.value.field == field.format(here(at))
    assert footprint(at.world) == before


def test_only_the_bench_plans_and_only_what_there_is_and_is_to_come(at: Market) -> None:
    code = planned(at)
    acts: list[tuple[Callable[[Session], object], type[ShopError]]] = [
        (partial(pickups.plan, code="x", wanted=a_plan(at), actor=STAFF, clock=at.world.clock), Invalid),
        (partial(pickups.plan, code=new_code(8), wanted=a_plan(at), actor=VISITOR, clock=at.world.clock), Forbidden),
        (partial(pickups.call_off, code=code, version=1, actor=VISITOR, clock=at.world.clock), Forbidden),
        (partial(pickups.call_off, code="NOTHING2", version=1, actor=STAFF, clock=at.world.clock), NotFound),
    ]
    for act, error in acts:
        with pytest.raises(error):
            at.world.run(act)
    at.world.clock.advance(days=2)
    with pytest.raises(Invalid):
        called_off(at, code, 1)
    assert at.world.read(lambda session: session.scalars(select(Message)).all()) == []


def test_a_car_is_gone_when_its_hour_is_over(at: Market) -> None:
    now = at.world.clock()  # ten in the morning of the 22nd
    assert is_gone(date(2026, 11, 22), "09:59", now)
    assert not is_gone(date(2026, 11, 22), "10:00", now)
    assert not is_gone(date(2026, 11, 23), "08:00", now)
