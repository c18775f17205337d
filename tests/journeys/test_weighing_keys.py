"""The intake table by scale and scanner: how many keys a person presses for each line."""

from playwright.sync_api import Page, expect

from shop.accounts.models import Role
from shop.catalog.rules import Way
from shop.orders.models import VendorOrderState
from tests.journeys.test_thread import sign_in
from tests.support.browser import DESK, Windows
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
    assert order(at, made.code).states == (VendorOrderState.ASKED,)
    bench.keyboard.press("Enter")  # the one key that a person presses
    expect(bench.get_by_role("link", name="打印标签")).to_be_visible()
    assert order(at, made.code).states == (VendorOrderState.RECEIVED,)
    weighed = [line.weighed_g for part in order(at, made.code).parts for line in part.lines]
    assert sorted(grams for grams in weighed if grams is not None) == [1250, 1410]
    assert_sound(world)
