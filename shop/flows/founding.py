"""Founding a town: its facts, villages, freight table and holidays, all or none."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy.orm import Session

from shop.courier.freight import add_zone
from shop.kernel.actor import Actor
from shop.kernel.errors import Invalid
from shop.town import services

Row = Mapping[str, Any]


@dataclass(frozen=True)
class TownPlan:
    """A town as it shall be: rows with the keys of `shop/demo/data/town.toml`."""

    town: Row
    villages: Sequence[Row]
    freight: Sequence[Row]
    holidays: Sequence[Row]


@dataclass
class BadPlan(Exception):
    """A row of a plan cannot be; `place` says which, `__cause__` why."""

    place: str


def found_town(session: Session, plan: TownPlan, *, actor: Actor) -> None:
    """Write a town.

    Raises:
        BadPlan: a row has a key too many, too few, or a value that cannot be; the caller rolls back.
        WrongState: there is a town already.
    """
    opening = [(row["days"], row["hours"]) for row in plan.town["opening"]]
    place = "town"
    try:
        services.set_up(session, services.Wanted(**{**plan.town, "opening": opening}), actor=actor)
        for number, row in enumerate(plan.villages, 1):
            place = f"village {number}"
            services.add_village(session, **row, actor=actor)
        for number, row in enumerate(plan.freight, 1):
            place = f"freight {number}"
            add_zone(session, **row)
        for number, row in enumerate(plan.holidays, 1):
            place = f"holiday {number}"
            services.add_holiday(session, date.fromisoformat(row["on"]), row["name"], actor=actor)
    except (Invalid, KeyError, TypeError, ValueError) as error:
        raise BadPlan(place) from error
