"""Coming in with a card in a real browser: at the counter, on paper, on a small phone, by keyboard, without scripts."""

import re
from io import BytesIO

import pytest
import zxingcpp
from PIL import Image
from playwright.sync_api import Page, expect

from shop.accounts.models import Role
from shop.accounts.queries import Person
from shop.flows import cards
from shop.kernel.codes import new_token
from tests.support.browser import DESK, Windows, violations
from tests.world import World, market
from tests.world.market import PASSWORD, STAFF, someone

PIN = "4071"
SMALL = (360, 640)
TWICE = "document.documentElement.style.fontSize = '200%'"
CUT = "one => one.scrollWidth > one.clientWidth"
TALL_ENOUGH = 60
"""CSS pixels of what a thick thumb presses."""


@pytest.fixture
def villager(world: World) -> Person:
    return market.market(world).vendor_person()


@pytest.fixture
def token(world: World, villager: Person) -> str:
    token = new_token()
    world.run(lambda session: cards.issue(session, villager.code, token=token, pin=PIN, actor=STAFF, clock=world.clock))
    return token


def press(page: Page, pin: str, which: int = 0) -> None:
    for figure in pin:
        page.locator(".pad-pin").nth(which).get_by_role("button", name=figure, exact=True).click()


def test_a_card_is_issued_printed_and_read_back(world: World, villager: Person, windows: Windows) -> None:
    desk = windows.open(DESK)
    desk.goto("/sign-in")
    desk.get_by_label("手机号码").fill(someone(world, Role.STAFF).phone)
    desk.get_by_label("密码", exact=True).fill(PASSWORD)
    desk.get_by_role("button", name="登录", exact=True).click()
    for path in ("/staff/cards", f"/staff/cards/{villager.code}", f"/staff/cards/{villager.code}/issue"):
        desk.goto(path)
        assert violations(desk) == [], path
    press(desk, PIN)
    press(desk, PIN, 1)
    desk.get_by_role("button", name="发卡").click()
    expect(desk).to_have_url(re.compile("/print$"))
    desk.wait_for_load_state()
    sheet = desk.locator(".sheet")
    assert sheet.evaluate("sheet => sheet.scrollHeight <= sheet.clientHeight"), "something of the card is cut off"
    pdf = desk.pdf(prefer_css_page_size=True)
    (box,) = re.findall(rb"/MediaBox \[0 0 ([\d.]+) ([\d.]+)\]", pdf)
    assert [round(float(points) * 25.4 / 72) for points in box] == [74, 105]
    printed = Image.open(BytesIO(sheet.screenshot()))  # at 96 dots an inch, half of what a printer gives
    (code,) = zxingcpp.read_barcodes(printed)
    where = re.sub(r"^https?://[^/]+", "", code.text)
    assert where.startswith("/card/")

    phone = windows.open(SMALL)
    phone.goto(where)
    expect(phone.get_by_role("heading", name="周**的卡")).to_be_visible()
    press(phone, "40")
    phone.get_by_role("button", name="退一格").click()
    press(phone, "0719")
    expect(phone.get_by_label("4 位数字")).to_have_value(PIN)
    phone.get_by_role("button", name="登录", exact=True).click()
    expect(phone).to_have_url(re.compile("/vendor$"))
    phone.get_by_role("button", name="用完退出").click()
    phone.goto("/vendor")
    expect(phone).to_have_url(re.compile("/sign-in"))


@pytest.mark.parametrize("elder", [False, True], ids=["usual", "large"])
def test_the_ways_in_are_sound_on_a_small_phone(token: str, windows: Windows, elder: bool) -> None:
    phone = windows.open(SMALL)
    if elder:
        phone.goto("/sign-in")
        phone.get_by_role("button", name="长辈版").click()
    for path in ("/sign-in", "/sign-in/code", "/sign-in/code/enter", f"/card/{token}", "/card/forged"):
        phone.goto(path)
        assert violations(phone) == [], path
        assert phone.evaluate("document.documentElement.scrollWidth") <= SMALL[0], path
        phone.evaluate(TWICE)
        assert phone.evaluate("document.documentElement.scrollWidth") <= SMALL[0], f"{path} in twice as large text"
    phone.goto(f"/card/{token}")
    answer = phone.get_by_role("button", name="登录", exact=True).bounding_box()
    last = phone.get_by_role("button", name="退一格").bounding_box()
    assert answer is not None
    assert last is not None
    assert last["y"] + last["height"] <= answer["y"], "the last row of keys is in sight"
    for key in phone.locator(".pad-pin .pad-key").all():
        box = key.bounding_box()
        assert box is not None
        assert min(box["height"], box["width"]) >= TALL_ENOUGH
    phone.evaluate(TWICE)
    press(phone, PIN)
    cut = phone.eval_on_selector_all(".pad-pin .pad-key, .pad-pin input", f"all => all.filter({CUT})")
    assert cut == [], "every figure and all four dots show in twice as large text"
    phone.get_by_role("button", name="登录", exact=True).click()
    for path in ("/vendor", "/me", "/me/sign-ins"):
        phone.goto(path)
        box = phone.get_by_role("button", name="用完退出").bounding_box()
        assert box is not None
        assert box["y"] + box["height"] <= SMALL[1], "the way out is in sight"
        assert violations(phone) == [], path


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without scripts"])
def test_figures_typed_on_a_keyboard_open_the_stall(token: str, windows: Windows, scripts: bool) -> None:
    page = windows.open(SMALL, scripts=scripts)
    page.goto(f"/card/{token}")
    page.get_by_label("4 位数字").focus()
    page.keyboard.type(PIN)
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("/vendor$"))
