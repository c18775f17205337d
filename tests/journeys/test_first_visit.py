"""Somebody scans the code on a farmhouse table: from the first page to a paid order, as a guest, counted tap by tap."""

import re

import pytest
from playwright.sync_api import Page, expect

from shop.catalog.models import ReturnClass
from shop.catalog.rules import Way
from shop.orders.models import OrderState
from shop.orders.queries.orders import order_by_code
from tests.journeys.thumb import Thumb
from tests.support.browser import Windows
from tests.world import World, market
from tests.world.market import Market, listing

MOST_TAPS, MOST_FIELDS = 14, 4
PASTED = "何晓雨 13812345678 四川省成都市武侯区科华路 12 号 3 单元 401"


@pytest.fixture
def at(world: World) -> Market:
    return market.market(world)


@pytest.fixture
def thumb(windows: Windows) -> Thumb:
    return Thumb(windows.open())


def paid(page: Page, world: World) -> None:
    """See that it is paid, on the page and in the books."""
    expect(page.get_by_role("heading", level=1)).to_have_text("付好了")
    page.wait_for_load_state()
    code = re.search(r"订单 (\S+)", page.get_by_role("main").inner_text())
    assert code is not None
    made = world.read(lambda session: order_by_code(session, code[1]))
    assert made.state is OrderState.PAID
    assert (made.name, made.phone, made.city) == ("何晓雨", "13812345678", "成都市")


def sent_home(thumb: Thumb) -> None:
    """Go from the basket's page to a paid order, the address pasted as it stands in a chat."""
    page = thumb.page
    page.get_by_role("link", name="去结账").tap()
    box = page.get_by_label("整段贴进来")
    box.tap()
    box.fill(PASTED)
    page.get_by_role("button", name="拆开").tap()
    expect(page.get_by_role("main")).to_contain_text("何晓雨")
    page.wait_for_load_state()
    confirm = page.get_by_role("checkbox", name="我知道了，这几样照样要")
    if confirm.count():
        page.locator("label", has_text="我知道了，这几样照样要").tap()
    page.get_by_role("button", name="下单").tap()
    page.get_by_role("link", name="去付款").tap()
    page.get_by_role("button", name="付款", exact=True).tap()


def test_from_the_code_on_the_table_to_a_paid_order(at: Market, world: World, thumb: Thumb) -> None:
    eggs = listing(at, title="土鸡蛋")
    thumb.page.goto(f"/goods/{eggs.code}")
    thumb.page.get_by_role("button", name="放进篮子").tap()
    sent_home(thumb)
    paid(thumb.page, world)
    assert len(thumb.taps) <= MOST_TAPS, thumb.taps
    assert len(thumb.fields) <= MOST_FIELDS, thumb.fields


def test_two_of_another_size_whose_seal_ends_the_return_cost_no_more_than_allowed(
    at: Market, world: World, thumb: Thumb
) -> None:
    """The longest way that one thing has: a size is chosen, a number, and what its buyer must confirm."""
    shelf = market.on_shelf(at, "pickled", return_class=ReturnClass.CONFIRMED_EXCEPTION)
    ways = (
        Way(unit="罐", name="小罐", pieces=1, price_fen=2000, gross_g=600, stock=4),
        Way(unit="罐", name="大罐", pieces=1, price_fen=3800, gross_g=1800, stock=4),
    )
    jars = listing(shelf, title="泡菜", ways=ways)
    page = thumb.page
    page.goto(f"/goods/{jars.code}")
    page.locator("label", has_text="大罐").tap()
    page.get_by_role("button", name="多一点").tap()
    page.get_by_role("button", name="放进篮子").tap()
    sent_home(thumb)
    paid(page, world)
    assert len(thumb.taps) <= MOST_TAPS, thumb.taps
    assert len(thumb.fields) <= MOST_FIELDS, thumb.fields
