"""What the pages of coming in have in common."""

from flask import redirect, url_for
from flask.typing import ResponseReturnValue

from shop.accounts.queries import Person
from shop.vendors.queries import vendor_of_member
from shop.web.audience import Audience, blueprint
from shop.web.house import reading
from shop.web.limits import limiter
from shop.web.roles import may_open
from shop.web.ways import safe_path

bp = blueprint("accounts", __name__, Audience.PUBLIC)

# The counted tries in `entry` are the limit that people meet; this one only keeps a flood from the database.
posts_limited = limiter.limit("60 per minute", methods=["POST"])


def onward(person: Person, wanted: str | None) -> ResponseReturnValue:
    """Lead somebody who is in to where they were going, if that is within the house, or to where their work begins."""
    return redirect(safe_path(wanted, home_of(person)), 303)


def home_of(person: Person) -> str:
    """Return where a person's work, or shopping, begins."""
    if vendor_of_member(reading(), person.id) is not None:
        return url_for("vendor_catalog.home")
    if may_open("staff_fulfilment.today", person.roles):
        return url_for("staff_fulfilment.today")
    if "driver" in person.roles:
        return url_for("driver.run")
    return url_for("catalog.home")
