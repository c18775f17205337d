"""An impatient thumb, a lost answer, the back arrow: whatever comes, nothing is bought or paid twice."""

import re

import pytest
from playwright.sync_api import Page, Route, expect
from sqlalchemy import func, select

from shop.orders.queries.orders import order_count
from shop.payments.models import Payment, PaymentState
from tests.support.browser import Windows
from tests.world import World, market
from tests.world.books import assert_sound, free
from tests.world.market import Market, listing, variant_id


@pytest.fixture
def at(world: World) -> Market:
    return market.market(world)


@pytest.fixture
def page(windows: Windows) -> Page:
    return windows.open()


def filled(page: Page, code: str) -> None:
    """Stand on the checkout, with everything told."""
    page.goto(f"/goods/{code}")
    page.get_by_role("button", name="放进篮子").click()
    page.get_by_role("link", name="去结账").click()
    page.get_by_label("整段贴进来").fill("何晓雨 13812345678 四川省成都市武侯区科华路 12 号")
    page.get_by_role("button", name="拆开").click()
    expect(page.get_by_role("main")).to_contain_text("拆好了")


def captured(world: World) -> int:
    wanted = select(func.count()).select_from(Payment).where(Payment.state == PaymentState.CAPTURED)
    return world.read(lambda session: session.scalar(wanted)) or 0


def test_every_button_on_the_way_pressed_twice(at: Market, world: World, page: Page) -> None:
    eggs = listing(at, title="土鸡蛋", stock=10)
    page.goto(f"/goods/{eggs.code}")
    page.get_by_role("button", name="放进篮子").dblclick()
    expect(page.get_by_role("spinbutton")).to_have_value("1")
    filled(page, listing(at, title="老腊肉").code)
    page.get_by_role("button", name="下单").dblclick()
    expect(page).to_have_url(re.compile("/pay/"))
    page.get_by_role("link", name="去付款").dblclick()
    page.get_by_role("button", name="付款", exact=True).dblclick()
    expect(page.get_by_role("heading", level=1)).to_have_text("付好了")
    page.get_by_role("link", name="看订单").click()
    assert world.read(order_count) == 1
    assert captured(world) == 1
    page.get_by_role("button", name="再买一次").dblclick()
    expect(page.get_by_role("heading", level=1)).to_have_text("结账")
    page.goto("/basket")
    for box in page.get_by_role("spinbutton").all():
        expect(box).to_have_value("1")
    assert free(world, variant_id(at, eggs)) == 9
    assert_sound(world)


def lost(page: Page, path: str) -> None:
    """Let the shop do what it is asked for, and its answer be lost on the way; the next one comes through."""

    def lose(route: Route) -> None:
        route.fetch(max_redirects=0)
        route.abort("connectionreset")

    page.route(path, lose, times=1)


def test_the_answer_to_the_last_click_is_lost(at: Market, world: World, windows: Windows, page: Page) -> None:
    eggs = listing(at, title="土鸡蛋", stock=10)
    filled(page, eggs.code)
    lost(page, "**/checkout")
    page.get_by_role("button", name="下单").click()
    expect(page.get_by_role("heading", level=1)).not_to_have_text("结账")
    assert world.read(order_count) == 1
    page.goto("/basket")  # where whoever wonders looks
    expect(page.get_by_role("main")).to_contain_text("有一单等您付款")
    page.get_by_role("link", name="去付款").click()
    page.get_by_role("link", name="去付款").click()
    page.get_by_role("button", name="付款", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("付好了")
    page.goto("/basket")
    expect(page.get_by_role("main")).not_to_contain_text("等您付款")
    assert world.read(order_count) == 1
    assert free(world, variant_id(at, eggs)) == 9
    assert_sound(world)
    windows.troubles.clear()  # the lost answer


def test_the_back_arrow_from_every_page_after_the_last_click(at: Market, world: World, page: Page) -> None:
    eggs = listing(at, title="土鸡蛋", stock=10)
    filled(page, eggs.code)
    page.get_by_role("button", name="下单").click()
    expect(page).to_have_url(re.compile("/pay/"))
    page.go_back()
    expect(page.get_by_role("main")).to_contain_text("有一单等您付款")
    page.get_by_role("link", name="去付款").click()
    page.get_by_role("link", name="去付款").click()
    page.get_by_role("button", name="付款", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("付好了")
    page.go_back()
    expect(page.get_by_role("heading", level=1)).to_have_text("演示支付")
    page.reload()
    expect(page.get_by_role("main")).to_contain_text("这一笔已经付了")
    assert world.read(order_count) == 1
    assert captured(world) == 1
    assert_sound(world)
