"""Writes of vendors."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from shop.kernel.actor import Actor
from shop.kernel.clock import Clock
from shop.kernel.errors import Forbidden, NotFound
from shop.town.models import Village
from shop.vendors.models import Member, Standing, Vendor


def add_vendor(
    session: Session,
    *,
    code: str,
    name: str,
    person: str,
    phone: str,
    village_code: str,
    standing: Standing,
    story: str,
    permit: str | None,
    since_year: int | None,
    actor: Actor,
    clock: Clock,
) -> Vendor:
    """Register a vendor whose papers the centre has seen.

    Args:
        permit: the number of the licence or filing, where the standing needs one.

    Raises:
        Forbidden: only managers register vendors.
        NotFound: there is no such village.
    """
    if not actor.has("manager"):
        raise Forbidden("add_vendor")
    village = session.scalars(select(Village).where(Village.code == village_code)).one_or_none()
    if village is None:
        raise NotFound("village")
    vendor = Vendor(
        code=code,
        name=name,
        person=person,
        phone=phone,
        village_id=village.id,
        standing=standing,
        story=story,
        permit=permit,
        since_year=since_year,
        created_at=clock(),
    )
    session.add(vendor)
    session.flush()
    return vendor


def add_member(session: Session, vendor_id: int, user_id: int, *, actor: Actor) -> None:
    """Let a person act for a vendor.

    Raises:
        Forbidden: only managers decide that.
    """
    if not actor.has("manager"):
        raise Forbidden("add_member")
    session.add(Member(vendor_id=vendor_id, user_id=user_id))
    session.flush()
