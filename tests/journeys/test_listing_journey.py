"""A villager lists a new thing on a slow line: measured, without scripts, by keyboard, in type twice as large."""

import threading
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from wsgiref.types import StartResponse, WSGIEnvironment

import numpy as np
import pytest
from flask import Flask
from PIL import Image
from playwright.sync_api import CDPSession, Locator, Page, Request, Route, expect
from sqlalchemy import func, select

from shop.catalog.drafts.models import OfferDraftPhoto
from shop.catalog.drafts.rules import Question
from shop.catalog.models import ListingState
from shop.catalog.queries import OwnListing
from shop.catalog.rules import Way
from shop.media.models import Photo
from shop.search.follower import Follower
from tests.journeys.keys import reach
from tests.pages.selling import mine
from tests.support.browser import DESK, PATIENCE_MS, Windows, choose_files, violations
from tests.world import World, market
from tests.world.books import assert_sound
from tests.world.market import PASSWORD, Market, another_vendor, listing

SMALL = (360, 640)
SLOW = {"offline": False, "latency": 400, "downloadThroughput": 50_000, "uploadThroughput": 50_000}
"""400 kbit/s each way and 400 ms, as Chromium's own tools count them: bytes a second, milliseconds."""
MEGAPIXELS = (4000, 3000)
MOST_BYTES = 400 * 1024
LONG_MS = 90_000
NAME = "土鸡蛋"


@pytest.fixture(scope="module")
def photos(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """Two photos of twelve megapixels as a phone takes them: shapes, and the noise of its sensor."""
    folder, noise = tmp_path_factory.mktemp("phone"), np.random.default_rng(7)
    made = []
    for number in (1, 2):
        shapes = Image.fromarray(noise.integers(0, 255, (18, 24, 3), dtype=np.uint8)).resize(MEGAPIXELS)
        grain = noise.integers(-14, 15, (MEGAPIXELS[1], MEGAPIXELS[0], 3), dtype=np.int16)
        picture = np.clip(np.asarray(shapes).astype(np.int16) + grain, 0, 255).astype(np.uint8)
        made.append(folder / f"IMG_{number}.jpg")
        Image.fromarray(picture).save(made[-1], quality=92)
        assert made[-1].stat().st_size > 3_000_000
    return made


@pytest.fixture
def at(world: World) -> Market:
    """A town in which two other households sell eggs."""
    made = market.market(world)
    for price_fen in (2500, 3200):
        way = Way(unit="盒", pieces=30, price_fen=price_fen, gross_g=2300, stock=10)
        seller = another_vendor(world, f"罗成富 {price_fen} 家")
        listing(made, title="林下土鸡蛋", tags=(NAME, "鸡蛋"), keep_note="阴凉处放", vendor=seller, ways=(way,))
    Follower(world.edge.engine, world.house.settings.search_dir).step()
    return made


@dataclass
class Journey:
    """A person with a phone: counts what they press and type, and what travels.

    Attributes:
        uploads: bytes of each body that the shop was sent, also of one that was cut off.
        cut: requests that were cut off.
    """

    page: Page
    taps: int = 0
    typed: list[str] = field(default_factory=list)
    requests: int = 0
    received: int = 0
    uploads: list[int] = field(default_factory=list)
    cut: int = 0

    def watch(self, app: Flask) -> None:
        """Count from now on; the browser does not tell how large a photo was that it sent."""
        answer = app.wsgi_app

        def counted(environ: WSGIEnvironment, start: StartResponse) -> Iterable[bytes]:
            if environ["REQUEST_METHOD"] == "POST":
                self.uploads.append(int(environ["CONTENT_LENGTH"]))
            return answer(environ, start)

        app.wsgi_app = counted  # type: ignore[assignment, method-assign]
        self.page.on("requestfinished", self._finished)
        self.page.on("requestfailed", self._cut)

    def _cut(self, _request: Request) -> None:
        self.cut += 1

    def _finished(self, request: Request) -> None:
        sizes = request.sizes()
        self.requests += 1
        self.received += sizes["responseHeadersSize"] + sizes["responseBodySize"]

    def tap(self, what: Locator) -> None:
        """Press something once."""
        self.taps += 1
        what.click()

    def type(self, where: str, text: str) -> None:
        """Type into the box that has the cursor already."""
        expect(self.page.locator(where)).to_be_focused()
        self.typed.append(text)
        self.page.keyboard.type(text)

    def choose(self, files: list[Path]) -> None:
        """Choose photos from the album: one press here, the rest is the phone's own."""
        choose_files(self.page, lambda: self.tap(self.page.locator("label", has_text="从相册选")), files)

    def __str__(self) -> str:
        """Tell what it took."""
        travelled = f"{self.requests} requests, {self.cut} cut off, {sum(self.uploads):,} bytes sent"
        return f"{self.taps} taps, typed {self.typed}, {travelled} in {self.uploads}, {self.received:,} received"


@pytest.fixture
def tell(capsys: pytest.CaptureFixture[str]) -> Callable[[str, Journey], None]:
    """Print what a journey took, also when nothing failed."""

    def told(name: str, journey: Journey) -> None:
        with capsys.disabled():
            print(f"\n{name}: {journey}")  # noqa: T201 - the measurement is what this test is for

    return told


def signed_in(at: Market, windows: Windows, size: tuple[int, int] = SMALL, *, scripts: bool = True) -> Page:
    """Open a window in which somebody of the household is signed in, on their first page."""
    person = at.vendor_person()
    page = windows.open(size, scripts=scripts)
    page.context.set_default_timeout(LONG_MS)
    expect.set_options(timeout=LONG_MS)
    page.goto("/sign-in")
    page.get_by_label("手机号码").fill(person.phone)
    page.get_by_label("密码", exact=True).fill(PASSWORD)
    page.get_by_role("main").get_by_role("button", name="登录").click()
    page.goto("/vendor")
    return page


@pytest.fixture(autouse=True)
def patience() -> Iterator[None]:
    """Give `expect` its usual patience back at the end."""
    yield
    expect.set_options(timeout=PATIENCE_MS)


def slowed(page: Page) -> CDPSession:
    """Slow a window's line down."""
    line = page.context.new_cdp_session(page)
    line.send("Network.enable")
    line.send("Network.emulateNetworkConditions", SLOW)
    return line


def heading(page: Page, words: str) -> None:
    """Wait for a page by its heading."""
    expect(page.get_by_role("heading", level=1)).to_have_text(words)


def onward(page: Page) -> Locator:
    """Return the one big button."""
    return page.get_by_role("complementary", name="回答").get_by_role("button")


def the_only_listing(at: Market, photos: int) -> OwnListing:
    """Return what was listed: once, with so many photos, none of them doubled."""
    (made,) = mine(at)
    assert made.state is ListingState.IN_REVIEW
    assert len(made.facts.photos) == photos
    with at.world.edge.reading() as session:
        for table in (Photo, OfferDraftPhoto):
            assert session.scalar(select(func.count()).select_from(table)) == photos
    assert_sound(at.world)
    return made


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")  # Werkzeug leaves what was cut off open
def test_two_large_photos_on_a_slow_line_that_breaks(
    app: Flask, at: Market, windows: Windows, photos: list[Path], tell: Callable[[str, Journey], None]
) -> None:
    page = signed_in(at, windows)
    journey, line = Journey(page), slowed(page)
    cut = threading.Event()

    def break_once(route: Route) -> None:
        if route.request.method == "POST" and not cut.is_set():
            cut.set()
            route.abort("connectionreset")
        else:
            route.continue_()

    page.route("**/drafts/*/photos", break_once)
    journey.watch(app)
    journey.tap(page.get_by_role("link", name="上架新货"))
    heading(page, "先拍张照")
    journey.choose(photos)
    expect(page.locator("[data-shots] canvas")).to_have_count(2)  # seen at once, from the phone's own copy
    heading(page, "拍好 2 张了")
    expect(page.locator("[data-uploads]")).to_contain_text("连上会自己接着传")
    assert cut.is_set()
    page.unroute("**/drafts/*/photos")
    journey.tap(onward(page))
    heading(page, "它叫什么")
    journey.type("#answer", NAME)
    line.send("Network.emulateNetworkConditions", {**SLOW, "offline": True})
    page.wait_for_timeout(1_000)
    line.send("Network.emulateNetworkConditions", SLOW)
    journey.tap(page.get_by_role("button", name=NAME).first)
    heading(page, "一盒多少钱")
    expect(page.get_by_role("main")).to_contain_text("别家卖 25–32 元")
    journey.tap(page.get_by_role("button", name="32 元"))
    heading(page, "有多少盒")
    journey.tap(page.get_by_role("button", name="10 盒"))
    heading(page, "买的人看到这样")
    journey.tap(onward(page))  # it waits for the photos by itself
    heading(page, "送审了")
    tell("a slow line that breaks", journey)
    windows.troubles[:] = [one for one in windows.troubles if "net::ERR_" not in one]
    assert journey.taps <= 8
    assert journey.typed == [NAME]
    assert all(size <= MOST_BYTES + 2_000 for size in journey.uploads)
    made = the_only_listing(at, photos=2)
    way = made.facts.card.way
    assert (made.facts.card.title, way.unit, way.pieces, way.price_fen) == (NAME, "盒", 30, 3200)


def test_photos_that_were_not_sent_outlive_a_reload(
    at: Market, windows: Windows, photos: list[Path], world: World
) -> None:
    page = signed_in(at, windows)
    page.route(
        "**/drafts/*/photos", lambda route: route.abort() if route.request.method == "POST" else route.continue_()
    )
    page.get_by_role("link", name="上架新货").click()
    page.locator("#shot-album").set_input_files(photos)
    expect(page.locator("[data-uploads]")).to_contain_text("连上会自己接着传")  # the first could not be sent
    page.goto("/vendor/goods/new")  # closed while the second was still made smaller, and another thing begun
    page.get_by_role("link", name="上次的照片还没传完").click()
    expect(page.locator("[data-shots] canvas")).to_have_count(2)
    expect(page.locator("[data-uploads]")).to_contain_text("连上会自己接着传")
    page.unroute("**/drafts/*/photos")
    page.reload()
    expect(page.locator("[data-uploads]")).to_contain_text("2 张照片都传好了")
    page.reload()
    expect(page.locator("[data-shots] img")).to_have_count(2)
    windows.troubles[:] = [one for one in windows.troubles if "net::ERR_" not in one]
    with world.edge.reading() as session:
        assert session.scalar(select(func.count()).select_from(OfferDraftPhoto)) == 2


def test_without_scripts_photos_go_as_they_are(
    app: Flask, at: Market, windows: Windows, photos: list[Path], tell: Callable[[str, Journey], None]
) -> None:
    page = signed_in(at, windows, scripts=False)
    journey = Journey(page)
    journey.watch(app)
    journey.tap(page.get_by_role("link", name="上架新货"))
    journey.choose(photos)
    journey.tap(onward(page))
    heading(page, "它叫什么")
    page.locator("#answer").focus()  # its label is the heading; a browser without scripts does not put the cursor there
    journey.type("#answer", NAME)
    journey.tap(onward(page))
    heading(page, "是这样的吗")
    journey.tap(page.get_by_role("button", name=NAME).first)
    heading(page, "一盒多少钱")
    journey.tap(page.get_by_role("button", name="25 元"))
    heading(page, "有多少盒")
    journey.tap(page.get_by_role("button", name="10 盒"))
    heading(page, "买的人看到这样")
    journey.tap(onward(page))
    heading(page, "送审了")
    tell("without scripts", journey)
    assert journey.taps <= 8
    the_only_listing(at, photos=2)


def test_by_keyboard_alone(at: Market, windows: Windows, photos: list[Path]) -> None:
    page = signed_in(at, windows, DESK)

    def press(what: Locator) -> None:
        reach(page, what)
        page.keyboard.press("Enter")

    press(page.get_by_role("link", name="上架新货"))
    heading(page, "先拍张照")
    reach(page, page.locator("#shot-album"))
    choose_files(page, lambda: page.keyboard.press("Space"), photos[:1])
    press(onward(page))
    heading(page, "它叫什么")
    expect(page.locator("#answer")).to_be_focused()
    page.keyboard.type("苦荞麦")
    page.keyboard.press("Enter")  # goes on; it does not take the first suggestion
    heading(page, "是哪一类")
    press(page.get_by_role("button", name="禽蛋"))
    heading(page, "按什么卖")
    press(page.get_by_role("button", name="斤", exact=True))
    heading(page, "怎么算钱")
    press(page.get_by_role("button", name="散的，要几斤称几斤"))
    heading(page, "一斤多少钱")
    reach(page, page.locator("#answer"))
    page.keyboard.type("6.5")
    page.keyboard.press("Enter")
    heading(page, "有多少斤")
    reach(page, page.get_by_role("button", name="多一点"))
    page.keyboard.press("Enter")
    press(onward(page))
    heading(page, "什么时候有")
    press(page.get_by_role("button", name="明天有"))
    heading(page, "买的人看到这样")
    press(onward(page))
    heading(page, "送审了")
    card = the_only_listing(at, photos=1).facts.card
    assert (card.title, card.way.price_fen, card.free) == ("苦荞麦", 650, 2)


MEASURE = """() => {
  const found = [];
  const seen = (element) => element.checkVisibility() && !element.closest(".visually-hidden, .skip");
  const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let node = walk.nextNode(); node; node = walk.nextNode()) {
    const size = parseFloat(getComputedStyle(node.parentElement).fontSize);
    const text = node.textContent.trim();
    if (text && seen(node.parentElement) && size < 18) found.push(`${size}px: ${text}`);
  }
  for (const element of document.querySelectorAll("main a, main button, main summary, aside button, .shot-label")) {
    const { height, width } = element.getBoundingClientRect();
    if (seen(element) && (height < 59.5 || width < 44)) found.push(`${width}x${height}: ${element.textContent.trim()}`);
  }
  return found;
}"""


def test_every_page_is_large_enough_sound_and_still_readable_at_twice_the_size(
    at: Market, windows: Windows, photos: list[Path]
) -> None:
    page = signed_in(at, windows)
    page.get_by_role("link", name="上架新货").click()
    page.locator("#shot-album").set_input_files(photos)
    expect(page.locator("[data-uploads]")).to_contain_text("都传好了")
    checked(page)
    onward(page).click()
    heading(page, "它叫什么")
    here = page.url.removesuffix("/name")
    checked(page)
    page.get_by_role("button", name=NAME).click()
    heading(page, "一盒多少钱")
    page.get_by_role("button", name="25 元").click()
    page.get_by_role("button", name="10 盒").click()
    heading(page, "买的人看到这样")
    for name in ("photos", *Question, "look"):
        page.goto(f"{here}/{name}")
        checked(page)
    page.goto("/vendor/drafts")
    checked(page)
    page.goto(f"{here}/look")
    onward(page).click()
    heading(page, "送审了")
    checked(page)


def checked(page: Page) -> None:
    """Fail when a page is too small to read or press, unsound, or wider than the phone at twice the size."""
    where = page.url
    assert violations(page) == [], where
    assert page.evaluate(MEASURE) == [], where
    assert page.evaluate("document.documentElement.scrollWidth") <= SMALL[0], where
    page.evaluate("document.documentElement.style.fontSize = '200%'")
    wide = page.evaluate(
        "[...document.querySelectorAll('main *, aside *')].filter(one => one.getBoundingClientRect().right > 361"
        " && !one.closest('.visually-hidden')).map(one => one.outerHTML.slice(0, 120))"
    )
    assert wide == [], where
    page.evaluate("document.documentElement.style.fontSize = ''")
