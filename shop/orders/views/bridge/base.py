"""What the visitor bridge shares: its blueprint, and the short address that a card carries."""

from flask import url_for

from shop.web.about import absolute
from shop.web.audience import Audience, blueprint

bp = blueprint("bridge", __name__, Audience.PUBLIC, prefix="/q")


def printed(code: str) -> str:
    """Return the whole address on a card: of a listing or a household, by the code that stays its own for good."""
    return absolute(url_for("bridge.opened", code=code))
