"""The intake table by scale, scanner and camera: how many keys a person presses for each line."""

import re

from playwright.sync_api import Page, expect

from shop.accounts.models import Role
from shop.catalog.rules import Way
from shop.orders.models import VendorOrderState
from tests.journeys.test_thread import sign_in
from tests.support.browser import DESK, PHONE, Windows
from tests.world import World, market
from tests.world.books import assert_sound
from tests.world.market import listing, order, paid_order, someone, variant_id

HEN = Way(unit="只", gross_g=1700, per_500g_fen=3400, least_g=1200, most_g=1500, stock=10)


def scale_types(page: Page, reading: str) -> None:
    """Let the scale send a reading: it types wherever the cursor stands, and ends with Enter."""
    page.keyboard.type(reading)
    page.keyboard.press("Enter")


def test_two_weighed_lines_take_one_press_and_no_typing(world: World, windows: Windows) -> None:
    at = market.market(world)
    staff = someone(world, Role.STAFF)
    hens, ducks = (variant_id(at, listing(at, title=title, ways=(HEN,))) for title in ("土鸡", "麻鸭"))
    made = paid_order(at, {hens: 1, ducks: 1, variant_id(at, listing(at)): 1})
    bench = windows.open(DESK)
    sign_in(bench, staff.phone)
    bench.goto("/staff/intake")
    expect(bench.locator("#scanned")).to_be_focused()
    scale_types(bench, made.parts[0].code)
    expect(bench.locator("[data-scale]").first).to_be_focused()
    for reading in ("ST,GS,+  1.250kg", "1.410kg"):
        scale_types(bench, reading)
    expect(bench.get_by_role("button", name="收下")).to_be_focused()
    scale_types(bench, "1.400kg")  # sent again: it weighs the last thing anew, and its Enter presses nothing
    expect(bench.get_by_role("button", name="收下")).to_be_focused()
    assert order(at, made.code).states == (VendorOrderState.ASKED,)
    bench.keyboard.press("Enter")  # the one key that a person presses
    expect(bench.get_by_role("link", name="打印标签")).to_be_visible()
    assert order(at, made.code).states == (VendorOrderState.RECEIVED,)
    weighed = [line.weighed_g for part in order(at, made.code).parts for line in part.lines]
    assert sorted(grams for grams in weighed if grams is not None) == [1250, 1400]
    assert_sound(world)


def test_why_is_asked_only_of_what_is_turned_down_and_answered_by_a_tap(world: World, windows: Windows) -> None:
    at = market.market(world)
    staff = someone(world, Role.STAFF)
    made = paid_order(at, {variant_id(at, listing(at, title=title)): 2 for title in ("土鸡蛋", "春笋")})
    bench = windows.open(PHONE)
    sign_in(bench, staff.phone)
    bench.goto(f"/staff/intake/{made.parts[0].code}")
    whys = bench.get_by_label("为什么没收下")
    expect(whys.first).to_be_hidden()
    for place, why in ((0, "碎了"), (1, "蔫了")):
        bench.locator("[data-step='1']").nth(place).click()
        bench.locator(".came-line").nth(place).get_by_role("button", name=why).click()
        expect(whys.nth(place)).to_have_value(why)
    bench.get_by_role("button", name="收下", exact=True).click()
    expect(bench.get_by_text("蔫了")).to_be_visible()
    assert [line.rejected for line in order(at, made.code).parts[0].lines] == [1, 1]
    bench.go_back()
    expect(bench).to_have_url(re.compile(made.code))  # the page asks anew, and its part is over
    assert_sound(world)


EYE = """
  window.BarcodeDetector = class {
    static getSupportedFormats() { return Promise.resolve(["qr_code"]); }
    detect() { return Promise.resolve([{ rawValue: "%s" }]); }
  };
  navigator.mediaDevices.getUserMedia = async () => {
    const picture = document.createElement("canvas");
    setInterval(() => picture.getContext("2d").fillRect(0, 0, 9, 9), 50);
    return picture.captureStream(5);
  };
"""
"""A browser that reads codes, and a camera that sees one: this Chromium has neither."""


def test_a_phones_camera_is_a_scanner_where_its_browser_reads_codes(world: World, windows: Windows) -> None:
    at = market.market(world)
    staff = someone(world, Role.STAFF)
    made = paid_order(at, {variant_id(at, listing(at)): 1})
    blind, seeing = windows.open(PHONE), windows.open(PHONE)
    seeing.add_init_script(EYE % made.parts[0].code)
    for phone in (blind, seeing):
        sign_in(phone, staff.phone)
        answer = phone.goto("/staff/intake")
        assert answer is not None
        assert "camera=(self)" in answer.headers["permissions-policy"]
    expect(blind.locator("[data-camera]")).to_be_hidden()
    seeing.get_by_role("button", name="用相机扫").click()
    expect(seeing).to_have_url(re.compile(f"/staff/intake/{made.parts[0].code}$"))
    answer = blind.goto("/")
    assert answer is not None
    assert "camera=()" in answer.headers["permissions-policy"]
