"""What the centre asks a villager for: what to bring, how much, until when, and to whom: by the car or by hand."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from flask import render_template

from shop.fulfilment.pickups.queries import CarFacts
from shop.fulfilment.pickups.rules import fetch_day
from shop.kernel.clock import town_day
from shop.orders.answers import answered_parts
from shop.orders.models import VendorOrderState
from shop.orders.queries.orders import Wanted, wanted_of_vendor
from shop.orders.views.vendor.face import OPEN, Goods, bp, car_for, expected, own_vendor
from shop.town.queries import TownFacts, the_town
from shop.town.rules import closing_hour
from shop.web.house import house, reading
from shop.web.i18n import _
from shop.web.words import town_date


@dataclass(frozen=True)
class Asked:
    """One part of an order as its villager reads it: goods and a day, nothing of the buyer."""

    code: str
    goods: tuple[Goods, ...]
    is_answered: bool
    is_ready: bool


@dataclass(frozen=True)
class Car:
    """The car that fetches what is wanted: when it comes, where goods are put, and who drives, if that is known."""

    when: str
    place: str
    driver: str


@dataclass(frozen=True)
class Day:
    """What is wanted on one day.

    Attributes:
        car: None when it is brought to the centre.
        by_hand: how it is brought there, in words.
        total: by thing and unit, when a thing is wanted for more than one order.
    """

    due: str
    car: Car | None
    by_hand: str
    total: tuple[Goods, ...]
    parts: tuple[Asked, ...]


@bp.get("/wanted")
def wanted() -> str:
    """Show what is asked for, the earliest day first, added up by thing."""
    today, own = town_day(house().clock()), own_vendor()
    answered = answered_parts(reading(), own.id)
    asked = sorted(
        wanted_of_vendor(reading(), own.id, OPEN),
        key=lambda one: (one.due_on or today, one.state is VendorOrderState.READY, one.code in answered),
    )
    town = the_town(reading())
    due: dict[date | None, list[Wanted]] = {}
    for one in asked:
        due.setdefault(one.due_on, []).append(one)
    days = [_day(on, parts, today, town, answered) for on, parts in due.items()]
    return render_template("vendor/wanted.html", days=days, count=len(asked), town=town)


def _day(on: date | None, parts: list[Wanted], today: date, town: TownFacts, answered: frozenset[str]) -> Day:
    total: dict[tuple[str, str], int] = {}
    for line in (line for one in parts for line in expected(one.lines)):
        total[line.title, line.unit] = total.get((line.title, line.unit), 0) + line.accepted
    added = tuple(Goods(title, count, unit) for (title, unit), count in total.items())
    is_sum = len(added) < sum(len(expected(one.lines)) for one in parts)
    car = car_for(parts)
    return Day(
        due=_due_words(on, today),
        car=None if car is None else _car(car, today),
        by_hand=_by_hand(on, today, town.opening),
        total=added if is_sum else (),
        parts=tuple(_asked(one, answered) for one in parts),
    )


def _asked(one: Wanted, answered: frozenset[str]) -> Asked:
    goods = tuple(Goods(line.title, line.accepted, line.unit) for line in expected(one.lines))
    return Asked(one.code, goods, one.code in answered, one.state is VendorOrderState.READY)


def _day_name(on: date, today: date) -> str | None:
    return {0: _("今天"), 1: _("明天"), 2: _("后天")}.get((on - today).days)


def _due_words(on: date | None, today: date) -> str:
    """Return until when goods are wanted, as people say it."""
    if on is None:
        return _("尽快要")
    day = town_date(on)
    if on < today:
        return _("%(day)s就要的", day=day)
    name = _day_name(on, today)
    return _("%(name)s（%(day)s）要", name=name, day=day) if name else _("%(day)s要", day=day)


def _car(car: CarFacts, today: date) -> Car:
    when = _("%(day)s %(hour)s", day=_day_name(car.runs_on, today) or town_date(car.runs_on), hour=car.hour.lstrip("0"))
    return Car(when, car.place, car.driver)


def _by_hand(on: date | None, today: date, opening: Sequence[tuple[str, str]]) -> str:
    """Return how goods are brought: on which day, and before which hour."""
    closes = closing_hour(opening, fetch_day(on, today).isoweekday())
    where = _("自己送到中心") if closes is None else _("自己送到中心，%(hour)s 前", hour=closes)
    return _("今天%(where)s", where=where) if on is None or on < today else where
