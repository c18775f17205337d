"""The index follows the catalogue, and heals whatever is done to it."""

import shutil
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from sqlalchemy.orm import Session

from shop.catalog.models import Listing, ListingState
from shop.catalog.search_feed import change_counter
from shop.catalog.services.passages import pause
from shop.search import generations
from shop.search.follower import Follower, rebuild, run, status
from shop.search.generations import FollowerBusy, sole_writer
from shop.search.index import Index
from shop.search.queries import search
from shop.search.question import Question
from shop.search.reader import Reader
from tests.support.following import following, is_followed
from tests.world import World
from tests.world.market import HOUSE, MONTH, Market, listing, market

GOODS = (
    "柏枝熏五花腊肉500克",
    "麻辣香肠500克",
    "林下散养土鸡蛋30枚",
    "手编棕鞋女款37码",
    "雨前高山绿茶100克",
    "去壳方竹秋笋1公斤",
)
QUESTIONS = ("腊肉", "larou", "蛋", "tea", "手编", "笋", "大湾", "500克", "香肠 腊肉")


@pytest.fixture
def at(world: World) -> Market:
    return market(world)


@pytest.fixture
def directory(tmp_path: Path) -> Path:
    return tmp_path / "search"


def titled(at: Market, directory: Path, text: str) -> list[str]:
    def ask(session: Session) -> list[str]:
        # On one page: among equals, which of them a first page shows is not promised.
        found = search(session, Reader(directory), Question(text, MONTH, per_page=500)).items
        return [session.get_one(Listing, i).title for i in found]

    return at.world.read(ask)


def follower(at: Market, directory: Path) -> Follower:
    return Follower(at.world.edge.engine, directory)


def put_aside(at: Market, made: Listing, *, paused: bool = True) -> None:
    at.world.run(lambda s: pause(s, at.vendor.id, made.code, paused=paused, actor=HOUSE, clock=at.world.clock))


def healthy(at: Market, directory: Path) -> int:
    found = status(at.world.edge.engine, directory)
    assert (found.healthy, found.reason, found.lag) == (True, "", 0)
    assert found.generation is not None
    return found.documents


def test_before_the_first_step_there_is_no_index(at: Market, directory: Path) -> None:
    listing(at)
    found = status(at.world.edge.engine, directory)
    assert (found.healthy, found.reason, found.generation, found.documents) == (False, "missing", None, 0)
    assert found.lag == at.world.read(change_counter)


def test_catching_up_comes_to_the_same_as_building_anew(at: Market, directory: Path) -> None:
    one_by_one = follower(at, directory / "a")
    one_by_one.step()
    made = []
    for title in GOODS:
        made.append(listing(at, title=title))
        assert one_by_one.step() == 1
    put_aside(at, made[0])
    put_aside(at, made[1])
    put_aside(at, made[1], paused=False)
    listing(at, title="没审过的腊肉", state=ListingState.IN_REVIEW)
    assert one_by_one.step() == 3
    assert one_by_one.step() == 0
    follower(at, directory / "b").step()
    assert healthy(at, directory / "a") == healthy(at, directory / "b") == len(GOODS) - 1
    for text in QUESTIONS:
        assert sorted(titled(at, directory / "a", text)) == sorted(titled(at, directory / "b", text)), text


def test_a_long_catalogue_is_caught_up_in_batches(at: Market, directory: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("shop.search.follower.BATCH", 2)
    one = follower(at, directory)
    listing(at, title="土鸡蛋")
    one.step()
    for number in range(5):
        listing(at, title=f"土鸡蛋{'一二三四五'[number]}号")
    assert [one.step() for _ in range(4)] == [2, 2, 1, 0]
    assert healthy(at, directory) == 6
    (directory / "current").unlink()
    follower(at, directory).step()
    assert healthy(at, directory) == 6


def test_what_is_put_aside_is_gone_and_comes_back(at: Market, directory: Path) -> None:
    one, made = follower(at, directory), listing(at, title=GOODS[0])
    one.step()
    assert titled(at, directory, "腊肉") == [GOODS[0]]
    put_aside(at, made)
    one.step()
    assert healthy(at, directory) == 0
    assert titled(at, directory, "腊肉") == []
    put_aside(at, made, paused=False)
    one.step()
    assert titled(at, directory, "腊肉") == [GOODS[0]]


def test_a_reader_sees_the_next_commit_and_the_next_generation(at: Market, directory: Path) -> None:
    one, reader = follower(at, directory), Reader(directory)
    listing(at, title=GOODS[0])
    one.step()

    def count(text: str) -> int:
        return at.world.read(lambda session: search(session, reader, Question(text, MONTH)).total)

    assert count("腊肉") == 1
    listing(at, title="二刀腊肉500克")
    one.step()
    assert count("腊肉") == 2
    assert rebuild(at.world.edge.engine, directory)
    listing(at, title="老腊肉500克")
    follower(at, directory).step()
    assert count("腊肉") == 3


def test_only_one_follows(at: Market, directory: Path) -> None:
    with sole_writer(directory):
        with pytest.raises(FollowerBusy):
            run(at.world.edge.engine, directory, stop=threading.Event())
        assert not rebuild(at.world.edge.engine, directory)
    assert not (directory / "current").exists()
    follower(at, directory).step()
    assert not (directory / "rebuild-wanted").exists()


def test_it_runs_until_told_to_stop(at: Market, directory: Path) -> None:
    stop = threading.Event()
    thread = threading.Thread(target=run, args=(at.world.edge.engine, directory), kwargs={"stop": stop, "poll_s": 0.02})
    thread.start()
    try:
        listing(at, title=GOODS[0])
        deadline = time.monotonic() + 60
        while titled(at, directory, "腊肉") != [GOODS[0]] or not (directory / "current").exists():
            assert time.monotonic() < deadline
            time.sleep(0.05)
    finally:
        stop.set()
        thread.join(60)
    assert not thread.is_alive()


def test_many_read_while_one_writes(at: Market, directory: Path, caplog: pytest.LogCaptureFixture) -> None:
    one, reader, made = follower(at, directory), Reader(directory), [listing(at, title=title) for title in GOODS]
    one.step()
    done = threading.Event()

    def keep_asking(text: str) -> set[int]:
        totals = set()
        while not done.is_set():
            totals.add(at.world.read(lambda session: search(session, reader, Question(text, MONTH)).sure))
        return totals

    with ThreadPoolExecutor(4) as pool:
        asked = [pool.submit(keep_asking, text) for text in ("棕鞋", "tea", "棕鞋", "sun")]
        for turn in range(12):
            put_aside(at, made[0], paused=turn % 2 == 0)
            one.step()
            if turn % 4 == 3:
                rebuild(at.world.edge.engine, directory)
        done.set()
        assert [totals.result() for totals in asked] == [{1}, {1}, {1}, {1}]
    assert "cannot be read" not in caplog.text


def segment(folder: Path) -> Path:
    return max(folder.glob("MAIN_*"), key=lambda path: path.stat().st_size)


def cut(folder: Path) -> None:
    with segment(folder).open("r+b") as file:
        file.truncate(40)


def empty_tocs(folder: Path) -> None:
    for path in folder.glob("_MAIN_*.toc"):
        path.write_bytes(b"")


DAMAGES: dict[str, Callable[[Path], object]] = {
    "segment cut off": cut,
    "segment gone": lambda folder: segment(folder).unlink(),
    "table of contents emptied": empty_tocs,
    "folder gone": shutil.rmtree,
    "words gone": lambda folder: (folder / "words.json").unlink(),
    "link gone": lambda folder: (folder.parent / "current").unlink(),
    "everything gone": lambda folder: shutil.rmtree(folder.parent),
}


# The library drops files open when they turn out to be damaged.
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
@pytest.mark.parametrize("restarted", [False, True])
@pytest.mark.parametrize("damage", DAMAGES)
def test_a_damaged_index_is_built_anew_and_searching_goes_on(
    at: Market, directory: Path, damage: str, restarted: bool
) -> None:
    one, reader = follower(at, directory), Reader(directory)
    listing(at, title=GOODS[0])
    one.step()
    folder = generations.current(directory)
    assert folder is not None
    DAMAGES[damage](folder)
    found = status(at.world.edge.engine, directory)
    assert found.reason in {"missing", "damaged"}
    assert at.world.read(lambda session: search(session, reader, Question("腊肉", MONTH)).total) == 1
    (follower(at, directory) if restarted else one).step()
    assert healthy(at, directory) == 1
    assert generations.current(directory) != folder
    assert at.world.read(lambda session: search(session, reader, Question("larou", MONTH)).total) == 1


def remeta(directory: Path, **changed: object) -> None:
    folder = generations.current(directory)
    assert folder is not None
    index = Index.open(folder)
    meta = index.lookup().meta()
    index.write([], type(meta)(**{**meta.__dict__, **changed}))


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        ({"version": "older"}, "outdated"),
        ({"boot": "before the crash"}, "rebooted"),
        ({"mark": "ANOTHER"}, "other_database"),
        ({"seq": 999_999}, "ahead"),
        ({"count": 7}, "damaged"),
    ],
)
def test_any_doubt_means_building_anew(at: Market, directory: Path, changed: dict[str, object], reason: str) -> None:
    listing(at, title=GOODS[0])
    follower(at, directory).step()
    remeta(directory, **changed)
    assert status(at.world.edge.engine, directory).reason == reason
    follower(at, directory).step()
    assert healthy(at, directory) == 1


def test_replaced_generations_stay_a_while_for_their_readers(
    at: Market, directory: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    listing(at, title=GOODS[0])
    for _ in range(3):
        assert rebuild(at.world.edge.engine, directory)
    one = follower(at, directory)
    one.step()
    one.step()
    assert len(list(directory.glob("gen-*"))) == 3
    monkeypatch.setattr(generations, "GRACE_S", 0)
    one.step()
    assert list(directory.glob("gen-*")) == [generations.current(directory)]


def test_killed_while_writing_it_goes_on_where_it_was(at: Market, directory: Path, database_url: str) -> None:
    made = listing(at, title=GOODS[0])
    for turn in range(4):
        with following(database_url, directory):
            until = time.monotonic() + 0.9 + 0.17 * turn
            while time.monotonic() < until:
                put_aside(at, made)
                put_aside(at, made, paused=False)
                listing(at, title=GOODS[turn])
            assert is_followed(directory)
        assert status(at.world.edge.engine, directory).reason in {"", "missing"}
    one = follower(at, directory)
    while one.step():
        continue
    follower(at, directory / "anew").step()
    assert healthy(at, directory) == healthy(at, directory / "anew")
    for text in QUESTIONS:
        assert sorted(titled(at, directory, text)) == sorted(titled(at, directory / "anew", text)), text
