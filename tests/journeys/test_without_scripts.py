"""A phone on which no script runs: the whole way, from a word typed into the search to eggs that came broken."""

import re
from functools import partial
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from shop.catalog.models import ReturnClass
from shop.flows import delivery
from shop.orders.models import OrderState
from shop.orders.queries.orders import OrderFacts
from tests.journeys.townsfolk import photo
from tests.support.browser import Windows
from tests.world import World, market
from tests.world.books import assert_sound, free
from tests.world.market import DRIVER, Market, listing, order, pack, receive_all, send, variant_id


@pytest.fixture
def at(world: World) -> Market:
    """A town whose eggs are fresh: what came broken is made good."""
    return market.on_shelf(market.market(world), "eggs", return_class=ReturnClass.FRESH)


@pytest.fixture
def page(windows: Windows) -> Page:
    return windows.open(scripts=False)


def to_checkout(page: Page) -> None:
    """Search, look, take three, make it two in the basket, and go on."""
    page.goto("/")
    page.get_by_role("searchbox", name="找什么").fill("土鸡蛋")
    page.get_by_role("button", name="搜索").click()
    page.get_by_role("main").get_by_role("link", name="土鸡蛋").first.click()
    page.get_by_role("spinbutton").fill("3")
    page.get_by_role("button", name="放进篮子").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("篮子")
    page.get_by_role("spinbutton").fill("2")
    page.get_by_role("button", name="改", exact=True).click()
    expect(page.get_by_role("spinbutton")).to_have_value("2")
    page.get_by_role("link", name="去结账").click()


def paid(page: Page, at: Market) -> OrderFacts:
    """Press the last button, pay, and return the order whose page is open then."""
    page.get_by_role("button", name="下单").click()
    page.get_by_role("link", name="去付款").click()
    page.get_by_role("button", name="付款", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("付好了")
    page.get_by_role("link", name="看订单").click()
    expect(page).to_have_url(re.compile("/orders/"))
    made = order(at, page.url.rpartition("/")[2])
    assert made.state is OrderState.PAID
    return made


def test_an_address_typed_field_by_field_and_an_order_let_go(at: Market, world: World, page: Page) -> None:
    eggs = listing(at, title="土鸡蛋", stock=10)
    to_checkout(page)
    page.get_by_label("收货人").fill("何晓雨")
    page.get_by_label("手机号码").fill("138 1234 5678")
    page.get_by_label("省").first.select_option("四川")
    page.get_by_label("市", exact=False).first.fill("成都市")
    page.locator("#district").fill("武侯区")
    page.locator("#street").fill("科华路 12 号")
    expect(page.get_by_role("heading", name="多少钱，几时到")).to_have_count(0)
    page.get_by_role("button", name="看运费和总价").click()
    expect(page.get_by_role("heading", name="多少钱，几时到")).to_be_visible()
    made = paid(page, at)
    assert made.district == "武侯区"
    assert free(world, variant_id(at, eggs)) == 8
    page.locator("summary", has_text="取消订单").click()
    page.get_by_role("button", name="取消这一单").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("已取消")
    world.deliver()
    page.reload()
    expect(page.get_by_role("main")).to_contain_text("退好了")
    assert free(world, variant_id(at, eggs)) == 10
    assert_sound(world)


def test_an_address_pasted_whole_and_eggs_that_came_broken(
    at: Market, world: World, page: Page, tmp_path: Path
) -> None:
    listing(at, title="土鸡蛋", stock=10)
    to_checkout(page)
    page.get_by_label("整段贴进来").fill("科华路12号 何晓雨 四川成都武侯区 13812345678")
    page.get_by_role("button", name="拆开").click()
    expect(page.get_by_role("main")).to_contain_text("拆好了")
    made = paid(page, at)
    assert (made.name, made.district) == ("何晓雨", "武侯区")
    receive_all(at, made.code)
    waybill = send(at, pack(at, made.code))
    bring = partial(delivery.deliver, waybill=waybill, actor=DRIVER, clock=world.clock)
    world.run(lambda session: bring(session))
    page.reload()
    page.get_by_role("link", name="货有问题？").click()
    page.get_by_role("link", name="破了").click()
    page.get_by_label("有几个").fill("3")
    page.get_by_label("拍一张").set_input_files(photo(tmp_path))
    page.get_by_role("button", name="交给中心").click()
    expect(page.get_by_role("heading", name="正在退钱")).to_be_visible()
    world.deliver()
    assert_sound(world)
    page.goto(f"/orders/{made.code}")
    page.get_by_role("button", name="再买一次").click()
    expect(page.get_by_role("main")).to_contain_text("科华路12号")
    paid(page, at)
