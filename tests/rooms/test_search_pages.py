"""The search page as a visitor meets it, with an index and without."""

import pytest

from shop.catalog.models import Listing
from shop.search import follower
from tests.support.pages import Pages
from tests.world import World
from tests.world.market import Market, listing, market


@pytest.fixture
def at(world: World) -> Market:
    return market(world)


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


def test_nothing_found_leads_on(at: Market, bacon: Listing, pages: Pages) -> None:
    follow(at)
    page = pages.get("/search?q=羊肉")
    assert "没有找到" in page.words
    assert "相近的货" in page.words
    assert bacon.title in page.links()
    assert any(href == "/c/poultry-eggs" for href in page.links().values())


@pytest.mark.parametrize("query", ["", "?q=", "?q=腊肉&page=99", "?q=腊肉&page=x&c=nowhere", "?q=" + "蛋" * 500])
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
