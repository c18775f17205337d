"""Somebody of the family is let act for a vendor at the counter, and the vendor is told at once."""

from sqlalchemy.orm import Session

from shop.accounts.queries import Person
from shop.kernel.actor import Actor
from shop.kernel.clock import Clock
from shop.notifications.services import wanted
from shop.vendors.delegates import add_delegate
from shop.vendors.models import Vendor


def add_at_counter(session: Session, vendor_id: int, person: Person, *, words: str, actor: Actor, clock: Clock) -> None:
    """Let a person act for a vendor who is there and says so; their own phone hears of it, whoever pressed the button.

    Args:
        words: what the short message says was done.

    Raises:
        As `shop.vendors.delegates.add_delegate`.
    """
    add_delegate(session, vendor_id, person.id, actor=actor, clock=clock)
    phone = session.get_one(Vendor, vendor_id).phone
    wanted(session, "acted_for", phone=phone, values={"others": 0, "words": words}, clock=clock)
