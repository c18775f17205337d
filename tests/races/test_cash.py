"""Cash, noted by two people at the same moment."""

from collections.abc import Mapping

from sqlalchemy import func, select

from shop.flows import cash
from shop.kernel.errors import Invalid
from shop.ledger.queries import balance
from shop.ledger.rules import CASH_CENTRE, COURIER_TOWN, REFUNDS_IN_TRANSIT
from shop.ledger.services import post
from shop.orders.models import OrderState
from shop.payments.gateways.cash import CashGateway
from shop.payments.gateways.protocol import PaymentGateway
from shop.payments.models import CashCharge
from tests.races.conftest import Race
from tests.support.races import Racer, refused_by_database
from tests.world import World, market
from tests.world.books import account, assert_sound
from tests.world.cash import agreed_order, at_the_counter, at_the_door, due, give_back, take, take_at_door, to_hand_back
from tests.world.market import STAFF, Market, listing, order, pack, receive_all, variant_id


def _gateways(racer: Racer) -> Mapping[str, PaymentGateway]:
    return {"cash": CashGateway(racer.edge)}


def _eggs(at: Market) -> dict[int, int]:
    return {variant_id(at, listing(at)): 2}


def test_two_who_take_the_same_cash_take_it_once(world: World, race: Race) -> None:
    at = market.market(world)
    made = at_the_counter(at, _eggs(at))
    owed = due(at, made.code)

    def take_it(racer: Racer) -> None:
        cash.take(racer.edge, _gateways(racer), owed.payment_code, 9600, actor=STAFF, clock=world.clock)

    outcomes = race(*[take_it] * 4)
    assert [outcome.error for outcome in outcomes] == [None] * 4
    assert order(at, made.code).state is OrderState.PAID
    assert account(world, CASH_CENTRE) == 9600
    assert_sound(world)


def test_a_payment_that_is_started_and_taken_at_once_is_one(world: World, race: Race) -> None:
    at = market.market(world)
    made = agreed_order(at, _eggs(at), is_started=False)
    receive_all(at, made.code)
    pack(at, made.code)
    owed = due(at, made.code)

    def take_it(racer: Racer) -> None:
        cash.take(racer.edge, _gateways(racer), owed.payment_code, 9600, actor=STAFF, clock=world.clock)

    outcomes = race(*[take_it] * 4)
    assert [outcome.error for outcome in outcomes] == [None] * 4
    assert world.read(lambda session: session.scalar(select(func.count()).select_from(CashCharge))) == 1
    assert account(world, CASH_CENTRE) == 9600
    assert_sound(world)


def test_two_who_hand_the_same_refund_back_hand_it_back_once(world: World, race: Race) -> None:
    at = market.market(world)
    made = at_the_counter(at, _eggs(at))
    take(at, due(at, made.code))
    give_back(at, made.code, 1800)
    (waiting,) = to_hand_back(at)

    def hand_it_back(racer: Racer) -> None:
        cash.hand_back(racer.edge, _gateways(racer), waiting.code, actor=STAFF, clock=world.clock)

    outcomes = race(*[hand_it_back] * 4)
    assert [outcome.error for outcome in outcomes] == [None] * 4
    assert (account(world, CASH_CENTRE), account(world, REFUNDS_IN_TRANSIT)) == (7800, 0)
    assert_sound(world)


def _taken_at_door(at: Market) -> int:
    made, _waybill = at_the_door(at, _eggs(at))
    take_at_door(at, due(at, made.code))
    return made.total_fen


def test_without_the_lock_more_is_handed_in_than_was_taken(world: World, race: Race) -> None:
    """The control: read, think, post hands the same cash in twice, or the database throws one out."""
    at = market.market(world)
    fen = _taken_at_door(at)

    def hand_in(racer: Racer) -> None:
        with racer.unguarded() as session:
            assert balance(session, COURIER_TOWN) == fen
            racer.meet()
            legs = {CASH_CENTRE: fen, COURIER_TOWN: -fen}
            key = f"handed_in:{racer.number}"
            post(session, key=key, kind="handed_in", reference="", legs=legs, actor=STAFF, clock=world.clock)

    outcomes = race(hand_in, hand_in)
    assert account(world, COURIER_TOWN) == -fen or any(refused_by_database(outcome) for outcome in outcomes)


def test_the_drivers_cash_is_handed_in_once(world: World, race: Race) -> None:
    at = market.market(world)
    fen = _taken_at_door(at)

    def hand_in(racer: Racer) -> None:
        key = str(racer.number)
        racer.edge.run(lambda session: cash.hand_in(session, fen, key=key, actor=STAFF, clock=world.clock))

    outcomes = race(*[hand_in] * 4)
    assert sum(outcome.won for outcome in outcomes) == 1
    assert all(outcome.won or isinstance(outcome.error, Invalid) for outcome in outcomes)
    assert (account(world, COURIER_TOWN), account(world, CASH_CENTRE)) == (0, fen)
    assert_sound(world)
