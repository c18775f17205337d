"""Acts of staff from a form: done once, written down with who did them, and only on what the page showed."""

import hashlib
import hmac
from collections.abc import Callable
from typing import TypeVar

from flask import request
from sqlalchemy.orm import Session

from shop.kernel.audit import Sent, check_seen, is_done, record, versions_of
from shop.kernel.errors import Stale, WrongState
from shop.web.house import current_actor, edge, house, reading

T = TypeVar("T")

FIELD = "version"
LONGEST = 9
NONE = -1
"""The version of a form that carries none."""


def version_now(thing: str) -> int:
    """Return the version of a thing for the hidden field `version` of its forms."""
    return versions_of(reading(), [thing])[thing]


def acted(thing: str, do: Callable[[Session], T], *, reason: str = "", is_counted: bool = True) -> T | None:
    """Do what a form asks for, in one transaction with the row that says who did it; the form sent again is done.

    Args:
        thing: kind and code of what it is done to.
        do: the act; its refusals undo everything.
        reason: why, where a person decided.
        is_counted: the thing's version is the count of acts on it. Otherwise `do` compares a version of its own, which
            the form carries too.

    Returns:
        What `do` returned; None when the act of this very form was done before.

    Raises:
        Stale: somebody did something to the thing since the page was shown.
        ShopError: whatever `do` refuses.
    """
    form = _digest()
    sent = Sent(thing, _act(), form, seen_version() if is_counted else None, reason)
    actor, clock = current_actor(), house().clock

    def once(session: Session) -> T | None:
        if is_done(session, form):
            return None
        if sent.seen == NONE:
            do(session)  # what is not there, or not theirs to do, is refused as that
        check_seen(session, sent)
        result = do(session)
        record(session, sent, actor=actor, clock=clock)
        return result

    try:
        return edge().run(once)
    except (Stale, WrongState):
        # Pressed twice in one moment, the second finds what the first has done only when it is done itself.
        with edge().reading() as session:
            is_again = is_done(session, form)
        if not is_again:
            raise
        return None


def is_again() -> bool:
    """Tell whether the act of this very form was done already."""
    return is_done(reading(), _digest())


def check_own(what: str, version: int) -> None:
    """Refuse a form that saw another version of a thing that counts its own, before anything else is done for it.

    Raises:
        Stale: it was changed since the page was shown.
    """
    if version != seen_version() and not is_again():
        raise Stale(what)


def check_fresh(thing: str) -> None:
    """Refuse a form that saw another version of a counted thing, before anything outside the database is done for it.

    Raises:
        Stale: somebody did something to the thing since the page was shown.
    """
    if not is_again():
        check_seen(reading(), Sent(thing, _act(), seen=seen_version()))


def made(thing: str, do: Callable[[Session], object], *, reason: str = "") -> None:
    """Do what a form asks for that makes something new, in one transaction with the row that says who did it."""
    sent, actor, clock = Sent(thing, _act(), reason=reason), current_actor(), house().clock

    def once(session: Session) -> None:
        do(session)
        record(session, sent, actor=actor, clock=clock)

    edge().run(once)


def _act() -> str:
    return request.endpoint or ""


def seen_version() -> int:
    """Return the version that the form carries; one without any was shown nothing."""
    typed = request.form.get(FIELD, "")
    return int(typed) if typed.isascii() and typed.isdigit() and len(typed) <= LONGEST else NONE


def _digest() -> str:
    fields = sorted((name, value) for name, value in request.form.items(multi=True) if name != "csrf_token")
    said = repr((current_actor().label, request.path, fields)).encode()
    # Keyed, for a form may hold a phone number or a PIN, which a bare digest would give away to whoever tries them all.
    return hmac.new(house().settings.secret_key.encode(), said, hashlib.sha256).hexdigest()
