"""The staff's words: what was looked for in vain, more names, concepts of the town's own, how the index stands."""

from functools import partial
from typing import Any

import pytest

from shop.accounts.models import Role
from shop.kernel.errors import Forbidden, Invalid, NotFound
from shop.search import misses
from shop.search.follower import Follower
from shop.search.models import SearchConcept, SearchMiss
from shop.search.queries import search
from shop.search.question import Question
from shop.search.reader import Reader
from shop.search.services import NameTaken, Words, note_misses, remove_concept, save_concept
from tests.pages.searching import BACON, EGGS, Searching, searching
from tests.support.pages import Pages
from tests.world import World
from tests.world.market import MONTH, PASSWORD, STAFF, market, someone


@pytest.fixture
def shop(world: World) -> Searching:
    return searching(market(world))


@pytest.fixture
def staff(shop: Searching, pages: Pages) -> Pages:
    pages.sign_in(someone(shop.at.world, Role.STAFF).phone, PASSWORD)
    return pages


def renew(shop: Searching) -> None:
    """Let the process that keeps the index build the words in, as it does within seconds."""
    world = shop.at.world
    follower = Follower(world.edge.engine, world.house.settings.search_dir)
    follower.step()
    while True:
        follower.step()
        if not follower.is_building:
            return


def found(shop: Searching, text: str) -> list[int]:
    reader = Reader(shop.at.world.house.settings.search_dir)
    return list(shop.at.world.read(lambda session: search(session, reader, Question(text, MONTH))).items)


def add(shop: Searching, code: str | None, words: Words) -> str:
    world = shop.at.world
    return world.run(partial(save_concept, code=code, words=words, actor=STAFF, clock=world.clock))


def answers(given: dict[str, Any]) -> dict[str, Any]:
    """Return a form's answers whose names are made at run time."""
    return given


def rows(shop: Searching) -> dict[str, list[str]]:
    return shop.at.world.read(lambda session: {row.code: row.chinese for row in session.query(SearchConcept)})


def only_miss(shop: Searching) -> tuple[int, int]:
    """Return the id of the only search in vain, and how often it was made."""
    (found,) = shop.at.world.read(lambda session: [(row.id, row.times) for row in session.query(SearchMiss)])
    return found


def handled(shop: Searching) -> dict[str, bool]:
    return shop.at.world.read(lambda session: {row.text: row.is_handled for row in session.query(SearchMiss)})


def test_a_search_in_vain_becomes_a_name_in_one_step(shop: Searching, staff: Pages) -> None:
    for _visit in range(3):
        staff.get("/search?q=柏香吊吊")
    shop.follow()
    page = staff.get("/staff/words")
    assert "柏香吊吊" in page.main
    assert "已生效" in page.main
    miss_id, times = only_miss(shop)
    assert times == 3
    page = staff.submit_form(f"misses/{miss_id}/name", **answers({f"miss{miss_id}-of": "腊肉"}))
    assert "几秒后生效" in page.words
    assert "生效中" in page.main
    assert handled(shop) == {"柏香吊吊": True}
    assert rows(shop) == {"cured-pork": ["柏香吊吊"]}
    renew(shop)
    assert "已生效" in staff.get("/staff/words").main
    assert BACON in staff.get("/search?q=柏香吊吊").links()


def test_a_name_that_says_nothing_is_refused_beside_its_field(shop: Searching, staff: Pages) -> None:
    staff.get("/search?q=柏香吊吊")
    shop.follow()
    staff.get("/staff/words")
    miss_id, _times = only_miss(shop)
    page = staff.submit_form(f"misses/{miss_id}/name", 422, **answers({f"miss{miss_id}-of": "没有这东西"}))
    assert "词典里没有叫“没有这东西”的" in page.main
    page = staff.submit_form(f"misses/{miss_id}/name", 422, **answers({f"miss{miss_id}-of": ""}))
    assert "写一个词典里有的名字" in page.main
    assert (rows(shop), handled(shop)) == ({}, {"柏香吊吊": False})


def test_what_the_dictionary_knows_and_nobody_sells_needs_no_name(shop: Searching, staff: Pages) -> None:
    staff.get("/search?q=羊肉")
    shop.follow()
    page = staff.get("/staff/words")
    assert "词典里有，没人卖" in page.main
    assert "是一样货的别名" not in page.main
    staff.submit_form("handled")
    assert handled(shop) == {"羊肉": True}
    assert "羊肉" not in staff.get("/staff/words").main
    staff.click("看已经看过的")
    staff.submit_form("handled")
    assert handled(shop) == {"羊肉": False}


def test_a_new_kind_of_thing_is_searched_by_its_name_and_what_it_is_a_kind_of(shop: Searching, staff: Pages) -> None:
    shop.sell("手揉石磨麻花", shop.meat, shop.zhang)
    staff.get("/search?q=石磨麻麻")
    shop.follow()
    staff.get("/staff/words")
    staff.click("是新的一样")
    page = staff.submit_form(
        "/staff/words/new", chinese="石磨麻麻、石磨麻花", english="Stone Twist", broader="点心零食"
    )
    assert page.heading == "石磨麻麻"
    assert "生效中" in page.main
    assert rows(shop) == {"own-stone-twist": ["石磨麻麻", "石磨麻花"]}
    assert handled(shop) == {"石磨麻麻": True}
    renew(shop)
    assert "手揉石磨麻花" in staff.get("/search?q=石磨麻麻").links()
    assert "手揉石磨麻花" in staff.get("/search?q=stone twist").links()
    assert "石磨麻麻" in staff.get("/staff/words?q=石磨").links()


def test_a_name_of_another_thing_is_asked_about_before_it_is_shared(shop: Searching, staff: Pages) -> None:
    staff.get("/staff/words/concepts/cured-pork")
    page = staff.submit_form("concepts/cured-pork", 422, press="添上", chinese="香菇")
    assert "“香菇”已经是“香菇”的名字" in page.main
    assert rows(shop) == {}
    staff.submit_form("concepts/cured-pork", press="两样都叫这个，照样添")
    assert rows(shop) == {"cured-pork": ["香菇"]}


def test_own_names_can_be_taken_back_and_those_of_the_house_cannot(shop: Searching, staff: Pages) -> None:
    add(shop, "cured-pork", Words(chinese=("柏香吊吊", "吊吊肉")))
    page = staff.get("/staff/words/concepts/cured-pork")
    assert page.main.count("我们添的") == 3, "two names and the button for all"
    remove = "/staff/words/concepts/cured-pork/remove"
    staff.post(remove, {"name": "吊吊肉", "version": "0"})
    assert rows(shop) == {"cured-pork": ["柏香吊吊"]}
    staff.post(remove, {"name": "腊肉", "version": "1"}, 404)
    staff.post(remove, {"version": "1"})
    assert rows(shop) == {}
    assert staff.page is not None
    assert staff.page.url == "/staff/words/concepts/cured-pork"


def test_a_concept_with_kinds_of_its_own_stays_until_they_are_gone(shop: Searching, staff: Pages) -> None:
    top = add(shop, None, Words(chinese=("麻麻类",)))
    part = add(shop, None, Words(chinese=("小麻麻",), broader=(top,)))
    staff.get("/staff/words")
    page = staff.post(f"/staff/words/concepts/{top}/remove", {"version": "0"})
    assert "先去掉那些" in page.words
    staff.post(f"/staff/words/concepts/{part}/remove", {"version": "0"})
    page = staff.post(f"/staff/words/concepts/{top}/remove", {"version": "0"})
    assert page.url == "/staff/words"
    assert rows(shop) == {}


def test_the_standing_of_the_index_is_shown(shop: Searching, staff: Pages) -> None:
    page = staff.get("/staff/words")
    assert "都跟上了" in page.main
    assert "4 样" in page.main
    assert "（原来没有）" in page.main
    shop.sell("老腊肉", shop.meat, shop.zhang)
    assert "处改动" in staff.get("/staff/words").main


def test_without_an_index_the_page_says_so(world: World, pages: Pages) -> None:
    at = market(world)
    pages.sign_in(someone(at.world, Role.MANAGER).phone, PASSWORD)
    page = pages.get("/staff/words")
    assert "现在用不了（原来没有）" in page.main
    assert "生效中" in page.main


@pytest.mark.parametrize(
    ("code", "words", "field", "reason"),
    [
        (None, Words(), "chinese", "empty"),
        (None, Words(english=("thing",)), "chinese", "empty"),
        ("cured-pork", Words(), "chinese", "empty"),
        ("cured-pork", Words(chinese=("肉",)), "chinese", "shape"),
        ("cured-pork", Words(chinese=("吊吊 肉",)), "chinese", "shape"),
        ("cured-pork", Words(chinese=("bacon",)), "chinese", "shape"),
        ("cured-pork", Words(chinese=("臘肉",)), "chinese", "known"),
        ("cured-pork", Words(english=("the",)), "english", "shape"),
        ("cured-pork", Words(english=("Bacon",)), "english", "known"),
        ("cured-pork", Words(broader=("nothing",)), "broader", "unknown"),
        ("cured-pork", Words(broader=("cured-pork",)), "broader", "cycle"),
        ("food", Words(broader=("cured-pork",)), "broader", "cycle"),
    ],
)
def test_words_that_would_confuse_the_search_are_refused(
    shop: Searching, code: str | None, words: Words, field: str, reason: str
) -> None:
    with pytest.raises(Invalid) as refused:
        add(shop, code, words)
    assert (refused.value.field, refused.value.reason) == (field, reason)
    assert rows(shop) == {}


def test_words_are_kept_simplified_and_once(shop: Searching) -> None:
    add(shop, "cured-pork", Words(chinese=("煙燻吊肉", "烟熏吊肉"), english=("Hanging  Pork",)))
    stored = shop.at.world.read(
        lambda session: [(row.chinese, row.english, row.changed_by) for row in session.query(SearchConcept)]
    )
    assert stored == [(["烟熏吊肉"], ["hanging pork"], STAFF.label)]


def test_only_staff_keep_words(shop: Searching) -> None:
    world = shop.at.world
    buyer = STAFF.__class__(user_id=None, label="B", roles=frozenset({"buyer"}))
    for act in (
        partial(save_concept, code=None, words=Words(chinese=("吊吊肉",)), actor=buyer, clock=world.clock),
        partial(remove_concept, code="cured-pork", actor=buyer, clock=world.clock),
    ):
        with pytest.raises(Forbidden):
            world.run(act)
    with pytest.raises(NotFound):
        add(shop, "nothing", Words(chinese=("吊吊肉",)))
    with pytest.raises(NameTaken):
        add(shop, None, Words(chinese=("香菇",)))


def test_misses_survive_a_crash_and_a_torn_line(shop: Searching) -> None:
    directory = shop.at.world.house.settings.search_dir
    misses.note(directory, "電飯煲", ("锅",))
    with (directory / misses.NOTED).open("ab") as file:
        file.write(b'["cut o\n1\n')
    taken = misses.take(directory)
    misses.note(directory, "微波炉", ())
    assert misses.take(directory) == taken == [misses.Miss("电饭煲", "锅")], "until it is done it comes again"
    misses.done(directory)
    assert [miss.text for miss in misses.take(directory)] == ["微波炉"]


def test_a_flood_of_misses_is_bounded(shop: Searching, monkeypatch: pytest.MonkeyPatch) -> None:
    world, directory = shop.at.world, shop.at.world.house.settings.search_dir
    monkeypatch.setattr(misses, "MOST_BYTES", 300)
    for number in range(100):
        misses.note(directory, f"没有的东西{number}", ())
    assert 0 < len(misses.take(directory)) < 100
    monkeypatch.setattr("shop.search.services.MOST_MISSES", 3)
    noted = [misses.Miss(f"词{number}", "") for number in range(5)]
    world.run(lambda session: note_misses(session, noted, clock=world.clock))
    assert len(handled(shop)) == 3
    misses.note(directory.parent / "nowhere", "没有文件夹", ())


def test_a_thing_is_still_found_by_what_it_was_before(shop: Searching) -> None:
    before = found(shop, "土鸡蛋")
    add(shop, "hen-egg", Words(chinese=("坡坡蛋蛋",)))
    renew(shop)
    assert found(shop, "土鸡蛋") == before
    assert found(shop, "坡坡蛋蛋") == before, EGGS
