"""What a person finds wrong with a page who sees little, presses with a thick thumb, or holds a narrow phone."""

from functools import cache
from pathlib import Path

from playwright.sync_api import BrowserContext, Page

from tests.support.browser import violations

LARGE = {"text": 18, "most": 30, "leading": 1.3, "target": 60, "is_large": True}
"""The elder face by the ministry's rule, in CSS pixels: letters at least and at most, lines by letters, targets."""
USUAL = LARGE | {"target": 24, "is_large": False}
"""The usual face by WCAG 2.2 AA, which rules on targets alone."""
OF_THE_FACE = ("color-contrast", "link-in-text-block", "scrollable-region-focusable")
OPEN_ALL = "document.querySelectorAll('details').forEach((one) => { one.open = true; })"
TURN = "(is_large) => document.documentElement.classList.toggle('elder', is_large)"
REFUSED = """
window.refused = [];
document.addEventListener("securitypolicyviolation", (event) => {
  window.refused.push(`${event.effectiveDirective} ${event.blockedURI} ${event.sourceFile || ""}:${event.lineNumber}`);
});
"""


@cache
def _probe() -> str:
    return Path(__file__).with_suffix(".js").read_text("utf-8")


def watch(context: BrowserContext) -> None:
    """Let every page of a context keep what its content security policy refuses."""
    context.add_init_script(REFUSED)


def refused(page: Page) -> list[str]:
    """Return what the content security policy refused to the page in front."""
    found: list[str] = page.evaluate("window.refused")
    return [f"refused by the policy: {one}" for one in found]


def look(page: Page, *, is_large: bool) -> list[str]:
    """Return what is wrong with the page in front, in one face, everything that folds opened.

    The face is one class on the page, so turning it is what the switch does: in the second face axe need only say
    again what colours and sizes decide.
    """
    page.evaluate(OPEN_ALL)
    page.evaluate(TURN, is_large)
    found: list[str] = page.evaluate(_probe(), LARGE if is_large else USUAL)
    return found + violations(page, *(OF_THE_FACE if is_large else ()))
