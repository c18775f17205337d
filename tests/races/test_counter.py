"""The last piece at the counter, wanted by several phones at once."""

from functools import partial

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from shop.catalog import counter
from shop.catalog.counter import NoneThere
from shop.catalog.models import CounterStock
from shop.flows import giving, spot
from shop.flows.checkout import BasketChanged, Placed, QuoteChanged, place_order
from shop.fulfilment.models import ParcelLine
from shop.kernel.actor import VISITOR
from shop.kernel.clock import town_day
from shop.kernel.codes import new_token
from shop.kernel.errors import Stale
from shop.orders.models import Handing
from shop.orders.queries.baskets import basket_of
from shop.orders.queries.quotes import Destination, quote
from tests.races.conftest import Race
from tests.support.races import Racer, refused_by_database
from tests.world import World, market
from tests.world.books import assert_sound, free
from tests.world.market import STAFF, Market, demo, listing, order, pay, variant_id
from tests.world.spot import COUNTER, NOW, buy, lay, lying

PHONES = 6
LEFT = 2


def seen(at: Market, wanted: dict[int, int]) -> str:
    """Return the mark of what a buyer was shown before pressing."""

    def digest(session: Session) -> str:
        goods = basket_of(session, wanted, today=town_day(at.world.clock()))
        return quote(session, goods, Destination(Handing.COLLECTION, at_once=True), now=at.world.clock()).digest

    return at.world.read(digest)


def test_without_the_guard_one_piece_is_promised_twice(world: World, race: Race) -> None:
    """The control: read, think, write sells the last piece to both, or the database throws one of them out."""
    at = market.market(world)
    eggs = variant_id(at, listing(at, stock=10))
    lay(at, eggs, 1)
    sold: list[int] = []

    def take(racer: Racer) -> None:
        with racer.unguarded() as session:
            lies = session.scalars(select(CounterStock.pieces).where(CounterStock.variant_id == eggs)).one()
            racer.meet()
            if lies >= 1:
                mine = update(CounterStock).where(CounterStock.variant_id == eggs)
                session.execute(mine.values(pieces=lies - 1))
                sold.append(racer.number)

    outcomes = race(take, take)
    assert lying(at, eggs) == 0
    assert len(sold) == 2 or any(refused_by_database(outcome) for outcome in outcomes)


def test_two_phones_and_one_piece_are_one_order(world: World, race: Race) -> None:
    at = market.market(world)
    eggs = variant_id(at, listing(at, stock=10))
    lay(at, eggs, LEFT)
    shown = seen(at, {eggs: 1})

    def buy(racer: Racer) -> Placed:
        act = partial(place_order, to=NOW, checkout_key=new_token(), seen=shown, gateway=demo(at), goods={eggs: 1})
        return racer.edge.run(partial(act, token=None, actor=VISITOR, clock=world.clock))

    outcomes = race(*[buy] * PHONES)
    lost = [outcome.error for outcome in outcomes if not outcome.won]
    assert len(lost) == PHONES - LEFT, [repr(error) for error in lost]
    assert all(isinstance(error, (NoneThere, BasketChanged, QuoteChanged)) for error in lost), lost
    assert len({outcome.value.order_code for outcome in outcomes if outcome.value is not None}) == LEFT
    assert (lying(at, eggs), free(world, eggs)) == (0, 10 - LEFT)
    assert_sound(world)


def test_pieces_paid_back_while_they_are_handed_over_are_nobodys_twice(world: World, race: Race) -> None:
    """Whoever is first: what was handed over does not lie there, what was paid back before does, and once."""
    at = market.market(world)
    eggs = variant_id(at, listing(at, stock=10))
    lay(at, eggs, 4)
    placed = buy(at, eggs, 3)
    pay(at, placed)
    line = order(at, placed.order_code).parts[0].lines[0].id

    def give(racer: Racer) -> int:
        act = partial(giving.give, racer.edge, world.house.gateways, placed.order_code, giving.Pieces(line, 1))
        return act(key=new_token(), note="不要了", actor=STAFF, clock=world.clock)

    def hand(racer: Racer) -> None:
        racer.edge.run(partial(spot.hand_over, order_code=placed.order_code, actor=COUNTER, clock=world.clock))

    given, *rest = race(give, hand, give)
    assert all(outcome.won for outcome in (given, *rest)), [repr(outcome.error) for outcome in (given, *rest)]
    carried_off = world.read(lambda session: sum(session.scalars(select(ParcelLine.pieces))))
    assert carried_off >= 1
    assert lying(at, eggs) == 4 - carried_off
    assert free(world, eggs) == 10 - carried_off
    world.deliver()
    assert_sound(world)


def test_a_sale_while_somebody_counts_is_not_written_over(world: World, race: Race) -> None:
    at = market.market(world)
    eggs = variant_id(at, listing(at, stock=10))
    lay(at, eggs, 3)

    def count(racer: Racer) -> None:
        act = partial(counter.count_there, variant_id=eggs, pieces=5, saw=3, actor=COUNTER, clock=world.clock)
        racer.edge.run(act)

    def take(racer: Racer) -> None:
        racer.edge.run(lambda session: counter.take_there(session, {eggs: 1}))

    counted, taken = race(count, take)
    assert taken.won
    if counted.won:
        assert lying(at, eggs) == 4, "counted first, then sold"
    else:
        assert isinstance(counted.error, Stale)
        assert lying(at, eggs) == 2
