"""Writes of second factors: setting one up, proving it, recovery codes, a reset by a manager.

A code is tried in the same steps as a password (see `shop.accounts.entry`): the try is counted and committed, then
judged. The half minute of a code is moved on by one guarded update, so that of two who type the same code in one
moment only one gets through.
"""

from collections.abc import Sequence

from sqlalchemy import delete, select, update
from sqlalchemy.engine import CursorResult
from sqlalchemy.orm import Session

from shop.accounts import services
from shop.accounts.counting import counted
from shop.accounts.factors.models import FactorAct, FactorChange, RecoveryCode, SecondFactor
from shop.accounts.factors.queries import live_key, pending_key
from shop.accounts.factors.rules import (
    FACTOR_DAY,
    FACTOR_PERSON,
    NotEnrolled,
    WrongFactor,
    clean_factor,
    is_figures,
    new_recovery_codes,
    recovery_digest,
    step_typed,
)
from shop.accounts.models import Role, SignIn, User
from shop.accounts.rules import BENCH_ROLES, MAX_REASON
from shop.kernel.actor import Actor
from shop.kernel.clock import Clock
from shop.kernel.edge import Edge
from shop.kernel.errors import Forbidden, Invalid, NotFound
from shop.kernel.vault import Vault


def begin(session: Session, vault: Vault, key: str, *, actor: Actor) -> None:
    """Begin to set up an authenticator: the key waits, and one that opens already goes on opening until then.

    Raises:
        Forbidden: the actor is nobody of the centre.
    """
    row = _row(session, _own(actor))
    row.pending = vault.seal(key)
    session.flush()


def confirm(
    edge: Edge, vault: Vault, *, actor: Actor, sign_in_id: int, typed: str, secret: str, clock: Clock
) -> tuple[str, ...]:
    """Set an authenticator up for good by its first code, which also proves the factor on this sign-in.

    Returns:
        Ten recovery codes, which are told this once.

    Raises:
        Forbidden: the actor is nobody of the centre.
        NotEnrolled: none was begun.
        WrongFactor: the code is not one of the key that waits.
        TooMany: see `prove`.
    """
    user_id, typed = _own(actor), clean_factor(typed)
    ids, keys = _count(edge, user_id, secret=secret, clock=clock)
    with edge.reading() as session:
        key = pending_key(session, vault, user_id)
    step = step_typed(key, typed, clock())
    if step is None:
        raise WrongFactor
    codes = new_recovery_codes()

    def act(session: Session) -> None:
        services.forget_attempts(session, ids, keys[:1])
        row = _row(session, user_id)
        if row.pending is None or vault.open(row.pending) != key:
            raise NotEnrolled
        row.secret, row.pending, row.last_step, row.enrolled_at = row.pending, None, step, clock()
        _write_codes(session, user_id, codes, secret=secret)
        _note(session, user_id, FactorAct.ENROLLED, actor=actor, clock=clock)
        _mark(session, user_id, sign_in_id, clock=clock)

    edge.run(act)
    return codes


def prove(edge: Edge, vault: Vault, *, actor: Actor, sign_in_id: int, typed: str, secret: str, clock: Clock) -> None:
    """Prove the acting person's second factor on one sign-in, by a code of the authenticator or a recovery code.

    Args:
        sign_in_id: the browser that asks; it counts there and nowhere else.
        typed: as typed.
        secret: the house's secret, under which tries and recovery codes are digested.

    Raises:
        Forbidden: the actor is nobody of the centre.
        NotEnrolled: the person has none.
        WrongFactor: the code opens nothing.
        TooMany: six wrong ones in a quarter of an hour, or thirty in a day.
    """
    user_id, typed = _own(actor), clean_factor(typed)
    with edge.reading() as session:
        found = live_key(session, vault, user_id)
    if found is None:
        raise NotEnrolled
    ids, keys = _count(edge, user_id, secret=secret, clock=clock)
    step = step_typed(found[0], typed, clock()) if is_figures(typed) else None

    def act(session: Session) -> None:
        if step is not None:
            _take_step(session, user_id, step)
        else:
            _take_code(session, user_id, recovery_digest(secret, user_id, typed), clock=clock)
            _note(session, user_id, FactorAct.RECOVERED, actor=actor, clock=clock)
        # Only failures count; the day's stay, so that somebody with the phone does not open the way for a guesser.
        services.forget_attempts(session, ids, keys[:1])
        _mark(session, user_id, sign_in_id, clock=clock)

    edge.run(act)


def renew_codes(session: Session, codes: Sequence[str], *, actor: Actor, secret: str, clock: Clock) -> None:
    """Give the acting person fresh recovery codes; those there were open nothing any more.

    Raises:
        Forbidden: the actor is nobody of the centre.
        NotEnrolled: the person has no second factor.
    """
    user_id = _own(actor)
    if _row(session, user_id).secret is None:
        raise NotEnrolled
    _write_codes(session, user_id, codes, secret=secret)
    _note(session, user_id, FactorAct.RENEWED, actor=actor, clock=clock)


def reset(session: Session, code: str, *, reason: str, actor: Actor, clock: Clock) -> None:
    """Take a person's second factor away, who has lost phone and codes: they set up a new one when it is next asked.

    Every browser they proved it on is asked anew.

    Args:
        code: the person's.
        reason: why, and how the manager knows who asks.

    Raises:
        Forbidden: the actor is no manager.
        Invalid: field "factor" ("own": another manager does it), field "reason" ("length").
        NotFound: there is no such person, or they have none.
    """
    if not actor.has(Role.MANAGER):
        raise Forbidden("reset_factor")
    reason = reason.strip()
    if not 0 < len(reason) <= MAX_REASON:
        raise Invalid("reason", "length")
    user_id = session.scalar(select(User.id).where(User.code == code, User.is_active))
    if user_id is None:
        raise NotFound("user")
    if user_id == actor.user_id:
        raise Invalid("factor", "own")
    row = session.get(SecondFactor, user_id, with_for_update=True)
    if row is None or row.secret is None:
        raise NotFound("factor")
    row.secret = row.pending = row.enrolled_at = None
    session.execute(delete(RecoveryCode).where(RecoveryCode.user_id == user_id))
    session.execute(update(SignIn).where(SignIn.user_id == user_id).values(proven_at=None))
    _note(session, user_id, FactorAct.RESET, actor=actor, clock=clock, reason=reason)


def turn_factors(session: Session, vault: Vault) -> int:
    """Seal every key anew under the vault's first one, and return how many there were."""
    turned = 0
    for row in session.scalars(select(SecondFactor).with_for_update()):
        turned += (row.secret is not None) + (row.pending is not None)
        row.secret = None if row.secret is None else vault.turned(row.secret)
        row.pending = None if row.pending is None else vault.turned(row.pending)
    session.flush()
    return turned


def _own(actor: Actor) -> int:
    if actor.user_id is None or not actor.roles & BENCH_ROLES:
        raise Forbidden("second_factor")
    return actor.user_id


def _count(edge: Edge, user_id: int, *, secret: str, clock: Clock) -> tuple[list[int], list[str]]:
    tries = ((FACTOR_PERSON, str(user_id)), (FACTOR_DAY, str(user_id)))
    return counted(edge, "second_factor", tries, secret=secret, clock=clock)


def _row(session: Session, user_id: int) -> SecondFactor:
    """Return a person's row while nobody else writes it; made when there is none."""
    session.execute(select(User.id).where(User.id == user_id).with_for_update())
    row = session.get(SecondFactor, user_id, populate_existing=True)
    if row is None:
        row = SecondFactor(user_id=user_id, last_step=0)
        session.add(row)
        session.flush()
    return row


def _take_step(session: Session, user_id: int, step: int) -> None:
    taken = session.execute(
        update(SecondFactor)
        .where(SecondFactor.user_id == user_id, SecondFactor.secret.is_not(None), SecondFactor.last_step < step)
        .values(last_step=step)
    )
    assert isinstance(taken, CursorResult)
    if taken.rowcount == 0:
        raise WrongFactor


def _take_code(session: Session, user_id: int, digest: str, *, clock: Clock) -> None:
    taken = session.execute(
        update(RecoveryCode)
        .where(RecoveryCode.user_id == user_id, RecoveryCode.digest == digest, RecoveryCode.used_at.is_(None))
        .values(used_at=clock())
    )
    assert isinstance(taken, CursorResult)
    if taken.rowcount == 0:
        raise WrongFactor


def _write_codes(session: Session, user_id: int, codes: Sequence[str], *, secret: str) -> None:
    session.execute(delete(RecoveryCode).where(RecoveryCode.user_id == user_id))
    session.add_all(RecoveryCode(user_id=user_id, digest=recovery_digest(secret, user_id, code)) for code in codes)
    session.flush()


def _mark(session: Session, user_id: int, sign_in_id: int, *, clock: Clock) -> None:
    session.execute(update(SignIn).where(SignIn.id == sign_in_id, SignIn.user_id == user_id).values(proven_at=clock()))


def _note(session: Session, user_id: int, act: FactorAct, *, actor: Actor, clock: Clock, reason: str = "") -> None:
    session.add(FactorChange(user_id=user_id, act=act, reason=reason, at=clock(), actor=actor.label))
    session.flush()
