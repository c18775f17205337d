"""Goods at the counter, for whoever takes some along at once."""

from functools import partial

from sqlalchemy.orm import Session

from shop.catalog import counter
from shop.flows.checkout import Placed, place_order
from shop.kernel.actor import VISITOR, Actor
from shop.kernel.clock import town_day
from shop.kernel.codes import new_token
from shop.orders.models import Handing
from shop.orders.queries.baskets import basket_of
from shop.orders.queries.quotes import Destination, quote
from shop.orders.services import Recipient
from tests.world.market import Market, demo

COUNTER = Actor(user_id=None, label="COUNTER", roles=frozenset({"counter"}))
NOW = Recipient(name="何晓雨", phone="13812345678", handing=Handing.COLLECTION, at_once=True)


def lay(at: Market, which: int, pieces: int, saw: int = 0) -> None:
    """Let somebody at the counter count what lies there."""
    act = partial(counter.count_there, variant_id=which, pieces=pieces, saw=saw, actor=COUNTER, clock=at.world.clock)
    at.world.run(act)


def lying(at: Market, which: int) -> int:
    """Return how many lie there and are nobody's."""
    return at.world.read(lambda session: counter.at_counter(session, [which])).get(which, 0)


def buy(at: Market, which: int, pieces: int, key: str = "") -> Placed:
    """Place an order of some that lie there."""
    clock, goods = at.world.clock, {which: pieces}

    def digest(session: Session) -> str:
        wanted = basket_of(session, goods, today=town_day(clock()))
        return quote(session, wanted, Destination(Handing.COLLECTION, at_once=True), now=clock()).digest

    act = partial(
        place_order,
        to=NOW,
        checkout_key=key or new_token(),
        seen=at.world.read(digest),
        gateway=demo(at),
        goods=goods,
        token=None,
        actor=VISITOR,
        clock=clock,
    )
    return at.world.run(act)
