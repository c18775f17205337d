"""Photos that nothing refers to, and files that no photo has, are removed; what is in use or just came never is."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from shop.catalog.drafts import services as drafts
from shop.catalog.models import ListingVersion
from shop.kernel.actor import system
from shop.media.models import Photo, PrivatePhoto
from shop.media.private import private_photo, receive_private
from shop.media.rules import FULL, file_name, private_name
from shop.media.services import make_renditions, receive
from shop.media.storage import Store, open_store
from shop.media.sweeping import PAIRS, Swept, sweep, todays_share
from tests.rooms.test_media import raw_photo
from tests.world import World
from tests.world.market import Market, listing, market

TEST = system("test")


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return open_store((tmp_path / "swept").as_uri())


@pytest.fixture
def at(world: World) -> Market:
    """A town whose clock goes with the files' own."""
    world.clock.set(datetime.now(UTC))
    return market(world)


def taken(world: World, store: Store, seed: int = 0) -> str:
    return receive(world.edge.transaction, store, raw_photo(seed=seed), actor=TEST, clock=world.clock).key


def swept(world: World, store: Store, most: int = 500) -> Swept:
    return sweep(world.edge, store, most=most, clock=world.clock)


def rows(world: World) -> int:
    return world.read(lambda session: session.scalar(select(func.count()).select_from(Photo))) or 0


def later(world: World, days: int = 8) -> None:
    world.clock.advance(days=days)


def names(store: Store, key: str) -> list[str]:
    return sorted(name for name, _at in store.names(key[:2]) if key in name)


def test_the_photos_of_a_draft_thrown_away_go_after_the_days_of_grace(at: Market, store: Store) -> None:
    world, vendor_id = at.world, at.vendor.id
    before = rows(world)
    key = taken(world, store)
    make_renditions(world.edge, store, key, clock=world.clock)
    world.run(lambda session: drafts.begin(session, vendor_id, "DRAFT00001", clock=world.clock))
    add = drafts.add_photo
    world.run(lambda session: add(session, vendor_id, "DRAFT00001", key, client_key=None, clock=world.clock))
    later(world)
    assert swept(world, store).photos == 0
    world.run(lambda session: drafts.throw_away(session, vendor_id, "DRAFT00001"))
    assert swept(world, store, most=0).photos == 0
    assert swept(world, store).photos == 1
    assert (rows(world), names(store, key)) == (before, [])


def test_files_swept_away_before_their_row_stands_are_put_once_more(at: Market, store: Store) -> None:
    world = at.world
    key = taken(world, store)
    files = names(store, key)
    later(world)
    done: list[Swept] = []

    @contextmanager
    def beaten() -> Iterator[Session]:
        """Open a transaction just after the sweep, which comes between the files and the row, once."""
        if not done:
            done.append(swept(world, store))
        with world.edge.transaction() as session:
            yield session

    sent = receive(beaten, store, raw_photo(seed=0), actor=TEST, clock=world.clock)
    assert done[0].photos == 1
    assert (sent.key, names(store, key)) == (key, files)
    assert world.read(lambda session: session.get_one(Photo, key).dropped_at) is None


def test_a_photo_that_just_came_stays_and_one_sent_again_counts_anew(at: Market, store: Store) -> None:
    world = at.world
    key = taken(world, store)
    later(world, days=6)
    assert swept(world, store).photos == 0
    assert taken(world, store) == key
    later(world, days=6)
    assert swept(world, store).photos == 0
    later(world, days=2)
    assert swept(world, store).photos == 1


def test_a_photo_that_only_an_older_version_shows_stays(at: Market, store: Store) -> None:
    world = at.world
    eggs = listing(at, title="土鸡蛋")
    key = taken(world, store)

    def once_shown(session: Session) -> None:
        row = session.scalars(select(ListingVersion).where(ListingVersion.listing_id == eggs.id)).one()
        row.facts = {**row.facts, "photos": [key]}

    world.run(once_shown)
    later(world)
    assert swept(world, store).photos == 0
    assert store.exists(file_name(key, FULL, "jpg"))


def test_the_same_picture_sent_while_its_files_are_removed_is_kept_whole(
    at: Market, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    world = at.world
    key = taken(world, store)
    again: list[str] = []
    later(world)
    delete = store.delete

    def slow(name: str) -> None:
        if not again:
            again.append(taken(world, store))
        delete(name)

    monkeypatch.setattr(store, "delete", slow)
    assert swept(world, store).photos == 1
    monkeypatch.undo()
    assert again == [sha256(key.encode()).hexdigest()]
    assert store.exists(file_name(again[0], FULL, "jpg"))
    assert names(store, key) == []
    assert world.read(lambda session: session.get(Photo, again[0])) is not None


def test_what_a_crash_left_half_removed_is_finished(at: Market, store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    world = at.world
    key = taken(world, store)
    later(world)

    def crash(_name: str) -> None:
        raise OSError("no line to the store")

    monkeypatch.setattr(store, "delete", crash)
    with pytest.raises(OSError, match="no line"):
        swept(world, store)
    monkeypatch.undo()
    world.clock.advance(hours=2)
    swept(world, store)
    assert names(store, key) == []
    assert world.read(lambda session: session.get(Photo, key)) is None


def test_files_without_a_photo_go_once_they_are_old_and_nothing_else_does(at: Market, store: Store) -> None:
    world = at.world
    stray, private, kept = "ab" + "0" * 62, "cd" + "0" * 62, taken(world, store)
    foreign = "goods/list.xlsx"
    for name in (file_name(stray, FULL, "jpg"), private_name(private), foreign):
        store.put(name, b"x", "image/jpeg")
    assert swept(world, store) == Swept(photos=0, strays=0)
    later(world)
    taken(world, store)
    assert swept(world, store) == Swept(photos=0, strays=2)
    assert names(store, stray) == []
    assert store.get(private_name(private)) is None
    assert store.exists(foreign)
    assert store.exists(file_name(kept, FULL, "jpg"))
    assert world.read(lambda session: session.get(Photo, stray)) is None


def test_a_private_photo_that_no_paper_shows_goes(at: Market, store: Store) -> None:
    world = at.world
    key = receive_private(world.edge.transaction, store, raw_photo(), actor=TEST, clock=world.clock)
    assert swept(world, store).photos == 0
    later(world)
    assert swept(world, store).photos == 1
    assert private_photo(store, key) is None
    assert world.read(lambda session: session.get(PrivatePhoto, key)) is None


def test_the_days_share_the_whole_store() -> None:
    day = datetime(2026, 11, 23, tzinfo=UTC)
    shares = [todays_share(day + timedelta(days=n)) for n in range(8)]
    assert sorted(pair for share in shares for pair in share) == sorted(PAIRS)
