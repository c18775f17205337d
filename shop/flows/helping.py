"""What lets others act for a vendor is noted at the counter, and the vendor's own phone hears of it at once."""

from sqlalchemy.orm import Session

from shop.accounts.queries import Person
from shop.kernel.actor import Actor
from shop.kernel.clock import Clock
from shop.notifications.services import wanted
from shop.vendors.acts.consents import Yes, note_consent
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
    _tell(session, vendor_id, words, clock=clock)


def agree_at_counter(session: Session, vendor_id: int, said: Yes, *, words: str, actor: Actor, clock: Clock) -> None:
    """Note that a vendor lets the centre act for them; who never said so hears of it.

    Args:
        words: what the short message says was done.

    Raises:
        As `shop.vendors.acts.consents.note_consent`.
    """
    note_consent(session, vendor_id, said, actor=actor, clock=clock)
    _tell(session, vendor_id, words, clock=clock)


def _tell(session: Session, vendor_id: int, words: str, *, clock: Clock) -> None:
    phone = session.get_one(Vendor, vendor_id).phone
    wanted(session, "acted_for", phone=phone, values={"others": 0, "words": words, "may_undo": False}, clock=clock)
