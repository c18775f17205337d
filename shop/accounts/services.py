"""Writes of people: accounts, passwords, sessions, codes, counted tries, kept addresses.

Acts of several steps are in `entry`.
"""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime

from sqlalchemy import delete, select, update
from sqlalchemy.engine import CursorResult
from sqlalchemy.orm import Session

from shop.accounts.models import (
    Attempt,
    CardTry,
    CodePurpose,
    KeptAddress,
    Role,
    SignIn,
    SmsCode,
    User,
    UserRole,
    ViewLog,
)
from shop.accounts.passwords import Hasher
from shop.accounts.queries import KeptAddressFacts, Person, kept_facts, person_of
from shop.accounts.rules import (
    CODE_LIFE,
    CODE_TRIES,
    KEEP_ATTEMPTS,
    KEEP_CODES,
    KEEP_SIGN_INS,
    KEEP_VIEWS,
    MAX_KEPT,
    OWN_LIFE,
    Limit,
    PostalAddress,
    check_address,
    check_name,
    check_password,
    check_phone,
    code_digest,
    code_digits,
    normal_phone,
)
from shop.accounts.sign_ins import end_all
from shop.accounts.topics import ENTRY_CODE, HELPER_CODE, RESET_CODE
from shop.kernel import outbox
from shop.kernel.actor import Actor
from shop.kernel.clock import Clock
from shop.kernel.codes import new_code
from shop.kernel.errors import Forbidden, Invalid, NotFound
from shop.kernel.languages import Language


def create_user(
    session: Session,
    *,
    phone: str,
    name: str,
    password: str,
    roles: Sequence[Role],
    hasher: Hasher,
    actor: Actor,
    clock: Clock,
) -> Person:
    """Open an account; only a manager or the house itself may.

    Args:
        phone: as typed; it is kept without blanks and prefix.
        roles: what the person may be; a role named twice counts once.

    Raises:
        Forbidden: the actor is no manager.
        Invalid: field "phone" (reason "shape" or "taken"), "name" ("length") or "password" (see `check_password`).
    """
    if not actor.has(Role.MANAGER):
        raise Forbidden("create_user")
    phone, name = normal_phone(phone), name.strip()
    check_phone(phone)
    check_password(password, phone)
    check_name(name)
    if session.scalar(select(User.id).where(User.phone == phone)) is not None:
        raise Invalid("phone", "taken")
    return _open_account(session, phone, name, hasher.hash(password), roles, clock=clock)


def open_account(session: Session, phone: str, name: str, *, clock: Clock) -> Person:
    """Open a buyer's account without a password, for who has proved to hold the phone.

    Args:
        phone: in normal form, and nobody's yet.
    """
    return _open_account(session, phone, name, None, [Role.BUYER], clock=clock)


def _open_account(
    session: Session, phone: str, name: str, password_hash: str | None, roles: Sequence[Role], *, clock: Clock
) -> Person:
    user = User(
        code=new_code(8),
        phone=phone,
        name=name,
        password_hash=password_hash,
        created_at=clock(),
        roles=[UserRole(role=role) for role in sorted(set(roles))],
    )
    session.add(user)
    session.flush()
    return person_of(user)


def set_password(session: Session, user_id: int, password_hash: str, *, clock: Clock) -> Person:
    """Give a person a new password and end every session opened with the old one.

    Args:
        password_hash: made by `Hasher.hash` before the transaction: hashing takes long and must hold no lock.

    Raises:
        NotFound: there is no such person, or the account is closed.
    """
    changed = session.execute(
        update(User)
        .where(User.id == user_id, User.is_active)
        .values(password_hash=password_hash, session_epoch=User.session_epoch + 1)
    )
    assert isinstance(changed, CursorResult)
    if changed.rowcount == 0:
        raise NotFound("user")
    end_all(session, user_id, clock=clock)
    return person_of(session.get_one(User, user_id, populate_existing=True))


def renew_hash(session: Session, user_id: int, password_hash: str) -> None:
    """Keep the same password under today's profile; sessions go on."""
    session.execute(update(User).where(User.id == user_id).values(password_hash=password_hash))


def sign_out_everywhere(session: Session, *, actor: Actor, clock: Clock) -> None:
    """End every session of the acting person, on every device.

    Raises:
        Forbidden: nobody is signed in.
    """
    if actor.user_id is None:
        raise Forbidden("sign_out_everywhere")
    session.execute(update(User).where(User.id == actor.user_id).values(session_epoch=User.session_epoch + 1))
    end_all(session, actor.user_id, clock=clock)


def want_code(session: Session, phone: str, language: Language = Language.HANS, *, clock: Clock) -> None:
    """Ask for a reset code to be sent, if the phone belongs to an open account; nothing tells the caller."""
    if session.scalar(select(User.id).where(User.phone == phone, User.is_active)) is not None:
        outbox.post(session, RESET_CODE, {"phone": phone, "language": language.value}, clock=clock)


def want_entry_code(session: Session, phone: str, language: Language = Language.HANS, *, clock: Clock) -> None:
    """Ask for a code to come in with to be sent, to whatever phone: it may open an account."""
    outbox.post(session, ENTRY_CODE, {"phone": phone, "language": language.value}, clock=clock)


def want_helper_code(session: Session, phone: str, *, clock: Clock) -> None:
    """Ask for a code to be sent that its reader tells to the household they will help."""
    outbox.post(session, HELPER_CODE, {"phone": phone}, clock=clock)


def make_code(session: Session, message_id: int, phone: str, *, purpose: CodePurpose, secret: str, clock: Clock) -> str:
    """Make the code of one wanted message at the moment of sending, and return its six digits.

    Only a keyed digest is kept. Earlier codes of the phone for the same purpose end here. Made again for the same
    message (a delivery repeated after a crash), it is the same row and the same digits, valid for ten minutes from now.
    """
    now = clock()
    code = code_digits(secret, message_id, phone)
    session.execute(
        update(SmsCode)
        .where(
            SmsCode.phone == phone,
            SmsCode.purpose == purpose,
            SmsCode.message_id != message_id,
            SmsCode.expires_at > now,
        )
        .values(expires_at=now)
    )
    row = session.scalar(select(SmsCode).where(SmsCode.message_id == message_id))
    if row is None:
        digest = code_digest(secret, message_id, code)
        session.add(
            SmsCode(
                phone=phone,
                purpose=purpose,
                digest=digest,
                message_id=message_id,
                created_at=now,
                expires_at=now + CODE_LIFE,
            )
        )
    else:
        row.expires_at = now + CODE_LIFE
    session.flush()
    return code


def try_code(session: Session, phone: str, purpose: CodePurpose, *, clock: Clock) -> tuple[int, str] | None:
    """Spend one try of the phone's live code for a purpose.

    Must be committed before the typed code is compared, or a refused try would roll its own counting back.

    Returns:
        (message id, digest) to compare with, or None when there is no live code with a try left.
    """
    now = clock()
    live = (
        SmsCode.phone == phone,
        SmsCode.purpose == purpose,
        SmsCode.used_at.is_(None),
        SmsCode.expires_at > now,
        SmsCode.tries < CODE_TRIES,
    )
    row = session.execute(
        select(SmsCode.id, SmsCode.message_id, SmsCode.digest).where(*live).order_by(SmsCode.id.desc()).limit(1)
    ).first()
    if row is None:
        return None
    spent = session.execute(update(SmsCode).where(SmsCode.id == row.id, *live).values(tries=SmsCode.tries + 1))
    assert isinstance(spent, CursorResult)
    return (row.message_id, row.digest) if spent.rowcount else None


def use_code(session: Session, message_id: int, *, clock: Clock) -> bool:
    """Use a code up; tell whether it was still there to use, so that two who typed it right cannot both go on."""
    used = session.execute(
        update(SmsCode).where(SmsCode.message_id == message_id, SmsCode.used_at.is_(None)).values(used_at=clock())
    )
    assert isinstance(used, CursorResult)
    return bool(used.rowcount)


def note_attempts(session: Session, keys: Sequence[str], *, clock: Clock) -> list[int]:
    """Write down one try under each key and return the rows' ids; commit before counting."""
    rows = [Attempt(key=key, at=clock()) for key in keys]
    session.add_all(rows)
    session.flush()
    return [row.id for row in rows]


def wait_s(session: Session, key: str, limit: Limit, now: datetime) -> int:
    """Return how many seconds the try just noted under a key is too early by, 0 when it is within its limit."""
    since = now - limit.window
    recent = session.scalars(
        select(Attempt.at).where(Attempt.key == key, Attempt.at > since).order_by(Attempt.at)
    ).all()
    over = len(recent) - limit.tries
    if over <= 0:
        return 0
    frees_at = recent[over - 1] + limit.window
    return max(1, int((frees_at - now).total_seconds()))


def forget_attempts(session: Session, ids: Sequence[int], keys: Sequence[str] = ()) -> None:
    """Strike out tries: these rows, and everything under these keys."""
    session.execute(delete(Attempt).where(Attempt.id.in_(ids)))
    if keys:
        session.execute(delete(Attempt).where(Attempt.key.in_(keys)))


def forget_old(session: Session, now: datetime) -> int:
    """Remove tries, codes, ended sign-ins and looks at personal data that need not be kept any more; a job does daily.

    Returns:
        How many rows went.
    """
    gone = 0
    for statement in (
        delete(Attempt).where(Attempt.at < now - KEEP_ATTEMPTS),
        delete(SmsCode).where(SmsCode.expires_at < now - KEEP_CODES),
        delete(SignIn).where((SignIn.ended_at < now - KEEP_SIGN_INS) | (SignIn.until < now - KEEP_SIGN_INS)),
        delete(CardTry).where(CardTry.at < now - OWN_LIFE),
        delete(ViewLog).where(ViewLog.at < now - KEEP_VIEWS),
    ):
        done = session.execute(statement)
        assert isinstance(done, CursorResult)
        gone += done.rowcount
    return gone


def keep_address(session: Session, user_id: int, address: PostalAddress, *, clock: Clock) -> KeptAddressFacts:
    """Keep an address that a member gave, as the one used last; one that is kept already only moves to the front.

    A member keeps `MAX_KEPT`; beyond them the one goes that was used longest ago.

    Raises:
        Invalid: see `check_address`.
        NotFound: there is no such person.
    """
    check_address(address)
    kept = _kept(session, user_id)
    same = next((row for row in kept if _says(row) == address), None)
    if same is None:
        same = KeptAddress(code=new_code(8), user_id=user_id, used_at=clock(), **asdict(address))
        session.add(same)
        for row in kept[MAX_KEPT - 1 :]:
            session.delete(row)
    same.used_at = clock()
    session.flush()
    return kept_facts(same)


def change_address(session: Session, user_id: int, code: str, address: PostalAddress) -> KeptAddressFacts:
    """Change an address that a member keeps; becoming the same as another of theirs, the two are one.

    Raises:
        Invalid: see `check_address`.
        NotFound: the member keeps none of this code.
    """
    check_address(address)
    kept = _kept(session, user_id)
    row = _of_code(kept, code)
    for other in kept:
        if other is not row and _says(other) == address:
            row.used_at = max(row.used_at, other.used_at)
            session.delete(other)
    for part, told in asdict(address).items():
        setattr(row, part, told)
    session.flush()
    return kept_facts(row)


def forget_address(session: Session, user_id: int, code: str) -> None:
    """Remove an address that a member keeps; orders have their own copy.

    Raises:
        NotFound: the member keeps none of this code.
    """
    session.delete(_of_code(_kept(session, user_id), code))
    session.flush()


def _kept(session: Session, user_id: int) -> Sequence[KeptAddress]:
    """Return a member's rows, the one used last first, while nobody else writes any of theirs."""
    if session.scalar(select(User.id).where(User.id == user_id).with_for_update()) is None:
        raise NotFound("user")
    mine = select(KeptAddress).where(KeptAddress.user_id == user_id)
    return session.scalars(mine.order_by(KeptAddress.used_at.desc(), KeptAddress.id.desc())).all()


def _of_code(kept: Sequence[KeptAddress], code: str) -> KeptAddress:
    for row in kept:
        if row.code == code:
            return row
    raise NotFound("address")


def _says(row: KeptAddress) -> PostalAddress:
    return PostalAddress(row.name, row.phone, row.province, row.city, row.district, row.street)
