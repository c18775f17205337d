"""Writes of the centre's cards: issuing, stopping, and counting the tries of a PIN.

A try is written down and committed before the PIN is compared (`spend_try`), so that no refusal can roll its counting
back; the card's row is locked meanwhile, so that of many tries in one instant exactly as many pass as are left.
"""

from datetime import datetime

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from shop.accounts.models import CardOutcome, CardStop, CardTry, Role, SignInCard, User
from shop.accounts.rules import (
    BENCH_ROLES,
    CARD_DAY,
    CARD_DAY_MISSES,
    CARD_LOCK,
    CARD_MISSES,
    CardStopped,
    check_pin,
    normal_pin,
    pin_digest,
    token_digest,
)
from shop.accounts.sign_ins import end_by_card
from shop.kernel.actor import Actor, system
from shop.kernel.clock import Clock
from shop.kernel.codes import new_code
from shop.kernel.errors import Forbidden, NotFound, TooMany

GUARD = system("cards")


def issue_card(session: Session, user_id: int, *, token: str, pin: str, actor: Actor, clock: Clock) -> str:
    """Issue a card to a person, instead of any they had, and return the code printed on it.

    Args:
        token: unguessable; it goes into the QR code and is kept nowhere else.
        pin: as the person chose it.

    Raises:
        Forbidden: only staff issue cards, and people of the centre get none.
        NotFound: there is no such person, or the account is closed.
        Invalid: field "pin", see `check_pin`.
    """
    if not actor.has(Role.STAFF, Role.MANAGER):
        raise Forbidden("issue_card")
    user = session.scalars(select(User).where(User.id == user_id, User.is_active).with_for_update()).one_or_none()
    if user is None:
        raise NotFound("user")
    if BENCH_ROLES & {role.role.value for role in user.roles}:
        raise Forbidden("issue_card")
    pin = normal_pin(pin)
    check_pin(pin, user.phone)
    for old in _live(session, user_id):
        _stop(session, old, CardStop.REPLACED, actor=actor, clock=clock)
    card = SignInCard(
        code=new_code(6),
        user_id=user_id,
        token_digest=token_digest(token),
        pin_digest=pin_digest(token, pin),
        issued_at=clock(),
        issued_by=actor.label,
    )
    session.add(card)
    session.flush()
    return card.code


def stop_cards(session: Session, user_id: int, *, actor: Actor, clock: Clock) -> None:
    """Stop a person's card, because it is lost or not wanted any more, and end every sign-in it opened.

    Raises:
        Forbidden: only staff stop cards.
        NotFound: the person has none that opens anything.
    """
    if not actor.has(Role.STAFF, Role.MANAGER):
        raise Forbidden("stop_card")
    cards = _live(session, user_id)
    if not cards:
        raise NotFound("card")
    for card in cards:
        _stop(session, card, CardStop.REVOKED, actor=actor, clock=clock)


def _live(session: Session, user_id: int) -> list[SignInCard]:
    mine = select(SignInCard).where(SignInCard.user_id == user_id, SignInCard.stopped_at.is_(None))
    return list(session.scalars(mine.with_for_update()))


def _stop(session: Session, card: SignInCard, why: CardStop, *, actor: Actor, clock: Clock) -> None:
    card.stopped_at, card.stopped_by, card.stop = clock(), actor.label, why
    end_by_card(session, card.id, clock=clock)
    session.flush()


def spend_try(session: Session, card_id: int, *, browser: str, clock: Clock) -> tuple[int, str]:
    """Count one try of a card's PIN; must be committed before the typed PIN is compared.

    Returns:
        (id of the try, digest to compare with).

    Raises:
        CardStopped: the card opens nothing.
        TooMany: five were wrong and half an hour has not passed, or fifteen within a day; this one is not counted.
    """
    card, now = _locked(session, card_id), clock()
    if card.misses >= CARD_MISSES and card.missed_at is not None:
        left_s = (card.missed_at + CARD_LOCK - now).total_seconds()
        if left_s > 0:
            raise TooMany("card", max(1, int(left_s)))
        card.misses = 0
    if _missed_today(session, card_id, now) >= CARD_DAY_MISSES:
        # As many are under way as a day allows: whichever of them is wrong stops the card.
        raise TooMany("card", int(CARD_LOCK.total_seconds()))
    card.misses, card.missed_at = card.misses + 1, now
    row = CardTry(card_id=card_id, at=now, outcome=CardOutcome.TRIED, browser=browser)
    session.add(row)
    session.flush()
    return row.id, card.pin_digest


def settle_wrong(session: Session, card_id: int, try_id: int, *, clock: Clock) -> int | None:
    """Write down that a try was wrong; return how many are left before the next lock, or None when it stopped the card.

    Raises:
        CardStopped: the card was stopped meanwhile.
    """
    card = _locked(session, card_id)
    _settle(session, try_id, CardOutcome.WRONG)
    if _missed_today(session, card_id, clock()) >= CARD_DAY_MISSES:
        _stop(session, card, CardStop.GUESSED, actor=GUARD, clock=clock)
        return None
    return max(0, CARD_MISSES - card.misses)


def settle_right(session: Session, card_id: int, try_id: int) -> None:
    """Write down that a try was right; the next five may miss again, but the day's misses stay counted.

    Raises:
        CardStopped: the card was stopped meanwhile.
    """
    card = _locked(session, card_id)
    card.misses = 0
    _settle(session, try_id, CardOutcome.OPENED)


def _locked(session: Session, card_id: int) -> SignInCard:
    card = session.scalars(select(SignInCard).where(SignInCard.id == card_id).with_for_update()).one()
    if card.stopped_at is not None:
        raise CardStopped
    return card


def _settle(session: Session, try_id: int, outcome: CardOutcome) -> None:
    session.execute(update(CardTry).where(CardTry.id == try_id).values(outcome=outcome))


def _missed_today(session: Session, card_id: int, now: datetime) -> int:
    missed = select(func.count()).where(
        CardTry.card_id == card_id, CardTry.at > now - CARD_DAY, CardTry.outcome != CardOutcome.OPENED
    )
    return session.scalar(missed) or 0
