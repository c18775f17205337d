"""Writes of the town's facts: only a manager, or the house itself, changes them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session
from sqlalchemy.orm.exc import StaleDataError

from shop.kernel.actor import Actor
from shop.kernel.codes import new_code
from shop.kernel.errors import Forbidden, Invalid, NotFound, Stale, WrongState
from shop.town.models import USUAL_TOURIST_BITS, Holiday, Town, Village
from shop.town.rules import (
    MAX_LINE,
    MAX_NAME,
    check_claims,
    check_fee,
    check_hold,
    check_names,
    check_opening,
    check_pay_weekday,
    check_text,
    check_tourist_bits,
    check_unpaid,
    parse_cutoff,
    parse_phone,
)

MAX_NOTE = 300


@dataclass(frozen=True)
class Wanted:
    """The town's facts as they shall be.

    Attributes:
        opening: (days, hours) as people read them.
        cutoff: town time, "HH:MM".
        fee_bp: the centre's fee in basis points.
        hold_minutes: for how long goods wait for the payment of a placed order.
        most_unpaid: orders that one phone, address or browser may leave unpaid at a time.
        pay_weekday: on which day of the week the centre pays its vendors; 1 is Monday.
        claim_hours: for so long after the signature something may be claimed of fresh goods.
        claim_auto_fen: up to so much an order, a claim with a photo is agreed to at once; 0 never.
        tourist_bits: months in which visitors come, as bits, January lowest.
        claim_most: who had claims on so many other orders lately is answered by a person.
    """

    name: str
    aliases: Sequence[str]
    division: str
    slogan: str
    centre_name: str
    centre_address: str
    centre_phone: str
    opening: Sequence[tuple[str, str]]
    cutoff: str
    fee_bp: int
    hold_minutes: int
    most_unpaid: int = 3
    pay_weekday: int = 5
    tourist_bits: int = USUAL_TOURIST_BITS
    claim_hours: int = 48
    claim_auto_fen: int = 3000
    claim_most: int = 2


def _require_manager(actor: Actor, act: str) -> None:
    if not actor.has("manager"):
        raise Forbidden(act)


def _write(town: Town, wanted: Wanted) -> None:
    check_fee(wanted.fee_bp)
    check_hold(wanted.hold_minutes)
    check_unpaid(wanted.most_unpaid)
    check_pay_weekday(wanted.pay_weekday)
    check_claims(wanted.claim_hours, wanted.claim_auto_fen, wanted.claim_most)
    check_tourist_bits(wanted.tourist_bits)
    check_opening(wanted.opening)
    town.name = check_text("name", wanted.name, MAX_NAME)
    town.aliases = check_names("aliases", wanted.aliases)
    town.division = check_text("division", wanted.division, MAX_LINE)
    town.slogan = check_text("slogan", wanted.slogan, MAX_LINE)
    town.centre_name = check_text("centre_name", wanted.centre_name, MAX_LINE)
    town.centre_address = check_text("centre_address", wanted.centre_address, MAX_LINE)
    town.centre_phone = parse_phone(wanted.centre_phone)
    town.opening = [{"days": days, "hours": hours} for days, hours in wanted.opening]
    town.cutoff = parse_cutoff(wanted.cutoff)
    town.fee_bp = wanted.fee_bp
    town.hold_minutes, town.most_unpaid = wanted.hold_minutes, wanted.most_unpaid
    town.pay_weekday = wanted.pay_weekday
    town.tourist_bits = wanted.tourist_bits
    town.claim_hours, town.claim_auto_fen = wanted.claim_hours, wanted.claim_auto_fen
    town.claim_most = wanted.claim_most


def set_up(session: Session, wanted: Wanted, *, actor: Actor) -> None:
    """Write the town's facts for the first time.

    Raises:
        Forbidden: the actor is no manager.
        Invalid: naming the field that cannot be.
        WrongState: there is a town already; `update` changes it.
    """
    _require_manager(actor, "set_up_town")
    if session.get(Town, 1) is not None:
        raise WrongState("town", "set up", "new")
    town = Town(id=1)
    _write(town, wanted)
    session.add(town)
    session.flush()


def update(session: Session, wanted: Wanted, *, version: int, actor: Actor) -> None:
    """Change the town's facts.

    Args:
        version: of the facts the actor saw.

    Raises:
        Forbidden: the actor is no manager.
        Invalid: naming the field that cannot be.
        NotFound: no town was set up.
        Stale: someone else changed them since.
    """
    _require_manager(actor, "update_town")
    town = session.get(Town, 1)
    if town is None:
        raise NotFound("town")
    if town.version != version:
        raise Stale("town")
    _write(town, wanted)
    try:
        session.flush()
    except StaleDataError:
        raise Stale("town") from None


def _check_village_name(session: Session, name: str, *, but: int | None = None) -> str:
    name = check_text("name", name, MAX_NAME)
    other = session.scalar(select(Village.id).where(Village.name == name))
    if other is not None and other != but:
        raise Invalid("name", "taken")
    return name


def add_village(
    session: Session,
    *,
    name: str,
    aliases: Sequence[str] = (),
    altitude_m: int | None = None,
    note: str = "",
    code: str | None = None,
    actor: Actor,
) -> int:
    """Add a village and return its id.

    Args:
        aliases: its older and other names, which find it too.
        altitude_m: metres above sea level, if known.
        code: what stands in addresses; made up when not given.

    Raises:
        Forbidden: the actor is no manager.
        Invalid: naming the field; reason "taken" for a name that another village has.
    """
    _require_manager(actor, "add_village")
    if len(note) > MAX_NOTE:
        raise Invalid("note", "length")
    village = Village(
        code=code or new_code(6).lower(),
        name=_check_village_name(session, name),
        aliases=check_names("aliases", aliases),
        altitude_m=altitude_m,
        note=note,
    )
    session.add(village)
    session.flush()
    return village.id


def rename_village(session: Session, code: str, *, name: str, aliases: Sequence[str], actor: Actor) -> None:
    """Give a village its name and its other names; its code, and so every address, stays.

    Raises:
        Forbidden: the actor is no manager.
        Invalid: naming the field.
        NotFound: there is no such village.
    """
    _require_manager(actor, "rename_village")
    village = session.scalar(select(Village).where(Village.code == code))
    if village is None:
        raise NotFound("village")
    village.name = _check_village_name(session, name, but=village.id)
    village.aliases = check_names("aliases", aliases)
    session.flush()


def add_holiday(session: Session, on: date, name: str, *, actor: Actor) -> None:
    """Write down a day on which the centre is closed; a day already there gets the new name.

    Raises:
        Forbidden: the actor is no manager.
        Invalid: field "name".
    """
    _require_manager(actor, "add_holiday")
    session.merge(Holiday(on=on, name=check_text("name", name, MAX_NAME)))
    session.flush()


def remove_holiday(session: Session, on: date, *, actor: Actor) -> None:
    """Strike out a day on which the centre was to be closed; one that is gone already is fine.

    Raises:
        Forbidden: the actor is no manager.
    """
    _require_manager(actor, "remove_holiday")
    holiday = session.get(Holiday, on)
    if holiday is not None:
        session.delete(holiday)
        session.flush()
