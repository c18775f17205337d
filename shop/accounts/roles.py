"""Who works for the centre as what: read, given and taken by managers, with a history."""

from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from shop.accounts.cards import stop_cards
from shop.accounts.models import Role, RoleChange, User, UserRole
from shop.accounts.queries import Person, person_of
from shop.accounts.rules import BENCH_ROLES, MAX_REASON
from shop.kernel.actor import Actor
from shop.kernel.clock import Clock
from shop.kernel.errors import Forbidden, Invalid, NotFound, Stale


@dataclass(frozen=True)
class RoleChangeFacts:
    """A role given or taken."""

    version: int
    role: Role
    is_given: bool
    reason: str
    at: datetime
    actor: str


@dataclass(frozen=True)
class Worker:
    """A person with what they were given and had taken, the latest first."""

    person: Person
    version: int
    """Of their last change; 0 before the first."""
    changes: tuple[RoleChangeFacts, ...]


def _works_here() -> tuple[ColumnElement[bool], ...]:
    of_centre = select(UserRole.user_id).where(UserRole.role.in_([Role(name) for name in BENCH_ROLES]))
    return User.id.in_(of_centre), User.is_active.is_(True)


def worker_count(session: Session) -> int:
    """Return how many people have a role at the centre."""
    return session.scalar(select(func.count(User.id)).where(*_works_here())) or 0


def workers(session: Session, *, offset: int = 0, limit: int | None = None) -> tuple[Person, ...]:
    """Return everybody with a role at the centre, by name."""
    wanted = select(User).where(*_works_here()).order_by(User.name, User.id).offset(offset).limit(limit)
    return tuple(person_of(user) for user in session.scalars(wanted))


def worker(session: Session, code: str) -> Worker:
    """Return one person with the history of their roles.

    Raises:
        NotFound: there is no such person, or the account is closed.
    """
    user = _user(session, code)
    rows = session.scalars(select(RoleChange).where(RoleChange.user_id == user.id).order_by(RoleChange.id.desc()))
    changes = tuple(RoleChangeFacts(row.version, row.role, row.is_given, row.reason, row.at, row.actor) for row in rows)
    return Worker(person_of(user), max((one.version for one in changes), default=0), changes)


def change_role(
    session: Session,
    code: str,
    role: Role,
    *,
    is_given: bool,
    reason: str,
    version: int,
    actor: Actor,
    clock: Clock,
) -> None:
    """Give a person a role at the centre, or take it from them. Done already, it stays done.

    Whoever comes to work for the centre enters by no card any more: it is stopped, and what it opened ends.

    Args:
        code: the person's.
        reason: why, in the manager's words.
        version: of the person's last change, as the page showed it.

    Raises:
        Forbidden: the actor is no manager.
        Invalid: field "role": not one of the centre's ("kind"), one's own right to manage ("own"), or nobody would
            be left to manage ("last"); field "reason" ("length").
        NotFound: there is no such person.
        Stale: somebody changed the person's roles since.
    """
    if not actor.has(Role.MANAGER):
        raise Forbidden("roles")
    reason = reason.strip()
    if role not in BENCH_ROLES:
        raise Invalid("role", "kind")
    if not 0 < len(reason) <= MAX_REASON:
        raise Invalid("reason", "length")
    user = _user(session, code, locked=True)
    held = {row.role: row for row in user.roles}
    last = session.scalar(select(func.max(RoleChange.version)).where(RoleChange.user_id == user.id)) or 0
    if last != version:
        raise Stale("roles")
    if (role in held) == is_given:
        return
    if is_given:
        user.roles.append(UserRole(role=role))
        with suppress(NotFound):  # four figures on a card guard a household's stall, not the centre
            stop_cards(session, user.id, actor=actor, clock=clock)
    else:
        if role is Role.MANAGER:
            _check_may_go(session, user, actor)
        user.roles.remove(held[role])
    session.add(
        RoleChange(
            user_id=user.id,
            version=last + 1,
            role=role,
            is_given=is_given,
            reason=reason,
            at=clock(),
            actor=actor.label,
        )
    )
    session.flush()


def _check_may_go(session: Session, user: User, actor: Actor) -> None:
    """Refuse to leave the centre without a manager, also when two take each other's right in the same moment."""
    if user.id == actor.user_id:
        raise Invalid("role", "own")
    managers = session.scalars(
        select(UserRole.user_id)
        .join(User, User.id == UserRole.user_id)
        .where(UserRole.role == Role.MANAGER, User.is_active)
        .order_by(UserRole.user_id)
        .with_for_update(of=UserRole)
    ).all()
    if not set(managers) - {user.id}:
        raise Invalid("role", "last")


def _user(session: Session, code: str, *, locked: bool = False) -> User:
    wanted = select(User).where(User.code == code, User.is_active)
    user = session.scalar(wanted.with_for_update() if locked else wanted)
    if user is None:
        raise NotFound("user")
    return user
