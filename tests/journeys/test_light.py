"""A first visit is light: what a browser really fetches for it, counted on the wire."""

import sys
from dataclasses import dataclass
from io import BytesIO

import pytest
from PIL import Image
from playwright.sync_api import Page

from shop.media.services import receive
from tests.support.browser import Windows
from tests.world import World, market
from tests.world.market import HOUSE, Market, listing

MOST_BYTES = 60 * 1024
MOST_REQUESTS = 12
QUIET_MS = 400
"""Of quiet, after which a browser has asked for everything it wants at first."""
FRAME = {"Document", "Stylesheet", "Script"}
IN_SIGHT = """() => [...document.images].filter((image) => {
  const { top, left } = image.getBoundingClientRect();
  return top < innerHeight && left < innerWidth;
}).map((image) => image.currentSrc)"""


@dataclass
class Asked:
    """One request: what for, and how many bytes came over the wire, head and body."""

    url: str
    kind: str
    bytes: int = 0


def fetched(page: Page, path: str) -> list[Asked]:
    """Open an address in an empty browser and return everything it asked for."""
    wire = page.context.new_cdp_session(page)
    wire.send("Network.enable")
    asked: dict[str, Asked] = {}

    def sent(event: dict[str, str]) -> None:
        asked[event["requestId"]] = Asked(event["request"]["url"], event["type"])  # type: ignore[index]

    def remembered(event: dict[str, str]) -> None:
        asked.pop(event["requestId"], None)

    def came(event: dict[str, int]) -> None:
        if (one := asked.get(str(event["requestId"]))) is not None:
            one.bytes = int(event["encodedDataLength"])

    wire.on("Network.requestWillBeSent", sent)
    wire.on("Network.requestServedFromCache", remembered)
    wire.on("Network.loadingFinished", came)
    page.goto(path, wait_until="networkidle")
    page.wait_for_timeout(QUIET_MS)
    return [one for one in asked.values() if one.bytes]


def _photo(world: World, seed: int) -> str:
    file = BytesIO()
    Image.effect_noise((900, 900), 40 + seed).convert("RGB").save(file, "JPEG", quality=85)
    return receive(world.edge.transaction, world.house.store, file.getvalue(), actor=HOUSE, clock=world.clock).key


@pytest.fixture
def at(world: World) -> Market:
    """A shelf that is full: more goods than a page shows, each with a photo."""
    made = market.market(world)
    photos = [_photo(world, seed) for seed in range(4)]
    for number in range(26):
        listing(made, title=f"土鸡蛋第{number}家", photo_keys=(photos[number % 4],))
    return made


def test_a_first_visit_is_light(at: Market, windows: Windows) -> None:
    thing = listing(at, title="老腊肉", photo_keys=(_photo(at.world, 9), _photo(at.world, 10)), story="慢慢熏。" * 200)
    for path in ("/", "/c/poultry-eggs", f"/goods/{thing.code}"):
        page = windows.open()
        asked = fetched(page, path)
        kinds = {one.kind for one in asked}
        assert kinds >= FRAME, f"{path}: the wire told only of {kinds}"
        weight = sum(one.bytes for one in asked if one.kind in FRAME)
        assert weight <= MOST_BYTES, f"{path}: {weight} bytes of {[(one.url, one.bytes) for one in asked]}"
        assert weight > 5_000, f"{path}: {weight} bytes are too few to be true"
        in_sight = set(page.evaluate(IN_SIGHT))
        before = [one.url for one in asked if one.kind != "Image" or one.url in in_sight]
        assert len(before) <= MOST_REQUESTS, f"{path}: {before}"
        sys.stdout.write(f"{path}: {weight} bytes of frame, {len(before)} requests before what is out of sight\n")
        page.context.close()
