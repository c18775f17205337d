"""Two weeks are settled in a real browser: nine households, two people with a code each, the bank's file read back.

One household has its money in cash against a signature, one owes and is left alone, one's bank sends the money back
and it goes with the next settlement; what the centre reads of each is what stands on its phone, to the fen.
"""

import re
from dataclasses import dataclass
from decimal import Decimal
from functools import partial
from io import BytesIO

from flask import Flask
from openpyxl import load_workbook
from playwright.sync_api import Page, expect
from sqlalchemy import select

from shop.accounts.models import Role
from shop.accounts.queries import Person
from shop.flows.payouts import confirming
from shop.kernel.clock import town_day
from shop.kernel.money import yuan
from shop.ledger.payouts.models import Payout, PayoutState
from shop.ledger.payouts.queries import statements
from shop.ledger.queries import balances
from shop.ledger.rules import BANK, CASH_CENTRE, PAYOUTS_IN_TRANSIT, seller
from shop.vendors.joining.models import PayWay
from shop.vendors.models import Vendor
from tests.journeys.test_labels import sign_in
from tests.journeys.test_signature import draw
from tests.support.browser import PHONE, Windows, violations
from tests.support.pages import Pages
from tests.world import World
from tests.world.books import account, assert_sound, at_provider, provider_account
from tests.world.cash import give_back
from tests.world.factors import enrol, next_code
from tests.world.joining import CARD
from tests.world.market import (
    PASSWORD,
    Market,
    another_vendor,
    delivered_order,
    listing,
    market,
    someone,
    variant_id,
)
from tests.world.payouts import DRAFTER, earn, sent, tell_account

TABLET = (1024, 768)
FIGURES = re.compile(r"−?¥[\d,.]+")
PRICES = [2010 + 1030 * number for number in range(8)]
NETS = [price * 9 // 10 for price in PRICES]
BEFORE, GIVEN_BACK = 4320, 900
"""What the ninth was paid a week ago, and its share of what went back to its buyer since."""
CASH, BOUNCED, WECHAT = 0, 3, 5
"""Which household is paid in cash, whose bank sends the money back, and who is paid by WeChat."""
WHY = "银行说户名和卡号对不上"


@dataclass
class Town:
    """Eight households with a week's income, and a ninth that was paid before and owes by now."""

    at: Market
    households: list[Vendor]

    @property
    def world(self) -> World:
        return self.at.world

    def phone_of(self, vendor: Vendor) -> Person:
        return Market(self.world, vendor, self.at.category).vendor_person()

    def owed(self, vendor: Vendor) -> int:
        return -account(self.world, seller(vendor.code))


def a_town(world: World) -> Town:
    at = market(world)
    tell_account(at, at.vendor)
    made = delivered_order(at, {variant_id(at, listing(at, price_fen=4800)): 1})
    sent(at)
    pay(at)
    give_back(at, made.code, 1000)
    world.clock.advance(days=7)
    households = [another_vendor(world, f"坡上第{number}家") for number in range(1, 9)]
    for number, vendor in enumerate(households):
        if number != CASH:
            tell_account(at, vendor, PayWay.WECHAT if number == WECHAT else PayWay.BANK)
        earn(at, vendor, price_fen=PRICES[number])
    world.deliver()
    return Town(at, households)


def pay(at: Market) -> None:
    """Let everything that is out reach its household."""
    clock = at.world.clock
    out = select(Payout.code).where(Payout.state == PayoutState.EXPORTED)
    for code in at.world.read(lambda session: session.scalars(out).all()):
        done = partial(confirming.paid, code=code, paid_on=town_day(clock()), reference=code, actor=DRAFTER)
        at.world.run(partial(done, clock=clock))


def prove(town: Town, page: Page, person: Person) -> None:
    """Type what the person's authenticator shows, where the page asks for it."""
    expect(page.get_by_role("heading", name="再验证一次")).to_be_visible()
    assert violations(page) == []
    page.get_by_label("验证码").fill(next_code(town.world, person))
    page.get_by_role("button", name="验证，接着办").click()


def set_up(town: Town, page: Page, person: Person) -> None:
    """Bind an authenticator: the square is scanned, its first code typed, ten codes are written down."""
    page.get_by_role("link", name="去绑定").click()
    page.get_by_role("button", name="开始绑定").click()
    assert violations(page) == []
    page.get_by_label("验证码").fill(next_code(town.world, person, pending=True))
    page.get_by_role("button", name="绑定", exact=True).click()
    expect(page.locator(".code-list li")).to_have_count(10)
    page.get_by_role("button", name="抄好了").click()


def draft(town: Town, desk: Page, finance: Person) -> None:
    """Let somebody draft the settlement, who has no authenticator yet; one household is to have cash."""
    sign_in(desk, finance.phone)
    desk.goto("/staff/payouts")
    desk.get_by_role("button", name=re.compile("^拟")).click()
    set_up(town, desk, finance)
    desk.goto("/staff/payouts")
    desk.get_by_role("button", name=re.compile("^拟")).click()
    expect(desk.get_by_text("等另一个人")).to_be_visible()
    desk.get_by_role("button", name="这次付现金").click()
    expect(desk.get_by_role("button", name=re.compile("^核准"))).to_have_count(0)
    expect(desk.get_by_text("账是平的")).to_be_visible()
    assert violations(desk) == []


def approve(town: Town, desk: Page, manager: Person) -> None:
    """Let another person find it among today's work, read the sum, and agree by a code of their own."""
    sign_in(desk, manager.phone)
    desk.goto("/staff")
    desk.get_by_role("link", name="结账等核准", exact=True).click()
    desk.get_by_role("main").get_by_role("row").nth(1).get_by_role("link").click()
    desk.get_by_role("button", name=f"核准，付 {yuan(sum(NETS))}").click()
    prove(town, desk, manager)
    expect(desk.get_by_text("核准了。下一步送去付。")).to_be_visible()


def read_back(desk: Page) -> None:
    """Download the bank's file and read in it what is paid to whom."""
    with desk.expect_download() as waiting:
        desk.get_by_role("button", name="下载表格").click()
    bank, wechat = load_workbook(BytesIO(waiting.value.path().read_bytes())).worksheets
    assert {cell.value for cell in bank["D"][1:]} == {CARD}
    told = [net for number, net in enumerate(NETS) if number not in (CASH, WECHAT)]
    assert sorted(Decimal(str(cell.value)) for cell in bank["E"][1:]) == [Decimal(net) / 100 for net in told]
    assert [Decimal(str(cell.value)) for cell in wechat["E"][1:]] == [Decimal(NETS[WECHAT]) / 100]


def confirm(town: Town, desk: Page) -> None:
    """Note what became of three payouts: one came, one was signed for, one came back; of the others by and by."""
    unsure = "/staff/payouts/unsure"
    desk.goto(unsure)
    assert violations(desk) == []
    desk.get_by_role("link", name=town.households[1].name, exact=True).click()
    desk.get_by_label("银行的流水号").fill("2026113000017")
    desk.get_by_role("button", name=re.compile("^付成了")).dblclick()
    expect(desk.get_by_text("记下了：付了。")).to_be_visible()
    desk.goto(unsure)
    desk.get_by_role("link", name=town.households[CASH].name, exact=True).click()
    draw(desk)
    assert violations(desk) == []
    desk.get_by_role("button", name=f"给了 {yuan(NETS[CASH])}").click()
    expect(desk.get_by_text("记下了：现金给了。")).to_be_visible()
    desk.goto(unsure)
    desk.get_by_role("link", name=town.households[BOUNCED].name, exact=True).click()
    desk.get_by_text("没付成", exact=True).click()
    desk.get_by_label("为什么没付成").fill(WHY)
    desk.get_by_role("button", name="记成没付成").click()
    expect(desk.get_by_text("记下了：没付成。")).to_be_visible()
    pay(town.at)


def reads(town: Town, page: Page, vendor: Vendor, told: str) -> list[str]:
    """Let a household open its latest settlement on its phone, and return every sum on it."""
    page.context.clear_cookies()
    sign_in(page, town.phone_of(vendor).phone)
    page.goto("/vendor/money")
    page.locator("a[href*='/money/statements/']").first.click()
    expect(page.get_by_role("main")).to_contain_text(told)
    page.wait_for_load_state()
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE[0]
    return FIGURES.findall(page.get_by_role("main").inner_text())


def at_the_centre(desk: Page, run: str, vendor: Vendor) -> list[str]:
    """Return every sum of a household's statement as the centre reads it."""
    desk.goto(run)
    desk.get_by_role("link", name=vendor.name, exact=True).click()
    desk.wait_for_load_state()
    return FIGURES.findall(desk.get_by_role("main").inner_text())


def assert_books(town: Town, owed: dict[int, int], out: int) -> None:
    """Assert what each of the eight is owed, that the ninth owes, and that all else is where it belongs."""
    assert [town.owed(vendor) for vendor in town.households] == [owed.get(number, 0) for number in range(8)]
    assert town.owed(town.at.vendor) == -GIVEN_BACK, "what is owed to the centre is never taken"
    assert account(town.world, PAYOUTS_IN_TRANSIT) == 0
    assert account(town.world, CASH_CENTRE) == -NETS[CASH]
    assert account(town.world, BANK) == NETS[CASH] - BEFORE - out
    assert sum(one.fen for one in town.world.read(balances)) == 0
    assert provider_account(town.world) == at_provider(town.world)
    assert_sound(town.world)


def test_a_week_of_nine_households_is_settled_by_two_people(world: World, windows: Windows, app: Flask) -> None:
    town = a_town(world)
    owing, bounced = town.at.vendor, town.households[BOUNCED]
    finance, manager = someone(world, Role.FINANCE), someone(world, Role.MANAGER)
    pages = Pages(app)
    pages.sign_in(manager.phone, PASSWORD)
    enrol(world, pages, manager)
    desk, other, phone = windows.open(TABLET), windows.open(TABLET), windows.open()
    draft(town, desk, finance)
    run = desk.url
    approve(town, other, manager)
    desk.reload()
    desk.get_by_role("button", name="送去付").dblclick()
    read_back(desk)
    confirm(town, desk)
    desk.goto(run)
    expect(desk.get_by_role("heading", level=1)).to_contain_text("结清了")
    assert_books(town, {BOUNCED: NETS[BOUNCED]}, sum(NETS) - NETS[BOUNCED])
    for vendor, told in ((bounced, WHY), (owing, "您倒欠中心"), (town.households[CASH], "现金")):
        assert reads(town, phone, vendor, told) == at_the_centre(desk, run, vendor)
    world.clock.advance(days=7)
    code = sent(town.at)
    rows = {one.vendor: one for one in world.read(partial(statements, run=code))}
    assert set(rows) == {bounced.code, owing.code}, "who neither earned nor was left anything has no statement"
    again, left = rows[bounced.code], rows[owing.code]
    assert (again.sums.returned_fen, again.to_pay_fen, again.carried_fen) == (NETS[BOUNCED], NETS[BOUNCED], 0)
    assert (left.sums.before_fen, left.to_pay_fen, left.carried_fen) == (-GIVEN_BACK, 0, -GIVEN_BACK)
    pay(town.at)
    assert yuan(NETS[BOUNCED]) in reads(town, phone, bounced, "付给您了")
    assert violations(phone) == []
    assert_books(town, {}, sum(NETS))
