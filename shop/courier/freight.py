"""Writes of the freight table: what carriage costs where."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from shop.courier.models import FreightZone
from shop.courier.rules import PROVINCES
from shop.kernel.errors import Invalid, NotFound


def add_zone(
    session: Session,
    *,
    name: str,
    provinces: Sequence[str],
    first_g: int,
    first_fen: int,
    step_g: int,
    step_fen: int,
    days: int,
    cold_fen: int = 0,
    takes_cash: bool = False,
) -> FreightZone:
    """Add a zone to the freight table.

    Args:
        cold_fen: what a chilled or frozen box costs more.
        takes_cash: the town's own driver goes there and may be paid at the door.

    Raises:
        Invalid: a province is unknown or already in another zone.
    """
    taken = {province for zone in session.scalars(select(FreightZone)) for province in zone.provinces}
    for province in provinces:
        if province not in PROVINCES:
            raise Invalid("provinces", "unknown")
        if province in taken:
            raise Invalid("provinces", "taken")
    zone = FreightZone(
        name=name,
        provinces=list(provinces),
        first_g=first_g,
        first_fen=first_fen,
        step_g=step_g,
        step_fen=step_fen,
        days=days,
        cold_fen=cold_fen,
        takes_cash=takes_cash,
    )
    session.add(zone)
    session.flush()
    return zone


def reprice_zone(
    session: Session,
    zone_id: int,
    *,
    first_fen: int,
    step_fen: int,
    days: int,
    cold_fen: int = 0,
    takes_cash: bool = False,
) -> None:
    """Change what a zone costs; orders already placed keep their freight.

    Raises:
        NotFound: there is no such zone.
        Invalid: a price is negative or too high, or the days are out of range.
    """
    zone = session.get(FreightZone, zone_id)
    if zone is None:
        raise NotFound("zone")
    if not all(0 <= fen <= 100_000 for fen in (first_fen, step_fen, cold_fen)):
        raise Invalid("price", "range")
    if not 1 <= days <= 30:
        raise Invalid("days", "range")
    zone.first_fen, zone.step_fen, zone.days = first_fen, step_fen, days
    zone.cold_fen, zone.takes_cash = cold_fen, takes_cash
    session.flush()
