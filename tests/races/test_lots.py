"""Two tables that take in the same thing at the same moment: one lot, and nothing of it lost."""

from collections.abc import Callable
from functools import partial

import pytest

from shop.catalog.lots.queries import lots_found
from shop.flows import bench
from tests.races.conftest import Race
from tests.support.races import Racer
from tests.world import World
from tests.world.books import assert_sound
from tests.world.market import STAFF, Market, listing, market, paid_order, variant_id

TABLES = 4


@pytest.fixture
def at(world: World) -> Market:
    """A town with one household."""
    return market(world)


def taking_in(at: Market, part: str) -> Callable[[Racer], None]:
    take = partial(bench.receive, part_code=part, rejected={}, weighed={}, reason="", actor=STAFF)

    def act(racer: Racer) -> None:
        racer.edge.run(partial(take, clock=at.world.clock))

    return act


def test_taken_in_at_once_it_is_one_lot(at: Market, race: Race) -> None:
    eggs = variant_id(at, listing(at))
    made = [paid_order(at, {eggs: n}) for n in range(1, TABLES + 1)]
    outcomes = race(*(taking_in(at, one.parts[0].code) for one in made))
    assert all(outcome.won for outcome in outcomes), [outcome.error for outcome in outcomes]
    (lot,) = at.world.read(lots_found)
    assert lot.units == sum(range(1, TABLES + 1))
    assert_sound(at.world)
