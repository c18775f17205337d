"""The day the network goes away and comes back: pages from the phone's memory, and forms half typed."""

import re
from collections.abc import Iterator
from contextlib import ExitStack

import pytest
from flask import Flask
from playwright.sync_api import Browser, Page, expect

from shop.orders.queries.orders import order_count
from tests.support.browser import Windows
from tests.support.live import free_port, serving
from tests.world import World, market
from tests.world.market import PASSWORD, Market, listing

CONTROLLED = "() => navigator.serviceWorker.ready.then(() => Boolean(navigator.serviceWorker.controller))"
DRAFTS = "() => Object.keys(localStorage).some((key) => key.startsWith('draft:'))"
NO_DRAFTS = "() => !Object.keys(localStorage).some((key) => key.startsWith('draft:'))"
HAS_PAGE = """async (path) => {
    for (const name of await caches.keys()) {
        if (await (await caches.open(name)).match(path, { ignoreVary: true })) return true;
    }
    return false;
}"""


class Line:
    """The network between the phones and the shop: up, or cut."""

    def __init__(self, app: Flask) -> None:
        self._app = app
        self._port = free_port()
        self._up = ExitStack()
        self.address = f"http://127.0.0.1:{self._port}"

    def up(self) -> None:
        """Let the shop be reached."""
        self._up.enter_context(serving(self._app, self._port))

    def cut(self) -> None:
        """Let nobody reach the shop."""
        self._up.close()


@pytest.fixture
def line(app: Flask) -> Iterator[Line]:
    made = Line(app)
    made.up()
    yield made
    made.cut()


@pytest.fixture
def phone(chromium: Browser, line: Line) -> Iterator[Page]:
    """A phone of one's own that keeps pages; that the network is gone is no trouble here."""
    windows = Windows(chromium, line.address)
    yield windows.open(memory=True)
    windows.close()
    assert not [trouble for trouble in windows.troubles if "ERR_" not in trouble]


@pytest.fixture
def at(world: World) -> Market:
    return market.market(world)


def settled(page: Page) -> None:
    """Wait until the worker minds the page."""
    page.wait_for_function(CONTROLLED)


def looked_at(page: Page, path: str) -> None:
    """Open a page, and wait until the phone has kept it."""
    page.goto(path)
    page.wait_for_function(HAS_PAGE, arg=path)


def test_a_page_from_memory_says_when_it_was_and_cannot_buy_until_the_network_is_back(
    at: Market, line: Line, phone: Page, world: World
) -> None:
    eggs = listing(at, title="土鸡蛋")
    phone.goto("/")
    settled(phone)
    looked_at(phone, "/")
    looked_at(phone, f"/goods/{eggs.code}")
    line.cut()
    phone.goto(f"/goods/{eggs.code}")
    note = phone.get_by_role("complementary", name="没有网")
    expect(note).to_contain_text(re.compile(r"这是 ?\d+月\d+日 ?\d+:\d\d 的样子。没有网，买不了。"))
    expect(phone.get_by_role("heading", level=1)).to_have_text("土鸡蛋")
    buying = phone.get_by_role("button", name="放进篮子")
    expect(buying).to_be_disabled()
    # Not even a script gets it through.
    phone.evaluate("document.querySelectorAll('button').forEach((button) => (button.disabled = false))")
    buying.click()
    expect(phone).to_have_url(re.compile(f"/goods/{eggs.code}$"))
    phone.goto("/basket")  # belongs to one person: never kept
    expect(phone.get_by_role("heading", level=1)).to_have_text("没有网")
    phone.get_by_role("link", name="土鸡蛋").click()
    expect(note).to_be_visible()
    line.up()
    note.get_by_role("link", name="再试一次").click()
    expect(note).to_have_count(0)
    phone.get_by_role("button", name="放进篮子").click()
    expect(phone.get_by_role("main")).to_contain_text("篮子")
    assert world.read(order_count) == 0


def test_a_form_half_typed_outlives_a_reload_and_a_press_without_network(
    at: Market, line: Line, phone: Page, world: World
) -> None:
    eggs = listing(at, title="土鸡蛋")
    phone.goto("/")
    settled(phone)
    phone.goto(f"/goods/{eggs.code}")
    phone.get_by_role("button", name="放进篮子").click()
    phone.goto("/checkout")
    phone.wait_for_load_state("networkidle")  # what keeps the words comes after the page
    phone.locator("label", has_text="到中心来取").click()
    phone.locator("#name").fill("张三")
    phone.locator("#phone").fill("13812345678")
    phone.wait_for_function("() => (localStorage.getItem('draft:checkout') || '').includes('13812345678')")
    phone.reload()
    expect(phone.get_by_text("接着上次写的")).to_be_visible()
    expect(phone.locator("#name")).to_have_value("张三")
    expect(phone.locator("#phone")).to_have_value("13812345678")
    line.cut()
    order = phone.get_by_role("button", name="下单")
    order.click()
    expect(phone.get_by_role("alert")).to_contain_text("没有网，写的都还在")
    expect(phone.locator("#name")).to_have_value("张三")
    expect(order).to_be_enabled()
    assert world.read(order_count) == 0
    line.up()
    order.click()
    expect(phone).to_have_url(re.compile("/pay/"))
    assert world.read(order_count) == 1
    phone.wait_for_function(NO_DRAFTS)


def test_what_was_half_typed_can_be_emptied_and_is_dropped_when_it_arrived(at: Market, line: Line, phone: Page) -> None:
    eggs = listing(at, title="土鸡蛋")
    phone.goto(f"/goods/{eggs.code}")
    phone.wait_for_load_state("networkidle")  # what keeps the words comes after the page
    box = phone.locator("form[data-draft] textarea")
    box.fill("蛋是哪天的")
    phone.wait_for_function(DRAFTS)
    phone.reload()
    expect(box).to_have_value("蛋是哪天的")
    phone.get_by_role("button", name="清空").click()
    expect(box).to_have_value("")
    phone.wait_for_function(NO_DRAFTS)


def test_on_a_shared_phone_nothing_is_kept(at: Market, line: Line, phone: Page) -> None:
    phone.goto("/")
    settled(phone)
    looked_at(phone, "/season")
    phone.evaluate("localStorage.setItem('draft:x', JSON.stringify({ at: Date.now(), values: {} }))")
    phone.goto("/sign-in")
    phone.get_by_label("手机号").fill(at.vendor_person().phone)
    phone.get_by_label("密码", exact=True).fill(PASSWORD)
    phone.get_by_text("公用").first.click()
    phone.get_by_role("button", name="登录").click()
    expect(phone.get_by_role("complementary", name="公用手机")).to_be_visible()
    phone.wait_for_function("() => caches.keys().then((names) => !names.length)")
    phone.wait_for_function("() => navigator.serviceWorker.getRegistrations().then((hired) => !hired.length)")
    assert phone.evaluate("localStorage.getItem('draft:x')") is None
