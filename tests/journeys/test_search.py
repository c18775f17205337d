"""Finding something with a thumb and with a keyboard: completion under the box, filters on a phone."""

import json
import re

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.pages.searching import BACON, EGGS, SAUSAGE, Searching, searching
from tests.support.browser import DESK, Windows
from tests.world import World
from tests.world.market import market


@pytest.fixture
def shop(world: World) -> Searching:
    return searching(market(world))


@pytest.fixture
def asked(windows: Windows) -> tuple[Page, list[str]]:
    """A wide window on the first page, and what it asks the completion after."""
    page = windows.open(DESK)
    texts: list[str] = []
    page.on("request", lambda request: texts.append(request.url) if "/suggest?" in request.url else None)
    page.goto("/")
    return page, texts


def box(page: Page) -> Locator:
    return page.locator("#search-q")


def test_completion_by_keyboard(shop: Searching, asked: tuple[Page, list[str]]) -> None:
    page, texts = asked
    box(page).click()
    expect(box(page)).to_have_attribute("role", "combobox")
    # Typed within one turn of the browser, however slow the machine is.
    page.evaluate("for (const letter of 'la') document.execCommand('insertText', false, letter)")
    options = page.get_by_role("option")
    expect(options.first).to_be_visible()
    expect(box(page)).to_have_attribute("aria-expanded", "true")
    assert len(texts) == 1, "letters typed in one go are asked once"
    page.keyboard.press("ArrowDown")
    expect(options.first).to_have_attribute("aria-selected", "true")
    first = options.first.get_attribute("id")
    assert first is not None
    expect(box(page)).to_have_attribute("aria-activedescendant", first)
    page.keyboard.press("ArrowUp")
    expect(box(page)).to_have_value("la")
    page.keyboard.press("Escape")
    expect(page.get_by_role("listbox")).to_be_hidden()
    expect(box(page)).to_have_value("la")
    box(page).fill("larou")
    expect(options.filter(has_text="腊肉").first).to_be_visible()
    page.keyboard.press("ArrowDown")
    chosen = box(page).input_value()
    page.keyboard.press("Enter")
    page.wait_for_url("**/search?**")
    expect(page.get_by_role("heading", level=1)).to_contain_text(chosen)
    expect(page.get_by_role("main")).to_contain_text(BACON)


def test_completion_by_touch_is_remembered_and_waits_for_the_input_method(
    shop: Searching, asked: tuple[Page, list[str]]
) -> None:
    page, texts = asked
    box(page).click()
    expect(box(page)).to_have_attribute("role", "combobox")
    compose = """(input, text) => {
        input.dispatchEvent(new CompositionEvent("compositionstart"));
        for (const part of ["t", "tu", "tu j"]) {
            input.value = part;
            input.dispatchEvent(new InputEvent("input", { isComposing: true, bubbles: true }));
        }
        return new Promise((done) => setTimeout(() => {
            input.value = text;
            input.dispatchEvent(new CompositionEvent("compositionend", { data: text }));
            done();
        }, 400));
    }"""
    box(page).evaluate(compose, "土鸡蛋")
    option = page.get_by_role("option").filter(has_text="土鸡蛋").first
    expect(option).to_be_visible()
    assert len(texts) == 1, "nothing is asked while the input method composes"
    option.click()
    page.wait_for_url("**/search?**")
    expect(page.get_by_role("main")).to_contain_text(EGGS)
    box(page).click()
    expect(box(page)).to_have_attribute("role", "combobox")
    box(page).fill("土鸡")
    expect(page.get_by_role("option").first).to_be_visible()
    box(page).fill("土鸡蛋")
    expect(page.get_by_role("option").first).to_have_text("土鸡蛋")
    assert len(texts) == 2, "what was asked once is not asked again while the tab is open"


def test_a_dear_line_is_spared(shop: Searching, windows: Windows) -> None:
    page = windows.open()
    page.add_init_script('Object.defineProperty(navigator, "connection", { value: { saveData: true } })')
    texts: list[str] = []
    page.on("request", lambda request: texts.append(request.url) if "suggest" in request.url else None)
    page.goto("/")
    box(page).click()
    page.keyboard.type("larou")
    page.wait_for_timeout(500)
    assert not texts
    page.keyboard.press("Enter")
    expect(page.get_by_role("main")).to_contain_text(BACON)


def test_a_line_that_breaks_leaves_a_box_that_works(shop: Searching, windows: Windows) -> None:
    page = windows.open()
    page.route("**/api/v1/suggest*", lambda route: route.fulfill(status=200, body=json.dumps({"items": []})))
    page.goto("/")
    box(page).click()
    page.keyboard.type("larou")
    page.keyboard.press("Enter")
    expect(page.get_by_role("main")).to_contain_text(BACON)


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without scripts"])
def test_filters_on_a_phone(shop: Searching, windows: Windows, scripts: bool) -> None:
    page = windows.open(scripts=scripts)
    page.goto("/search?category=cured-meat")
    main = page.get_by_role("main")
    expect(main).to_contain_text(SAUSAGE)
    stocked = page.get_by_role("link", name="现在有货的")
    expect(stocked).to_be_hidden()
    page.locator("summary", has_text="筛选").click()
    stocked.click()
    expect(main).to_contain_text(BACON)
    expect(main).not_to_contain_text(SAUSAGE)
    expect(page.locator("summary", has_text="筛选")).to_contain_text("2")
    page.get_by_role("link", name=re.compile("去掉\\s*现在有货的")).click()
    expect(main).to_contain_text(SAUSAGE)


def test_filters_lie_open_on_a_wide_screen(shop: Searching, windows: Windows) -> None:
    page = windows.open(DESK)
    page.goto("/search?category=cured-meat")
    expect(page.get_by_role("link", name="现在有货的")).to_be_visible()
