"""A company's invoices on paper: asked for, issued by three, posted in one envelope, signed for; half taken back."""

import re
from collections.abc import Callable
from functools import partial
from itertools import count
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from shop.accounts.models import Role
from shop.desk.models import Bearer, ClaimKind, ClaimState
from shop.flows import claims, delivery
from shop.invoices.models import IssuerKind, RequestState
from shop.invoices.queries import RequestFacts
from shop.invoices.queues import Tab
from shop.orders.queries.orders import OrderFacts
from tests.journeys.townsfolk import TABLET
from tests.support.browser import PHONE, Windows, violations
from tests.support.odd_documents import pdf
from tests.world import World, market
from tests.world.books import assert_sound, at_provider, held_for, provider_account
from tests.world.claims import accept, ask
from tests.world.invoice_desk import lists
from tests.world.invoices import SPECIAL, cooperative, meet, reckoned, requests
from tests.world.letters import letter
from tests.world.market import DRIVER, PASSWORD, STAFF, Market, listing, order, pack, receive_all, send, someone

SEEN = "window.innerWidth >= document.documentElement.scrollWidth"


@pytest.fixture
def at(world: World) -> Market:
    return market.market(world)


@pytest.fixture
def shot(tmp_path: Path) -> Callable[[Page, str], None]:
    """Takes a picture of a screen, which is sound and not wider than its window."""
    taken = count(1)

    def take(page: Page, name: str) -> None:
        page.wait_for_load_state()
        page.screenshot(path=tmp_path / f"{next(taken):02d}-{name}.png", full_page=True)
        assert page.evaluate(SEEN), name
        assert violations(page) == [], name

    return take


def signed_in(windows: Windows, phone: str, size: tuple[int, int]) -> Page:
    page = windows.open(size)
    page.goto("/sign-in")
    page.get_by_label("手机号码").fill(phone)
    page.get_by_label("密码", exact=True).fill(PASSWORD)
    page.get_by_role("main").get_by_role("button", name="登录").click()
    page.wait_for_url(lambda url: "/sign-in" not in url)
    return page


def of(at: Market, made: OrderFacts, issuer: IssuerKind) -> RequestFacts:
    """Return the request that an issuer has for an order."""
    return next(one for one in requests(at, made.code) if one.issuer_kind is issuer)


def test_a_company_has_its_special_invoice_by_courier_and_half_of_it_is_red_lettered(
    at: Market, windows: Windows, shot: Callable[[Page, str], None]
) -> None:
    eggs = listing(at, title="林下土鸡蛋")
    kiwi = listing(at, title="红心猕猴桃", price_fen=6400, vendor=cooperative(at.world))
    buyer = signed_in(windows, someone(at.world, Role.BUYER).phone, PHONE)
    made = order_with_an_invoice(at, buyer, [eggs.code, kiwi.code], shot)
    ask_for_a_special_one(buyer, made.code, shot)
    bring_it(at, made.code)
    clerk = signed_in(windows, someone(at.world, Role.FINANCE).phone, TABLET)
    issue_everything(at, clerk, made, shot)
    key = post_in_one_envelope(at, clerk, made)
    print_the_envelope(at, windows, made, key, shot)
    follow_it_to_the_signature(at, buyer, made, key, shot)
    return_half(at, made)
    red_letter(at, clerk, buyer, made, shot)
    assert_books_hold(at, made)


def order_with_an_invoice(at: Market, buyer: Page, codes: list[str], shot: Callable[[Page, str], None]) -> OrderFacts:
    """Buy two of each, with an invoice on paper for a company, and pay."""
    for code in codes:
        buyer.goto(f"/goods/{code}")
        buyer.get_by_role("spinbutton").fill("2")
        buyer.get_by_role("button", name="放进篮子").first.click()
        expect(buyer).to_have_url(re.compile("/basket$"))
    buyer.get_by_role("link", name="去结账").first.click()
    buyer.locator("#paste").fill("何晓雨 13812345678 四川省成都市武侯区科华路 12 号 3 单元 401")
    buyer.get_by_role("button", name="拆开").click()
    expect(buyer.get_by_role("heading", name="多少钱，几时到")).to_be_visible()
    buyer.locator("summary", has_text="要发票").click()
    buyer.locator(".choice-card", has_text="公司、个体户、合作社").click()
    buyer.locator("#invoice_title").fill(SPECIAL.title)
    buyer.locator("#invoice_tax_id").fill("91110000600037342L")
    buyer.locator(".choice-card", has_text="纸质，寄给我").click()
    buyer.get_by_role("button", name="下单").click()
    expect(buyer.get_by_role("main")).to_contain_text("税号里有一位抄错了")
    shot(buyer, "checkout-wrong-id")
    buyer.locator("#invoice_tax_id").fill("9111 0000 6000 3734 1l")
    buyer.get_by_role("button", name="下单").click()
    expect(buyer).to_have_url(re.compile("/pay/"))
    buyer.get_by_role("link", name="去付款").click()
    buyer.get_by_role("button", name="付款", exact=True).click()
    buyer.get_by_role("link", name="看订单").click()
    expect(buyer.get_by_role("main")).to_contain_text(f"{SPECIAL.title}的发票要了")
    return order(at, buyer.url.rsplit("/", 1)[-1])


def ask_for_a_special_one(buyer: Page, code: str, shot: Callable[[Page, str], None]) -> None:
    """Change the wish, which waits for the goods, into one for a special invoice."""
    buyer.goto(f"/orders/{code}/invoice")
    shot(buyer, "wish")
    buyer.locator("summary", has_text="改一改").click()
    buyer.locator(".choice-card", has_text="增值税专用发票").click()
    buyer.get_by_role("button", name="就这样开").click()
    expect(buyer.get_by_role("main")).to_contain_text("专用发票要填单位的注册地址")
    for name in ("seat", "seat_phone", "bank", "account"):
        buyer.locator(f"#{name}").fill(getattr(SPECIAL, name))
    shot(buyer, "special")
    buyer.get_by_role("button", name="就这样开").click()
    expect(buyer.get_by_role("main")).to_contain_text("记下了")
    buyer.goto("/matters")
    shot(buyer, "matters-wish")
    expect(buyer.locator(".affair", has_text=SPECIAL.title)).to_contain_text("货收齐")


def bring_it(at: Market, code: str) -> None:
    """Let the order come to its buyer's door; the job then asks for the invoices."""
    receive_all(at, code)
    waybill = send(at, pack(at, code))
    at.world.run(lambda session: delivery.deliver(session, waybill, actor=DRIVER, clock=at.world.clock))
    meet(at)
    assert lists(at.world)[Tab.ASKED] == 3


def issue_everything(at: Market, clerk: Page, made: OrderFacts, shot: Callable[[Page, str], None]) -> None:
    """Accept every request and record what was issued for it; the cooperative's with its PDF."""
    for number, one in enumerate(requests(at, made.code)):
        clerk.goto("/staff/invoices?tab=asked")
        if not number:
            shot(clerk, "list")
        clerk.goto(f"/staff/invoices/{one.code}")
        clerk.get_by_role("button", name="受理").click()
        expect(clerk.get_by_role("main")).to_contain_text("开好了，记下来")
        if one.issuer_kind is IssuerKind.VENDOR:
            send_files(clerk, shot)
        clerk.get_by_label("发票号码").fill(f"2651 2000 0000 1234 567{number}")
        clerk.get_by_role("button", name="记下这张发票").click()
        expect(clerk.get_by_role("main")).to_contain_text(f"2651200000001234567{number}")
    assert {one.state for one in requests(at, made.code)} == {RequestState.ISSUED}
    assert {one.issuer_kind: one.invoice.kind.value for one in requests(at, made.code) if one.invoice} == {
        IssuerKind.TAX_OFFICE: "ordinary",  # of a household that is not registered none is special
        IssuerKind.VENDOR: "special",
        IssuerKind.CENTRE: "special",
    }


def send_files(clerk: Page, shot: Callable[[Page, str], None]) -> None:
    """Send a program that says it is a PDF, which is refused, and then the PDF."""
    clerk.get_by_role("button", name="看专票的地址").click()
    expect(clerk.get_by_role("main")).to_contain_text(SPECIAL.account)
    files = clerk.locator("input[type=file]")
    files.set_input_files({"name": "发票.pdf", "mimeType": "application/pdf", "buffer": b"MZ\x90\0" + bytes(4000)})
    clerk.get_by_role("button", name="先传文件").click()
    expect(clerk.get_by_role("main")).to_contain_text("这个文件是程序")
    files = clerk.locator("input[type=file]")
    files.set_input_files({"name": "发票.pdf", "mimeType": "application/pdf", "buffer": pdf()})
    clerk.get_by_role("button", name="先传文件").click()
    expect(clerk.get_by_role("img", name=re.compile("的第一页"))).to_be_visible()
    shot(clerk, "recording")


def post_in_one_envelope(at: Market, clerk: Page, made: OrderFacts) -> str:
    """Put the three papers into one envelope and book its courier; return its key."""
    clerk.goto("/staff/invoices?tab=posting")
    clerk.get_by_role("main").get_by_role("link", name=re.compile(SPECIAL.title)).first.click()
    clerk.get_by_role("button", name="订快递").click()
    expect(clerk.get_by_role("main")).to_contain_text("信封上没有金额")
    at.world.deliver()
    keys = {one.shipment_key for one in requests(at, made.code)}
    assert len(keys) == 1
    return keys.pop() or ""


def print_the_envelope(
    at: Market, windows: Windows, made: OrderFacts, key: str, shot: Callable[[Page, str], None]
) -> None:
    """Print the envelope, on which no amount stands, and hand it to the driver."""
    desk = signed_in(windows, someone(at.world, Role.STAFF).phone, TABLET)
    desk.goto(f"/staff/consignments/{key}/envelope")
    shot(desk, "envelope")
    sheet = desk.locator("body").inner_text()
    assert "¥" not in sheet
    assert SPECIAL.phone not in sheet
    assert made.code not in sheet
    desk.goto(f"/staff/consignments/{key}")
    shot(desk, "letter")
    desk.get_by_role("main").get_by_role("button", name=re.compile("交给|取走|收走")).first.click()


def follow_it_to_the_signature(
    at: Market, buyer: Page, made: OrderFacts, key: str, shot: Callable[[Page, str], None]
) -> None:
    """Look where the envelope is until it is signed for."""
    buyer.goto("/matters")
    shot(buyer, "matters-sent")
    one = buyer.locator(".affair", has_text="寄出了").first
    one.get_by_role("link", name=re.compile("一路怎么走的")).click()
    expect(buyer).to_have_url(re.compile(f"/orders/{made.code}/"))
    shot(buyer, "tracking")
    waybill = letter(at, key).waybill
    at.world.run(lambda session: delivery.deliver(session, waybill, actor=DRIVER, clock=at.world.clock))
    buyer.goto("/matters")
    expect(buyer.locator(".affair", has_text="签收了")).to_have_count(3)
    buyer.goto(f"/orders/{made.code}/invoice")
    shot(buyer, "signed")
    expect(buyer.locator(".invoice-paper", has_text="签收了")).to_have_count(3)


def return_half(at: Market, made: OrderFacts) -> None:
    """Let one of the two boxes of kiwis come back within its seven days, and its money go to its buyer."""
    at.world.clock.advance(hours=20)
    place = [line.title for part in order(at, made.code).parts for line in part.lines].index("红心猕猴桃")
    said = ask(at, order(at, made.code), ClaimKind.RETURN, 30, line=place, photos=0)
    assert said.state is ClaimState.AWAITING_GOODS
    come = partial(claims.decide, code=said.code, to=ClaimState.RECEIVED, reason="没拆过", version=said.version)
    at.world.run(partial(come, actor=STAFF, clock=at.world.clock))
    assert accept(at, said, Bearer.HOUSEHOLD) == 6400
    at.world.deliver()


def red_letter(at: Market, clerk: Page, buyer: Page, made: OrderFacts, shot: Callable[[Page, str], None]) -> None:
    """Find the invoice of which half went back, and record its red letter."""
    vendors = of(at, made, IssuerKind.VENDOR)
    assert vendors.invoice is not None
    assert reckoned(at, made.code).red_due == {vendors.invoice.id: 6400}
    buyer.goto("/matters")
    shot(buyer, "matters-red")
    expect(buyer.get_by_role("main")).to_contain_text("¥64 要冲红")
    clerk.goto("/staff")
    clerk.get_by_role("main").get_by_role("link", name=re.compile("发票该冲红")).click()
    clerk.get_by_role("main").get_by_role("link", name=re.compile(SPECIAL.title)).click()
    shot(clerk, "red")
    expect(clerk.get_by_label("冲红多少")).to_have_value("64.00")
    clerk.get_by_label("红字发票的号码").fill(vendors.invoice.number)
    clerk.get_by_role("button", name="记下红字发票").click()
    expect(clerk.get_by_role("main")).to_contain_text("这个号码已经记过了")
    clerk.get_by_label("红字发票的号码").fill("26512000000055555555")
    clerk.get_by_role("button", name="记下红字发票").click()
    expect(clerk.get_by_role("main")).to_contain_text("26512000000055555555")
    at.world.deliver()
    buyer.goto(f"/orders/{made.code}/invoice")
    shot(buyer, "red-recorded")
    expect(buyer.locator(".invoice-paper", has_text="红字发票 26512000000055555555")).to_have_count(1)


def assert_books_hold(at: Market, made: OrderFacts) -> None:
    """Assert that invoices stand for what was paid and stays paid, and that all books agree."""
    assert lists(at.world)[Tab.RED] == 0
    stands = sum(one.invoice.net_fen for one in requests(at, made.code) if one.invoice is not None)
    assert stands == reckoned(at, made.code).kept_fen == made.total_fen - 6400 == at_provider(at.world)
    assert provider_account(at.world) == at_provider(at.world)
    assert held_for(at.world, made.code) == 0
    assert_sound(at.world)
