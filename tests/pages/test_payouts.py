"""Settling by the pages: two people, the bank's file, cash against a signature, the same figures on the phone."""

import csv
import re
from collections.abc import Callable
from functools import partial
from io import BytesIO, StringIO
from typing import Any

import pytest
from openpyxl import load_workbook
from sqlalchemy import func, select

from shop.accounts.models import Role, Viewed, ViewLog
from shop.flows import selling
from shop.flows.payouts import confirming
from shop.kernel.clock import town_day
from shop.ledger.payouts.models import Payout, PayoutState, RunState, Transfer
from shop.ledger.payouts.queries import last_run, statements
from shop.vendors.joining.models import PayWay
from shop.web.words import town_date
from tests.pages.selling import jpeg
from tests.support.page import Page
from tests.support.pages import Pages
from tests.world.books import account, assert_sound, footprint
from tests.world.factors import prove
from tests.world.joining import CARD
from tests.world.market import HOUSE, PASSWORD, Market, another_vendor, delivered_order, listing, someone, variant_id
from tests.world.payouts import DRAFTER, drafted, earn, sent, tell_account, the_run

FIGURES = re.compile(r"−?¥[\d,.]+")
MOST = 15


@pytest.fixture
def finance(at: Market, visitor: Callable[[], Pages]) -> Callable[[], Pages]:
    """Browsers of people who settle, each signed in and proven."""

    def one(role: Role = Role.FINANCE) -> Pages:
        browser, person = visitor(), someone(at.world, role)
        browser.sign_in(person.phone, PASSWORD)
        prove(at.world, browser, person)
        return browser

    return one


def _filled(fields: dict[str, Any]) -> dict[str, Any]:
    """Return fields whose names are no words of Python."""
    return fields


def _run(at: Market) -> str:
    found = at.world.read(last_run)
    assert found is not None
    return f"/staff/payouts/{found.code}"


def _payout(at: Market) -> str:
    code = at.world.read(lambda session: session.scalars(select(Payout.code)).one())
    return f"/staff/payouts/payout/{code}"


def _sent(at: Market, finance: Callable[..., Pages], way: PayWay = PayWay.BANK) -> Pages:
    """Let two people bring a settlement out, and return the second one's browser."""
    tell_account(at, at.vendor, way)
    earn(at, at.vendor)
    first, second = finance(), finance()
    first.get("/staff/payouts")
    first.submit_form("拟")
    second.get(_run(at))
    second.submit_form("核准")
    second.submit_form("送去付")
    return second


def test_two_people_settle_a_week_and_the_bank_has_its_file_once(at: Market, finance: Callable[..., Pages]) -> None:
    browser = _sent(at, finance)
    run = _run(at)
    assert CARD not in browser.get(run).text, "an account stands on no page"
    answer = browser.client.post(f"{run}/file", data=_with_token(browser, {"kind": "xlsx"}))
    assert answer.headers["Content-Type"].startswith("application/vnd.openxml")
    (_top, row) = load_workbook(BytesIO(answer.get_data())).worksheets[0].iter_rows(values_only=True)
    assert row[1:5] == ("周素珍", "农商银行", CARD, 43.2)
    browser.get(run)
    page = browser.submit_form("下载 CSV", 422)
    assert "再下载请写为什么" in page.main
    again = browser.client.post(f"{run}/file", data=_with_token(browser, {"kind": "csv", "reason": "网银没收下"}))
    text = again.get_data()
    assert text.startswith(b"\xef\xbb\xbf")
    (_names, line) = csv.reader(StringIO(text.decode("utf-8-sig")))
    assert line[1:5] == ["周素珍", "农商银行", CARD, "43.20"]
    looks = select(func.count()).select_from(ViewLog).where(ViewLog.what == Viewed.ACCOUNTS)
    assert at.world.read(lambda session: session.scalar(looks)) == 2
    browser.get(_payout(at))
    browser.submit_form("paid", **_filled({"paid-reference": "2026112700001"}))
    assert "结清了" in browser.get(run).main
    assert account(at.world, "bank") == -4320
    assert_sound(at.world)


def _with_token(browser: Pages, fields: dict[str, str]) -> dict[str, str]:
    token = browser.page.token() if browser.page is not None else None
    return {**fields, "csrf_token": token or ""}


def test_who_drafted_is_told_that_another_approves_and_nothing_moves(at: Market, finance: Callable[..., Pages]) -> None:
    tell_account(at, at.vendor)
    earn(at, at.vendor)
    browser = finance()
    browser.get("/staff/payouts")
    page = browser.submit_form("拟")
    assert "另一个" in page.main
    assert not [form for form in page.forms() if form.action.endswith("/approve")]
    before, run = footprint(at.world), _run(at)
    version = page.form("重新拟").values["version"][0]
    answer = browser.client.post(f"{run}/approve", data=_with_token(browser, {"version": version}))
    assert answer.status_code == 403
    assert footprint(at.world) == before
    assert at.world.read(last_run).state is RunState.DRAFTED  # type: ignore[union-attr]


def test_cash_is_handed_over_against_a_signature_and_each_look_at_it_is_noted(
    at: Market, finance: Callable[..., Pages]
) -> None:
    browser = _sent(at, finance, PayWay.CASH)
    assert "周素珍家" in browser.get(f"{_run(at)}/cash").main
    address = _payout(at)
    browser.get(address)
    page = browser.submit_form("handed", 422)
    assert "签个字" in page.main
    browser.submit_form("handed", **_filled({"handed-photo": (jpeg(), "signature.jpg")}))
    assert browser.client.get(f"{address}/proof").status_code == 404, "not before a look is noted"
    browser.get(address)
    browser.submit_form("看签字")
    assert browser.client.get(f"{address}/proof").mimetype == "image/jpeg"
    looks = select(func.count()).select_from(ViewLog).where(ViewLog.what == Viewed.RECEIPT)
    assert at.world.read(lambda session: session.scalar(looks)) == 1
    assert account(at.world, "cash:centre") == -4320
    assert_sound(at.world)


def test_a_payout_that_failed_says_why_to_the_household(
    at: Market, finance: Callable[..., Pages], villager: Pages
) -> None:
    browser = _sent(at, finance)
    browser.get(_payout(at))
    browser.submit_form("failed", 422)
    browser.submit_form("failed", **_filled({"failed-reason": "户名和卡号对不上"}))
    assert at.world.read(lambda session: session.scalars(select(Payout.state)).one()) is PayoutState.FAILED
    (href,) = [href for href in villager.get("/vendor/money").links().values() if "/money/statements/" in href]
    assert "户名和卡号对不上" in villager.get(href).main


def test_the_household_reads_the_same_figures_as_the_centre_and_another_reads_nothing(
    at: Market, finance: Callable[..., Pages], villager: Pages, visitor: Callable[[], Pages]
) -> None:
    browser = _sent(at, finance)
    (theirs,) = [href for href in browser.get(_run(at)).links().values() if "/payouts/statements/" in href]
    (own,) = [href for href in villager.get("/vendor/money").links().values() if "/money/statements/" in href]
    assert _figures(villager.get(own)) == _figures(browser.get(theirs))
    assert "¥43.20" in villager.get(own).main
    other, stranger = another_vendor(at.world), visitor()
    made = Market(at.world, other, at.category)
    stranger.sign_in(made.vendor_person().phone, PASSWORD)
    stranger.get(own, 404)


def _figures(page: Page) -> list[str]:
    return FIGURES.findall(page.main)


def test_a_payment_has_the_same_day_on_its_statement_and_on_the_month(at: Market, villager: Pages) -> None:
    tell_account(at, at.vendor)
    earn(at, at.vendor)
    run, booked = the_run(at, sent(at)), town_day(at.world.clock())
    code = at.world.read(lambda session: session.scalars(select(Payout.code)).one())
    at.world.clock.advance(days=(run.pay_on - booked).days + 1)
    came = town_day(at.world.clock())
    paid = partial(confirming.paid, code=code, paid_on=came, reference="2026112800001", actor=DRAFTER)
    (own,) = [href for href in villager.get("/vendor/money").links().values() if "/money/statements/" in href]
    month = f"/vendor/money/{booked:%Y-%m}"
    assert f"{town_date(run.pay_on)}付给您（" in villager.get(own).main
    assert f"{town_date(run.pay_on)} 要付给您的" in villager.get(month).main
    at.world.run(lambda session: paid(session, clock=at.world.clock))
    assert f"{town_date(came)}付给您了" in villager.get(own).main
    assert f"{town_date(came)} 付给您的" in villager.get(month).main


def test_a_draft_is_not_on_the_households_phone(at: Market, finance: Callable[..., Pages], villager: Pages) -> None:
    tell_account(at, at.vendor)
    earn(at, at.vendor)
    browser = finance()
    browser.get("/staff/payouts")
    page = browser.submit_form("拟")
    (theirs,) = [href for href in page.links().values() if "/payouts/statements/" in href]
    assert "结过的账" not in villager.get("/vendor/money").main
    villager.get(f"/vendor/money/statements/{theirs.rpartition('/')[2]}", 404)


def test_money_between_purses_is_noted_once_and_a_wrong_amount_is_told(
    at: Market, finance: Callable[..., Pages]
) -> None:
    delivered_order(at, {variant_id(at, listing(at)): 1})
    browser, known = finance(), _filled({"way": "psp:demo", "reference": "po_1"})
    browser.get("/staff/payouts/purses")
    page = browser.submit_form("move", 422, amount="100000", **known)
    assert "没有这么多" in page.main
    browser.submit_form("move", amount="40", **known)
    browser.get("/staff/payouts/purses")
    assert "记过了" in browser.submit_form("move", amount="40", **known).main
    assert "记过 ¥40，和这次填的不一样" in browser.submit_form("move", 422, amount="4", **known).main
    assert at.world.read(lambda session: session.scalar(select(func.count(Transfer.id)))) == 1
    assert account(at.world, "bank") == 4000
    assert_sound(at.world)


def test_a_household_without_an_account_is_paid_in_cash_by_a_press(at: Market, finance: Callable[..., Pages]) -> None:
    earn(at, at.vendor)
    browser = finance()
    browser.get("/staff/payouts")
    page = browser.submit_form("拟")
    assert "还没说钱怎么给" in page.main
    page = browser.submit_form("这次付现金")
    assert "现金" in page.main
    assert "还没说钱怎么给" not in page.main


def test_a_settlement_of_many_households_asks_no_more(at: Market, finance: Callable[..., Pages]) -> None:
    for _number in range(12):
        vendor = another_vendor(at.world)
        tell_account(at, vendor)
        earn(at, vendor)
    browser = finance()
    browser.get("/staff/payouts")
    browser.submit_form("拟")
    assert browser.statements(_run(at)) <= MOST


def test_who_left_is_paid_to_the_last_fen(at: Market, villager: Pages) -> None:
    tell_account(at, at.vendor)
    earn(at, at.vendor, price_fen=1000)
    assert "攒到下次" in villager.get("/vendor/money").main
    for act in (selling.suspend, selling.announce_leaving):
        at.world.run(partial(act, code=at.vendor.code, reason="不做了", actor=HOUSE, clock=at.world.clock))
    assert "攒到下次" not in villager.get("/vendor/money").main
    run = drafted(at)
    (one,) = at.world.read(partial(statements, run=run))
    assert (one.wait, one.to_pay_fen, one.carried_fen) == (None, 900, 0)


def test_a_page_behind_the_list_still_says_where_one_is(at: Market, finance: Callable[..., Pages]) -> None:
    browser = finance()
    for address, mark in (("/staff/payouts", "page"), ("/staff/payouts/purses", "true")):
        marked = [link for link in browser.get(address).all("a") if link.get("aria-current")]
        assert [(link.get("href"), link.get("aria-current")) for link in marked] == [("/staff/payouts", mark)]
