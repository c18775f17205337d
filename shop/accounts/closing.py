"""Closing an account: what stood for the person goes, the row itself stays, since histories name its code."""

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from shop.accounts.factors.models import RecoveryCode, SecondFactor
from shop.accounts.models import CardStop, KeptAddress, SignInCard, SmsCode, User
from shop.accounts.news import choose_news
from shop.accounts.queries import Person, person_of
from shop.accounts.rules import CLOSED_NAME
from shop.accounts.sign_ins import end_all
from shop.kernel.actor import Actor
from shop.kernel.clock import Clock
from shop.kernel.errors import NotFound


def lock_person(session: Session, user_id: int) -> Person:
    """Return a person, while nobody else closes the account or changes what they may.

    Raises:
        NotFound: there is no such person, or the account is closed.
    """
    wanted = select(User).where(User.id == user_id, User.is_active).with_for_update(of=User)
    user = session.scalar(wanted.execution_options(populate_existing=True))
    if user is None:
        raise NotFound("user")
    return person_of(user)


def close_account(session: Session, user_id: int, *, actor: Actor, clock: Clock) -> None:
    """Let name, phone, password, kept addresses, cards and sign-ins of a person go; the number is free for anybody.

    Whether anything of theirs must end first is asked by `flows.rights`.

    Raises:
        NotFound: as `lock_person`.
    """
    phone = lock_person(session, user_id).phone
    choose_news(session, user_id, is_wanted=False, actor=actor, clock=clock)
    live = update(SignInCard).where(SignInCard.user_id == user_id, SignInCard.stopped_at.is_(None))
    session.execute(live.values(stopped_at=clock(), stopped_by=actor.label, stop=CardStop.REVOKED))
    end_all(session, user_id, clock=clock)
    session.execute(delete(KeptAddress).where(KeptAddress.user_id == user_id))
    session.execute(delete(RecoveryCode).where(RecoveryCode.user_id == user_id))
    session.execute(delete(SecondFactor).where(SecondFactor.user_id == user_id))
    session.execute(delete(SmsCode).where(SmsCode.phone == phone))
    user = session.get_one(User, user_id)
    user.name, user.phone = CLOSED_NAME, f"-{user.code}"
    user.password_hash, user.is_active = None, False
    user.closed_at, user.closed_by = clock(), actor.label
    user.session_epoch += 1
    session.flush()
