"""A person without a mouse: goes from one thing to the next by Tab, and sees each time where the cursor stands.

Each page on which they use a key is looked at once: nothing is cut off or pushed sideways, nothing that a finger could
press is out of the keyboard's reach, and what stays in sight while one scrolls leaves most of the window to the page.
"""

import re
from pathlib import Path

from playwright.sync_api import Locator, Page, expect

from tests.support.browser import choose_files

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

STEP = f"(wanted) => [({UNSEEN})(), wanted === document.activeElement]"

FAULTS = """() => {
    const most = document.documentElement.clientWidth;
    const tell = (law, one, measured) => `${law}: ${one.outerHTML.slice(0, 120)} ${measured}`;
    const seen = (one) => one.getClientRects().length > 0 && getComputedStyle(one).visibility !== "hidden";
    const all = [...document.querySelectorAll("body *")].filter(seen);
    const rolls = (one) => one && (getComputedStyle(one).overflowX !== "visible" || rolls(one.parentElement));
    const wide = document.documentElement.scrollWidth <= most ? [] : all
        .filter((one) => one.getBoundingClientRect().right > most + 0.5 && !rolls(one.parentElement))
        .map((one) => tell("sideways", one, `ends at ${one.getBoundingClientRect().right} of ${most}`));
    const leading = 8; // a line may reach so far out of its box without losing a stroke
    const cuts = (kind, room, needs) => ["hidden", "clip"].includes(kind) && needs > room;
    const heading = document.querySelector("h1");
    const cut = all.filter((one) => {
        const style = getComputedStyle(one);
        if (one.closest(".crumbs") && heading.textContent.includes(one.textContent.trim())) return false;
        if (one.closest(".visually-hidden, svg") || one.clientWidth <= 2 || !one.textContent.trim()) return false;
        return cuts(style.overflowX, one.clientWidth + 1, one.scrollWidth)
            || cuts(style.overflowY, one.clientHeight + leading, one.scrollHeight);
    }).map((one) => tell("cut off", one, [one.clientWidth, one.clientHeight, one.scrollWidth, one.scrollHeight]));
    const spilt = all.filter((one) => one.matches("button, .button, summary") && one.tabIndex >= 0
        && one.scrollWidth > one.clientWidth + 1)
        .map((one) => tell("its words stick out", one, [one.clientWidth, one.scrollWidth]));
    const reached = (one) => one.tabIndex >= 0 || one.disabled || one.getAttribute("aria-hidden") === "true";
    const pressed = "a[href], button, summary, input, select, textarea, [role=button], [contenteditable]";
    const unreached = all.filter((one) => one.matches(pressed) && !reached(one))
        .map((one) => tell("no key reaches", one, ""));
    const dead = (one) => !one.disabled && !(seen(one) && one.tabIndex >= 0);
    const mute = all.filter((one) => one.localName === "label" && one.control && dead(one.control))
        .map((one) => tell("no key reaches what is behind", one, ""));
    const jumps = all.filter((one) => one.tabIndex > 0).map((one) => tell("out of its order", one, ""));
    const held = all.filter((one) => ["fixed", "sticky"].includes(getComputedStyle(one).position))
        .map((one) => one.getBoundingClientRect())
        .filter((box) => box.width > most / 2 && box.bottom > 0 && box.top < innerHeight)
        .reduce((sum, box) => sum + Math.min(box.bottom, innerHeight) - Math.max(box.top, 0), 0);
    const full = held <= innerHeight * 0.3 ? [] : [`${Math.round(held)} px of ${innerHeight} stay while one scrolls`];
    return [...wide, ...cut, ...spilt, ...unreached, ...mute, ...jumps, ...full];
}"""
"""What is wrong with a page for someone with large letters or without a mouse, in words."""


def enlarged(page: Page, letters: int) -> None:
    """Set the letters of every page that is opened from now on to so many per cent."""
    size = f"document.documentElement.style.fontSize = '{letters}%'"
    page.add_init_script(f"addEventListener('DOMContentLoaded', () => {{ {size} }})")


def sound(page: Page) -> None:
    """See that nothing is wrong with the page in front."""
    page.wait_for_load_state()
    found = page.evaluate(FAULTS)
    assert found == [], f"{page.url}\n" + "\n".join(found)


def reach(page: Page, what: Locator, key: str = "Tab") -> None:
    """Go to something by Tab alone; wherever the cursor stops on the way, it is seen."""
    what.wait_for(state="attached")
    page.wait_for_load_state()
    if page.evaluate("!window.looked && (window.looked = true)"):
        sound(page)
    for _step in range(MOST_STEPS):
        page.keyboard.press(key)
        wrong, is_there = what.evaluate(STEP)
        assert wrong in ("", "nothing"), f"{page.url} {wrong}"
        if is_there:
            return
    raise AssertionError(f"{MOST_STEPS} steps did not lead to {what} on {page.url}")


def press(page: Page, what: Locator, key: str = "Enter") -> None:
    """Go to something and press it."""
    reach(page, what)
    page.keyboard.press(key)


def write(page: Page, what: Locator, text: str) -> None:
    """Go to a field and put something into it; what stands there already is replaced."""
    reach(page, what)
    page.keyboard.press("Control+A")
    page.keyboard.insert_text(text)


def later(page: Page, what: Locator, parts: int) -> str:
    """Go to a day or an hour, put so many of its parts on by one, and return what then stands there.

    Letters put into such a field are lost, and which parts it has, in what order, is the browser's own.
    """
    reach(page, what)
    for _part in range(parts):
        page.keyboard.press("ArrowUp")
        page.keyboard.press("ArrowRight")
    return what.input_value()


def on(page: Page, heading: str) -> None:
    """Wait for a page by its heading, and see that nothing is wrong with it."""
    expect(page.get_by_role("heading", level=1)).to_have_text(re.compile(heading))
    sound(page)


def told(page: Page, words: str) -> None:
    """Wait until the page says something, and see that nothing is wrong with it."""
    expect(page.get_by_role("main")).to_contain_text(words)
    sound(page)


def button(page: Page, name: str) -> Locator:
    """Return the button of that name."""
    return page.get_by_role("button", name=name, exact=True)


def link(page: Page, name: str | re.Pattern[str]) -> Locator:
    """Return the first link of the page's own part whose name has these words."""
    return page.get_by_role("main").get_by_role("link", name=name).first


def choose(page: Page, what: Locator) -> None:
    """Go to a group of circles, of which Tab knows one, and by the arrow keys on to the one that is wanted."""
    name = what.get_attribute("name")
    for _step in range(MOST_STEPS):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.name") == name:
            break
    for _step in range(MOST_STEPS):
        wrong, is_there = what.evaluate(STEP)
        assert wrong == "", f"{page.url} {wrong}"
        if is_there:
            break
        page.keyboard.press("ArrowDown")
    page.keyboard.press("Space")
    expect(what).to_be_checked()


def take(page: Page, what: Locator, file: Path) -> None:
    """Go to where a file is asked for, and choose one: the rest is the phone's own."""
    reach(page, what)
    choose_files(page, lambda: page.keyboard.press("Space"), [file])
