"""The search page as a visitor meets it, with an index and without."""

import re
from urllib.parse import parse_qs, urlsplit

import pytest

from shop.catalog.models import Listing
from shop.search import follower
from shop.search.models import SearchMiss
from tests.pages.searching import BACON, EGGS, PEARS, SAUSAGE, Searching, searching
from tests.support.page import Page
from tests.support.pages import Pages
from tests.world.market import PASSWORD, Market, listing


@pytest.fixture
def bacon(at: Market) -> Listing:
    return listing(at, title="柏枝熏五花腊肉500克")


def follow(at: Market) -> None:
    follower.Follower(at.world.edge.engine, at.world.house.settings.search_dir).step()


def test_searching_from_the_box_on_any_page(at: Market, bacon: Listing, pages: Pages) -> None:
    follow(at)
    pages.get("/search")
    page = pages.submit_form("/search", q="臘肉")
    assert "找“臘肉”" in page.words
    assert bacon.title in page.links()
    assert page.links()[bacon.title].endswith(bacon.code)


def test_without_an_index_the_page_still_answers(bacon: Listing, pages: Pages) -> None:
    assert bacon.title in pages.get("/search?q=腊肉").links()


def test_a_wrong_character_is_said(at: Market, bacon: Listing, pages: Pages) -> None:
    follow(at)
    page = pages.get("/search?q=辣肉")
    assert "您是不是要找" in page.words
    assert bacon.title in page.links()
    assert "Bacon" not in page.words
    pages.client.set_cookie("lang", "en")
    page = pages.get("/search?q=辣肉")
    assert re.search(r"腊肉 \(Bacon\)", page.words), "who does not read it is told what was meant"


def test_what_was_meant_is_said_of_what_was_found_alone(at: Market, bacon: Listing, pages: Pages) -> None:
    follow(at)
    pages.client.set_cookie("lang", "en")
    for typed, is_said in (("bacoon", True), ("bacons", False), ("applle", False)):
        assert ("Did you mean" in pages.get(f"/search?q={typed}").words) is is_said, typed
    assert bacon.title in pages.get("/search?q=bacons").links()


def test_nothing_found_leads_on(at: Market, bacon: Listing, pages: Pages) -> None:
    follow(at)
    page = pages.get("/search?q=羊肉")
    assert "没有找到" in page.words
    assert "相近的货" in page.words
    assert bacon.title in page.links()
    assert any(href == "/c/poultry-eggs" for href in page.links().values())


ODD = "&page=x&category=nowhere&village=x&vendor=y&sort=z&in_stock=maybe&price_min=9&price_max=-1"


@pytest.mark.parametrize("query", ["", "?q=", "?q=腊肉&page=99", f"?q=腊肉{ODD}", "?q=" + "蛋" * 500])
def test_odd_questions_are_answered(at: Market, bacon: Listing, pages: Pages, query: str) -> None:
    follow(at)
    pages.get("/search" + query)


def test_a_long_answer_is_leafed_through(at: Market, pages: Pages) -> None:
    for number in range(26):
        listing(at, title=f"土鸡蛋第{number}篮")
    follow(at)
    page = pages.get("/search?q=土鸡蛋")
    assert "26 样" in page.words
    last = pages.click("下一页")
    assert sum("土鸡蛋第" in words for words in last.links()) == 2


@pytest.fixture
def shop(at: Market) -> Searching:
    return searching(at)


def titles(page: Page) -> list[str]:
    """Return what lies on a page, in its order."""
    return ["".join(element.itertext()).strip() for element in page.all("h2", "card-title")]


def choice(page: Page, label: str) -> str:
    """Return the address of a filter by its words."""
    found = [
        element.get("href", "")
        for element in page.all("a", "facet-link")
        if "".join(element.find("span").itertext()) == label  # type: ignore[union-attr]
    ]
    assert len(found) == 1, f"{label}: {found}"
    return found[0]


def test_what_was_looked_for_is_marked_and_everything_is_escaped(shop: Searching, pages: Pages) -> None:
    shop.sell("老腊肉<b>&amp;</b>", shop.meat, shop.zhang)
    shop.follow()
    page = pages.get("/search?q=腊肉")
    assert {"".join(mark.itertext()) for mark in page.all("mark")} == {"五花腊肉", "老腊肉"}
    assert "<b>" not in page.text
    assert "老腊肉<b>&amp;</b>" in titles(page)
    assert "<mark>九峰" in pages.get("/search?q=九峰村").text


def test_filters_are_counted_chosen_together_and_given_up_again(shop: Searching, pages: Pages) -> None:
    page = pages.get("/search?in_stock=1")
    assert sorted(titles(page)) == sorted([BACON, EGGS, PEARS])
    assert page.heading == "挑山货"
    page = pages.get(choice(page, "腊味"))
    assert titles(page) == [BACON]
    assert "腊肉腊腿" in page.main, "the shelf's part can be chosen"
    assert parse_qs(urlsplit(page.url).query) == {"category": ["cured-meat"], "in_stock": ["1"]}
    page = pages.get(choice(page, "现在有货的"))
    assert set(titles(page)) == {BACON, SAUSAGE}
    page = pages.get(choice(page, "九峰村"))
    page = pages.get(choice(page, "¥20 到 ¥50"))
    page = pages.get(choice(page, "九峰张家"))
    chips = ["".join(chip.itertext()).split() for chip in page.all("a", "picked-link")]
    assert [chip[-1] for chip in chips] == ["去掉腊味", "去掉九峰村", "去掉九峰张家", "¥50"]
    assert "4个在用" in page.main
    page = pages.click("去掉九峰村")
    assert "village" not in page.url
    assert "vendor=zhang" in page.url
    assert pages.click("全部去掉").url == "/search"


def test_a_filter_counts_what_it_would_show(shop: Searching, pages: Pages) -> None:
    pages.get("/search?category=poultry-eggs")
    for link in list(pages.page.all("a", "facet-link")) if pages.page else []:
        count = link.find("span[@class='facet-count figures']")
        if count is not None:
            found = pages.get(link.get("href", ""))
            assert re.search(rf"(?<!\d){count.text} 样", found.main), f"{link.get('href')} promises {count.text}"


def test_filters_that_leave_nothing_say_so_and_how_to_go_back(shop: Searching, pages: Pages) -> None:
    page = pages.get("/search?q=腊肉&village=jiufeng&price_max=100")
    assert "这样筛，一样也没有" in page.main
    assert "没有找到" not in page.main
    assert BACON in titles(pages.click("全部去掉"))


def test_orders_are_named_explained_and_kept_while_leafing(shop: Searching, pages: Pages) -> None:
    page = pages.get("/search?in_stock=1&sort=price_up")
    assert titles(page) == [PEARS, BACON, EGGS]
    assert "从低到高" in page.main
    page = pages.click("价高到低")
    assert titles(page) == [EGGS, BACON, PEARS]
    assert "in_stock=1" in page.url
    for number in range(24):
        shop.sell(f"第{number}批土鸡蛋", shop.at.category, shop.at.vendor)
    shop.follow()
    page = pages.get("/search?q=土鸡蛋&sort=newest&in_season=1")
    onward = parse_qs(urlsplit(page.links()["下一页"]).query)
    assert onward == {"q": ["土鸡蛋"], "sort": ["newest"], "in_season": ["1"], "page": ["2"]}


def test_a_page_of_results_needs_few_statements_however_much_there_is(shop: Searching, pages: Pages) -> None:
    for number in range(30):
        shop.sell(f"第{number}批土鸡蛋", shop.at.category, shop.at.vendor)
    shop.follow()
    pages.get("/search?q=土鸡蛋&in_stock=1", max_statements=8)
    pages.get("/search?q=土鸡蛋&village=jiufeng&vendor=zhang&category=bacon", max_statements=8)
    pages.get("/search?q=羊肉", max_statements=8)
    pages.get("/search", max_statements=8)
    pages.sign_in(shop.at.vendor_person().phone, PASSWORD)
    pages.get("/search?q=土鸡蛋&in_stock=1", max_statements=9)  # two of them ask who is there


def test_search_engines_keep_a_plain_question_and_nothing_without_end(shop: Searching, pages: Pages) -> None:
    page = pages.get("/search?q=腊肉")
    assert not page.all("meta", name="robots")
    assert "腊肉" in str(page.one("meta", name="description").get("content"))
    for address in ("/search", "/search?q=电饭煲", "/search?q=腊肉&in_stock=1"):
        assert pages.get(address).all("meta", name="robots", content="noindex"), address
    assert all(link.get("rel") == "nofollow" for link in page.all("a", "facet-link"))


def test_what_is_looked_for_in_vain_comes_onto_the_staffs_list(shop: Searching, pages: Pages) -> None:
    for query in ("電飯煲", "电饭煲", "腊肉", "13812345678", "腊肉&price_max=1", "电饭煲&in_stock=1"):
        pages.get(f"/search?q={query}")
    shop.follow()
    rows = shop.at.world.read(lambda session: [(m.text, m.times) for m in session.query(SearchMiss)])
    assert rows == [("电饭煲", 2)], "counted by what was meant, without what the filters hid and without numbers"
