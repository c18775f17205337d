"""Who of the family may act for a vendor: everything but the payout account, and who else may."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from shop.accounts.models import Role, User, UserRole
from shop.accounts.rules import BENCH_ROLES
from shop.kernel.actor import Actor
from shop.kernel.clock import Clock
from shop.kernel.errors import Forbidden, Invalid, NotFound
from shop.vendors.models import Member, MemberRole
from shop.vendors.queries import is_owner

BENCH = (Role.STAFF, Role.MANAGER)
OF_CENTRE = BENCH_ROLES - {Role.DRIVER}
"""Whom the centre lets into no household; a driver is often of one."""
MOST = 5
"""A household has so many delegates at most."""


@dataclass(frozen=True)
class MemberFacts:
    """A person who acts for a vendor."""

    code: str
    name: str
    phone: str
    role: MemberRole
    added_at: datetime | None


def members_of(session: Session, vendor_id: int) -> list[MemberFacts]:
    """Return who acts for a vendor, the owners first."""
    rows = session.execute(
        select(User.code, User.name, User.phone, Member.role, Member.added_at)
        .join(Member, Member.user_id == User.id)
        .where(Member.vendor_id == vendor_id)
        .order_by(Member.role.desc(), Member.user_id)
    )
    return [MemberFacts(*row) for row in rows]


def add_delegate(session: Session, vendor_id: int, user_id: int, *, actor: Actor, clock: Clock) -> None:
    """Let a person act for a vendor; one who does already stays what they are.

    Raises:
        Forbidden: the actor is neither the vendor's owner nor staff at the counter.
        Invalid: field "phone": the person acts for another vendor ("other"), there are enough ("many"), or the centre
            would let in one of its own ("centre"), which only the owner does: acts of the family need no consent.
        NotFound: there is no such person.
    """
    is_at_counter = _check_grantor(session, vendor_id, actor)
    person = session.scalar(select(User).where(User.id == user_id, User.is_active).with_for_update())
    if person is None:
        raise NotFound("user")
    theirs = session.scalars(select(Member).where(Member.user_id == user_id)).all()
    if any(one.vendor_id == vendor_id for one in theirs):
        return
    if is_at_counter and any(row.role in OF_CENTRE for row in person.roles):
        raise Invalid("phone", "centre")
    if theirs:
        raise Invalid("phone", "other")
    there = session.scalars(
        select(Member).where(Member.vendor_id == vendor_id, Member.role == MemberRole.DELEGATE)
    ).all()
    if len(there) >= MOST:
        raise Invalid("phone", "many")
    session.add(
        Member(vendor_id=vendor_id, user_id=user_id, role=MemberRole.DELEGATE, added_at=clock(), added_by=actor.label)
    )
    if session.get(UserRole, (user_id, Role.VENDOR)) is None:
        session.add(UserRole(user_id=user_id, role=Role.VENDOR))
    session.flush()


def remove_delegate(session: Session, vendor_id: int, person_code: str, *, actor: Actor) -> str | None:
    """End at once that a delegate acts for a vendor, and return their name; None when nobody of that code does.

    Raises:
        Forbidden: the actor is neither the vendor's owner nor staff at the counter.
        NotFound: it is an owner.
    """
    _check_grantor(session, vendor_id, actor)
    person = session.scalar(select(User).where(User.code == person_code))
    row = None if person is None else session.get(Member, (vendor_id, person.id))
    if person is None or row is None:
        return None
    if row.role is not MemberRole.DELEGATE:
        raise NotFound("delegate")
    session.delete(row)
    role = session.get(UserRole, (person.id, Role.VENDOR))
    if role is not None:
        session.delete(role)
    session.flush()
    return person.name


def _check_grantor(session: Session, vendor_id: int, actor: Actor) -> bool:
    """Refuse all but the owner themself and the centre with the owner there; tell whether it is the centre."""
    if actor.user_id is not None and not actor.for_vendor and is_owner(session, vendor_id, actor.user_id):
        return False
    if not actor.has(*BENCH) or actor.for_vendor:
        raise Forbidden("delegates")
    return True
