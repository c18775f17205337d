"""Who is signed in, as a page that is made for many may know them: that they are, and to which province things go.

Such a page is made without name, number and roles of whoever had it made: what it does not know it cannot tell others.
"""

from dataclasses import dataclass

from flask import request

from shop.accounts.models import Device, How
from shop.accounts.queries import Person, Presence

PAGES = ("catalog.", "search.results", "articles.", "site.")
"""Endpoints, or how they begin, whose pages are the same for every visitor, and for everybody signed in."""
SOMEBODY = "shop.somebody"
"""Key in a request's environment: `Somebody`, whose sign-in was looked up before the application was asked."""
FACELESS = Presence(Person(0, "", "", "", frozenset(), 0), 0, How.PASSWORD, Device.OWN)


@dataclass(frozen=True)
class Somebody:
    """Anybody who is signed in on a phone of their own.

    Attributes:
        province: of the address they used last; empty without one.
    """

    province: str


def somebody() -> Somebody | None:
    """Return for whom this page is made, when it is one for many and they are signed in; else None."""
    found = request.environ.get(SOMEBODY)
    is_for_many = request.method == "GET" and (request.endpoint or "").startswith(PAGES)
    return found if isinstance(found, Somebody) and is_for_many else None
