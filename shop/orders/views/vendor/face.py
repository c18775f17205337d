"""What the pages of a household's orders share."""

from collections.abc import Iterable
from dataclasses import dataclass

from flask import redirect, url_for
from flask.typing import ResponseReturnValue

from shop.fulfilment.pickups.queries import CarFacts, cars_to
from shop.fulfilment.pickups.rules import fetch_day, is_gone
from shop.kernel.clock import town_day
from shop.kernel.errors import NotFound
from shop.orders.models import VendorOrderState
from shop.orders.queries.orders import LineFacts, Wanted, wanted_of_vendor
from shop.vendors.queries import VendorFacts
from shop.web.audience import Audience, blueprint
from shop.web.house import current_vendor, house, reading

bp = blueprint("vendor_orders", __name__, Audience.VENDOR, prefix="/vendor")

OPEN = (VendorOrderState.ASKED, VendorOrderState.READY)


@dataclass(frozen=True)
class Goods:
    """So much of a thing: of one order, or of all that is wanted on a day."""

    title: str
    quantity: int
    unit: str


def own_vendor() -> VendorFacts:
    """Return the household whose pages these are."""
    vendor = current_vendor()
    assert vendor is not None, "the blueprint lets nobody else in"
    return vendor


def open_part(code: str) -> Wanted:
    """Return what is still asked for under a code.

    Raises:
        NotFound: the household has no such part, or it has been taken in or cancelled.
    """
    found = wanted_of_vendor(reading(), own_vendor().id, OPEN)
    part = next((one for one in found if one.code == code), None)
    if part is None:
        raise NotFound("vendor_order")
    return part


def expected(lines: Iterable[LineFacts]) -> tuple[LineFacts, ...]:
    """Return the lines of which something is still expected."""
    return tuple(line for line in lines if line.accepted)


def to_wanted() -> ResponseReturnValue:
    """Lead back to what is wanted."""
    return redirect(url_for("vendor_orders.wanted"), 303)


def car_for(parts: Iterable[Wanted]) -> CarFacts | None:
    """Return the car that fetches all of these parts and is still to come, or None when they are brought by hand."""
    now = house().clock()
    today = town_day(now)
    days = {fetch_day(part.due_on, today) for part in parts}
    cars = cars_to(reading(), own_vendor().village_code, today)
    car = cars.get(days.pop()) if len(days) == 1 else None
    return None if car is None or is_gone(car.runs_on, car.hour, now) else car
