"""What stands on the first screen of a thing's page: its picture, name, price and the button, on a small phone."""

import pytest
from playwright.sync_api import Page

from tests.pages.test_listing import photo_keys
from tests.support.browser import Windows
from tests.world import World, market
from tests.world.market import Market, listing

SMALL = (360, 640)
SHIFTS = """
window.shifted = [];
new PerformanceObserver((list) => {
  for (const entry of list.getEntries())
    window.shifted.push([entry.value, ...entry.sources.map(({ node }) => node && node.parentNode.innerHTML)]);
}).observe({ type: "layout-shift", buffered: true });
"""


@pytest.fixture
def at(world: World) -> Market:
    return market.market(world)


def _edges(page: Page, what: str) -> tuple[float, float]:
    """Return where the first of these begins and ends on the screen, in pixels from its top."""
    box = page.locator(what).first.bounding_box()
    assert box is not None, what
    return box["y"], box["y"] + box["height"]


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without scripts"])
@pytest.mark.parametrize("photos", [1, 3])
def test_picture_name_price_and_button_stand_on_a_small_phone(
    at: Market, windows: Windows, scripts: bool, photos: int
) -> None:
    made = listing(at, title="风干腊鸡", photo_keys=photo_keys(at, photos))
    page = windows.open(SMALL, scripts=scripts)
    page.goto(f"/goods/{made.code}")
    bar = _edges(page, ".buybar")[0]
    assert _edges(page, ".gallery-one")[0] >= 0
    assert _edges(page, "h1")[1] < bar
    assert _edges(page, ".price-figure")[1] < bar
    assert _edges(page, ".buybar button[type=submit]")[1] <= SMALL[1]


def test_a_thumb_swipes_through_the_photos_and_the_page_stays_where_it_is(at: Market, windows: Windows) -> None:
    made = listing(at, title="风干腊鸡", photo_keys=photo_keys(at, 3))
    page = windows.open(SMALL, scripts=False)
    page.goto(f"/goods/{made.code}")
    strip, third = page.locator(".gallery-strip"), page.locator(".gallery-one").nth(2)
    assert strip.evaluate("(strip) => strip.scrollWidth > 2.5 * strip.clientWidth")
    third.scroll_into_view_if_needed()
    box = third.bounding_box()
    assert box is not None
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= SMALL[0] + 1
    assert page.evaluate("document.documentElement.scrollWidth") <= SMALL[0]


@pytest.mark.parametrize("path", ["/", "/season", "/goods/{listing}", "/households/{home}", "/basket"])
def test_nothing_moves_while_a_page_arrives(at: Market, windows: Windows, path: str) -> None:
    made = listing(at, title="风干腊鸡", months=tuple({(at.world.clock().month + n - 1) % 12 + 1 for n in range(3)}))
    page = windows.open(SMALL)
    page.add_init_script(SHIFTS)
    page.goto(path.format(listing=made.code, home=at.vendor.code))
    page.wait_for_load_state("networkidle")
    assert page.evaluate("window.shifted") == []
