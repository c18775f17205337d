"""Reads of people."""

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from shop.accounts.models import User


@dataclass(frozen=True)
class Person:
    """A person as the house knows them while they are signed in."""

    id: int
    code: str
    name: str
    phone: str
    roles: frozenset[str]
    epoch: int


def _person(user: User) -> Person:
    roles = frozenset(role.role.value for role in user.roles)
    return Person(user.id, user.code, user.name, user.phone, roles, user.session_epoch)


def person_in_session(session: Session, user_id: int, epoch: int) -> Person | None:
    """Return the person of a sign-in, or None when it was ended everywhere or the account is closed."""
    user = session.get(User, user_id)
    if user is None or not user.is_active or user.session_epoch != epoch:
        return None
    return _person(user)


def person_by_phone(session: Session, phone: str) -> Person | None:
    """Return the person with this mobile number, active or not."""
    user = session.scalar(select(User).where(User.phone == phone))
    return None if user is None else _person(user)
