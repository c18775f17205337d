"""Reads of the town's facts."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from shop.kernel.clock import town_day
from shop.kernel.db import direct
from shop.kernel.errors import NotFound
from shop.town.models import Holiday, Town, Village
from shop.town.rules import Doors, doors, months_of


@dataclass(frozen=True)
class TownFacts:
    """The town as pages show it and rules read it."""

    name: str
    aliases: tuple[str, ...]
    division: str
    slogan: str
    centre_name: str
    centre_address: str
    centre_phone: str
    opening: tuple[tuple[str, str], ...]
    """(days, hours) as people read them."""
    cutoff: str
    fee_bp: int
    hold_minutes: int
    most_unpaid: int
    pay_weekday: int
    """1 is Monday."""
    claim_hours: int
    claim_auto_fen: int
    claim_most: int
    version: int
    tourist_months: tuple[int, ...] = ()
    """In which visitors come, 1 to 12."""


@dataclass(frozen=True)
class VillageFacts:
    """A village."""

    id: int
    code: str
    name: str
    aliases: tuple[str, ...]
    altitude_m: int | None
    note: str


@dataclass(frozen=True)
class HolidayFacts:
    """A day on which the centre is closed."""

    on: date
    name: str


THE_TOWN = select(*Town.__table__.columns).where(Town.id == 1)
CLOSED = select(Holiday.on, Holiday.name).where(Holiday.on >= bindparam("since")).order_by(Holiday.on)


def the_town(session: Session) -> TownFacts:
    """Return the town.

    Raises:
        NotFound: no town was set up yet (`shop init` or `shop demo load` does).
    """
    town = direct(session, THE_TOWN).one_or_none()
    if town is None:
        raise NotFound("town")
    return TownFacts(
        name=town.name,
        aliases=tuple(town.aliases),
        division=town.division,
        slogan=town.slogan,
        centre_name=town.centre_name,
        centre_address=town.centre_address,
        centre_phone=town.centre_phone,
        opening=tuple((row["days"], row["hours"]) for row in town.opening),
        cutoff=town.cutoff,
        fee_bp=town.fee_bp,
        hold_minutes=town.hold_minutes,
        most_unpaid=town.most_unpaid,
        pay_weekday=town.pay_weekday,
        claim_hours=town.claim_hours,
        claim_auto_fen=town.claim_auto_fen,
        claim_most=town.claim_most,
        version=town.version,
        tourist_months=months_of(town.tourist_bits),
    )


def has_town(session: Session) -> bool:
    """Tell whether a town was set up."""
    return session.get(Town, 1) is not None


def villages(session: Session) -> list[VillageFacts]:
    """Return every village in the order they were entered."""
    rows = session.scalars(select(Village).order_by(Village.id))
    return [VillageFacts(v.id, v.code, v.name, tuple(v.aliases), v.altitude_m, v.note) for v in rows]


def village(session: Session, code: str) -> VillageFacts | None:
    """Return the village with this code, or None."""
    v = session.scalar(select(Village).where(Village.code == code))
    return None if v is None else VillageFacts(v.id, v.code, v.name, tuple(v.aliases), v.altitude_m, v.note)


def holidays(session: Session, since: date) -> list[HolidayFacts]:
    """Return the days on which the centre is closed, from a day on, earliest first."""
    return [HolidayFacts(row.on, row.name) for row in direct(session, CLOSED, {"since": since})]


def doors_of(session: Session, town: TownFacts, now: datetime) -> Doors:
    """Return whether the centre is open now, else when it opens next."""
    return doors(town.opening, {one.on for one in holidays(session, town_day(now))}, now)
