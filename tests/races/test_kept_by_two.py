"""Two processes keep pages of one database: what is written in a third shows in both at the next request."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.request import urlopen

from sqlalchemy import update

from shop.catalog.models import Variant
from shop.settings import Settings
from tests.world import World, market

SERVER = """
import sys
from shop.app import create_app
from shop.app.kept import Kept
from shop.settings import Settings
from tests.support.live import serving

shown, find = [], Kept._still_true

def noting(kept, key, truth):
    page = find(kept, key, truth)
    shown.append(page is not None)
    return page

Kept._still_true = noting
with serving(create_app(Settings.from_env())) as where:
    print(where, flush=True)
    sys.stdin.read()
print(sum(shown), flush=True)
"""


@contextmanager
def served(settings: Settings) -> Iterator[tuple[str, "subprocess.Popen[str]"]]:
    """Serve the pages from a process of its own."""
    told = {
        "SHOP_SECRET_KEY": settings.secret_key,
        "SHOP_DATABASE_URL": settings.database_url,
        "SHOP_DATA_DIR": str(settings.data_dir),
    }
    process = subprocess.Popen(
        [sys.executable, "-c", SERVER], env={**os.environ, **told}, stdin=-1, stdout=-1, text=True
    )
    try:
        assert process.stdout is not None
        yield process.stdout.readline().strip(), process
    finally:
        process.kill()
        process.wait()


def page(where: str) -> str:
    with urlopen(where, timeout=60) as answer:
        return str(answer.read().decode())


def test_two_processes_show_what_a_third_has_written(world: World, settings: Settings) -> None:
    at = market.market(world)
    thing = market.listing(at, title="老腊肉")
    path = f"/goods/{thing.code}"
    with served(settings) as (one, first), served(settings) as (other, second):
        for yuan in range(50, 58):
            with world.edge.transaction() as session:
                session.execute(update(Variant).values(price_fen=yuan * 100))
            for where in (one, other):
                for _look in range(2):
                    assert f'"{yuan}.00"' in page(where + path)
        for process in (first, second):
            shown = process.communicate("", timeout=60)[0]
            assert int(shown) >= 6, "most second looks were at a kept page"
