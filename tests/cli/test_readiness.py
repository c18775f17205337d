"""What `/readyz` asks: database, migrations, index, jobs; each missing thing has its word."""

from dataclasses import replace
from pathlib import Path

from shop.app.readiness import unready
from shop.app.schema import downgrade
from shop.kernel.edge import Edge
from shop.search.follower import rebuild
from shop.web.house import House
from tests.support.databases import engine_for
from tests.world import World, market


def ready(world: World) -> House:
    """Return a house in which nothing is missing."""
    market.town(world)
    world.tick()
    rebuild(world.edge.engine, world.house.settings.search_dir)
    assert unready(world.house) == []
    return world.house


def test_a_new_house_waits_for_its_index_and_its_worker(house: House) -> None:
    assert unready(house) == ["jobs", "index"]


def test_a_worker_that_fell_silent_is_missed(world: World) -> None:
    house = ready(world)
    world.clock.advance(minutes=2)
    assert unready(house) == []
    world.clock.advance(minutes=2)
    assert unready(house) == ["jobs"]


def test_another_schema_is_named_and_nothing_more_is_asked_of_it(world: World) -> None:
    house = ready(world)
    downgrade(world.edge.engine, "base")
    assert unready(house) == ["migrations"]


def test_a_database_that_is_gone(world: World, tmp_path: Path) -> None:
    house = ready(world)
    away = engine_for(f"sqlite:///{tmp_path / 'nowhere' / 'shop.db'}")
    assert unready(replace(house, edge=Edge(away, lambda _: None))) == ["database"]
    away.dispose()
