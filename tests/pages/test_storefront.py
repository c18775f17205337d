"""The market as buyers walk through it."""

import pytest

from shop.catalog.models import ListingState
from shop.catalog.services.shelves import ShelfRules, add_category
from tests.support.clock import SettableClock
from tests.support.page import words_of
from tests.support.pages import Pages
from tests.world import World, market
from tests.world.market import HOUSE, another_vendor, listing

FEW_STATEMENTS = 20


def titles(pages: Pages, path: str) -> list[str]:
    links = pages.get(path).all("a", class_="card-link")
    return [words_of(link) for link in links if "/goods/" in link.get("href", "")]


def test_the_front_shows_shelves_households_and_goods(world: World, pages: Pages) -> None:
    at = market.market(world)
    eggs = listing(at, title="林下土鸡蛋30枚")
    page = pages.get("/", max_statements=FEW_STATEMENTS)
    assert "周素珍家" in page.main
    assert page.links()["林下土鸡蛋30枚"] == f"/goods/{eggs.code}"
    assert any(href == "/c/poultry-eggs" for href in page.links().values())
    assert "合 ¥1.60 一个" in page.main


def test_an_empty_market_says_so(world: World, pages: Pages) -> None:
    market.market(world)
    assert "这一页没有货" in pages.get("/").main


def test_only_what_is_published_by_an_approved_vendor_is_shown(world: World, pages: Pages) -> None:
    at = market.market(world)
    hidden = listing(at, title="还没审核的", state=ListingState.IN_REVIEW)
    assert "还没审核的" not in pages.get("/").main
    pages.get(f"/goods/{hidden.code}", status=404)


def test_leafing_goes_through_everything_once(world: World, pages: Pages) -> None:
    at = market.market(world)
    for number in range(26):
        listing(at, title=f"货{number:02d}号样")
    first, second = titles(pages, "/"), titles(pages, "/?page=2")
    assert (len(first), len(second)) == (24, 2)
    assert len({*first, *second}) == 26
    assert "谁家的货" not in pages.get("/?page=2").main


@pytest.mark.parametrize("page", ["0", "-1", "x", "99999999999999999999", "２"])
def test_an_odd_page_number_is_no_mistake_of_ours(world: World, pages: Pages, page: str) -> None:
    at = market.market(world)
    listing(at)
    pages.get(f"/?page={page}")
    pages.get(f"/c/poultry-eggs?page={page}")


def test_a_shelf_shows_its_own_goods(world: World, pages: Pages) -> None:
    at = market.market(world)
    listing(at, title="土鸡蛋")
    world.run(lambda session: add_category(session, "tea", ShelfRules("茶", "Tea", "绿茶红茶"), actor=HOUSE))
    assert titles(pages, "/c/poultry-eggs") == ["土鸡蛋"]
    assert titles(pages, "/c/tea") == []
    pages.get("/c/nothing", status=404)


def test_a_thing_shows_price_household_season_and_freight_and_can_be_bought(world: World, pages: Pages) -> None:
    at = market.market(world)
    eggs = listing(at, title="土鸡蛋", stock=3)
    page = pages.get(f"/goods/{eggs.code}", max_statements=FEW_STATEMENTS)
    assert page.heading == "土鸡蛋"
    told = "¥48", "/ 盒（30个）", "只剩 3 盒", "全年都有", "周素珍家", "大湾村", "四川省内", "约 2 天", "20:00 前付款"
    for words in told:
        assert words in page.main, words
    assert page.form("放进篮子").values["quantity"] == ["1"]


def test_what_is_sold_out_says_so_and_cannot_be_bought(world: World, pages: Pages) -> None:
    at = market.market(world)
    eggs = listing(at, stock=0)
    page = pages.get(f"/goods/{eggs.code}")
    assert "这一批没有了" in page.main
    assert not [form for form in page.forms() if form.action == "/basket/lines"]


def test_what_is_out_of_season_says_when_it_comes(world: World, pages: Pages) -> None:
    at = market.market(world)
    plum = listing(at, title="青脆李", months=(7, 8))
    page = pages.get(f"/goods/{plum.code}")
    assert "7–8月才有" in page.main
    assert not [form for form in page.forms() if form.action == "/basket/lines"]


def test_the_calendar_turns_with_the_town_and_not_with_utc(world: World, pages: Pages, clock: SettableClock) -> None:
    at = market.market(world)
    listing(at, title="冬笋", months=(12, 1))
    page = pages.get("/season")
    assert "十一月里有的 0 样" in page.main
    assert "一两个月里来 1 样 冬笋" in page.main
    clock.set(clock.now.replace(month=11, day=30, hour=16, minute=30))  # half past midnight on 1 December in Chengdu
    page = pages.get("/season")
    assert "十二月里有的 1 样" in page.main
    assert "现在就有 1 样 冬笋" in page.main


def test_a_household_shows_its_story_and_goods(world: World, pages: Pages) -> None:
    at = market.market(world)
    other = another_vendor(world, "罗成富家")
    listing(at, title="土鸡蛋")
    listing(at, title="咸鸭蛋", vendor=other)
    page = pages.get(f"/households/{other.code}")
    assert page.heading == "罗成富家"
    assert "2019 年" in page.main
    assert "农户自产自销" in page.main
    assert titles(pages, f"/households/{other.code}") == ["咸鸭蛋"]
    pages.get("/households/nobody", status=404)


def test_the_register_says_for_every_vendor_why_they_may_sell(world: World, pages: Pages) -> None:
    at = market.market(world)
    page = pages.get("/standings")
    assert at.vendor.name in page.main
    assert "《电子商务法》第十条" in page.main
