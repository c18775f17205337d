"""Two who share out at once, and a household's answer or a buyer's cancelling beside it: everything goes once."""

from collections.abc import Callable
from functools import partial

import pytest

from shop.flows import answering, closing, pooling
from shop.kernel.actor import VISITOR
from shop.kernel.errors import ShopError
from shop.orders.models import OrderState
from tests.races.conftest import Race
from tests.support.races import Racer
from tests.world import World
from tests.world.books import assert_sound
from tests.world.market import HOUSE, Market, captured, market, order, paid_order, variant_id
from tests.world.pools import evening, pooled, shares, units


@pytest.fixture
def at(world: World) -> Market:
    """A town with one household."""
    return market(world)


def sharing(at: Market) -> Callable[[Racer], None]:
    return lambda racer: pooling.share_out_due(racer.edge, clock=at.world.clock)


def test_shared_out_by_two_at_once_nobody_brings_more_than_they_can(at: Market, race: Race) -> None:
    eggs, _houses = pooled(at, (1, 120), (1, 90), (1, 90))
    made = [paid_order(at, {variant_id(at, eggs): count}) for count in (3, 2, 4, 1)]
    at.world.clock.advance(hours=14)
    outcomes = race(*[sharing(at)] * 3)
    assert [outcome.error for outcome in outcomes] == [None] * 3
    assert units(at) == {"第1家": 4, "第2家": 3, "第3家": 3}
    assert all(sum(line.quantity for part in order(at, one.code).parts for line in part.lines) for one in made)
    assert_sound(at.world)


def test_an_answer_beside_the_sharing_out_is_heard_and_nothing_is_lost(at: Market, race: Race) -> None:
    eggs, houses = pooled(at, (1, 300), (1, 300))
    made = paid_order(at, {variant_id(at, eggs): 6})
    evening(at)
    (mine,) = shares(at)["第1家"]
    decline = partial(answering.decline, vendor_id=houses[0].id, code=mine[0], actor=HOUSE, clock=at.world.clock)
    paid_order(at, {variant_id(at, eggs): 2})
    at.world.clock.advance(hours=24)
    outcomes = race(lambda racer: racer.edge.run(decline), sharing(at))
    assert [outcome.error for outcome in outcomes] == [None] * 2
    pooling.share_out_due(at.world.edge, clock=at.world.clock)
    assert sum(units(at).values()) == 8
    assert captured(at, made.code).refunded_fen == 0
    assert_sound(at.world)


@pytest.mark.parametrize("turn", range(3))
def test_a_buyer_who_cancels_meanwhile_has_everything_back(at: Market, race: Race, turn: int) -> None:
    eggs, _houses = pooled(at, (1, 300), (1, 300))
    made = paid_order(at, {variant_id(at, eggs): 5})
    at.world.clock.advance(hours=14)
    cancel = partial(closing.cancel, gateways=at.world.house.gateways, code=made.code, public_url="http://localhost")

    def cancelling(racer: Racer) -> None:
        cancel(racer.edge, actor=VISITOR, clock=at.world.clock)

    acts = (cancelling, sharing(at))
    outcomes = race(*(acts if turn % 2 else acts[::-1]))
    assert all(outcome.error is None or isinstance(outcome.error, ShopError) for outcome in outcomes)
    at.world.deliver()
    assert order(at, made.code).state is OrderState.CANCELLED
    assert captured(at, made.code).refunded_fen == made.total_fen
    assert_sound(at.world)
