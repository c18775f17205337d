"""What people type, and what they are shown."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from shop.catalog import stock
from shop.catalog.models import Category, Listing, Variant
from shop.catalog.rules import Offer, Way
from shop.catalog.services.listings import offer
from shop.catalog.services.passages import pause, review
from shop.catalog.services.shelves import ShelfRules, add_category
from shop.search import follower
from shop.search.queries import search
from shop.search.question import Count, Question, Results
from shop.search.reader import Reader
from tests.world import World
from tests.world.market import HOUSE, MONTH, STAFF, Market, another_vendor, market

BACON, SAUSAGE, EGGS = "柏枝熏五花腊肉500克", "麻辣香肠500克", "林下散养土鸡蛋30枚"
SHOES, TEA, SHOOTS, KIWI = "手编棕鞋女款37码", "雨前高山绿茶100克", "柴火干笋片250克", "红心猕猴桃2.5公斤"
GOODS = {
    "cured-meat": ((BACON, ("腊肉", "老腊肉"), range(1, 13)), (SAUSAGE, ("香肠", "年货"), range(1, 13))),
    "poultry-eggs": ((EGGS, ("土鸡蛋",), range(1, 13)),),
    "weaving": ((SHOES, ("棕鞋", "手工鞋"), range(1, 13)),),
    "tea": ((TEA, ("绿茶",), (4, 5)),),
    "shoots": ((SHOOTS, ("干笋", "笋干"), range(1, 13)),),
    "fruit": ((KIWI, ("猕猴桃",), (10, 11, 12)),),
}
NAMES = {"cured-meat": "腊味", "weaving": "棕竹编", "tea": "茶", "shoots": "笋与菌", "fruit": "鲜果"}


class Town:
    """A small market with its index."""

    def __init__(self, world: World, directory: Path) -> None:
        self.world, self.directory = world, directory
        self.at: Market = market(world)
        self.reader = Reader(directory)
        zhang = another_vendor(world, "九峰张家")
        for code, goods in GOODS.items():
            shelf = self.at.category if code == "poultry-eggs" else world.run(self._shelf(code))
            vendor_id = zhang.id if code == "cured-meat" else self.at.vendor.id
            for title, tags, months in goods:
                wanted = Offer(
                    category_id=shelf.id,
                    title=title,
                    ways=[Way(unit="袋", price_fen=3000, gross_g=600, stock=5)],
                    tags=tags,
                    months=tuple(months), story="山里人家自己做的。",
                )  # fmt: skip
                self._sell(vendor_id, wanted)
        self.follow()

    def _shelf(self, code: str) -> Callable[[Session], Category]:
        return lambda session: add_category(session, code, ShelfRules(name=NAMES[code], name_en=code), actor=HOUSE)

    def _sell(self, vendor_id: int, wanted: Offer) -> None:
        world = self.world
        made = world.run(lambda s: offer(s, vendor_id, wanted, actor=HOUSE, clock=world.clock))
        world.run(lambda s: review(s, made.code, approve=True, version=made.version, actor=STAFF, clock=world.clock))

    def follow(self) -> None:
        follower.Follower(self.world.edge.engine, self.directory).step()

    def ask(self, text: str, month: int = MONTH, **wanted: Any) -> Results:
        question = Question(text, month, **wanted)
        return self.world.read(lambda session: search(session, self.reader, question))

    def titles(self, ids: tuple[int, ...]) -> list[str]:
        return self.world.read(lambda session: [session.get_one(Listing, i).title for i in ids])

    def found(self, text: str) -> list[str]:
        return self.titles(self.ask(text).items)

    def hold_all(self, title: str, reference: str) -> None:
        wanted = select(Variant.id).join(Variant.listing).where(Listing.title == title)
        variant = self.world.read(lambda session: session.scalars(wanted).one())
        self.world.run(lambda session: stock.hold(session, reference, {variant: 5}, clock=self.world.clock))

    def pause(self, title: str, *, paused: bool = True) -> None:
        wanted = select(Listing.vendor_id, Listing.code).where(Listing.title == title)
        vendor_id, code = self.world.read(lambda session: session.execute(wanted).one())
        self.world.run(lambda s: pause(s, vendor_id, code, paused=paused, actor=HOUSE, clock=self.world.clock))


@pytest.fixture
def town(world: World, tmp_path: Path) -> Town:
    return Town(world, tmp_path / "search")


FIRST = {
    BACON: (
        "腊肉 臘肉 煙燻臘肉 larou la\u00a0rou LaRou lr bacon Bacon smoked\u00a0pork 老腊肉 有没有腊肉 ｌａｒｏｕ 五花 "
        "年货腊肉"
    ),
    SAUSAGE: "香肠 香腸 xiangchang sausage sausages 腊肠 麻辣 xc",
    EGGS: "土鸡蛋 土雞蛋 鸡蛋 蛋 egg eggs chicken\u00a0egg tujidan tjd 散养 柴鸡蛋",
    SHOES: "棕鞋 棕编鞋 鞋 shoes zongxie 手编 手工鞋 palm\u00a0shoes",
    TEA: "茶 绿茶 green\u00a0tea tea lvcha 明前茶 高山",
    SHOOTS: "笋 竹笋 筍 bamboo\u00a0shoots sun gansun 笋干 乾筍",
    KIWI: "猕猴桃 獼猴桃 奇异果 kiwi mihoutao mht fruit 红心 水果",
}


def test_one_thing_is_found_by_all_its_names(town: Town) -> None:
    missed = {}
    for title, questions in FIRST.items():
        for text in questions.split(" "):
            seen = town.found(text.replace("\u00a0", " "))
            if seen[:1] != [title]:
                missed[text] = seen
    assert missed == {}


@pytest.mark.parametrize(
    ("text", "wanted"), [("九峰", {BACON, SAUSAGE}), ("jiufeng", {BACON, SAUSAGE}), ("腊味", {BACON, SAUSAGE})]
)
def test_a_household_and_a_shelf_find_their_goods(town: Town, text: str, wanted: set[str]) -> None:
    assert set(town.found(text)[:2]) == wanted


def test_a_village_finds_everything_of_it(town: Town) -> None:
    assert town.ask("大湾").total == town.ask("大湾村").total == 7


@pytest.mark.parametrize(
    ("text", "unwanted"),
    [
        ("蜂蜜柚子茶", TEA),
        ("笋壳", SHOOTS),
        ("茶树菇", TEA),
        ("腊梅", BACON),
        ("茶油", TEA),
        ("鸡枞", EGGS),
        ("草鞋垫", EGGS),
    ],
)
def test_what_only_looks_alike_is_not_found(town: Town, text: str, unwanted: str) -> None:
    assert unwanted not in town.found(text)


@pytest.mark.parametrize(
    ("text", "meant", "title"), [("辣肉", "腊肉", BACON), ("土鸡旦", "土鸡蛋", EGGS), ("弥猴桃", "猕猴桃", KIWI)]
)
def test_a_wrong_character_of_the_same_sound_is_understood(town: Town, text: str, meant: str, title: str) -> None:
    found = town.ask(text)
    assert found.corrected_to == meant
    assert town.titles(found.items)[0] == title


@pytest.mark.parametrize(
    ("text", "title"),
    [("土鸡d", EGGS), ("猕h", KIWI), ("麻辣香", SAUSAGE), ("干竹", SHOOTS), ("sausa", SAUSAGE), ("猕猴t", KIWI)],
)
def test_what_breaks_off_within_a_name_is_not_corrected_but_finished(town: Town, text: str, title: str) -> None:
    found = town.ask(text)
    assert (found.corrected_to, town.titles(found.items)[:1]) == (None, [title])


@pytest.mark.parametrize(("text", "meant", "title"), [("棕鞍", "棕鞋", SHOES), ("香杨", "香肠", SAUSAGE)])
def test_a_character_whose_print_is_much_alike_is_understood(town: Town, text: str, meant: str, title: str) -> None:
    found = town.ask(text)
    assert (found.corrected_to, town.titles(found.items)[:1]) == (meant, [title])


def test_a_good_word_that_finds_nothing_may_be_a_name_that_looks_like_it(town: Town) -> None:
    found = town.ask("香汤")
    assert (found.corrected_to, town.titles(found.items)[:1]) == ("香肠", [SAUSAGE])


def test_a_right_word_is_not_corrected(town: Town) -> None:
    for text in ("腊肉", "猕猴桃", "大湾", "larou", "羊肉"):
        assert town.ask(text).corrected_to is None


def test_two_words_want_both_and_then_either(town: Town) -> None:
    assert town.found("九峰 香肠")[0] == SAUSAGE
    found = town.ask("香肠 猕猴桃")
    assert set(town.titles(found.items[: found.sure])) == {SAUSAGE, KIWI}


def test_few_hits_are_followed_by_things_of_the_same_kind_and_the_answer_says_where_they_begin(town: Town) -> None:
    found = town.ask("香肠")
    assert (town.titles(found.items), found.sure, found.total) == ([SAUSAGE, BACON], 1, 2)
    assert town.ask("绿茶").total == 1  # of what is only food or drink, nothing is of the same kind


def test_nothing_found_shows_what_is_near(town: Town) -> None:
    found = town.ask("羊肉")
    assert found.items == ()
    assert set(town.titles(found.near)) == {BACON, SAUSAGE}


@pytest.mark.parametrize(
    "text", ["的", "!!!", "%", "_", "'", '"; DROP', "*", "AND OR NOT", "title:x", "\x00", "🍵", "a" * 5000]
)
def test_nonsense_finds_nothing_and_breaks_nothing(town: Town, text: str) -> None:
    assert town.ask(text).items == ()


def test_shelves_are_counted_and_chosen(town: Town) -> None:
    found = town.ask("大湾")
    assert Count("cured-meat", 2) in found.facets.categories
    chosen = town.ask("大湾", category="cured-meat")
    assert set(town.titles(chosen.items)) == {BACON, SAUSAGE}
    assert chosen.total == 2
    assert chosen.facets.categories == found.facets.categories


def test_a_month_leaves_out_what_has_no_season_then(town: Town) -> None:
    assert town.titles(town.ask("茶", 4, in_season=True).items) == [TEA]
    assert town.ask("茶", 11, in_season=True).items == ()
    assert town.titles(town.ask("茶", 11).items) == [TEA]


def test_pages_do_not_overlap(town: Town) -> None:
    def page(number: int) -> Results:
        return town.ask("大湾", page=number, per_page=3)

    pages = [page(number) for number in (1, 2, 3)]
    assert [len(one.items) for one in pages] == [3, 3, 1]
    assert len({i for one in pages for i in one.items}) == 7
    assert {(one.total, one.pages) for one in pages} == {(7, 3)}
    assert page(99) == pages[-1]


def test_what_is_paused_is_not_shown_although_the_index_still_has_it(town: Town) -> None:
    assert town.ask("腊味").total == 2
    town.pause(SAUSAGE)
    found = town.ask("腊味")
    assert (town.titles(found.items), found.total) == ([BACON], 1)
    town.pause(SAUSAGE, paused=False)
    assert set(town.found("腊味")) == {BACON, SAUSAGE}


def test_what_is_sold_out_is_shown_a_little_lower_and_can_be_left_out(town: Town) -> None:
    town.hold_all(BACON, "order-1")
    assert BACON not in town.titles(town.ask("腊味", in_stock=True).items)
    town.follow()
    assert town.found("腊味") == [SAUSAGE, BACON]
    assert town.found("腊肉")[0] == BACON
    found = town.ask("腊味", in_stock=True)
    assert (town.titles(found.items), found.total, found.facets.in_stock) == ([SAUSAGE], 1, 1)
    town.world.run(lambda session: stock.release(session, "order-1", clock=town.world.clock))
    town.follow()
    assert town.ask("腊味", in_stock=True).total == 2


def test_without_a_text_everything_is_found_the_newest_first(town: Town) -> None:
    found = town.ask("  ")
    assert found.total == sum(len(goods) for goods in GOODS.values())
    assert {count.code for count in found.facets.categories} == set(GOODS)
    assert town.ask("", in_season=True).total == found.total - 1 == found.facets.in_season


def test_without_an_index_the_catalogue_itself_is_read(town: Town, tmp_path: Path) -> None:
    town.reader = Reader(tmp_path / "nothing-here")
    assert town.found("五花腊肉") == [BACON]
    assert town.found("臘肉") == [BACON]
    assert set(town.found("九峰")) == {BACON, SAUSAGE}
    assert town.found("九峰 香肠") == [SAUSAGE]
    assert town.ask("%").total == town.ask("_").total == 0
    assert town.ask("").total == 7
    assert town.ask("500克").facets.categories == (Count("cured-meat", 2),)
    town.pause(BACON)
    assert town.found("腊肉") == []
