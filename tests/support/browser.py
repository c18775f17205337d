"""A real Chromium: where it is, how it is started, and what a page in it must not do."""

import os
import shutil
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import cache
from pathlib import Path

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, expect, sync_playwright

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
QUIET = [
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    "--hide-scrollbars",
]
PHONE = (360, 800)
"""Width and height of the phone most villagers hold, in CSS pixels."""
DESK = (1280, 800)
PATIENCE_MS = 30_000
"""How long a story waits for what must come: a loaded machine may take its time, and nothing waits longer for it."""


def find_chromium() -> Path | None:
    """Return the Chromium of this machine: the one named in CHROMIUM, else the first one on the path."""
    named = os.environ.get("CHROMIUM")
    found = named or next((path for name in NAMES if (path := shutil.which(name))), None)
    return Path(found) if found else None


@cache
def _axe() -> str:
    script: str = Axe().axe_script
    return script


def violations(page: Page, *rules: str) -> list[str]:
    """Return what axe finds wrong on the page in front, and where.

    Only what is wrong leaves the browser: the list of all that is right is the larger part of the work.

    Args:
        rules: these alone; all that axe looks for, unless told.
    """
    page.wait_for_load_state()  # a click ends when its page begins to come
    if page.evaluate("window.axe === undefined"):
        page.evaluate(_axe())
    found: list[str] = page.evaluate(
        """(only) => axe.run({resultTypes: ["violations"], ...only}).then(({violations}) => violations.flatMap(
            one => one.nodes.map(node => `${one.id}: ${node.html.slice(0, 160)}`)))""",
        {"runOnly": list(rules)} if rules else {},
    )
    return found


def choose_files(page: Page, ask: Callable[[], None], files: Sequence[Path]) -> None:
    """Do what opens the machine's box for files, and choose some in its place.

    A key goes to the page another way than the word that its box is wanted here, and came first on a busy machine; what
    is evaluated goes the same way as that word, behind it.
    """
    with page.expect_file_chooser() as opened:
        page.evaluate("0")
        ask()
    opened.value.set_files(files)


@contextmanager
def launched(chromium: Path) -> Iterator[Browser]:
    """Start Chromium without a window."""
    expect.set_options(timeout=PATIENCE_MS)
    with sync_playwright() as playwright:
        # Root may not use the sandbox; what is opened is our own pages only.
        args = [*QUIET, "--no-sandbox"] if os.geteuid() == 0 else QUIET
        browser = playwright.chromium.launch(executable_path=str(chromium), args=args)
        yield browser
        browser.close()


class Windows:
    """Opens windows on one address and notes what went wrong in them.

    Attributes:
        troubles: script errors, refused resources (the content security policy says so here), requests to others.
    """

    def __init__(self, browser: Browser, address: str) -> None:
        self._browser = browser
        self._contexts: list[BrowserContext] = []
        self.address = address
        self.troubles: list[str] = []

    def open(self, size: tuple[int, int] = PHONE, *, scripts: bool = True, memory: bool = False) -> Page:
        """Open a window with cookies of its own.

        Args:
            size: width and height in CSS pixels.
            scripts: False for a person whose scripts do not load.
            memory: True for a browser that hires the shop's worker, which keeps pages; others ask for each page anew.
        """
        context = self._browser.new_context(
            base_url=self.address,
            viewport={"width": size[0], "height": size[1]},
            locale="zh-CN",
            timezone_id="Asia/Shanghai",
            java_script_enabled=scripts,
            has_touch=size[0] < 600,
            service_workers="allow" if memory else "block",
        )
        context.set_default_timeout(PATIENCE_MS)
        self._contexts.append(context)
        page = context.new_page()
        page.on("console", self._heard)
        page.on("pageerror", lambda error: self.troubles.append(f"script error: {error}"))
        page.on("request", lambda request: self._asked(request.url))
        return page

    def close(self) -> None:
        """Close every window."""
        for context in self._contexts:
            context.close()

    def _heard(self, message: ConsoleMessage) -> None:
        # A page that answers 4xx on purpose is reported by Chromium as a failed resource.
        if message.type == "error" and "the server responded with a status of 4" not in message.text:
            self.troubles.append(f"console: {message.text}")

    def _asked(self, url: str) -> None:
        if not url.startswith((self.address, "data:", "blob:", "about:")):
            self.troubles.append(f"asked another host: {url}")
