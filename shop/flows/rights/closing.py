"""Closing an account: what must end first is told; then everything that says who the person is goes in one act."""

from sqlalchemy import delete
from sqlalchemy.orm import Session

from shop.accounts.closing import close_account, lock_person
from shop.catalog.questions.services import forget_asker
from shop.flows.rights.fading import TOPICS, fade
from shop.flows.rights.obstacles import StillOpen, obstacles
from shop.kernel.actor import Actor
from shop.kernel.clock import Clock
from shop.kernel.errors import Forbidden
from shop.notifications.fading import fade_messages_to
from shop.orders.fading import forget_basket, mails_of, said_of
from shop.vendors.joining.forgetting import forget_applications_of
from shop.vendors.models import Member

AT_REQUEST = ("staff", "counter", "manager")
"""Who closes an account for somebody who stands at the counter."""


def close(session: Session, user_id: int, *, actor: Actor, clock: Clock) -> list[str]:
    """Close an account: name, phone, addresses and sign-ins go; orders, payments and the ledger keep what was bought.

    A household that has left keeps its name and papers as long as its trade is kept (E-Commerce Law, article 31).

    Returns:
        Keys of photos whose files are to be dropped after the commit.

    Raises:
        Forbidden: it is another's account, and the actor does not stand at the counter.
        NotFound: there is no such person, or the account is closed.
        StillOpen: something must end first; nothing was changed.
    """
    if actor.user_id != user_id and not actor.has(*AT_REQUEST):
        raise Forbidden("close_account")
    person = lock_person(session, user_id)
    found = obstacles(session, person)
    if found:
        raise StillOpen(found)
    orders = said_of(session, user_id)
    mails = mails_of(session, [one for one, _code in orders])
    fade(session, orders)
    fade_messages_to(session, TOPICS, person.phone, mails)
    forget_asker(session, user_id, person.phone)
    forget_basket(session, user_id)
    keys = forget_applications_of(session, user_id, actor=actor, clock=clock)
    session.execute(delete(Member).where(Member.user_id == user_id))
    close_account(session, user_id, actor=actor, clock=clock)
    return keys
