"""The centre's reports as pages and files: who sees amounts, what a period is, and that no buyer is named."""

from collections.abc import Callable
from datetime import timedelta
from io import BytesIO

import pytest
from openpyxl import load_workbook
from openpyxl.worksheet.worksheet import Worksheet

from shop.accounts.models import Role
from shop.kernel.clock import town_day
from shop.kernel.money import yuan
from shop.ledger.payouts.queries import statements
from shop.orders.views.reports import files
from tests.flows.test_reporting import turned_down
from tests.flows.test_vendor_money import Life
from tests.support.page import Page
from tests.support.pages import Pages
from tests.world.joining import CARD
from tests.world.market import PASSWORD, TO, Market, delivered_order, listing, paid_order, someone, variant_id
from tests.world.payouts import drafted, tell_account, the_run

PAGES = ("", "/season", "/late", "/rejects", "/corrections", "/claims", "/searches")
MOST = 15


@pytest.fixture
def finance(at: Market, visitor: Callable[[], Pages]) -> Pages:
    """The browser of somebody who keeps the books, signed in."""
    browser = visitor()
    browser.sign_in(someone(at.world, Role.FINANCE).phone, PASSWORD)
    return browser


def sheet_of(browser: Pages, path: str) -> Worksheet:
    answer = browser.client.get(path)
    assert answer.status_code == 200
    assert answer.headers["Content-Disposition"].startswith("attachment; filename=shanhuo-")
    (sheet,) = load_workbook(BytesIO(answer.data)).worksheets
    return sheet


def rows_of(sheet: Worksheet) -> list[dict[str, object]]:
    head, *rows = sheet.iter_rows(values_only=True)
    return [dict(zip(map(str, head), row, strict=True)) for row in rows]


def year_of(at: Market) -> str:
    return f"?by=year&on={town_day(at.world.clock()).isoformat()}"


def test_amounts_are_for_who_keeps_the_books_and_counts_for_all(at: Market, staff: Pages, finance: Pages) -> None:
    eggs = variant_id(at, listing(at, stock=99, price_fen=4785))
    paid_order(at, {eggs: 3})
    said = yuan(3 * 4785)
    for path in ("/staff/reports", "/staff/reports/season"):
        assert said in finance.get(path).main.replace(" ", "")
        page = staff.get(path)
        assert "¥" not in page.main
        assert "3" in page.main
    assert staff.client.get("/staff/reports/orders.xlsx").status_code == 403
    assert "下载订单表" not in staff.get("/staff/reports").main


def test_a_page_asks_little_however_much_was_sold(at: Market, finance: Pages) -> None:
    year = year_of(at)
    Life(at, 3).run()
    for path in PAGES:
        assert finance.statements(f"/staff/reports{path}{year}", 200) <= MOST


def test_every_report_has_something_to_say_before_anything_was_sold(at: Market, finance: Pages) -> None:
    for path in PAGES:
        page = finance.get(f"/staff/reports{path}")
        assert page.all("nav", "report-period")
        assert not page.all("figure", "plot")


def _step(browser: Pages, page: Page, words: str) -> Page:
    return browser.get(page.links()[words])


def test_one_walks_from_period_to_period_and_report_to_report(at: Market, finance: Pages) -> None:
    paid_order(at, {variant_id(at, listing(at, stock=99)): 1})
    now = finance.get("/staff/reports")
    assert "还没过完" in now.main
    assert "往后" not in now.links()
    before = _step(finance, now, "往前")
    assert "没有卖出货" in before.main
    assert "往后" in before.links()
    assert _step(finance, before, "往后").one("strong", "report-name").text == now.one("strong", "report-name").text
    for words in ("一周", "一季", "一年"):
        assert now.links()[words] != now.url
        assert _step(finance, now, words).all("figure", "plot")
    week = _step(finance, now, "一周")
    assert _step(finance, week, "更正").links()["一个月"]


@pytest.mark.parametrize(
    "query",
    ["?by=decade", "?on=2026-13-77", "?on=0001-01-01&by=year", "?on=9999-12-31&by=week", "?by=&on=", "?page=x"],
)
def test_an_address_that_cannot_be_is_the_nearest_that_can(at: Market, finance: Pages, query: str) -> None:
    for path in PAGES:
        finance.get(f"/staff/reports{path}{query}")


def test_the_file_of_orders_adds_up_to_the_page(at: Market, finance: Pages) -> None:
    year = year_of(at)
    Life(at, 5).run()
    sheet = sheet_of(finance, f"/staff/reports/orders.xlsx{year}")
    rows = rows_of(sheet)
    assert sheet.title == "订单"
    total = sum(round(float(str(row["货款（元）"])) * 100) for row in rows)
    assert total > 0
    assert yuan(total) in finance.get(f"/staff/reports{year}").main.replace(" ", "")
    words = {str(cell) for row in rows for cell in row.values()}
    for private in (TO.name, TO.phone, TO.street, TO.district):
        assert not any(private in each for each in words), private
    assert {type(row["下单"]).__name__ for row in rows} == {"datetime"}


def test_a_long_list_goes_into_several_files(at: Market, finance: Pages, monkeypatch: pytest.MonkeyPatch) -> None:
    eggs = variant_id(at, listing(at, stock=99))
    codes = [paid_order(at, {eggs: 1}).code for _ in range(3)]
    monkeypatch.setattr(files, "MOST_LINES", 2)
    links = finance.get("/staff/reports").links()
    parts = [links["下载订单表，第 1 份"], links["下载订单表，第 2 份"]]
    assert [row["订单号"] for path in parts for row in rows_of(sheet_of(finance, path))] == codes
    assert finance.client.get(parts[1].replace("page=2", "page=3")).status_code == 404


def test_the_file_of_rejects_keeps_what_was_typed_as_text(at: Market, staff: Pages) -> None:
    eggs = listing(at, stock=99, title="=1+1 土鸡蛋")
    made = turned_down(at, eggs, 2, '=HYPERLINK("http://a.b")')
    page = staff.get("/staff/reports/rejects")
    assert at.vendor.name in page.main
    sheet = sheet_of(staff, page.links()["下载没收下的表"])
    (row,) = rows_of(sheet)
    assert (row["订单号"], row["没收下"], row["来了"]) == (made.code, 2, 3)
    assert (row["货"], row["为什么"]) == ("=1+1 土鸡蛋", '=HYPERLINK("http://a.b")')
    assert {cell.data_type for cell in sheet[2] if isinstance(cell.value, str)} == {"s"}


def test_a_late_order_is_named_and_leads_to_its_page(at: Market, staff: Pages) -> None:
    made = paid_order(at, {variant_id(at, listing(at)): 1})
    assert made.promised_on is not None
    late = made.promised_on + timedelta(days=3)
    at.world.clock.advance(days=(late - town_day(at.world.clock())).days)
    page = staff.get(f"/staff/reports/late?on={made.promised_on.isoformat()}")
    assert page.links()[made.code].endswith(made.code)


def test_the_season_is_the_towns_own(at: Market, manager: Pages) -> None:
    delivered_order(at, {variant_id(at, listing(at, stock=9)): 2})
    assert "4–10月" in manager.get("/staff/reports/season").main
    month = town_day(at.world.clock()).month
    manager.get("/staff/town")
    manager.submit_form("存下", tourist_months=f"{month}")
    assert "0.0%" in manager.get("/staff/reports/season").main
    manager.get("/staff/town")
    assert "不能是全年" in manager.submit_form("存下", status=422, tourist_months="1-12").main


def test_the_file_of_a_settlement_adds_up_to_the_fen_and_names_no_account(at: Market, finance: Pages) -> None:
    tell_account(at, at.vendor)
    Life(at, 4).run()
    code = drafted(at)
    page = finance.get(f"/staff/payouts/{code}")
    answer = finance.client.get(page.links()["下载这次的账"])
    assert CARD.encode() not in answer.data
    rows = rows_of(sheet_of(finance, page.links()["下载这次的账"]))
    found = at.world.read(lambda session: statements(session, run=code))
    assert len(rows) == len(found) >= 2
    for row, one in zip(rows, found, strict=True):
        fen = {title: round(float(str(cell)) * 100) for title, cell in row.items() if isinstance(cell, int | float)}
        ends = fen.pop("这次付") + fen.pop("留到下次")
        assert sum(fen.values()) == ends == one.to_pay_fen + one.carried_fen
        assert str(row["人家"]) in (at.vendor.name, "罗成富家")
    assert sum(float(str(row["这次付"])) for row in rows) * 100 == pytest.approx(the_run(at, code).pay_fen)
