"""The index under violence: its follower killed again and again while the catalogue changes, another always trying."""

import os
import random
import time
from pathlib import Path

import pytest

from shop.catalog.models import Listing
from shop.catalog.search_feed import shown_sums
from shop.catalog.services.passages import pause
from shop.search import generations
from shop.search.follower import Follower, status, sums_of
from shop.search.generations import FollowerBusy, sole_writer
from shop.search.index import Index
from tests.support.following import following
from tests.world import World
from tests.world.market import HOUSE, Market, listing, market

KILLS = 50
GOODS = 12
SEED = 20261122


def harm(directory: Path, lot: random.Random) -> None:
    """Do what a failing disk does to some file of the index in use."""
    folder = generations.current(directory)
    if folder is None or not folder.is_dir():
        return
    path = lot.choice(sorted(folder.glob("MAIN_*")) or [folder / "words.json"])
    match lot.randrange(3):
        case 0:
            path.unlink(missing_ok=True)
        case 1:
            path.write_bytes(b"")
        case _:
            os.truncate(path, path.stat().st_size // 2)


@pytest.mark.soak
def test_killed_fifty_times_under_writes_the_index_equals_the_database(
    world: World, tmp_path: Path, database_url: str
) -> None:
    at: Market = market(world)
    directory, lot = tmp_path / "search", random.Random(SEED)
    made: list[Listing] = [listing(at, title=f"老腊肉第{number}块") for number in range(GOODS)]
    aside: set[int] = set()

    def change() -> None:
        number = lot.randrange(len(made))
        pauses = number not in aside
        world.run(lambda s: pause(s, at.vendor.id, made[number].code, paused=pauses, actor=HOUSE, clock=world.clock))
        aside.symmetric_difference_update({number})
        if lot.random() < 0.2:
            made.append(listing(at, title=f"土鸡蛋第{len(made)}篮"))

    for turn in range(KILLS):
        with following(database_url, directory) as child:
            until = time.monotonic() + lot.uniform(0.05, 1.2)
            while time.monotonic() < until:
                change()
            with pytest.raises(FollowerBusy), sole_writer(directory):
                pass
            assert child.poll() is None
        if turn % 7 == 6:
            harm(directory, lot)
    one = Follower(world.edge.engine, directory)
    while one.step() or one.is_building:
        time.sleep(0.02)
    found = status(world.edge.engine, directory)
    assert (found.healthy, found.lag) == (True, 0)
    folder = generations.current(directory)
    assert folder is not None
    lookup = Index.open(folder).lookup()
    assert sums_of(lookup) == world.read(shown_sums)
    lookup.close()
