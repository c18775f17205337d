"""Buying the same goods once more: an order's lines back into the basket, as far as there is enough of them."""

from dataclasses import dataclass

from sqlalchemy.orm import Session

from shop.catalog.offers import OfferFacts, offers
from shop.kernel.clock import Clock, town_day
from shop.orders import services
from shop.orders.models import BasketLine
from shop.orders.queries.orders import LineFacts, OrderFacts


@dataclass(frozen=True)
class Again:
    """What has become of a thing that was bought.

    Attributes:
        line: how it was bought.
        offer: how it is offered now.
        wanted: how many were bought then, of all lines together.
        put: how many of them the basket holds now; none when it cannot be bought.
        is_full: the basket has no room for another thing.
    """

    line: LineFacts
    offer: OfferFacts
    wanted: int
    put: int
    is_full: bool = False


def put_again(
    session: Session, order: OrderFacts, *, token: str | None, user_id: int | None, clock: Clock
) -> tuple[Again, ...]:
    """Put what an order was of into the basket, at least so many as were bought; done twice, it changes nothing.

    What else lies in the basket stays. The price of then is noted as the one that was seen, so that every page until
    the last click says where it is another one now. Nothing is held.
    """
    wanted: dict[int, tuple[LineFacts, int]] = {}
    for line in (line for part in (*order.parts, *order.passed_on) for line in part.lines):
        before = wanted[line.variant_id][1] if line.variant_id in wanted else 0
        wanted[line.variant_id] = (line, before + line.quantity)
    found = offers(session, list(wanted), today=town_day(clock()))
    kept = services.own_basket(session, token=token, user_id=user_id, clock=clock)
    there = {line.variant_id: line for line in kept.lines}
    back = []
    for variant_id, (line, quantity) in wanted.items():
        offer, mine = found[variant_id], there.get(variant_id)
        put = _possible(offer, quantity)
        is_full = put > 0 and mine is None and len(kept.lines) >= services.MAX_LINES
        if is_full:
            put = 0
        elif put and mine is None:
            kept.lines.append(BasketLine(variant_id=variant_id, quantity=put, seen_fen=line.price_fen))
        elif put and mine is not None:
            mine.quantity, mine.seen_fen = max(mine.quantity, put), line.price_fen
        back.append(Again(line, offer, quantity, put, is_full))
    session.flush()
    return tuple(back)


def _possible(offer: OfferFacts, quantity: int) -> int:
    problem = offer.problem(quantity)
    if problem is None:
        return quantity
    return offer.way.free if problem == "too_few" else 0
