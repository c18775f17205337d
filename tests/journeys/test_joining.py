"""A household joins in a real browser: from a phone nobody knows to the centre, without scripts, in large type."""

import re

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import select

from shop.notifications.models import Delivery
from tests.support.browser import DESK, Windows, violations
from tests.world import World
from tests.world.joining import CARD, Hall, hall, one_photo
from tests.world.market import PASSWORD

SMALL = (360, 640)
NEW_PHONE = "13700000001"
SMALLEST_TEXT, SMALLEST_TARGET = 18, 60
"""CSS pixels: of letters, and of what is pressed to answer."""


@pytest.fixture
def at(world: World) -> Hall:
    return hall(world)


def code_for(world: World, phone: str) -> str:
    world.deliver()
    sent = select(Delivery.text).where(Delivery.phone == phone, Delivery.template == "entry_code")
    found = re.search(r"\d{6}", world.read(lambda session: session.scalars(sent.order_by(Delivery.id)).all())[-1])
    assert found is not None
    return found[0]


def answer(page: Page, words: str = "下一步") -> None:
    page.get_by_role("button", name=words, exact=True).click()


def sound(page: Page) -> None:
    """Check a page as those meet it who hear it, see little, or press with a thick thumb."""
    assert violations(page) == [], page.url
    wide = page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth")
    assert not wide, f"{page.url} must be pushed sideways"
    assert page.evaluate(TOO_SMALL, [SMALLEST_TEXT, SMALLEST_TARGET]) == [], page.url
    assert page.evaluate(TOO_SMALL, [100, SMALLEST_TARGET]), "the control: letters are measured"


TOO_SMALL = """([text, target]) => {
  const found = [];
  for (const element of document.querySelectorAll("main *, .booth-answer *, .booth-head *")) {
    if (element.closest(".visually-hidden") || !element.getClientRects().length) continue;
    const own = [...element.childNodes].some((node) => node.nodeType === 3 && node.textContent.trim());
    const size = parseFloat(getComputedStyle(element).fontSize);
    if (own && size < text) found.push(`${size}px: ${element.textContent.trim().slice(0, 20)}`);
    if (element.matches("button, .button, .choice-card, .shot-label, input.input, .join-row-link, .booth-head a")) {
      const box = element.getBoundingClientRect();
      if (box.height < target - 0.5 || box.width < target - 0.5) {
        found.push(`${Math.round(box.width)}x${Math.round(box.height)}: ${element.textContent.trim().slice(0, 20)}`);
      }
    }
  }
  return found;
}"""


def come_in(page: Page, world: World) -> None:
    """Come in with a code on a phone that has no account."""
    page.goto("/join")
    page.get_by_role("link", name="开始").click()
    page.get_by_label("手机号码").fill(NEW_PHONE)
    page.locator("main form button[type=submit]").first.click()
    page.get_by_label("验证码").fill(code_for(world, NEW_PHONE))
    page.locator("main form button[type=submit]").first.click()
    name = page.locator("input[name=name]")
    name.fill("杨秀英")
    page.locator("main form button[type=submit]").first.click()
    expect(page.get_by_role("heading", level=1)).to_have_text("您是谁")


def take_photo(page: Page) -> None:
    page.locator("input[type=file]").set_input_files({"name": "a.jpg", "mimeType": "image/jpeg", "buffer": one_photo()})


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without scripts"])
def test_a_household_joins_from_a_phone_nobody_knows(at: Hall, world: World, windows: Windows, scripts: bool) -> None:
    page = windows.open(SMALL, scripts=scripts)
    come_in(page, world)
    page.get_by_label("您家怎么称呼").fill("大湾·杨秀英家")
    answer(page)
    page.locator("label", has_text="大湾村").click()
    answer(page)
    page.locator("label", has_text="自家种的养的").click()
    answer(page)
    page.locator("label", has_text="禽蛋").click()
    page.locator("label", has_text="腊味").click()
    answer(page)
    page.get_by_role("link", name="拍照").click()
    take_photo(page)
    answer(page, "记下")
    page.get_by_role("link", name="拍照").click()
    page.locator("label", has_text="小作坊备案证").click()
    answer(page, "现在没有，带到中心去")
    answer(page)
    page.locator("label", has_text="打到银行卡").click()
    answer(page)
    page.get_by_label("哪个银行").fill("农业银行")
    page.get_by_label("卡号").fill(CARD)
    page.locator("label[for=agrees]").click()
    answer(page, "记下")
    expect(page.get_by_role("main")).to_contain_text("尾号 0018")
    answer(page, "送到中心")
    expect(page.get_by_role("heading", level=1)).to_have_text("中心在看")
    expect(page.get_by_role("main")).to_contain_text("去中心的时候带上")
    expect(page.get_by_role("main")).to_contain_text("小作坊备案证")


PATHS = (
    "/join/who",
    "/join/village",
    "/join/standing",
    "/join/goods",
    "/join/papers",
    "/join/papers/1",
    "/join/papers/2",
    "/join/pay",
    "/join/pay/bank",
    "/join/pay/wechat",
    "/join/check",
    "/join",
)


def signed_in(windows: Windows, phone: str, size: tuple[int, int]) -> Page:
    page = windows.open(size)
    page.goto("/sign-in")
    page.get_by_label("手机号码").fill(phone)
    page.get_by_label("密码", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="登录", exact=True).click()
    return page


@pytest.mark.parametrize("size", [SMALL, DESK], ids=["phone", "desk"])
def test_every_step_is_sound_for_those_who_hear_it_and_press_with_a_thumb(
    at: Hall, windows: Windows, size: tuple[int, int]
) -> None:
    at.tell(goods=("poultry-eggs", "cured-meat"))
    page = windows.open(size)
    page.goto("/join")
    sound(page)
    page = signed_in(windows, at.person.phone, size)
    for path in PATHS:
        page.goto(path)
        sound(page)
    page.goto("/join/who")
    page.get_by_label("您家怎么称呼").fill("<b>")
    answer(page)
    expect(page.get_by_role("main")).to_contain_text("只写字就行")
    sound(page)


@pytest.mark.parametrize("size", [SMALL, DESK], ids=["phone", "desk"])
def test_the_page_of_the_account_is_sound_as_well(at: Hall, windows: Windows, size: tuple[int, int]) -> None:
    at.approve(at.sent())
    page = signed_in(windows, at.person.phone, size)
    for path in ("/join", "/vendor/payout", "/vendor/payout/prove", "/vendor/payout/code"):
        page.goto(path)
        sound(page)
    page.goto("/vendor/payout/prove")
    page.get_by_label("登录密码").fill(PASSWORD)
    answer(page)
    sound(page)
    page.locator("label", has_text="转到微信").click()
    answer(page)
    sound(page)


def test_every_step_holds_in_type_twice_as_large(at: Hall, windows: Windows) -> None:
    at.tell(goods=("poultry-eggs", "cured-meat"))
    page = signed_in(windows, at.person.phone, SMALL)
    for path in PATHS:
        page.goto(path)
        page.evaluate("document.documentElement.style.fontSize = '200%'")
        wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert wide <= 0, f"{path} is {wide} px too wide in type twice as large"


def test_a_step_is_answered_by_keyboard_alone(at: Hall, windows: Windows) -> None:
    at.tell()
    page = signed_in(windows, at.person.phone, SMALL)
    page.goto("/join/standing")
    for _press in range(30):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.name") == "standing":
            break
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).not_to_have_text("您属于哪种")
    assert at.application().standing is not None
