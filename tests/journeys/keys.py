"""A person without a mouse: goes from one thing to the next by Tab, and sees each time where the cursor stands."""

from playwright.sync_api import Locator, Page

MOST_STEPS = 120
UNSEEN = """() => {
    const at = document.activeElement;
    if (!at || at === document.body) return "nothing";
    const box = at.getBoundingClientRect();
    // A drawn card or key may carry the ring of the hidden control inside it.
    const drawn = [at, ...(at.labels || []), at.parentElement, at.nextElementSibling].filter(Boolean);
    const ring = (one, part) => {
        const style = getComputedStyle(one, part);
        return style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2;
    };
    const has_ring = drawn.some((one) => ring(one, null) || ring(one, "::after"));
    const what = `${at.outerHTML.slice(0, 120)} at ${Math.round(box.top)}..${Math.round(box.bottom)}`;
    if (!has_ring) return "no ring: " + what;
    const seen = drawn.some((one) => {
        const here = one.getBoundingClientRect();
        const top = Math.max(here.top, 0), bottom = Math.min(here.bottom, innerHeight);
        const left = Math.max(here.left, 0), right = Math.min(here.right, innerWidth);
        if (bottom - top < Math.min(here.height, 12) || right <= left) return false;
        const on_top = document.elementFromPoint((left + right) / 2, (top + bottom) / 2);
        return on_top && (one.contains(on_top) || on_top.contains(one));
    });
    return seen ? "" : "covered or out of sight: " + what;
}"""
"""What is wrong with where the cursor stands, in words; empty when a ring is around it and it is in sight."""


def reach(page: Page, what: Locator, key: str = "Tab") -> None:
    """Go to something by Tab alone; wherever the cursor stops on the way, it is seen."""
    what.wait_for(state="attached")
    for _step in range(MOST_STEPS):
        page.keyboard.press(key)
        wrong = page.evaluate(UNSEEN)
        assert wrong in ("", "nothing"), wrong
        if what.evaluate("one => one === document.activeElement"):
            return
    raise AssertionError(f"{MOST_STEPS} steps did not lead to {what}")


def press(page: Page, what: Locator, key: str = "Enter") -> None:
    """Go to something and press it."""
    reach(page, what)
    page.keyboard.press(key)


def write(page: Page, what: Locator, text: str) -> None:
    """Go to a field and type into it; what stands there already is selected by the browser on arrival."""
    reach(page, what)
    page.keyboard.press("Control+A")
    page.keyboard.type(text)
