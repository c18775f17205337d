"""Counts what a buyer does: every tap, every press of Enter or the space bar, and every field that is typed into.

The browser itself counts, by the events that a person's finger makes; a test cannot forget one.
"""

from dataclasses import dataclass, field
from typing import Any

from playwright.sync_api import Page

LISTENING = """
const told = (kind, name) => window.tallied(kind, name);
const named = (target) => target.name || target.id || "";
addEventListener("pointerdown", (event) => event.isTrusted && told("tap", event.target.textContent.trim()), true);
addEventListener("keydown", (event) => {
    if (event.isTrusted && ["Enter", " "].includes(event.key) && event.target.tagName !== "TEXTAREA") {
        told("tap", event.key);
    }
}, true);
addEventListener("input", (event) => event.isTrusted && told("field", named(event.target)), true);
"""


@dataclass
class Thumb:
    """One person's hand on one page.

    Attributes:
        taps: what was tapped, in order.
        fields: page and name of each field that was typed into or chosen in.
        screens: paths of the full pages that were shown, in order.
    """

    page: Page
    taps: list[str] = field(default_factory=list)
    fields: set[tuple[str, str]] = field(default_factory=set)
    screens: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.page.context.expose_binding("tallied", self._tallied)
        self.page.add_init_script(LISTENING)
        self.page.on("domcontentloaded", lambda page: self.screens.append(_path(page.url)))

    def _tallied(self, source: Any, kind: str, name: str) -> None:
        path = _path(source["page"].url)
        if kind == "tap":
            self.taps.append(f"{path}: {name[:30]}")
        else:
            self.fields.add((path, name))


def _path(url: str) -> str:
    return "/" + url.split("/", 3)[3].split("?")[0].split("#")[0] if url.count("/") > 2 else url
