"""The fixtures of every test: a still clock, a database of one's own, the application, a checking client."""

import gc
import os
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import hypothesis
import pytest
from flask import Flask

from shop.accounts.passwords import Hasher
from shop.app import create_app, engine_of, wiring
from shop.app.schema import upgrade
from shop.kernel.edge import Edge
from shop.settings import Settings
from shop.web.house import EXTENSION, House
from tests.support.clock import SettableClock
from tests.support.compiled import share_compiled
from tests.support.databases import Databases, PostgresDatabases, SqliteDatabases, engine_for
from tests.support.pages import Pages
from tests.world import START, World

# Seconds belong to benchmarks; two cores may be busy.
hypothesis.settings.register_profile("house", deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow])
hypothesis.settings.load_profile("house")
share_compiled()

SECRET = "a secret of the tests, long enough for anything"


def pytest_addoption(parser: pytest.Parser) -> None:
    """Let the run choose its database."""
    parser.addoption("--db", choices=("sqlite", "postgres"), default="sqlite", help="database of the run")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out of a run on PostgreSQL what asks for no database: the run on SQLite proves it."""
    if config.getoption("db") == "sqlite":
        return
    left_out = {item for item in items if "databases" not in getattr(item, "fixturenames", ())}
    config.hook.pytest_deselected(items=list(left_out))
    items[:] = [item for item in items if item not in left_out]


def pytest_collection_finish() -> None:
    """Look for garbage seldom, and never among what was loaded before the first test: that stays to the end."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 50)


@pytest.fixture(scope="session")
def databases(request: pytest.FixtureRequest) -> Iterator[Databases]:
    """The run's maker of databases."""
    if request.config.getoption("db") == "sqlite":
        made: Databases = SqliteDatabases()
    else:
        try:
            made = PostgresDatabases()
        except Exception as error:
            if os.environ.get("CI") == "true":
                raise
            pytest.skip(f"PostgreSQL did not start, so nothing was tested on it: {type(error).__name__}: {error}")
    made.prepare(upgrade)
    yield made
    made.close()


@pytest.fixture
def clock() -> SettableClock:
    """The house's clock: stands at `tests.world.START` until the test moves it."""
    return SettableClock(START)


@pytest.fixture
def database_url(databases: Databases) -> Iterator[str]:
    """URL of this test's own database, as migrated and otherwise empty."""
    url = databases.fresh()
    yield url
    databases.drop(url)


@pytest.fixture
def woken() -> list[int]:
    """Ids of the outbox messages that `edge` handed to the queue after its commits, in order."""
    return []


@pytest.fixture
def edge(database_url: str, woken: list[int]) -> Iterator[Edge]:
    """The transaction edge on this test's database; what it would wake the queue for is in `woken`."""
    engine = engine_for(database_url)
    yield Edge(engine, woken.extend)
    engine.dispose()


@pytest.fixture(scope="session")
def built_static(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the run keeps its compressed static files, so that they are made once and not per test."""
    return tmp_path_factory.mktemp("static")


@pytest.fixture
def settings(database_url: str, tmp_path: Path, built_static: Path) -> Settings:
    """The settings of a demo town in a folder of its own."""
    data_dir = tmp_path / "var"
    data_dir.mkdir()
    (data_dir / "static").symlink_to(built_static)
    return Settings.from_env(
        {"SHOP_SECRET_KEY": SECRET, "SHOP_DATABASE_URL": database_url, "SHOP_DATA_DIR": str(data_dir)}
    )


@pytest.fixture(scope="session", autouse=True)
def hasher() -> Iterator[Hasher]:
    """The hasher of every house that is wired: it takes no time; the profile is under test in its own room only."""
    quick = Hasher(time_cost=1, memory_kib=8)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(wiring, "Hasher", lambda: quick)
        yield quick


@pytest.fixture
def house(settings: Settings, edge: Edge, clock: SettableClock) -> Iterator[House]:
    """The wiring of a worker on this test's database, without a web application."""
    made = replace(wiring.wire(settings, edge.engine, clock), edge=edge)
    yield made
    made.queue.huey.storage.close()


@pytest.fixture
def world(house: House, clock: SettableClock) -> World:
    """The ground for the builders in `tests.world`."""
    return World(house, house.edge, clock)


@pytest.fixture
def app(settings: Settings, clock: SettableClock) -> Iterator[Flask]:
    """The whole application on this test's database, with its clock."""
    made = create_app(settings, clock=clock)
    made.testing = True
    yield made
    made.extensions[EXTENSION].queue.huey.storage.close()
    engine_of(made).dispose()


@pytest.fixture
def visitor(app: Flask) -> Callable[[], Pages]:
    """Make a new browser, as a person who was never here: `other = visitor()`."""
    return lambda: Pages(app)


@pytest.fixture
def pages(visitor: Callable[[], Pages]) -> Pages:
    """A browser that checks every page it fetches; see `tests.support.pages`."""
    return visitor()
