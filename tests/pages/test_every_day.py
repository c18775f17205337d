"""A household's first screen and its stock: what waits, one number a thing, sold out, tomorrow, still there."""

from functools import partial
from typing import Any

import pytest
from sqlalchemy import select

from shop.catalog.models import Listing, ListingState, Restock, Variant
from shop.catalog.questions.services import ask
from shop.catalog.rules import ANSWER_DAYS, ASK_DAYS, CONFIRM_DAYS, Way
from shop.catalog.services.passages import watch
from shop.kernel.actor import VISITOR
from shop.kernel.clock import town_day
from shop.town.services import add_holiday
from shop.vendors.models import PaperKind
from shop.vendors.services import add_paper
from tests.pages.selling import begun, give_back, mine
from tests.support.page import Page, words_of
from tests.support.pages import Pages
from tests.world.books import assert_sound, footprint, free
from tests.world.market import (
    HOUSE,
    Market,
    another_vendor,
    asked_about,
    delivered_order,
    listing,
    order,
    paid_order,
    receive_all,
    variant_id,
)


def asked(at: Market, made: Listing, key: str = "k") -> None:
    put = partial(ask, listing_code=made.code, text="还有多的吗？", key=key, phone="13912345678", actor=VISITOR)
    at.world.run(partial(put, clock=at.world.clock))


def still(villager: Pages, counts: dict[str, Any], status: int = 200) -> Page:
    """Say that a thing is there, with how many of each way, on the page that asks it."""
    return villager.submit_form("still", status=status, **counts)


def tomorrow(villager: Pages, typed: str, status: int = 200) -> Page:
    """Say how many there are tomorrow, on the page that asks it."""
    sent: dict[str, Any] = {"count-0": typed}
    return villager.submit_form("tomorrow", status, **sent)


def test_nothing_waits_at_a_quiet_home(at: Market, villager: Pages) -> None:
    listing(at)
    page = villager.get("/vendor")
    assert "件事" not in page.main
    assert page.all("a", "matter") == []
    assert "18:00关门" in page.main


def test_the_boards_say_what_their_pages_say(at: Market, villager: Pages) -> None:
    made = listing(at, stock=4)
    listing(at, title="鸭蛋", stock=1)
    delivered_order(at, {variant_id(at, made): 1})
    paid_order(at, {variant_id(at, made): 1})
    sold_out = listing(at, title="卖完的", stock=1)
    paid_order(at, {variant_id(at, sold_out): 1})
    numbers = [words_of(one) for one in villager.get("/vendor").all("span", "tile-number")]
    assert numbers == ["2", "2", "43.20", "18:00"]
    assert "有人要货 2 单" in villager.get("/vendor/wanted").main
    assert villager.page is not None
    assert len(villager.page.all("article", "bring-part")) == 2
    assert "我有货 2 样" in villager.get("/vendor/goods").main
    assert "中心该给您 ¥43.20" in villager.get("/vendor/money").main
    at.world.run(lambda session: add_holiday(session, town_day(at.world.clock()), "中心盘点", actor=HOUSE))
    assert "今天关门 找中心" in villager.get("/vendor").main


def test_the_most_urgent_comes_first_and_the_rest_behind_one_line(at: Market, villager: Pages) -> None:
    made, again = listing(at), listing(at, title="鸭蛋", state=ListingState.IN_REVIEW)
    give_back(at, again.code, again.version, "照片太暗")
    at.world.clock.advance(days=ASK_DAYS)
    soon = at.world.clock().date().replace(day=30)
    paper = partial(add_paper, vendor_id=at.vendor.id, kind=PaperKind.WORKSHOP_FILING, number="备1", until=soon)
    at.world.run(partial(paper, actor=HOUSE, clock=at.world.clock))
    asked(at, made)
    page = villager.get("/vendor")
    words = [words_of(link) for link in page.all("a", "matter")]
    assert words == [
        "1 个人等您回话",
        "有一张证 11月30日到期，办好新的带到中心",
        "1 样还有吗？说一声",
        "1 样中心退回来了，要改一改",
    ]
    assert "还有 3 件事" in page.main
    assert "没人等着" not in villager.click("1 个人等您回话").main


def test_what_has_gone_from_sight_is_told_and_brought_back_by_one_tap(at: Market, villager: Pages) -> None:
    made = listing(at, stock=4)
    at.world.clock.advance(days=CONFIRM_DAYS)
    asked_about(at)
    at.world.clock.advance(days=ANSWER_DAYS)
    at.world.run(lambda session: watch(session, made.code, actor=HOUSE, clock=at.world.clock))
    villager.get("/vendor")
    assert "林下土鸡蛋" in villager.click("1 样没人看得到了，还有吗？").main
    page = villager.submit_form("still")
    assert page.url == "/vendor/goods"
    assert "记好了，接着卖" in page.main
    assert mine(at)[0].state is ListingState.PUBLISHED
    villager.submit_form("撤回")
    assert mine(at)[0].state is ListingState.HIDDEN


def test_one_thing_after_another_is_asked_about_with_its_count(at: Market, villager: Pages) -> None:
    eggs, ducks = listing(at, stock=4), listing(at, title="鸭蛋", stock=6)
    at.world.clock.advance(days=ASK_DAYS)
    page = villager.get("/vendor/goods/still")
    assert "林下土鸡蛋" in page.main
    assert "后面还有 1 样" in page.main
    page = still(villager, {"free-0": 9})
    assert page.url == "/vendor/goods/still"
    assert "鸭蛋" in page.main
    assert "林下土鸡蛋：记好了，接着卖" in page.words
    page = villager.submit_form("none")
    assert page.url == "/vendor/goods"
    assert "卖完了" in page.main
    assert [free(at.world, variant_id(at, one)) for one in (eggs, ducks)] == [9, 0]
    villager.get("/vendor/goods/still", status=303)
    assert_sound(at.world)


TWO_WAYS = (
    Way(unit="盒", name="小盒", price_fen=2000, gross_g=600, stock=4),
    Way(unit="筐", name="大筐", price_fen=9000, gross_g=2400, stock=2),
)


def test_every_way_of_a_thing_is_counted_on_its_own_page_and_taken_back_at_once(at: Market, villager: Pages) -> None:
    made = listing(at, ways=TWO_WAYS)
    at.world.clock.advance(days=ASK_DAYS)
    page = villager.get("/vendor/goods/still")
    assert [field for field in ("小盒", "大筐") if field in page.main] == ["小盒", "大筐"]
    page = still(villager, {"free-0": 3, "free-1": 5})
    assert "记好了" in page.main
    ways = at.world.read(
        lambda session: session.scalars(
            select(Variant.id).where(Variant.listing_id == made.id).order_by(Variant.id)
        ).all()
    )
    assert [free(at.world, way) for way in ways] == [3, 5]
    villager.submit_form("撤回")
    assert [free(at.world, way) for way in ways] == [4, 2]
    assert_sound(at.world)


@pytest.mark.parametrize("typed", ["", "-3", "99999", "很多", "2.5", "1e3", "9" * 200])
def test_what_is_no_number_is_said_at_its_way_and_nothing_is_confirmed(at: Market, villager: Pages, typed: str) -> None:
    listing(at, ways=TWO_WAYS)
    at.world.clock.advance(days=ASK_DAYS)
    villager.get("/vendor/goods/still")
    before = footprint(at.world)
    page = still(villager, {"free-0": 3, "free-1": typed}, status=422)
    assert "请填还有多少" in page.main
    assert footprint(at.world) == before


def test_nothing_left_is_not_said_by_there_is(at: Market, villager: Pages) -> None:
    listing(at, stock=4)
    at.world.clock.advance(days=ASK_DAYS)
    villager.get("/vendor/goods/still")
    before = footprint(at.world)
    assert "就点“没有了”" in still(villager, {"free-0": 0}, status=422).main
    assert footprint(at.world) == before


def test_sold_out_is_one_press_and_can_be_taken_back(at: Market, villager: Pages) -> None:
    made = listing(at, stock=5)
    villager.get("/vendor/goods")
    assert "记好了，卖完了" in villager.submit_form("卖完了").main
    assert free(at.world, variant_id(at, made)) == 0
    assert "明天再有" not in villager.get("/vendor/goods").main
    villager.submit_form("撤回")
    assert free(at.world, variant_id(at, made)) == 5
    assert_sound(at.world)


def test_more_tomorrow_asks_how_many_and_says_so(at: Market, villager: Pages) -> None:
    made = listing(at, stock=5)
    villager.get("/vendor/goods")
    villager.click("明天再有")
    page = tomorrow(villager, "12")
    assert "明天早上有 12 盒" in page.main
    assert "11月23日早上自己上架 12 盒" in page.main
    assert free(at.world, variant_id(at, made)) == 0
    villager.submit_form("撤回")
    assert free(at.world, variant_id(at, made)) == 5
    assert at.world.read(lambda session: session.scalars(select(Restock)).all()) == []


@pytest.mark.parametrize("typed", ["", "0", "-3", "99999", "很多", "²", "1e3", "9" * 200])
def test_tomorrow_wants_a_number_that_can_be(at: Market, villager: Pages, typed: str) -> None:
    made = listing(at, stock=5)
    villager.get(f"/vendor/goods/{made.code}/tomorrow")
    before = footprint(at.world)
    assert "请填明天有多少" in tomorrow(villager, typed, status=422).main
    assert footprint(at.world) == before
    assert free(at.world, variant_id(at, made)) == 5


def test_what_is_cut_to_order_is_counted_in_jin(at: Market, villager: Pages) -> None:
    whole = Way(unit="块", gross_g=2200, per_500g_fen=3600, least_g=1000, most_g=2000, stock=9000, is_cut=True)
    made = listing(at, title="老腊肉", ways=(whole,))
    villager.get("/vendor/goods")
    assert "还有 12.5 斤" in villager.submit_form("记下", free="12.5").main
    assert free(at.world, variant_id(at, made)) == 6250
    villager.get(f"/vendor/goods/{made.code}/tomorrow")
    assert "明天早上有 8 斤" in tomorrow(villager, "8").main
    assert free(at.world, variant_id(at, made)) == 0


def test_several_ways_lie_behind_one_fold(at: Market, villager: Pages) -> None:
    made = listing(at, ways=TWO_WAYS)
    page = villager.get("/vendor/goods")
    assert "还有 1 种卖法" in page.main
    sent = {"free": "7", "saw_free": "2", "place": "1"}
    assert "还有 7 筐" in villager.post(f"/vendor/goods/{made.code}/count", sent).main
    assert_sound(at.world)


def test_what_was_begun_is_one_line_away(at: Market, villager: Pages) -> None:
    assert "没写完" not in villager.get("/vendor/goods").main
    begun(villager)
    assert "1 样货还没写完" in villager.get("/vendor").main
    villager.get("/vendor/goods")
    assert "接着写" in villager.click("1 样还没写完").main


def test_anothers_goods_are_not_there(at: Market, villager: Pages) -> None:
    other = listing(at, vendor=another_vendor(at.world), stock=5)
    villager.get("/vendor/goods")
    villager.get(f"/vendor/goods/{other.code}/tomorrow", status=404)
    for act in ("sold-out", "still", "tomorrow"):
        villager.post(f"/vendor/goods/{other.code}/{act}", {"free": "1", "saw_free": "5", "count-0": "3"}, status=404)
    assert free(at.world, variant_id(at, other)) == 5


def test_nothing_of_a_buyer_is_on_any_page_of_the_day(at: Market, villager: Pages) -> None:
    made = listing(at)
    sold = paid_order(at, {variant_id(at, made): 1})
    receive_all(at, sold.code)
    asked(at, made)
    at.world.clock.advance(days=ASK_DAYS)
    bought = order(at, sold.code)
    for path in ("", "/goods", "/goods/still", f"/goods/{made.code}/tomorrow", "/acts", "/wanted"):
        text = villager.get(f"/vendor{path}").text
        for private in (bought.name, bought.phone, bought.street, bought.district, bought.code, "13912345678"):
            assert private not in text, (path, private)
