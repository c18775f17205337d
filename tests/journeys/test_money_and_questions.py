"""A household's money and the questions of its buyers in a real browser: heard, large, by keyboard, without scripts."""

import re
from functools import partial

import pytest
from playwright.sync_api import Page, expect

from shop.accounts.models import Role
from shop.catalog.questions.services import answer, ask
from shop.flows import giving
from shop.flows.giving import Amount
from shop.kernel.actor import VISITOR
from tests.support.browser import DESK, PHONE, Windows, violations
from tests.world import World, market
from tests.world.market import HOUSE, PASSWORD, STAFF, Market, delivered_order, listing, someone, variant_id
from tests.world.payouts import pay_out

SMALL_WORDS = """() => [...document.querySelectorAll('main *, header *')]
  .filter((one) => [...one.childNodes].some((node) => node.nodeType === 3 && node.textContent.trim()))
  .filter((one) => one.getClientRects().length && parseFloat(getComputedStyle(one).fontSize) < 18)
  .map((one) => one.className + ': ' + one.textContent.trim().slice(0, 20))"""
"""Words smaller than a villager reads; what is hidden has no box."""
SMALL_TARGETS = """() => [...document.querySelectorAll('main a, main button, main summary, main textarea, header a')]
  .filter((one) => one.getClientRects().length)
  .filter((one) => one.getBoundingClientRect().height < 59.5 && !one.classList.contains('skip'))
  .map((one) => one.className + ': ' + one.textContent.trim().slice(0, 20))"""


@pytest.fixture
def at(world: World) -> Market:
    return market.market(world)


@pytest.fixture
def full(at: Market) -> list[str]:
    """Fill a household's pages of money and questions, and return their addresses."""
    eggs = listing(at)
    made = delivered_order(at, {variant_id(at, eggs): 2})
    house = at.world.house
    giving.give(
        house.edge, house.gateways, made.code, Amount(900), key="one", note="碎了", actor=STAFF, clock=house.clock
    )
    pay_out(at, at.vendor, 500)
    codes = [asked(at, eggs.code, text, number) for number, text in enumerate(("有小盒的吗？", "几天到成都？"))]
    said = partial(answer, code=codes[0], text="没有小盒的。", vendor_id=at.vendor.id, actor=HOUSE)
    at.world.run(partial(said, clock=at.world.clock))
    at.world.clock.advance(hours=25)
    part = made.parts[0].code
    return [
        "/vendor/money",
        f"/vendor/money/parts/{part}",
        "/vendor/questions",
        *(f"/vendor/questions/{code}" for code in codes),
    ]


def asked(at: Market, listing_code: str, text: str, number: int) -> str:
    put = partial(ask, listing_code=listing_code, text=text, key=f"k{number}", phone=f"1391111222{number}")
    return at.world.run(partial(put, actor=VISITOR, clock=at.world.clock)).code


def signed_in(windows: Windows, phone: str, size: tuple[int, int] = PHONE) -> Page:
    page = windows.open(size)
    page.goto("/sign-in")
    page.locator("main input[name=phone]").first.fill(phone)
    page.locator("main input[name=password]").fill(PASSWORD)
    page.locator("main input[name=password]").press("Enter")
    page.wait_for_url(lambda url: "/sign-in" not in url)
    return page


@pytest.mark.parametrize("size", [PHONE, DESK], ids=["phone", "desk"])
def test_a_households_pages_are_sound_and_large(
    at: Market, full: list[str], windows: Windows, size: tuple[int, int]
) -> None:
    page = signed_in(windows, at.vendor_person().phone, size)
    for path in full:
        page.goto(path)
        assert violations(page) == [], path
        assert page.evaluate("document.documentElement.scrollWidth") <= size[0], path
        assert page.evaluate(SMALL_WORDS) == [], path
        assert page.evaluate(SMALL_TARGETS) == [], path
    page.goto("/vendor/money/2026-11")
    assert violations(page) == []
    page.emulate_media(media="print")
    expect(page.get_by_role("link", name="回到“我的钱”")).to_be_hidden()
    assert page.locator(".sheet td").first.evaluate("one => parseFloat(getComputedStyle(one).fontSize)") >= 21
    assert len(re.findall(rb"/Type\s*/Page\b", page.pdf(prefer_css_page_size=True))) == 1


def test_a_households_pages_hold_letters_of_twice_the_size(at: Market, full: list[str], windows: Windows) -> None:
    page = signed_in(windows, at.vendor_person().phone)
    for path in full:
        page.goto(path)
        page.evaluate("document.documentElement.style.fontSize = '200%'")
        assert page.evaluate("document.documentElement.scrollWidth") <= PHONE[0], path


def test_a_question_is_answered_by_keyboard(at: Market, full: list[str], windows: Windows) -> None:
    page = signed_in(windows, at.vendor_person().phone)
    page.goto("/vendor/questions")
    for _step in range(12):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.textContent").strip() == "回他一句":
            break
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("几天到成都？")
    page.get_by_role("button", name="有货，下单就给您备。").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("main")).to_contain_text("没有人等着回话")


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without scripts"])
@pytest.mark.parametrize("size", [PHONE, DESK], ids=["phone", "desk"])
def test_a_buyer_asks_and_reads(at: Market, windows: Windows, size: tuple[int, int], scripts: bool) -> None:
    eggs = listing(at)
    page = windows.open(size, scripts=scripts)
    page.goto(f"/goods/{eggs.code}")
    page.get_by_label("想问什么").fill("加我微信 egg_2026")
    page.get_by_label("手机号码").fill("13912345678")
    page.get_by_role("button", name="问一问").click()
    expect(page.get_by_role("main")).to_contain_text("买卖都过中心")
    if scripts:
        assert violations(page) == []
    page.get_by_label("想问什么").fill("一盒多少枚？")
    page.get_by_role("button", name="问一问").click()
    expect(page.locator("body")).to_contain_text("主人家回了会发短信")
    if scripts:
        assert violations(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= size[0]


def test_the_centres_pages_of_questions_are_sound(at: Market, full: list[str], windows: Windows, world: World) -> None:
    page = signed_in(windows, someone(world, Role.STAFF).phone, DESK)
    for path in ("/staff/questions", full[-1].replace("/vendor", "/staff"), full[-2].replace("/vendor", "/staff")):
        page.goto(path)
        assert violations(page) == [], path
