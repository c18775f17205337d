"""The checkout in a real browser: what it costs follows where it goes, and nothing typed is lost."""

import re

import pytest
from playwright.sync_api import expect

from shop.orders.queries.orders import order_count
from tests.support.browser import Windows
from tests.world import World, market
from tests.world.market import Market, listing


@pytest.fixture
def at(world: World) -> Market:
    return market.market(world)


def test_the_price_follows_the_province_and_the_way_of_handing_over(at: Market, windows: Windows) -> None:
    eggs = listing(at, title="土鸡蛋")
    page = windows.open()
    page.goto(f"/goods/{eggs.code}")
    page.get_by_role("button", name="放进篮子").click()
    page.goto("/checkout")
    page.locator("#name").fill("张三")
    expect(page.get_by_role("heading", name="多少钱，几时到")).to_have_count(0)
    page.locator("#province").select_option("四川")
    price = page.get_by_role("complementary", name="买它")
    expect(page.get_by_role("heading", name="多少钱，几时到")).to_be_visible()
    near = price.inner_text()
    page.locator("#province").select_option("北京")
    expect(price).not_to_have_text(near)
    page.locator("label", has_text="到中心来取").click()
    expect(page.get_by_role("main")).to_contain_text("报订单号就能取")
    expect(price).to_contain_text("¥48")
    expect(page.locator("#name")).to_have_value("张三")
    page.locator("#phone").fill("13812345678")
    page.get_by_role("button", name="下单").click()
    expect(page).to_have_url(re.compile("/pay/"))


SLOW_BODY = """
const read = Response.prototype.text;
const pause = () => new Promise((done) => setTimeout(done, 300));
Response.prototype.text = async function () { await pause(); return read.call(this); };
"""
"""A weak line: the head of an answer is there long before the rest."""


def test_another_province_while_the_price_is_on_its_way_counts_and_troubles_nobody(
    at: Market, windows: Windows
) -> None:
    eggs = listing(at, title="土鸡蛋")
    page = windows.open()
    page.add_init_script(SLOW_BODY)
    page.goto(f"/goods/{eggs.code}")
    page.get_by_role("button", name="放进篮子").click()
    page.goto("/checkout")
    page.locator("#name").fill("张三")
    with page.expect_response("**/checkout"):
        page.locator("#province").select_option("北京")
    with page.expect_response("**/checkout"):
        page.locator("#province").select_option("四川")
    expect(page.get_by_role("heading", name="多少钱，几时到")).to_be_visible()
    expect(page.locator("#province")).to_have_value("四川")


def test_back_and_reload_after_the_last_click_lead_to_one_order(at: Market, world: World, windows: Windows) -> None:
    eggs = listing(at, title="土鸡蛋")
    page = windows.open()
    page.goto(f"/goods/{eggs.code}")
    page.get_by_role("button", name="放进篮子").click()
    page.goto("/checkout")
    page.locator("#paste").fill("张三 13800138000 四川省成都市武侯区科华路 12 号")
    page.get_by_role("button", name="拆开").click()
    page.get_by_role("button", name="下单").click()
    expect(page).to_have_url(re.compile("/pay/"))
    paying = page.url
    page.go_back()  # to a page that a form had asked for
    expect(page).to_have_url(re.compile("/basket$"))
    expect(page.get_by_role("main")).to_contain_text("篮子还空着")
    page.goto(paying)
    page.reload()
    expect(page).to_have_url(paying)
    assert world.read(order_count) == 1
