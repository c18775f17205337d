"""The pages a buyer meets first, as Lighthouse sees them on a phone, and once more on a bad line.

`make audit`. A demo town is loaded whose pictures are 12-megapixel photos, served by `shop up` with its own worker, and
each page is opened by Lighthouse in this machine's Chromium: with its mobile preset, then at 400 kbit/s, 400 ms away
and with a slowed processor. The table is printed; what misses its aim is named, and the exit status is 1. RUNS=3 (the
default) takes the median of so many runs of each, because a busy machine makes one run say little; PAGES=home,listing
looks at those only.
"""

import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import Any
from urllib.parse import quote

from PIL import Image

from shop.cli.opening import open_house, prepare_schema
from shop.demo.load import load
from shop.settings import Settings
from tests.bench.photos import photo_like
from tests.support.browser import PHONE, find_chromium, launched
from tests.support.live import free_port

LIGHTHOUSE = Path(sys.prefix) / "audit" / "node_modules" / ".bin" / "lighthouse"
SHELF, WORDS = "cured-meat", "腊肉"
SCENES = 3
"""So many scenes are painted; each is also turned and mirrored, so that neighbours on a page differ."""
BAD_LINE = (
    "--throttling-method=devtools",
    "--throttling.requestLatencyMs=400",
    "--throttling.downloadThroughputKbps=400",
    "--throttling.uploadThroughputKbps=400",
    "--throttling.cpuSlowdownMultiplier=4",
)
CATEGORIES = ("performance", "accessibility", "best-practices", "seo")
NEVER_INDEXED = frozenset({"checkout"})
PATIENCE_S = 180
TRIES = 3
"""Lighthouse loses its browser now and then; a run that broke says nothing of the page and is made again."""


@dataclass(frozen=True)
class Aims:
    """What a page has to reach; times in milliseconds, scores of 100."""

    scores: tuple[int, int, int, int]
    first_ms: int
    largest_ms: int
    shift: float


PRESET = Aims(scores=(98, 100, 100, 100), first_ms=1800, largest_ms=1800, shift=0.01)
SLOW = Aims(scores=(0, 100, 100, 100), first_ms=4000, largest_ms=4000, shift=0.01)
"""On the bad line the price (the first paint with words) and the first picture (the largest paint) count, no score."""


@dataclass(frozen=True)
class Seen:
    """What one page got, in the middle of its runs; bytes are what travelled before the page was quiet."""

    scores: tuple[int, int, int, int]
    first_ms: float
    largest_ms: float
    shift: float
    bytes: int
    requests: int


@cache
def _scenes() -> list[Image.Image]:
    return [photo_like(seed=seed) for seed in range(SCENES)]


def photographed(slug: str) -> bytes:
    """Return a 12-megapixel JPEG for a thing of the demo, the same for the same name."""
    number = sum(map(ord, slug))
    scene = _scenes()[number % SCENES]
    if number % 2:
        scene = scene.transpose(Image.Transpose.FLIP_LEFT_RIGHT)
    if number // 2 % 2:
        scene = scene.transpose(Image.Transpose.FLIP_TOP_BOTTOM)
    out = BytesIO()
    scene.save(out, "JPEG", quality=92)
    return out.getvalue()


@contextmanager
def opened(folder: Path) -> Iterator[str]:
    """Load the town into a folder, serve it as `make run` does, and give its address."""
    bind = f"127.0.0.1:{free_port()}"
    chosen = {"SHOP_DATA_DIR": str(folder), "SHOP_BIND": bind}
    house = open_house(Settings.from_env(chosen))
    prepare_schema(house.edge.engine)
    load(house, picture=photographed)
    house.edge.engine.dispose()
    served = subprocess.Popen(
        [Path(sys.prefix) / "bin" / "shop", "up"],
        env={**os.environ, **chosen},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,  # each message that its worker sends: hundreds of lines about the table
    )
    try:
        _wait(f"http://{bind}/readyz")
        yield f"http://{bind}"
    finally:
        served.terminate()
        served.wait()


def _wait(address: str) -> None:
    end = time.monotonic() + PATIENCE_S
    while time.monotonic() < end:
        try:
            with urllib.request.urlopen(address, timeout=2):
                return
        except (urllib.error.URLError, OSError):
            time.sleep(0.5)
    raise RuntimeError(f"{address} did not answer within {PATIENCE_S} s")


def pages(address: str, chromium: Path) -> tuple[dict[str, str], str]:
    """Return the pages by name, and the cookies of a browser that has laid one of its goods into the basket."""
    with launched(chromium) as browser:
        context = browser.new_context(
            base_url=address, locale="zh-CN", viewport={"width": PHONE[0], "height": PHONE[1]}
        )
        page = context.new_page()
        page.goto(f"/c/{SHELF}")
        page.locator(".card-link").first.click()
        page.wait_for_url("**/goods/*")
        listing = page.url
        household = page.locator("a.card-link[href^='/households/']").first.get_attribute("href")
        page.locator("#buy button[type=submit]").click()
        page.wait_for_url("**/basket*")
        cookies = "; ".join(f"{one['name']}={one['value']}" for one in context.cookies())
    found = {
        "home": f"{address}/",
        "category": f"{address}/c/{SHELF}",
        "listing": listing,
        "household": f"{address}{household}",
        "search": f"{address}/search?q={quote(WORDS)}",
        "basket": f"{address}/basket",
        "checkout": f"{address}/checkout",
    }
    chosen = os.environ.get("PAGES", ",".join(found)).split(",")
    return {name: found[name] for name in chosen}, cookies


def report(url: str, cookies: str, chromium: Path, options: tuple[str, ...]) -> Mapping[str, Any]:
    """Let Lighthouse open one page and return what it says; raise when it broke each time."""
    flags = "--headless=new" + (" --no-sandbox" if os.geteuid() == 0 else "")
    headers = {"Accept-Language": "zh-CN"} | ({"Cookie": cookies} if cookies else {})
    command: list[str | Path] = [
        LIGHTHOUSE,
        url,
        "--quiet",
        "--output=json",
        f"--only-categories={','.join(CATEGORIES)}",
        f"--chrome-flags={flags}",
        f"--extra-headers={json.dumps(headers)}",
        *options,
    ]
    surroundings = {**os.environ, "CHROME_PATH": str(chromium)}
    for _try in range(TRIES):
        ended = subprocess.run(command, env=surroundings, capture_output=True, check=False)
        if not ended.returncode:
            found: Mapping[str, Any] = json.loads(ended.stdout)
            return found
        sys.stderr.write(f"Lighthouse broke on {url}:\n{ended.stderr.decode()}\n")
    raise RuntimeError(f"Lighthouse broke {TRIES} times on {url}")


def seen(reports: list[Mapping[str, Any]]) -> Seen:
    """Return the middle of several runs."""

    def middle(audit: str) -> float:
        return statistics.median(float(one["audits"][audit]["numericValue"]) for one in reports)

    def score(category: str) -> int:
        return round(100 * statistics.median(one["categories"][category]["score"] or 0 for one in reports))

    requests = [one["audits"]["network-requests"]["details"]["items"] for one in reports]
    return Seen(
        scores=(score("performance"), score("accessibility"), score("best-practices"), score("seo")),
        first_ms=middle("first-contentful-paint"),
        largest_ms=middle("largest-contentful-paint"),
        shift=middle("cumulative-layout-shift"),
        bytes=int(middle("total-byte-weight")),
        requests=round(statistics.median(len(items) for items in requests)),
    )


def missed(name: str, got: Seen, aims: Aims) -> list[str]:
    """Return in which points a page misses its aims."""
    points = [
        f"{category} {score} < {aim}"
        for category, score, aim in zip(CATEGORIES, got.scores, aims.scores, strict=True)
        if score < aim and not (category == "seo" and name in NEVER_INDEXED)
    ]
    points += [f"first paint {got.first_ms:.0f} > {aims.first_ms} ms"] if got.first_ms > aims.first_ms else []
    points += [f"largest paint {got.largest_ms:.0f} > {aims.largest_ms} ms"] if got.largest_ms > aims.largest_ms else []
    return points + ([f"shift {got.shift:.3f} > {aims.shift}"] if got.shift > aims.shift else [])


def failures(reports: list[Mapping[str, Any]]) -> list[str]:
    """Return the names of the audits, of any category but performance, that a page did not pass."""
    last = reports[-1]
    found = []
    for category in CATEGORIES[1:]:
        for one in last["categories"][category]["auditRefs"]:
            audit = last["audits"][one["id"]]
            if one["weight"] and audit["score"] is not None and audit["score"] < 1:
                found.append(f"{audit['id']}: {audit['title']}")
    return found


def _line(words: str, got: Seen) -> None:
    scores = "".join(f"{score:>6}" for score in got.scores)
    sys.stdout.write(
        f"  {words:<12}{scores}{got.first_ms:>9.0f}{got.largest_ms:>9.0f}{got.shift:>8.3f}"
        f"{got.bytes / 1024:>8.0f}{got.requests:>6}\n"
    )
    sys.stdout.flush()


def audited(found: Mapping[str, str], cookies: str, chromium: Path) -> list[str]:
    """Print both tables; return what missed its aim."""
    runs, wrong = int(os.environ.get("RUNS", "3")), []
    for words, options, aims in (("mobile preset", (), PRESET), ("400 kbit/s, 400 ms", BAD_LINE, SLOW)):
        sys.stdout.write(f"{words:<14}  perf  a11y    bp   seo   FCP ms   LCP ms     CLS     KiB  reqs\n")
        for name, url in found.items():
            own = cookies if name in ("basket", "checkout") else ""
            reports = [report(url, own, chromium, options) for _run in range(runs)]
            got = seen(reports)
            _line(name, got)
            points = missed(name, got, aims)
            wrong += [f"{words}, {name}: {', '.join(points + failures(reports))}"] if points else []
    return wrong


def main() -> int:
    """Audit; return 1 when something misses its aim."""
    chromium = find_chromium()
    if chromium is None or not LIGHTHOUSE.exists():
        sys.stdout.write("Lighthouse needs node, npm (`make audit` installs it by its lock) and a Chromium.\n")
        return 2
    with tempfile.TemporaryDirectory() as folder, opened(Path(folder)) as address:
        wrong = audited(*pages(address, chromium), chromium)
    sys.stdout.write("\n".join(["misses its aim:", *wrong]) + "\n" if wrong else "Every page reaches its aims.\n")
    return int(bool(wrong))


if __name__ == "__main__":
    sys.exit(main())
