"""A household says that it has less, twice at once, and while the centre takes in or the buyer cancels."""

from collections.abc import Callable
from functools import partial

import pytest

from shop.flows import answering, bench, closing
from shop.kernel.actor import VISITOR
from shop.kernel.errors import ShopError, Stale
from shop.orders.models import OrderState, VendorOrderState
from tests.races.conftest import Race
from tests.support.races import Racer
from tests.world import World
from tests.world.books import assert_sound, at_provider
from tests.world.market import HOUSE, STAFF, Market, captured, listing, market, order, paid_order, variant_id

TRIES = 3


@pytest.fixture
def at(world: World) -> Market:
    """A town with one household."""
    return market(world)


def saying(at: Market, part: str, line: int, come: int) -> Callable[[Racer], int]:
    act = partial(answering.short_part, vendor_id=at.vendor.id, code=part, come={line: come}, saw={line: 3})

    def run(racer: Racer) -> int:
        return racer.edge.run(partial(act, actor=HOUSE, clock=at.world.clock))

    return run


def given_back(at: Market, code: str) -> list[int]:
    return [refund.amount_fen for refund in captured(at, code).refunds]


def test_the_same_answer_pressed_four_times_at_once_gives_back_once(at: Market, race: Race) -> None:
    made = paid_order(at, {variant_id(at, listing(at)): 3})
    outcomes = race(*[saying(at, made.parts[0].code, made.parts[0].lines[0].id, 1)] * 4)
    assert [outcome.error for outcome in outcomes] == [None] * 4
    at.world.deliver()
    assert len(given_back(at, made.code)) == 1
    assert_sound(at.world)


def test_of_two_different_answers_at_once_one_is_told_to_look_again(at: Market, race: Race) -> None:
    made = paid_order(at, {variant_id(at, listing(at)): 3})
    part, line = made.parts[0].code, made.parts[0].lines[0].id
    outcomes = race(saying(at, part, line, 1), saying(at, part, line, 2))
    assert sum(outcome.won for outcome in outcomes) == 1
    assert any(isinstance(outcome.error, Stale) for outcome in outcomes)
    at.world.deliver()
    assert len(given_back(at, made.code)) == 1
    assert_sound(at.world)


@pytest.mark.parametrize("turn", range(TRIES))
def test_beside_the_centres_taking_in_it_counts_before_or_not_at_all(at: Market, race: Race, turn: int) -> None:
    made = paid_order(at, {variant_id(at, listing(at)): 3})
    part, line = made.parts[0].code, made.parts[0].lines[0].id

    def take_in(racer: Racer) -> None:
        take = partial(bench.receive, part_code=part, rejected={}, weighed={}, reason="", actor=STAFF)
        racer.edge.run(partial(take, clock=at.world.clock))

    acts = (saying(at, part, line, 1), take_in)
    outcomes = race(*(acts if turn % 2 else acts[::-1]))
    said, taken = outcomes if turn % 2 else outcomes[::-1]
    assert taken.won
    at.world.deliver()
    now = order(at, made.code)
    assert now.states == (VendorOrderState.RECEIVED,)
    assert now.parts[0].lines[0].accepted == (1 if said.won else 3)
    assert len(given_back(at, made.code)) == said.won
    assert_sound(at.world)


@pytest.mark.parametrize("turn", range(TRIES))
def test_beside_the_buyers_cancelling_everything_goes_back_once(at: Market, race: Race, turn: int) -> None:
    made = paid_order(at, {variant_id(at, listing(at)): 3})
    part, line = made.parts[0].code, made.parts[0].lines[0].id

    def cancel(racer: Racer) -> None:
        gateways, url = at.world.house.gateways, "http://localhost"
        closing.cancel(racer.edge, gateways, made.code, public_url=url, actor=VISITOR, clock=at.world.clock)

    acts = (saying(at, part, line, 1), cancel)
    outcomes = race(*(acts if turn % 2 else acts[::-1]))
    assert all(outcome.won or isinstance(outcome.error, ShopError) for outcome in outcomes)
    at.world.deliver()
    assert order(at, made.code).state is OrderState.CANCELLED
    assert sum(given_back(at, made.code)) == made.total_fen
    assert at_provider(at.world) == 0
    assert_sound(at.world)
