"""Nothing moves while it loads: the browser's own count of shifts is nought, also on a weak line and while one acts."""

from collections.abc import Iterable, Iterator
from io import BytesIO
from time import sleep
from typing import TYPE_CHECKING

import pytest
from flask import Flask
from PIL import Image
from playwright.sync_api import Page, expect

from shop.media.services import receive
from shop.search.follower import Follower
from tests.support.browser import DESK, PHONE, Windows
from tests.world import World, market
from tests.world.market import HOUSE, Market, listing

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

WEAK = {"offline": False, "latency": 150, "downloadThroughput": 100_000, "uploadThroughput": 50_000}
"""Late enough that words stand before their pictures: bytes a second, milliseconds."""
OBSERVE = """
window.shifts = [];
new PerformanceObserver((list) => {
    for (const entry of list.getEntries()) {
        const what = entry.sources.map((one) => {
            const { x, y, width, height } = one.currentRect;
            const from = one.previousRect;
            const node = one.node && (one.node.outerHTML || one.node.textContent) || "gone";
            return `${node.slice(0, 90)} ${from.x},${from.y} ${from.width}x${from.height}`
                + ` -> ${x},${y} ${width}x${height}`;
        });
        window.shifts.push(`${entry.value.toFixed(4)}: ${what.join(" | ")}`);
    }
}).observe({ type: "layout-shift", buffered: true });
"""
"""Every shift, also those right after a tap, which the browser's own sum would forgive."""


@pytest.fixture
def at(world: World) -> Market:
    return market.market(world)


@pytest.fixture
def goods(at: Market, world: World) -> str:
    """A shelf of goods with photos, found by a search; return the code of the first."""
    keys = photos(world)
    told = {"stock": 9, "story": "林下散养。" * 20, "photo_keys": keys}
    codes = [listing(at, title=f"土鸡蛋 {number} 号", **told).code for number in range(1, 7)]  # type: ignore[arg-type]
    Follower(world.edge.engine, world.house.settings.search_dir).step()
    return codes[0]


def photos(world: World) -> tuple[str, ...]:
    """Two photos, one upright."""
    keys = []
    for size in ((800, 600), (600, 800)):
        out = BytesIO()
        Image.effect_noise(size, 20).convert("RGB").save(out, "JPEG")
        taken = receive(world.edge.transaction, world.house.store, out.getvalue(), actor=HOUSE, clock=world.clock)
        keys.append(taken.key)
    world.deliver()
    return tuple(keys)


def watched(windows: Windows, size: tuple[int, int]) -> Page:
    page = windows.open(size)
    page.add_init_script(OBSERVE)
    wire = page.context.new_cdp_session(page)
    wire.send("Network.enable")
    wire.send("Network.emulateNetworkConditions", WEAK)
    return page


def still(page: Page) -> None:
    """Look at the whole page, and see that nothing moved."""
    height = page.evaluate("document.documentElement.scrollHeight")
    for top in range(0, height, 500):
        page.evaluate("(top) => scrollTo(0, top)", top)
        page.wait_for_timeout(60)
    page.wait_for_load_state("networkidle")
    assert page.evaluate("window.shifts") == [], page.url


@pytest.mark.parametrize("size", [PHONE, DESK], ids=["phone", "desk"])
def test_pages_stand_still_while_they_load(at: Market, goods: str, windows: Windows, size: tuple[int, int]) -> None:
    page = watched(windows, size)
    for path in ("/", f"/c/{at.category.code}", f"/goods/{goods}", "/search?q=土鸡蛋", "/season"):
        page.goto(path)
        still(page)
    page.goto(f"/goods/{goods}")
    page.get_by_role("button", name="放进篮子").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("篮子")
    still(page)


def torn(app: "WSGIApplication", mark: bytes) -> "WSGIApplication":
    """Let a thing's page come in two halves, parted behind the mark."""

    def halves(body: bytes) -> Iterator[bytes]:
        before, found, after = body.partition(mark)
        yield before + found
        sleep(0.8)  # as long as a lost packet takes; a browser that paints what it has does it by then
        yield after

    def answer(environ: "WSGIEnvironment", start: "StartResponse") -> Iterable[bytes]:
        if not environ["PATH_INFO"].startswith("/goods/"):
            return app(environ, start)
        del environ["HTTP_ACCEPT_ENCODING"]
        return halves(b"".join(app(environ, start)))

    return answer


def test_a_page_that_comes_in_two_halves_is_painted_whole(
    at: Market, goods: str, app: Flask, windows: Windows, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = windows.open(PHONE)
    page.add_init_script(OBSERVE)
    untorn = app.wsgi_app
    for mark in (b'class="sign-town">', b">English</button>", b"<li>"):
        monkeypatch.setattr(app, "wsgi_app", torn(untorn, mark))
        got = page.goto(f"/goods/{goods}")
        assert got is not None
        assert mark in got.body()
        still(page)
        page.goto("about:blank")  # a page of the same shop would stay in sight while the next one comes


def test_a_stepper_the_search_and_the_pictures_move_nothing(at: Market, goods: str, windows: Windows) -> None:
    page = watched(windows, PHONE)
    page.goto(f"/goods/{goods}")
    page.wait_for_load_state("networkidle")
    for _press in range(8):
        page.get_by_role("button", name="多一点").tap()
    expect(page.get_by_role("spinbutton").first).to_have_value("9")
    page.locator("#search-q").tap()
    page.keyboard.type("tujidan", delay=30)
    expect(page.get_by_role("option").first).to_be_visible()
    page.keyboard.press("Escape")
    still(page)
