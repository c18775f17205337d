"""Putting right what is kept of a person: their name, and the phone they come in with."""

from sqlalchemy.orm import Session

from shop.accounts.closing import lock_person
from shop.accounts.models import User
from shop.accounts.rules import check_name


def correct(session: Session, user_id: int, *, name: str | None = None, phone: str | None = None) -> None:
    """Change a person's name, phone or both; None leaves as it is.

    Args:
        phone: in normal form, proved and nobody's.

    Raises:
        Invalid: field "name", reason "length".
        NotFound: there is no such person, or the account is closed.
    """
    lock_person(session, user_id)
    user = session.get_one(User, user_id)
    if name is not None:
        check_name(name)
        user.name = name
    if phone is not None:
        user.phone = phone
    session.flush()
