"""What the visitor bridge shares: its blueprint, the short address that a card carries, and what lies there now."""

from collections.abc import Sequence

from flask import url_for
from sqlalchemy.orm import Session

from shop.catalog.counter import at_counter
from shop.catalog.offers import OfferFacts
from shop.fulfilment.rules import MAX_WEIGHT_G
from shop.web.about import absolute
from shop.web.audience import Audience, blueprint
from shop.web.house import house, reading

bp = blueprint("bridge", __name__, Audience.PUBLIC, prefix="/q")


def printed(code: str) -> str:
    """Return the whole address on a card: of a listing or a household, by the code that stays its own for good."""
    return absolute(url_for("bridge.opened", code=code))


def here_now(offers: Sequence[OfferFacts], session: Session | None = None) -> dict[int, int]:
    """Return how many of each way can be taken along at once: variant id -> pieces.

    They lie at the counter, are free, and one person carries them.
    """
    lies = at_counter(session or reading(), [offer.way.variant_id for offer in offers])
    return {offer.way.variant_id: _carried(offer, lies.get(offer.way.variant_id, 0)) for offer in offers}


def _carried(offer: OfferFacts, lies: int) -> int:
    if offer.problem(1) is not None or not house().gateways:
        return 0
    return min(lies, offer.way.free, MAX_WEIGHT_G // max(1, offer.way.gross_g))
