"""The centre's cards, between people and vendors: who may hold one, issuing it, and coming in with it.

A card is for somebody who sells: it is worth nothing while no vendor of theirs may.
"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, or_, select
from sqlalchemy.orm import Session

from shop.accounts import cards
from shop.accounts.models import SignInCard, User
from shop.accounts.queries import LiveCard, card_of_token
from shop.accounts.rules import CardStopped, WrongPin, is_pin
from shop.kernel.actor import Actor
from shop.kernel.clock import Clock
from shop.kernel.edge import Edge
from shop.kernel.errors import NotFound, WrongState
from shop.notifications.services import wanted
from shop.vendors.models import Member, Vendor, VendorState
from shop.vendors.queries import vendor_of_member

MOST_HOLDERS = 60
"""People of one page; a name or a few figures of the phone find the others."""


@dataclass(frozen=True)
class Holder:
    """Somebody of a vendor, and the card they hold if they do."""

    user_id: int
    person_code: str
    name: str
    phone: str
    vendor: str
    state: VendorState
    card: str | None
    """The code printed on it."""
    issued_at: datetime | None


def holders(session: Session, words: str = "") -> tuple[Holder, ...]:
    """Return who may hold a card, by their vendor's name.

    Args:
        words: part of the vendor's or the person's name, or of the phone; everybody without.
    """
    found = _holders().order_by(Vendor.name, User.name).limit(MOST_HOLDERS)
    if words:
        found = found.where(
            or_(*(column.contains(words, autoescape=True) for column in (Vendor.name, User.name, User.phone)))
        )
    return tuple(Holder(*row) for row in session.execute(found))


def holder(session: Session, person_code: str) -> Holder:
    """Return one person who may hold a card.

    Raises:
        NotFound: there is none of this code with any vendor.
    """
    row = session.execute(_holders().where(User.code == person_code).limit(1)).first()
    if row is None:
        raise NotFound("holder")
    return Holder(*row)


def _holders() -> Select[int, str, str, str, str, VendorState, str, datetime]:
    return (
        select(
            User.id,
            User.code,
            User.name,
            User.phone,
            Vendor.name,
            Vendor.state,
            SignInCard.code,
            SignInCard.issued_at,
        )
        .join(Member, Member.user_id == User.id)
        .join(Vendor, Vendor.id == Member.vendor_id)
        .outerjoin(SignInCard, (SignInCard.user_id == User.id) & SignInCard.stopped_at.is_(None))
        .where(User.is_active)
    )


def issue(session: Session, person_code: str, *, token: str, pin: str, actor: Actor, clock: Clock) -> str:
    """Issue a card to somebody of an approved vendor, tell their phone, and return the code printed on it.

    Raises:
        NotFound: see `holder`.
        WrongState: the vendor may not sell.
        Forbidden, Invalid: see `cards.issue_card`.
    """
    found = holder(session, person_code)
    if found.state is not VendorState.APPROVED:
        raise WrongState("vendor", found.state.value, VendorState.APPROVED.value)
    code = cards.issue_card(session, found.user_id, token=token, pin=pin, actor=actor, clock=clock)
    wanted(session, "card_issued", phone=found.phone, values={}, clock=clock)
    return code


def stop(session: Session, person_code: str, *, actor: Actor, clock: Clock) -> None:
    """Stop a person's card, end what it opened, and tell their phone.

    Raises:
        NotFound: see `holder`; or they hold no card.
        Forbidden: see `cards.stop_cards`.
    """
    found = holder(session, person_code)
    cards.stop_cards(session, found.user_id, actor=actor, clock=clock)
    wanted(session, "card_stopped", phone=found.phone, values={}, clock=clock)


def shown(session: Session, token: str) -> LiveCard:
    """Return the card of a token that was scanned, if it may open something today.

    Raises:
        NotFound: no card was ever issued with this token.
        CardStopped: stopped, or its person may not come in, or no vendor of theirs may sell.
    """
    card = card_of_token(session, token)
    own = vendor_of_member(session, card.person.id)
    if own is None or not own.is_selling:
        raise CardStopped
    return card


def enter(edge: Edge, *, token: str, pin: str, browser: str, clock: Clock) -> LiveCard:
    """Return the card, and with it the person, that a token and a PIN open; every try is counted before it is compared.

    Args:
        browser: what it is tried on, in a few words, for the log.

    Raises:
        NotFound, CardStopped: see `shown`, and nothing is counted; or this try was wrong once too often in a day.
        WrongPin: with the tries that are left before a lock.
        TooMany: the card is locked for a while.
    """
    with edge.reading() as session:
        card = shown(session, token)
    try_id, digest = edge.run(lambda session: cards.spend_try(session, card.id, browser=browser, clock=clock))
    if not is_pin(token, pin, digest):
        left = edge.run(lambda session: _miss(session, card, try_id, clock=clock))
        raise CardStopped if left is None else WrongPin(left)
    edge.run(lambda session: cards.settle_right(session, card.id, try_id))
    return card


def _miss(session: Session, card: LiveCard, try_id: int, *, clock: Clock) -> int | None:
    """Write a wrong try down; when it stopped the card, its holder's phone is told."""
    left = cards.settle_wrong(session, card.id, try_id, clock=clock)
    if left is None:
        wanted(session, "card_stopped", phone=card.person.phone, values={}, clock=clock)
    return left
