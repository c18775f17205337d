"""The visitor bridge: what a printed code opens, and the cards it is printed on."""

import re
from io import BytesIO
from urllib.parse import urlsplit

import pytest
import zxingcpp
from PIL import Image
from resvg_py import svg_to_bytes

from shop.catalog.models import Listing, ListingState
from shop.catalog.services.passages import archive
from shop.flows import selling
from tests.support.page import Page
from tests.support.pages import Pages
from tests.world.days import HEN
from tests.world.market import HOUSE, Market, listing, on_shelf, variant_id
from tests.world.spot import lay


def scanned(page: Page) -> list[str]:
    """Return the path of every code on a printed page, as a decoder that is not ours reads it."""
    found = []
    for drawn in re.findall(r"<svg[^>]*viewBox.*?</svg>", page.text, re.DOTALL):
        if "mm" not in drawn.split(">")[0]:
            continue
        png = svg_to_bytes(svg_string=drawn, dpi=203, background="white")
        grey = Image.open(BytesIO(bytes(png))).convert("L").point(lambda value: 255 * (value > 127))
        (code,) = zxingcpp.read_barcodes(grey)
        found.append(urlsplit(code.text).path)
    return found


def test_a_card_of_a_thing_opens_it_with_its_choices(eggs: Listing, pages: Pages) -> None:
    card = pages.get(f"/q/{eggs.code}/cards/a7")
    for words in ("土鸡蛋", "周素珍家", "大湾村", "¥48", "现在带走 · 寄回家", "2026"):
        assert words in card.text, words
    (path,) = scanned(card)
    page = pages.get(path)
    assert "土鸡蛋" in page.main
    assert "寄回家" in page.main
    assert f"/goods/{eggs.code}" in page.text.partition('rel="canonical"')[2][:200]


def test_sent_home_leads_straight_to_the_address(eggs: Listing, pages: Pages) -> None:
    pages.get(f"/q/{eggs.code}")
    page = pages.submit_form(f"/q/{eggs.code}", press="寄回家", quantity=2)
    assert "土鸡蛋" in page.main
    assert "收货" in page.main or "寄到" in page.main


def test_said_twice_it_is_not_doubled(eggs: Listing, pages: Pages) -> None:
    for _time in range(2):
        pages.get(f"/q/{eggs.code}")
        pages.submit_form(f"/q/{eggs.code}", press="寄回家", quantity=2)
    assert "¥96" in pages.get("/basket").main


def test_a_sheet_holds_six_of_one_and_a_household_gets_its_stall_first(at: Market, eggs: Listing, pages: Pages) -> None:
    assert scanned(pages.get(f"/q/{eggs.code}/cards/a4")) == [f"/q/{eggs.code}"] * 6
    other = listing(at, title="老腊肉")
    found = scanned(pages.get(f"/q/{at.vendor.code}/cards/a4"))
    assert found[0] == f"/q/{at.vendor.code}"
    assert set(found[1:]) == {f"/q/{eggs.code}", f"/q/{other.code}"}


def test_the_card_of_a_stall_opens_the_households_goods(at: Market, eggs: Listing, pages: Pages) -> None:
    page = pages.get(f"/q/{at.vendor.code}")
    assert "土鸡蛋" in page.main
    assert f"/q/{eggs.code}" in page.text


def test_what_lives_is_ordered_to_be_collected(at: Market, pages: Pages) -> None:
    hen = listing(on_shelf(at, "live", is_live=True), title="活母鸡", ways=(HEN,))
    assert "寄回家" not in pages.get(f"/q/{hen.code}").main
    page = pages.submit_form(f"/q/{hen.code}", press="订下来取", quantity=1)
    assert "到中心来取" in page.main
    assert "活母鸡" in page.main


def test_what_is_taken_along_and_not_paid_is_found_in_the_empty_basket(at: Market, eggs: Listing, pages: Pages) -> None:
    lay(at, variant_id(at, eggs), 3)
    pages.get(f"/q/{eggs.code}")
    pages.submit_form(f"/q/{eggs.code}", press="现在带走", quantity=1)
    assert "等您付款" not in pages.get("/basket").main
    pages.get(f"/q/{eggs.code}/take?variant={variant_id(at, eggs)}&quantity=1")
    pages.submit_form("/take", 303, name="何晓雨", phone="13812345678", follow=False)
    assert "有一单等您付款" in pages.get("/basket").main


def test_another_things_way_cannot_be_smuggled_in(at: Market, eggs: Listing, pages: Pages) -> None:
    other = listing(at, title="老腊肉")
    pages.get(f"/q/{eggs.code}")
    pages.post(f"/q/{other.code}", {"variant": 1, "quantity": 1, "action": "send"}, 404, follow=False)


@pytest.mark.parametrize("quantity", ["0", "-1", "x", "1000", ""])
def test_a_number_that_cannot_be_is_told(eggs: Listing, pages: Pages, quantity: str) -> None:
    pages.get(f"/q/{eggs.code}")
    assert "请填 1 到 999 的数" in pages.submit_form(f"/q/{eggs.code}", press="寄回家", quantity=quantity).main


def test_what_is_not_sold_now_leads_to_where_that_is_told(at: Market, eggs: Listing, pages: Pages) -> None:
    at.world.run(lambda s: archive(s, at.vendor.id, eggs.code, actor=HOUSE, clock=at.world.clock))
    assert "现在不卖" in pages.get(f"/q/{eggs.code}", 404, follow=True).main
    pages.get(f"/q/{eggs.code}/cards/a7", 404)
    listing(at, state=ListingState.IN_REVIEW)
    at.world.run(lambda s: selling.suspend(s, at.vendor.code, reason="在查", actor=HOUSE, clock=at.world.clock))
    pages.get(f"/q/{at.vendor.code}", 404, follow=True)
    pages.get(f"/q/{at.vendor.code}/cards/a4", 404)


@pytest.mark.parametrize("path", ["/q/nobody", "/q/nobody/cards/a7", "/q/%E5%9B%9B", "/q/" + "x" * 300])
def test_a_code_that_is_none_of_ours_is_not_found(at: Market, pages: Pages, path: str) -> None:
    pages.get(path, 404, follow=True)
