"""The ways in which a thing is sold, as a page lets one choose between them."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from shop.catalog.offers import OfferFacts
from shop.catalog.queries import cheapest
from shop.web.prices import PriceTag, price_tag


@dataclass(frozen=True)
class Choice:
    """One way to buy a thing.

    Attributes:
        stock: how much is left, or why there is none.
        free: how many can be bought now; none when it is off.
    """

    variant_id: int
    name: str
    unit: str
    tag: PriceTag
    stock: str
    free: int
    is_chosen: bool


def choices(offers: Sequence[OfferFacts], stock: Callable[[OfferFacts], str]) -> tuple[Choice, ...]:
    """Return every way in its order; the cheapest that can be bought is chosen.

    Args:
        stock: what the page says of how much of a way is left.
    """
    open_to = [offer.way for offer in offers if offer.problem(1) is None]
    chosen = cheapest(open_to).variant_id if open_to else None
    return tuple(
        Choice(
            variant_id=offer.way.variant_id,
            name=offer.way.name or price_tag(offer.way).unit.removeprefix("/ "),
            unit=offer.way.unit,
            tag=price_tag(offer.way),
            stock=stock(offer),
            free=offer.way.free if offer.problem(1) is None else 0,
            is_chosen=offer.way.variant_id == chosen,
        )
        for offer in offers
    )
