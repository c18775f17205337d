"""Reads of people and of the addresses they keep."""

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from shop.accounts.models import KeptAddress, User
from shop.kernel.errors import NotFound


@dataclass(frozen=True)
class Person:
    """A person as the house knows them while they are signed in."""

    id: int
    code: str
    name: str
    phone: str
    roles: frozenset[str]
    epoch: int


def person_of(user: User) -> Person:
    """Return a loaded row as the person it is."""
    roles = frozenset(role.role.value for role in user.roles)
    return Person(user.id, user.code, user.name, user.phone, roles, user.session_epoch)


def person_in_session(session: Session, user_id: int, epoch: int) -> Person | None:
    """Return the person of a sign-in, or None when it was ended everywhere or the account is closed."""
    # Every page of who is signed in asks this: one statement, not one for the roles besides.
    user = session.get(User, user_id, options=[joinedload(User.roles)])
    if user is None or not user.is_active or user.session_epoch != epoch:
        return None
    return person_of(user)


def person_by_phone(session: Session, phone: str) -> Person | None:
    """Return the person with this mobile number, active or not."""
    user = session.scalar(select(User).where(User.phone == phone))
    return None if user is None else person_of(user)


@dataclass(frozen=True)
class Credentials:
    """What a sign-in is checked against; it never leaves the room."""

    user_id: int
    password_hash: str | None
    is_active: bool


def credentials(session: Session, phone: str) -> Credentials | None:
    """Return what opens the account of this mobile number."""
    row = session.execute(select(User.id, User.password_hash, User.is_active).where(User.phone == phone)).first()
    return None if row is None else Credentials(row.id, row.password_hash, row.is_active)


def names_of(session: Session, labels: Collection[str]) -> dict[str, str]:
    """Return the names of the people among the labels that histories keep; processes and visitors have none."""
    rows = session.execute(select(User.code, User.name).where(User.code.in_(labels)))
    return {row[0]: row[1] for row in rows}


@dataclass(frozen=True)
class KeptAddressFacts:
    """An address that a member keeps."""

    code: str
    name: str
    phone: str
    province: str
    city: str
    district: str
    street: str


def kept_facts(kept: KeptAddress) -> KeptAddressFacts:
    """Return a loaded row as what others may know of it."""
    return KeptAddressFacts(kept.code, kept.name, kept.phone, kept.province, kept.city, kept.district, kept.street)


def kept_addresses(session: Session, user_id: int) -> tuple[KeptAddressFacts, ...]:
    """Return the addresses a member keeps, the one used last first."""
    mine = select(KeptAddress).where(KeptAddress.user_id == user_id)
    return tuple(
        kept_facts(kept) for kept in session.scalars(mine.order_by(KeptAddress.used_at.desc(), KeptAddress.id.desc()))
    )


def kept_address(session: Session, user_id: int, code: str) -> KeptAddressFacts:
    """Return one of a member's addresses.

    Raises:
        NotFound: there is none of this code, or it is another's.
    """
    kept = session.scalar(select(KeptAddress).where(KeptAddress.user_id == user_id, KeptAddress.code == code))
    if kept is None:
        raise NotFound("address")
    return kept_facts(kept)
