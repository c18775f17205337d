"""A photo sent while the sweep is at it: what the database knows has its files, and what nothing refers to goes."""

from datetime import UTC, datetime
from io import BytesIO

import pytest
from PIL import Image
from sqlalchemy import select

from shop.kernel.actor import system
from shop.media.models import Photo
from shop.media.rules import FULL, file_name
from shop.media.services import receive
from shop.media.sweeping import sweep
from tests.races.conftest import Race
from tests.support.races import Racer
from tests.world import World

TRIES = 3
TEST = system("test")


@pytest.mark.parametrize("turn", range(TRIES))
def test_the_same_picture_sent_beside_the_sweep_keeps_its_files(world: World, race: Race, turn: int) -> None:
    store, clock = world.house.store, world.clock
    out = BytesIO()
    Image.new("RGB", (320, 240), (turn * 40, 90, 30)).save(out, "JPEG")
    clock.set(datetime.now(UTC))
    receive(world.edge.transaction, store, out.getvalue(), actor=TEST, clock=clock)
    clock.advance(days=8)

    def send(racer: Racer) -> str:
        return receive(racer.edge.transaction, store, out.getvalue(), actor=TEST, clock=clock).key

    def clean(racer: Racer) -> None:
        sweep(racer.edge, store, clock=clock)

    sent, swept = race(send, clean)
    assert sent.won
    assert swept.won
    kept = world.read(lambda session: session.execute(select(Photo.key, Photo.dropped_at)).all())
    assert [tuple(row) for row in kept] == [(sent.value, None)]
    assert store.exists(file_name(kept[0].key, FULL, "jpg"))
