"""Words that change while people search: staff's, the town's, and when a sound index is built anew for them."""

import shutil
import time
from collections import namedtuple
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import update

from shop.catalog.models import ChangeCounter, Listing
from shop.search import follower as following
from shop.search import generations, habits
from shop.search.follower import Follower, status
from shop.search.models import SearchConcept
from shop.search.queries import search, suggestions
from shop.search.question import Question, Results
from shop.search.reader import Reader
from tests.world import World
from tests.world.market import MONTH, Market, another_vendor, listing, market

BACON, EGGS = "柏枝熏五花腊肉500克", "林下散养土鸡蛋30枚"


@pytest.fixture
def at(world: World) -> Market:
    made = market(world)
    listing(made, title=BACON)
    listing(made, title=EGGS)
    return made


@pytest.fixture
def directory(tmp_path: Path) -> Path:
    return tmp_path / "search"


def settle(one: Follower) -> None:
    """Let a follower do everything there is to do."""
    one.step()
    while one.is_building:
        time.sleep(0.02)
        one.step()


def followed(at: Market, directory: Path) -> Follower:
    one = Follower(at.world.edge.engine, directory, at.world.clock)
    settle(one)
    return one


def ask(at: Market, reader: Reader, text: str) -> Results:
    return at.world.read(lambda session: search(session, reader, Question(text, MONTH)))


def add(at: Market, code: str, *chinese: str, broader: tuple[str, ...] = ()) -> None:
    row = SearchConcept(
        code=code, chinese=list(chinese), english=[], broader=list(broader), changed_at=at.world.clock(), changed_by="x"
    )
    at.world.run(lambda session: session.add(row))


def unhurried(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let words be compared at every step."""
    monkeypatch.setattr(habits, "STAFF_WORDS_S", 0)
    monkeypatch.setattr(habits, "OWN_WORDS_S", 0)


def test_a_word_of_staff_is_understood_without_a_restart_and_the_old_index_serves_meanwhile(
    at: Market, directory: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    unhurried(monkeypatch)
    one, reader = followed(at, directory), Reader(directory)
    assert ask(at, reader, "黑疙瘩").sure == 0
    add(at, "cured-pork", "黑疙瘩")
    one.step()
    assert one.is_building
    assert ask(at, reader, "腊肉").sure == 1
    made = listing(at, title="二刀腊肉")
    one.step()
    settle(one)
    settle(one)
    assert status(at.world.edge.engine, directory).built_for == "staff_words"
    assert ask(at, reader, "黑疙瘩").items[0] in {made.id, *ask(at, reader, "腊肉").items}
    assert ask(at, reader, "黑疙瘩").sure == 2
    assert ask(at, reader, "黑疙瘩").understood[0] == "腊肉"


def test_a_new_thing_of_staff_may_be_anything_and_breaks_nothing(
    at: Market, directory: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    unhurried(monkeypatch)
    one, reader = followed(at, directory), Reader(directory)
    add(at, "own-1", "石头饼", "石頭餅", "", "(.*", broader=("nowhere", "food"))
    listing(at, title="手工石头饼")
    settle(one)
    settle(one)
    assert ask(at, reader, "石頭餅").sure == 1


def test_new_names_of_the_town_are_taken_in_when_there_is_time(
    at: Market, directory: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    one, reader = followed(at, directory), Reader(directory)
    listing(at, title="红糖", vendor=another_vendor(at.world, "邱三娘家"))
    settle(one)
    assert status(at.world.edge.engine, directory).built_for == "missing"
    assert ask(at, reader, "邱三娘").sure == 1  # found by its characters all the same
    assert suggestions(reader, "qiusan") == ()
    unhurried(monkeypatch)
    settle(one)
    settle(one)
    assert status(at.world.edge.engine, directory).built_for == "own_words"
    assert [found.text for found in suggestions(reader, "qiusan")] == ["邱三娘家"]


@pytest.mark.parametrize("typed", ["腊", "臘", "la", "lar", "bac", "smoked", "LAROU", "lr"])
def test_a_text_is_completed_to_what_is_sold(at: Market, directory: Path, typed: str) -> None:
    followed(at, directory)
    found = suggestions(Reader(directory), typed)
    assert ("五花腊肉", "goods") in [(one.text, one.kind) for one in found] or "腊肉" in found[0].text


def test_places_are_completed_and_what_nobody_sells_is_not(at: Market, directory: Path) -> None:
    followed(at, directory)
    reader = Reader(directory)
    assert ("大湾村", "village") in [(one.text, one.kind) for one in suggestions(reader, "dawan")]
    assert ("周素珍家", "household") in [(one.text, one.kind) for one in suggestions(reader, "周素")]
    assert ("禽蛋", "shelf") in [(one.text, one.kind) for one in suggestions(reader, "qin")]
    assert suggestions(reader, "羊肚菌") == suggestions(reader, "") == suggestions(reader, "\uffff") == ()
    assert suggestions(Reader(directory / "nowhere"), "la") == ()


def test_every_night_it_is_built_anew_and_compared(
    at: Market, directory: Path, caplog: pytest.LogCaptureFixture
) -> None:
    one = followed(at, directory)
    at.world.clock.advance(hours=30)
    settle(one)
    assert status(at.world.edge.engine, directory).built_for == "nightly"
    assert "differs" not in caplog.text
    settle(one)
    at.world.run(lambda session: session.execute(update(Listing).where(Listing.title == EGGS).values(state="paused")))
    at.world.clock.advance(hours=24)
    settle(one)
    assert "search index differs from the database" in caplog.text
    assert status(at.world.edge.engine, directory).documents == 1


def test_many_taken_out_are_a_reason_to_build_anew(
    at: Market, directory: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    unhurried(monkeypatch)
    monkeypatch.setattr(habits, "MANY_OF", 2)
    one = followed(at, directory)
    listing(at, title="三刀腊肉")
    for _ in range(3):
        at.world.run(lambda s: s.execute(update(Listing).values(search_seq=Listing.search_seq + 100)))
        at.world.run(lambda s: s.execute(update(ChangeCounter).values(value=ChangeCounter.value + 100)))
        settle(one)
        settle(one)
    assert status(at.world.edge.engine, directory).built_for == "removed"


def test_without_room_on_the_disk_the_old_one_serves_on(
    at: Market, directory: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    one = followed(at, directory)
    usage = namedtuple("usage", "total used free")
    monkeypatch.setattr(shutil, "disk_usage", lambda _path: usage(100, 100, 0))
    (directory / following.WANTED).touch()
    settle(one)
    settle(one)
    assert caplog.text.count("no room") == 1
    assert ask(at, Reader(directory), "腊肉").sure == 1
    assert status(at.world.edge.engine, directory).built_for == "missing"


def test_a_lexicon_is_read_as_it_was_written(at: Market, directory: Path) -> None:
    followed(at, directory)
    folder = generations.current(directory)
    assert folder is not None
    lexicon = generations.lexicon_of(folder)
    assert type(lexicon).load(lexicon.dump()) == replace(lexicon)
