"""Writes of sign-ins: each browser that somebody came in on is a row of its own, to be seen and ended by itself."""

from sqlalchemy import select, update
from sqlalchemy.engine import CursorResult
from sqlalchemy.orm import Session

from shop.accounts.models import Device, How, SignIn, SignInCard
from shop.accounts.rules import OWN_LIFE, SHARED_LIFE, CardStopped
from shop.kernel.clock import Clock
from shop.kernel.codes import new_code
from shop.kernel.errors import NotFound


def open_sign_in(
    session: Session, user_id: int, how: How, device: Device, *, browser: str, card_id: int | None, clock: Clock
) -> int:
    """Write down that a person came in, and return the id that the browser's cookie names.

    Args:
        device: decides how long it lasts at most.
        browser: a few words the person will know it by.
        card_id: the card it was opened with, if it was one.

    Raises:
        CardStopped: the card was stopped meanwhile.
    """
    if card_id is not None:
        # Locked, so that a card stopped in this moment either is seen here or ends this very sign-in.
        card = session.scalars(select(SignInCard).where(SignInCard.id == card_id).with_for_update()).one()
        if card.stopped_at is not None:
            raise CardStopped
    now = clock()
    row = SignIn(
        code=new_code(10),
        user_id=user_id,
        how=how,
        device=device,
        card_id=card_id,
        browser=browser,
        at=now,
        until=now + (OWN_LIFE if device is Device.OWN else SHARED_LIFE),
    )
    session.add(row)
    session.flush()
    return row.id


def close_sign_in(session: Session, user_id: int, sign_in_id: int, *, clock: Clock) -> None:
    """End the sign-in that a person's browser carries; nothing happens when it has ended already."""
    session.execute(
        update(SignIn)
        .where(SignIn.id == sign_in_id, SignIn.user_id == user_id, SignIn.ended_at.is_(None))
        .values(ended_at=clock())
    )


def end_sign_in(session: Session, user_id: int, code: str, *, clock: Clock) -> None:
    """End one of a person's sign-ins from their list.

    Raises:
        NotFound: the person has none of this code that is still open.
    """
    ended = session.execute(
        update(SignIn)
        .where(SignIn.code == code, SignIn.user_id == user_id, SignIn.ended_at.is_(None))
        .values(ended_at=clock())
    )
    assert isinstance(ended, CursorResult)
    if ended.rowcount == 0:
        raise NotFound("sign_in")


def end_all(session: Session, user_id: int, *, clock: Clock) -> None:
    """End every sign-in of a person."""
    session.execute(update(SignIn).where(SignIn.user_id == user_id, SignIn.ended_at.is_(None)).values(ended_at=clock()))


def end_by_card(session: Session, card_id: int, *, clock: Clock) -> None:
    """End every sign-in that a card opened."""
    session.execute(update(SignIn).where(SignIn.card_id == card_id, SignIn.ended_at.is_(None)).values(ended_at=clock()))
