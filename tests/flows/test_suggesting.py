"""What a new thing may be called, from what neighbours sell: typed in characters, in pinyin, or not at all."""

from collections.abc import Callable, Iterator

import pytest

from shop.catalog.rules import Way
from shop.flows.suggesting import Neighbourhood
from shop.search.follower import Follower
from shop.search.reader import Reader
from tests.world import World
from tests.world.market import Market, another_vendor, listing, market


@pytest.fixture
def at(world: World) -> Market:
    """A town in which four households sell eggs, one of them by weight, and one sells walnuts."""
    made = market(world)
    ways = [Way(unit="盒", pieces=30, price_fen=fen, gross_g=gross_g) for fen, gross_g in ((2500, 2200), (3200, 2400))]
    ways.append(Way(unit="盒", pieces=10, price_fen=1500, gross_g=800))
    ways.append(Way(unit="斤", per_500g_fen=1200, least_g=400, most_g=500, gross_g=600))
    for number, way in enumerate(ways):
        seller = another_vendor(world, f"第 {number} 家")
        listing(made, title=f"林下土鸡蛋{number}号", tags=("土鸡蛋",), vendor=seller, ways=(way,), keep_note="阴凉处")
    nuts = Way(unit="袋", price_fen=3400, gross_g=1100)
    listing(made, title="核桃", tags=("核桃",), vendor=another_vendor(world, "核桃家"), ways=(nuts,), months=(9, 10))
    Follower(world.edge.engine, world.house.settings.search_dir).step()
    return made


@pytest.fixture
def around(at: Market) -> Iterator[Callable[..., Neighbourhood]]:
    """Returns what the town's first household is offered: `around()`, or `around(month=9)`."""
    with at.world.edge.reading() as session:
        yield lambda month=11: Neighbourhood(session, Reader(at.world.house.settings.search_dir), at.vendor.id, month)


@pytest.mark.parametrize("typed", ["土鸡蛋", "土鸡", "tujidan", "tjd"])
def test_what_is_typed_finds_how_neighbours_sell_it(around: Callable[..., Neighbourhood], typed: str) -> None:
    one = around().starting_with(typed)[0]
    assert (one.name, one.unit, one.pieces, one.gross_g) == ("土鸡蛋", "盒", 30, 2400)
    assert (one.prices_fen, one.per_500g_fen, one.keep_note) == ((2500, 3200), (1200,), "阴凉处")


def test_before_anything_is_typed_it_is_what_is_in_season(around: Callable[..., Neighbourhood]) -> None:
    assert [one.name for one in around(month=11).in_season()] == ["土鸡蛋"]
    assert [one.name for one in around(month=9).in_season()] == ["土鸡蛋", "核桃"]


def test_prices_are_those_of_the_same_unit(around: Callable[..., Neighbourhood]) -> None:
    assert around().prices("土鸡蛋", "盒", 30) == (2500, 3200)
    assert around().prices("土鸡蛋", "盒", 10) == (1500,)
    assert around().prices("土鸡蛋", "筐", 1) == ()


def test_nobody_is_offered_what_nobody_else_sells(around: Callable[..., Neighbourhood]) -> None:
    assert around().starting_with("竹篮") == ()
    assert around().starting_with("  ") == ()
    assert around().called("竹篮") is None
