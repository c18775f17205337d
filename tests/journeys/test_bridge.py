"""From a printed card to the goods: scanned from the paper, paid on the phone, and over the counter or to the door.

Every tap of the phone is counted.
"""

import re
from io import BytesIO

import pytest
import zxingcpp
from PIL import Image
from playwright.sync_api import Page, expect

from shop.accounts.models import Role
from shop.catalog.models import Listing
from shop.orders.models import Handing, OrderState
from tests.journeys.thumb import Thumb
from tests.support.browser import DESK, PHONE, Windows, violations
from tests.world import World, market
from tests.world.books import assert_sound
from tests.world.market import PASSWORD, Market, listing, order, someone, variant_id
from tests.world.spot import lay, lying

TAKEN, SENT = (7, 2), (7, 1)
"""Taps and fields from the scanned card to the collect code, and from a stall's card to an order sent home."""


@pytest.fixture
def at(world: World) -> Market:
    """A town with one household."""
    return market.market(world)


@pytest.fixture
def eggs(at: Market) -> Listing:
    """Ten boxes of eggs, three of them at the counter."""
    made = listing(at, title="土鸡蛋")
    lay(at, variant_id(at, made), 3)
    return made


def scan(page: Page, selector: str) -> str:
    """Return what a decoder that is not ours reads in a part of a page."""
    page.wait_for_load_state()
    shot = Image.open(BytesIO(page.locator(selector).first.screenshot()))
    (code,) = zxingcpp.read_barcodes(shot)
    return str(code.text)


def from_the_card(windows: Windows, code: str) -> Thumb:
    """Print the card of a thing or a stall, scan it, and open on a phone what it says."""
    desk, thumb = windows.open(DESK), Thumb(windows.open(PHONE))
    desk.goto(f"/q/{code}/cards/a7")
    thumb.page.goto(re.sub(r"^https?://[^/]+", "", scan(desk, ".sheet")))
    return thumb


def type_in(page: Page, label: str, words: str) -> None:
    page.get_by_label(label).tap()
    page.get_by_label(label).fill(words)


def pay(page: Page) -> str:
    """Pay at the demo provider and return the order's code."""
    page.get_by_role("link", name="去付款").tap()
    page.get_by_role("button", name="付款", exact=True).tap()
    expect(page.get_by_role("heading", level=1)).to_have_text("付好了")
    page.wait_for_load_state()
    code = re.search(r"订单 (\S+)", page.get_by_role("main").inner_text())
    assert code is not None
    return code[1]


def test_taken_along_from_the_card_to_the_counter(at: Market, world: World, eggs: Listing, windows: Windows) -> None:
    thumb = from_the_card(windows, eggs.code)
    phone = thumb.page
    assert violations(phone) == []
    phone.get_by_role("button", name="现在带走").tap()
    expect(phone.get_by_role("heading", level=1)).to_have_text("现在带走")
    assert violations(phone) == []
    type_in(phone, "怎么称呼您", "何晓雨")
    type_in(phone, "手机号码", "13812345678")
    phone.get_by_role("button", name="下单，去付款").tap()
    code = pay(phone)
    phone.get_by_role("link", name="看取货码").tap()
    expect(phone.locator(".barcode-big").first).to_be_visible()
    assert (len(thumb.taps), len(thumb.fields)) == TAKEN, (thumb.taps, thumb.fields)
    assert scan(phone, ".barcode-big") == code
    assert violations(phone) == []
    desk = windows.open(DESK)
    desk.goto("/sign-in")
    desk.get_by_label("手机号码").fill(someone(world, Role.COUNTER).phone)
    desk.get_by_label("密码", exact=True).fill(PASSWORD)
    desk.get_by_role("button", name="登录", exact=True).click()
    desk.goto("/staff/counter")
    expect(desk.locator("#waiting")).to_contain_text("土鸡蛋 1 盒")
    assert violations(desk) == []
    desk.get_by_label("扫取货码").fill(code)
    desk.keyboard.press("Enter")
    desk.get_by_role("button", name="货交了").click()
    expect(desk.get_by_role("main")).to_contain_text(f"订单 {code} 的货交了")
    phone.reload()
    expect(phone.get_by_role("heading", level=1)).to_have_text("取走了")
    assert order(at, code).state is OrderState.DONE
    assert lying(at, variant_id(at, eggs)) == 2
    desk.goto("/staff/counter/stock")
    assert violations(desk) == []
    assert_sound(world)


def test_sent_home_from_the_card_of_a_stall(at: Market, eggs: Listing, windows: Windows) -> None:
    thumb = from_the_card(windows, at.vendor.code)
    phone = thumb.page
    phone.get_by_role("link", name="土鸡蛋").first.tap()
    phone.get_by_role("button", name="寄回家").tap()
    type_in(phone, "整段贴进来", "何晓雨 13812345678 四川省成都市武侯区科华路 12 号 3 单元 401")
    phone.get_by_role("button", name="拆开").tap()
    phone.get_by_role("button", name="下单").tap()
    made = order(at, pay(phone))
    assert (len(thumb.taps), len(thumb.fields)) == SENT, (thumb.taps, thumb.fields)
    assert (made.state, made.handing) == (OrderState.PAID, Handing.DELIVERY)
    assert lying(at, variant_id(at, eggs)) == 3


@pytest.mark.parametrize("size", ["a7", "a4"])
def test_cards_fit_their_paper(eggs: Listing, windows: Windows, size: str) -> None:
    desk = windows.open(DESK)
    desk.goto(f"/q/{eggs.code}/cards/{size}")
    boxes = re.findall(rb"/MediaBox \[0 0 ([\d.]+) ([\d.]+)\]", desk.pdf(prefer_css_page_size=True))
    found = [tuple(round(float(points) * 25.4 / 72) for points in box) for box in boxes]
    assert found == [(74, 105) if size == "a7" else (210, 297)], "one sheet"
