"""Goods that were no good, in a real browser: a photo answered at once, a refusal that is answered, a jar sent back.

What waits for whom is read on the page of whoever it is: a guest's phone, the desk's tablet, the household's phone.
"""

from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from shop.accounts.models import Role
from shop.catalog.models import ReturnClass
from shop.catalog.rules import Way
from shop.flows.proof import prove
from shop.ledger import rules as accounts
from shop.ledger.queries import balances
from shop.orders.queries.orders import OrderFacts
from tests.journeys.townsfolk import PHONE, TABLET, photo
from tests.support.browser import Windows, violations
from tests.world import World, market
from tests.world.books import account, assert_sound, at_provider, provider_account
from tests.world.market import (
    PASSWORD,
    Market,
    another_vendor,
    captured,
    delivered_order,
    listing,
    on_shelf,
    someone,
    variant_id,
)

EGGS, JAR = "林下土鸡蛋", "山核桃"


@pytest.fixture
def at(world: World) -> Market:
    return market.market(world)


@pytest.fixture
def made(at: Market) -> OrderFacts:
    """A guest's order that has come: thirty eggs of one household, walnuts of another that may come back."""
    fresh = on_shelf(at, "eggs", return_class=ReturnClass.FRESH)
    dry = on_shelf(at, "walnuts", return_class=ReturnClass.STANDARD)
    jar = Way(unit="罐", pieces=1, price_fen=3000, gross_g=800, stock=5)
    walnuts = listing(dry, title=JAR, ways=(jar,), vendor=another_vendor(at.world))
    return delivered_order(at, {variant_id(at, listing(fresh)): 1, variant_id(at, walnuts): 1})


def signed_in(windows: Windows, phone: str, size: tuple[int, int]) -> Page:
    page = windows.open(size)
    page.goto("/sign-in")
    page.get_by_label("手机号码").fill(phone)
    page.get_by_label("密码", exact=True).fill(PASSWORD)
    page.get_by_role("main").get_by_role("button", name="登录").click()
    page.wait_for_url(lambda url: "/sign-in" not in url)
    return page


def proved(windows: Windows, made: OrderFacts) -> Page:
    """Open the phone of an order's guest, who knows its code and their own number."""
    page = windows.open(PHONE)
    page.goto("/orders")
    page.get_by_label("订单号").fill(made.code)
    page.get_by_label("手机号码").fill(made.phone)
    page.get_by_role("button", name="查一下").click()
    expect(page.get_by_role("link", name="货有问题？")).to_be_visible()
    return page


def say(page: Page, made: OrderFacts, title: str, kind: str, much: int, words: str, shot: Path | None = None) -> None:
    """Claim so much of a line, from the order's page on."""
    page.goto(f"/orders/{made.code}")
    page.get_by_role("link", name="货有问题？").click()
    page.get_by_role("link", name=title).click()
    page.get_by_role("link", name=kind).click()
    page.get_by_label("退几个" if kind == "想退货" else "有几个").fill(str(much))
    if shot is not None:
        page.get_by_label("拍一张").set_input_files(shot)
    page.get_by_label("想说的话").fill(words)
    sound(page)
    page.get_by_role("button", name="交给中心").click()


def sound(page: Page) -> None:
    """Assert that a page is sound, and no wider than its window, also in its large letters."""
    assert violations(page) == []
    wide, window = page.evaluate("[document.documentElement.scrollWidth, window.innerWidth]")
    assert wide <= window


def test_eggs_are_made_good_and_a_jar_comes_back(
    at: Market, made: OrderFacts, windows: Windows, tmp_path: Path
) -> None:
    guest, seller = proved(windows, made), accounts.seller(at.vendor.code)
    had = account(at.world, seller)
    say(guest, made, EGGS, "破了", 3, "路上磕的", photo(tmp_path))
    expect(guest.get_by_role("heading", name="正在退钱")).to_be_visible()
    expect(guest.get_by_role("main")).to_contain_text("¥4.80 原路退回，两三天到。")
    sound(guest)
    at.world.deliver()
    guest.reload()
    expect(guest.get_by_role("heading", name="退好了")).to_be_visible()
    assert account(at.world, accounts.claim_loss("courier")) == 480  # the town's own car broke them
    household = signed_in(windows, at.vendor_person().phone, PHONE)
    household.goto("/vendor/claims")
    household.get_by_role("link", name="看照片").click()
    expect(household.get_by_role("main")).to_contain_text("赔给买家了，不算您的，不扣钱。")
    assert account(at.world, seller) == had

    say(guest, made, EGGS, "坏了", 20, "打开有味道", photo(tmp_path))
    expect(guest.get_by_role("main")).to_contain_text("一天之内回您")
    claim = guest.url.rpartition("/")[2]
    desk = signed_in(windows, someone(at.world, Role.COUNTER).phone, TABLET)
    refuse(desk, claim, "照片上看不清，请再说说")
    guest.reload()
    expect(guest.get_by_role("main")).to_contain_text("照片上看不清，请再说说")
    guest.get_by_label("还想说的").fill("敲开十二个都有味道")
    sound(guest)
    guest.get_by_role("button", name="请中心再看一次").click()
    grant(desk, claim, 12, "敲开的十二个赔，别的看着好")
    at.world.deliver()
    guest.reload()
    expect(guest.get_by_role("heading", name="退好了")).to_be_visible()
    expect(guest.get_by_role("main")).to_contain_text("¥19.20 退给您了。")
    expect(guest.get_by_role("main")).to_contain_text("20 个，赔了 12 个")
    household.goto(f"/vendor/claims/{claim}")
    expect(household.get_by_role("main")).to_contain_text("赔给买家了，您出 ¥17.28。")  # less the centre's fee
    expect(household.get_by_role("main")).to_contain_text("敲开的十二个赔，别的看着好")
    sound(household)

    say(guest, made, JAR, "想退货", 1, "买多了")
    expect(guest.get_by_role("main")).to_contain_text("收到后七天内退您 ¥30。")
    expect(guest.get_by_role("main")).to_contain_text("寄回的运费您出")
    back = guest.url.rpartition("/")[2]
    guest.get_by_label("寄回的快递单号").fill("SF1234567890")
    sound(guest)
    guest.get_by_role("button", name="告诉中心").click()
    at.world.clock.advance(days=3)
    take_back(desk, back)
    at.world.deliver()
    guest.goto(f"/orders/{made.code}/claims/{back}")
    expect(guest.get_by_role("main")).to_contain_text("¥30 退给您了。")
    guest.goto(f"/orders/{made.code}")
    expect(guest.get_by_role("link", name="货有问题？")).to_have_count(0)  # two days for eggs, and all of the jar
    assert_closed(at, made, 480 + 1920 + 3000)


def refuse(desk: Page, claim: str, why: str) -> None:
    """Look at a claim's photo and decline it."""
    desk.goto("/staff/claims")
    desk.locator(f'main a[href="/staff/claims/{claim}"]').click()
    desk.get_by_role("button", name="看 1 张照片").click()
    expect(desk.locator("img.packed-shot")).to_have_count(1)
    desk.get_by_text("不赔", exact=True).click()
    desk.locator("details[open]").get_by_label("为什么，买家看得到").fill(why)
    sound(desk)
    desk.get_by_role("button", name="不赔，告诉买家为什么").click()
    expect(desk.get_by_role("main")).to_contain_text("没有赔")


def grant(desk: Page, claim: str, much: int, why: str) -> None:
    """Agree to less than was asked, after the buyer's answer."""
    desk.goto(f"/staff/claims/{claim}")
    expect(desk.get_by_role("main")).to_contain_text("敲开十二个都有味道")
    form = desk.locator("form[action$='/accept']")
    form.get_by_label("赔多少").fill(str(much))
    expect(form.get_by_label("算农户的")).to_be_checked()
    form.get_by_label("为什么，买家看得到").fill(why)
    form.get_by_role("button", name="赔，退钱给买家").click()
    expect(desk.get_by_role("main")).to_contain_text("¥19.20")


def take_back(desk: Page, claim: str) -> None:
    """Take in what was sent back, then pay it back."""
    desk.goto("/staff/claims?list=awaiting")
    expect(desk.get_by_role("main")).to_contain_text("SF1234567890")
    desk.locator(f'main a[href="/staff/claims/{claim}"]').click()
    desk.get_by_role("button", name="货回来了").click()
    sound(desk)
    desk.get_by_role("button", name="赔，退钱给买家").click()
    expect(desk.get_by_role("main")).to_contain_text("¥30")


def assert_closed(at: Market, made: OrderFacts, back_fen: int) -> None:
    """Assert that so much went back of an order, once, and that all books say the same."""
    paid = captured(at, made.code)
    assert (paid.refunded_fen, paid.captured_fen) == (back_fen, made.total_fen)
    books = {one.code: one.fen for one in at.world.read(balances)}
    assert sum(books.values()) == 0
    assert books.get(accounts.REFUNDS_IN_TRANSIT, 0) == 0
    assert books[accounts.seller(at.vendor.code)] == -(4320 - 1728)
    other = next(part.vendor_code for part in made.parts if part.vendor_code != at.vendor.code)
    assert books.get(accounts.seller(other), 0) == 0
    assert provider_account(at.world) == at_provider(at.world) == made.total_fen - back_fen
    assert_sound(at.world)
    assert at.world.read(prove) == []
