"""A PIN guessed by many at the same moment."""

from sqlalchemy import func, select

from shop.accounts.models import CardOutcome, CardTry
from shop.accounts.rules import CardStopped, WrongPin
from shop.flows import cards
from shop.kernel.codes import new_token
from shop.kernel.errors import TooMany
from tests.races.conftest import Race
from tests.support.races import Racer
from tests.world import World, market
from tests.world.market import STAFF

PIN = "4071"


def _card(world: World) -> str:
    person, token = market.market(world).vendor_person(), new_token()
    world.run(lambda session: cards.issue(session, person.code, token=token, pin=PIN, actor=STAFF, clock=world.clock))
    return token


def _tries(world: World, *outcomes: CardOutcome) -> int:
    count = select(func.count()).select_from(CardTry).where(CardTry.outcome.in_(outcomes))
    return world.read(lambda session: session.scalar(count)) or 0


def test_of_twelve_guesses_at_once_five_are_compared(world: World, race: Race) -> None:
    token = _card(world)

    def guess(racer: Racer) -> None:
        cards.enter(racer.edge, token=token, pin=f"9{racer.number:03d}", browser="", clock=world.clock)

    outcomes = race(*[guess] * 12)
    kinds = [type(outcome.error) for outcome in outcomes]
    assert (kinds.count(WrongPin), kinds.count(TooMany)) == (5, 7)
    assert _tries(world, CardOutcome.WRONG) == 5


def test_guesses_in_parallel_reach_the_days_limit_and_never_pass_it(world: World, race: Race) -> None:
    token = _card(world)

    def guess(racer: Racer) -> None:
        cards.enter(racer.edge, token=token, pin=f"9{racer.number:03d}", browser="", clock=world.clock)

    for _ in range(4):
        outcomes = race(*[guess] * 8)
        assert {type(outcome.error) for outcome in outcomes} <= {WrongPin, TooMany, CardStopped}
        world.clock.advance(minutes=31)
    assert _tries(world, CardOutcome.WRONG, CardOutcome.TRIED) == 15
    assert {type(outcome.error) for outcome in race(guess, guess)} == {CardStopped}


def test_two_cards_issued_at_once_leave_one(world: World, race: Race) -> None:
    person, tokens = market.market(world).vendor_person(), [new_token() for _ in range(4)]

    def issue(racer: Racer) -> None:
        token = tokens[racer.number]
        racer.edge.run(
            lambda session: cards.issue(session, person.code, token=token, pin=PIN, actor=STAFF, clock=world.clock)
        )

    assert all(outcome.won for outcome in race(*[issue] * 4))
    opened = 0
    for token in tokens:
        try:
            cards.enter(world.edge, token=token, pin=PIN, browser="", clock=world.clock)
        except CardStopped:
            continue
        opened += 1
    assert opened == 1
