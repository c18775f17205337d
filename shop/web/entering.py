"""Letting a person in on this browser, and out again: the row that says so, and the cookie that names it."""

from flask import request

from shop.accounts.models import Device, How
from shop.accounts.queries import Person
from shop.accounts.sign_ins import close_sign_in, open_sign_in
from shop.web.browsers import browser_words
from shop.web.house import house
from shop.web.login import forget, remember, signed_in_ids


def this_browser() -> str:
    """Return the browser of this request in a few words."""
    return browser_words(request.user_agent.string)


def let_in(person: Person, how: How, device: Device, *, card_id: int | None = None) -> None:
    """Sign a person in on this browser; whoever was signed in on it before is signed out.

    Args:
        card_id: the card that was shown, if it was one.

    Raises:
        CardStopped: the card was stopped meanwhile.
    """
    wired, browser = house(), this_browser()
    sign_in_id = wired.edge.run(
        lambda session: open_sign_in(
            session, person.id, how, device, browser=browser, card_id=card_id, clock=wired.clock
        )
    )
    _close()
    remember(person.id, person.epoch, sign_in_id, is_shared=device is Device.SHARED, now=wired.clock())


def let_out() -> None:
    """Sign this browser out."""
    _close()
    forget()


def _close() -> None:
    wired, ids = house(), signed_in_ids()
    if ids is not None:
        user_id, _epoch, sign_in_id = ids
        wired.edge.run(lambda session: close_sign_in(session, user_id, sign_in_id, clock=wired.clock))
