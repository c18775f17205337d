"""Writes of the freight table: what carriage costs where, and who said so."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from shop.courier.models import FreightChange, FreightZone
from shop.courier.rules import PROVINCES
from shop.kernel.actor import Actor
from shop.kernel.clock import Clock
from shop.kernel.errors import Forbidden, Invalid, NotFound, Stale

MOST_FEN, MOST_DAYS = 100_000, 30


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


@dataclass(frozen=True)
class Prices:
    """What a zone costs: fen for the first weight, a further step and a cold box; days; whether cash is taken there."""

    first_fen: int
    step_fen: int
    cold_fen: int
    days: int
    takes_cash: bool


def reprice_zone(session: Session, zone_id: int, wanted: Prices, *, version: int, actor: Actor, clock: Clock) -> None:
    """Change what a zone costs; orders already placed keep their freight. The same prices again are no change.

    Args:
        version: that the actor saw.

    Raises:
        Forbidden: the actor does not manage.
        NotFound: there is no such zone.
        Stale: somebody else changed it since.
        Invalid: a price is negative or too high, or the days are out of range.
    """
    if not actor.has("manager"):
        raise Forbidden("freight")
    zone = session.scalars(select(FreightZone).where(FreightZone.id == zone_id).with_for_update()).one_or_none()
    if zone is None:
        raise NotFound("zone")
    if zone.version != version:
        raise Stale("zone")
    if not all(0 <= fen <= MOST_FEN for fen in (wanted.first_fen, wanted.step_fen, wanted.cold_fen)):
        raise Invalid("price", "range")
    if not 1 <= wanted.days <= MOST_DAYS:
        raise Invalid("days", "range")
    told = asdict(wanted)
    if all(getattr(zone, name) == value for name, value in told.items()):
        return
    for name, value in told.items():
        setattr(zone, name, value)
    zone.version += 1
    session.add(FreightChange(zone_id=zone.id, version=zone.version, at=clock(), actor=actor.label, **told))
    session.flush()


def last_changes(session: Session) -> Mapping[int, tuple[datetime, str]]:
    """Return when each zone was last changed, and by whom; one that never was is left out."""
    last = select(func.max(FreightChange.id)).group_by(FreightChange.zone_id)
    rows = select(FreightChange.zone_id, FreightChange.at, FreightChange.actor).where(FreightChange.id.in_(last))
    return {zone_id: (at, actor) for zone_id, at, actor in session.execute(rows)}
