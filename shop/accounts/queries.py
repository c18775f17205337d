"""Reads of people and of the addresses they keep."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, and_, func, select
from sqlalchemy.orm import Session, joinedload

from shop.accounts.models import CardOutcome, CardTry, Device, How, KeptAddress, SignIn, SignInCard, User
from shop.accounts.rules import BENCH_ROLES, CardStopped, token_digest
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


@dataclass(frozen=True)
class Presence:
    """A person who is signed in, and on what."""

    person: Person
    sign_in_id: int
    how: How
    device: Device
    proven_at: datetime | None = None
    """When the person last typed a code of their second factor there."""


def _is_present(user_id: int, epoch: int, sign_in_id: int, now: datetime) -> ColumnElement[bool]:
    return and_(
        SignIn.id == sign_in_id,
        SignIn.ended_at.is_(None),
        SignIn.until > now,
        User.id == user_id,
        User.session_epoch == epoch,
        User.is_active,
    )


def person_in_session(session: Session, user_id: int, epoch: int, sign_in_id: int, now: datetime) -> Presence | None:
    """Return who is present by a sign-in, or None when it has ended, or all of them have, or the account is closed."""
    # Every page of who is signed in asks this: one statement, not one more for the roles and one for the sign-in.
    wanted = (
        select(User, SignIn)
        .join(SignIn, SignIn.user_id == User.id)
        .where(_is_present(user_id, epoch, sign_in_id, now))
        .options(joinedload(User.roles))
    )
    found = session.execute(wanted).unique().first()
    if found is None:
        return None
    user, sign_in = found
    return Presence(person_of(user), sign_in.id, sign_in.how, sign_in.device, sign_in.proven_at)


def province_in_session(session: Session, user_id: int, epoch: int, sign_in_id: int, now: datetime) -> str | None:
    """Return the province of the address that who is present used last, empty without one.

    None when nobody is present by this sign-in, or on a shared phone.
    """
    used = KeptAddress.used_at.desc(), KeptAddress.id.desc()
    last = select(KeptAddress.province).where(KeptAddress.user_id == user_id).order_by(*used).limit(1)
    wanted = (
        select(func.coalesce(last.scalar_subquery(), ""))
        .select_from(SignIn)
        .join(User, SignIn.user_id == User.id)
        .where(_is_present(user_id, epoch, sign_in_id, now), SignIn.device == Device.OWN)
    )
    found: str | None = session.scalar(wanted)
    return found


@dataclass(frozen=True)
class SignInFacts:
    """A browser that a person is signed in on."""

    id: int
    code: str
    how: How
    device: Device
    browser: str
    at: datetime
    until: datetime


def open_sign_ins(session: Session, user_id: int, now: datetime) -> tuple[SignInFacts, ...]:
    """Return where a person is signed in, the newest first."""
    wanted = (
        select(SignIn)
        .where(SignIn.user_id == user_id, SignIn.ended_at.is_(None), SignIn.until > now)
        .order_by(SignIn.id.desc())
    )
    return tuple(
        SignInFacts(row.id, row.code, row.how, row.device, row.browser, row.at, row.until)
        for row in session.scalars(wanted)
    )


def person_by_phone(session: Session, phone: str) -> Person | None:
    """Return the person with this mobile number, active or not."""
    user = session.scalar(select(User).where(User.phone == phone))
    return None if user is None else person_of(user)


def person_of_code(session: Session, code: str) -> Person:
    """Return the person of this code, while their account is open.

    Raises:
        NotFound: there is none.
    """
    user = session.scalar(select(User).where(User.code == code, User.is_active))
    if user is None:
        raise NotFound("user")
    return person_of(user)


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


@dataclass(frozen=True)
class LiveCard:
    """A card that may open something, and whom for."""

    id: int
    person: Person


def card_of_token(session: Session, token: str) -> LiveCard:
    """Return the card of a token, with its person.

    Raises:
        NotFound: no card was ever issued with it.
        CardStopped: it was stopped, the account is closed, or the person works for the centre now.
    """
    wanted = (
        select(SignInCard, User)
        .join(User, User.id == SignInCard.user_id)
        .where(SignInCard.token_digest == token_digest(token))
    )
    found = session.execute(wanted).first()
    if found is None:
        raise NotFound("card")
    card, user = found
    person = person_of(user)
    if card.stopped_at is not None or not user.is_active or person.roles & BENCH_ROLES:
        raise CardStopped
    return LiveCard(card.id, person)


@dataclass(frozen=True)
class CardTryFacts:
    """One try of a PIN, on any of a person's cards."""

    at: datetime
    outcome: CardOutcome
    browser: str
    card: str
    """The code printed on the card."""


def card_tries(session: Session, user_id: int, limit: int) -> tuple[CardTryFacts, ...]:
    """Return the latest tries of a person's cards, the newest first."""
    wanted = (
        select(CardTry.at, CardTry.outcome, CardTry.browser, SignInCard.code)
        .join(SignInCard, SignInCard.id == CardTry.card_id)
        .where(SignInCard.user_id == user_id)
        .order_by(CardTry.id.desc())
        .limit(limit)
    )
    return tuple(CardTryFacts(*row) for row in session.execute(wanted))


def has_password(session: Session, user_id: int) -> bool:
    """Tell whether a person has set a password."""
    return session.scalar(select(User.password_hash).where(User.id == user_id)) is not None


def names_of(session: Session, labels: Collection[str]) -> dict[str, str]:
    """Return the names of the people among the labels that histories keep; processes and visitors have none."""
    if not labels:
        return {}
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
