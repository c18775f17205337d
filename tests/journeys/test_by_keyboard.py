"""Without a mouse: a purchase, and a day at the centre's benches; wherever the cursor stands, it is seen."""

import re

import pytest
from playwright.sync_api import Page, expect

from shop.accounts.models import Role
from tests.journeys.keys import enlarged, press, reach, sound, write
from tests.journeys.test_money_and_questions import signed_in
from tests.support.browser import DESK, PHONE, Windows
from tests.world import World, market
from tests.world.market import Market, listing, paid_order, someone, variant_id


@pytest.fixture
def at(world: World) -> Market:
    return market.market(world)


@pytest.mark.parametrize(("size", "letters"), [(DESK, 100), (PHONE, 200)], ids=["desk", "large"])
def test_a_purchase(at: Market, windows: Windows, size: tuple[int, int], letters: int) -> None:
    eggs = listing(at, title="土鸡蛋", photo_keys=())
    page = windows.open(size)
    enlarged(page, letters)
    page.goto("/")
    write(page, page.get_by_role("combobox", name="找什么").or_(page.get_by_role("searchbox", name="找什么")), "土鸡蛋")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(r"/search\?"))
    press(page, page.get_by_role("main").get_by_role("link", name="土鸡蛋").first)
    expect(page).to_have_url(re.compile(f"/goods/{eggs.code}$"))
    sound(page)
    press(page, page.get_by_role("button", name="多一点"), "Space")
    expect(page.get_by_role("spinbutton").first).to_have_value("2")
    press(page, page.get_by_role("button", name="放进篮子"))
    expect(page.get_by_role("heading", level=1)).to_have_text("篮子")
    sound(page)
    press(page, page.get_by_role("link", name="去结账"))
    expect(page.get_by_role("heading", level=1)).to_have_text("结账")
    sound(page)
    reach(page, page.get_by_label("整段贴进来"))
    page.keyboard.insert_text("何晓雨 13812345678 四川省成都市武侯区科华路 12 号")
    press(page, page.get_by_role("button", name="拆开"))
    expect(page.get_by_role("main")).to_contain_text("拆好了")
    sound(page)
    press(page, page.get_by_role("button", name="下单"))
    expect(page.get_by_role("heading", level=1)).to_have_text("等您付款")
    sound(page)
    press(page, page.get_by_role("link", name="去付款"))
    expect(page.get_by_role("heading", level=1)).to_have_text("演示支付")
    sound(page)
    press(page, page.get_by_role("button", name="付款", exact=True))
    expect(page.get_by_role("heading", level=1)).to_have_text("付好了")
    sound(page)
    press(page, page.get_by_role("link", name="看订单"))
    expect(page.get_by_role("main")).to_contain_text("订单号")
    sound(page)


@pytest.mark.parametrize(("size", "letters"), [(DESK, 100), (PHONE, 200)], ids=["desk", "large"])
def test_a_box_from_the_intake_to_the_carrier(
    at: Market, windows: Windows, size: tuple[int, int], letters: int
) -> None:
    made = paid_order(at, {variant_id(at, listing(at, title="土鸡蛋")): 2})
    page = signed_in(windows, someone(at.world, Role.STAFF).phone, size)
    enlarged(page, letters)
    page.goto("/staff")
    sound(page)
    to_main(page)
    page.goto("/staff/intake")
    sound(page)
    expect(page.locator("#scanned")).to_be_focused()
    page.keyboard.type(made.parts[0].code)
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(f"/intake/{made.parts[0].code}"))
    sound(page)
    to_main(page)
    press(page, page.get_by_role("button", name="收下", exact=True))
    expect(page.get_by_role("main")).to_contain_text("收下了")
    sound(page)
    page.goto("/staff/packing")
    sound(page)
    to_main(page)
    press(page, page.locator(f'main a[href*="/staff/packing/{made.code}"]').first)
    expect(page).to_have_url(re.compile(f"/packing/{made.code}"))
    sound(page)
    press(page, page.get_by_role("checkbox", name="没有扫全"), "Space")
    write(page, page.locator("#weight_g"), "2.5kg")
    press(page, page.get_by_role("button", name="打好了"))
    expect(page).to_have_url(re.compile("/label"))
    at.world.deliver()
    expect(
        page.get_by_role("button", name="打印")
    ).to_be_visible()  # the page that waits for the label follows by itself
    page.goto("/staff/handover")
    sound(page)
    write(page, page.locator("input[name=taken_by]").first, "冯建军")
    press(page, page.locator(".bench-next").get_by_role("button"))
    expect(page.get_by_role("main")).to_contain_text("交出去了")
    sound(page)


def to_main(page: Page) -> None:
    """Skip the menu, as the first stop of every page offers."""
    page.locator("body").press("Tab")
    expect(page.locator(".skip")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("#main")).to_be_focused()
