"""The same goods once more, counted page by page.

A screen is a full page seen on the way from the page with the button, where its buyer stands already, to the one that
says it is paid; the pretend provider's page is one of them.
"""

import pytest
from playwright.sync_api import expect

from shop.accounts.models import Role
from shop.orders.queries.orders import order_count
from tests.journeys.test_first_visit import sent_home
from tests.journeys.test_money_and_questions import signed_in
from tests.journeys.thumb import Thumb
from tests.support.browser import Windows
from tests.world import World, market
from tests.world.market import Market, listing, someone

MOST_SCREENS = 3


@pytest.fixture
def at(world: World) -> Market:
    return market.market(world)


def bought(thumb: Thumb, code: str) -> None:
    """Buy a thing for the first time."""
    thumb.page.goto(f"/goods/{code}")
    thumb.page.get_by_role("button", name="放进篮子").tap()
    sent_home(thumb)
    expect(thumb.page.get_by_role("heading", level=1)).to_have_text("付好了")


def once_more(thumb: Thumb) -> None:
    """Buy it again from the page that is open, and count what is seen until it is paid."""
    page = thumb.page
    expect(page.get_by_role("button", name="再买一次")).to_be_visible()
    page.wait_for_load_state()
    thumb.taps.clear()
    thumb.fields.clear()
    thumb.screens.clear()
    page.get_by_role("button", name="再买一次").tap()
    page.get_by_role("button", name="下单").tap()
    page.get_by_role("link", name="去付款").tap()
    page.get_by_role("button", name="付款", exact=True).tap()
    expect(page.get_by_role("heading", level=1)).to_have_text("付好了")
    page.wait_for_load_state()
    *seen, paid = thumb.screens
    assert paid.startswith("/pay/")
    assert len(seen) <= MOST_SCREENS, seen
    assert len(thumb.taps) == 4, thumb.taps
    assert not thumb.fields


@pytest.mark.parametrize("start", ["its page", "my orders"])
def test_the_same_goods_again(at: Market, world: World, windows: Windows, start: str) -> None:
    eggs = listing(at, title="土鸡蛋")
    is_member = start == "my orders"
    thumb = Thumb(signed_in(windows, someone(world, Role.BUYER).phone) if is_member else windows.open())
    bought(thumb, eggs.code)
    if is_member:
        thumb.page.goto("/me/orders")
    else:
        thumb.page.get_by_role("link", name="看订单").tap()
    once_more(thumb)
    assert world.read(order_count) == 2
