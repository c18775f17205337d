"""The quarterly list of sellers: for managers with their second factor, as a page, as CSV and as .xlsx."""

import csv
from collections.abc import Callable
from decimal import Decimal
from io import BytesIO, StringIO

import pytest
from openpyxl import load_workbook
from sqlalchemy import select

from shop.accounts.models import Role
from shop.accounts.queries import Person
from shop.kernel.audit import AuditEntry
from shop.ledger.queries import balance
from shop.ledger.rules import seller
from shop.vendors.models import Vendor
from tests.support.pages import Pages
from tests.world.factors import prove
from tests.world.market import PASSWORD, Market, another_vendor, delivered_order, listing, someone, variant_id

NOW = "/staff/income?quarter=2026-4"
FILE = "/staff/income/2026-4/file"


@pytest.fixture
def person(at: Market) -> Person:
    return someone(at.world, Role.MANAGER)


@pytest.fixture
def desk(at: Market, person: Person, pages: Pages) -> Pages:
    """A manager's browser, the second factor proven."""
    pages.sign_in(person.phone, PASSWORD)
    prove(at.world, pages, person)
    return pages


def _sold(at: Market) -> int:
    """Let a household sell, and another one with a name like a formula be there; return what the first has, in fen."""
    another_vendor(at.world, name="=1+1家")
    delivered_order(at, {variant_id(at, listing(at, title="土鸡蛋")): 2})
    return -at.world.read(lambda session: balance(session, seller(at.vendor.code)))


def _taken(at: Market) -> int:
    wanted = select(AuditEntry.id).where(AuditEntry.act == "staff_income.export")
    return len(at.world.read(lambda session: session.scalars(wanted).all()))


def test_the_page_says_that_it_is_the_books(at: Market, desk: Pages) -> None:
    _sold(at)
    page = desk.get(NOW)
    assert "一分不差" in page.main
    assert "还没过完" in page.main
    assert desk.click("上一季").url == "/staff/income?quarter=2026-3"
    desk.get("/staff/income?quarter=2026-9", 404)


def _cells(at: Market, rows: list[list[str]]) -> tuple[str, str]:
    name = at.world.read(lambda session: session.get_one(Vendor, at.vendor.id).name)
    (mine,) = [row for row in rows if row[0] == name]
    return str(mine[-1]), str(rows[-1][-1])


def test_the_csv_is_read_by_a_spreadsheet_and_says_the_same(at: Market, desk: Pages) -> None:
    net = _sold(at)
    desk.get(NOW)
    answer = desk.client.post(FILE, data={"csrf_token": desk.page.token(), "format": "csv"})  # type: ignore[union-attr]
    assert (answer.status_code, answer.headers["Cache-Control"]) == (200, "no-store")
    text = answer.get_data(as_text=True)
    assert text.startswith("\ufeff")
    rows = list(csv.reader(StringIO(text.removeprefix("\ufeff"))))
    assert _cells(at, rows) == (f"{net / 100:.2f}", f"{net / 100:.2f}")
    assert "'=1+1家" in [row[0] for row in rows]
    assert not any(len(cell) == 11 and cell.isdecimal() for row in rows for cell in row), "no telephone stands in it"
    assert _taken(at) == 1


def test_the_sheet_holds_texts_as_texts_and_yuan_to_the_fen(at: Market, desk: Pages) -> None:
    net = _sold(at)
    desk.get(NOW)
    answer = desk.client.post(FILE, data={"csrf_token": desk.page.token(), "format": "xlsx"})  # type: ignore[union-attr]
    book = load_workbook(BytesIO(answer.get_data()))
    (sheet,) = book.worksheets
    assert sheet.title == "2026 年第 4 季度"
    rows = [[cell.value for cell in row] for row in sheet.iter_rows()]
    assert "=1+1家" in [row[0] for row in rows]
    assert {sheet.cell(row, 1).data_type for row in range(1, len(rows) + 1)} == {"s"}
    assert round(Decimal(repr(rows[-1][-1])), 2) == Decimal(net) / 100


def test_nobody_else_gets_it_and_nobody_without_the_second_factor(
    at: Market, person: Person, visitor: Callable[[], Pages]
) -> None:
    _sold(at)
    for role in (Role.FINANCE, Role.STAFF):
        other = visitor()
        other.sign_in(someone(at.world, role).phone, PASSWORD)
        other.get(NOW, 403)
        other.post(FILE, {"format": "csv"}, 403)
    browser = visitor()
    browser.sign_in(person.phone, PASSWORD)
    assert browser.get(NOW, 303).headers["Location"].startswith("/staff/second-factor/prove")
    browser.post(FILE, {"format": "csv"}, 403)
    assert _taken(at) == 0


def test_a_kind_of_file_that_is_none_is_refused(at: Market, desk: Pages) -> None:
    desk.get(NOW)
    desk.post(FILE, {"format": "exe"}, 422)
    assert _taken(at) == 0
