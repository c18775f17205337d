"""A household's money as its pages say it: the figures of the books, nothing of a buyer, and a slip for each month."""

import re
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from shop.accounts.models import Role
from shop.flows import giving
from shop.flows.giving import Pieces
from shop.kernel.clock import town_day
from shop.kernel.money import fen_from_text, yuan
from shop.town.services import add_holiday
from tests.flows.test_vendor_money import Leg, Life, facts, legs_of, month_of
from tests.support.page import Page
from tests.support.pages import Pages
from tests.world.acting import consent
from tests.world.market import (
    HOUSE,
    PASSWORD,
    STAFF,
    TO,
    Market,
    another_vendor,
    delivered_order,
    listing,
    order,
    paid_order,
    pay,
    someone,
    variant_id,
)
from tests.world.payouts import pay_out
from tests.world.spot import buy, lay

EACH = re.compile(r"[+−]?¥[\d,.]+")


def fen(words: str) -> int:
    """Return the fen of an amount as a page writes it."""
    sign = -1 if words.startswith("−") else 1
    return sign * fen_from_text(words.lstrip("+−").replace(",", ""))


def amounts(page: Page, class_: str) -> list[int]:
    """Return every amount that stands in elements of a class."""
    return [fen("".join(one.itertext()).strip()) for one in page.all("strong", class_=class_)]


def row_of(leg: Leg) -> int:
    """Return what a row says of a leg: what was paid is said without a sign."""
    return -leg.fen if leg.kind == "paid_out" else leg.fen


@pytest.mark.parametrize("seed", [2, 5])
def test_the_pages_say_the_figures_of_the_books(at: Market, villager: Pages, seed: int) -> None:
    Life(at, seed).run()
    legs = legs_of(at, at.vendor)
    page = villager.get("/vendor/money")
    owed = sum(leg.fen for leg in legs)
    figure = fen("".join(page.one("span", class_="figure-number").itertext()))
    assert figure == abs(owed)
    assert ("倒欠" in page.main) is (owed < 0)
    shown = amounts(page, "money-row-fen")
    assert shown == [row_of(leg) for leg in reversed(legs)][: len(shown)]
    slips = [href for href in page.links().values() if re.search(r"/money/20\d\d-\d\d$", href)]
    first, today = town_day(legs[0].at), town_day(at.world.clock())  # a month in which nothing moved has a slip too
    assert len(slips) == (today.year - first.year) * 12 + today.month - first.month + 1 >= 2
    for href in slips:
        check_slip(at, villager, href, legs)
    for href in {href for href in page.links().values() if "/money/parts/" in href}:
        part = villager.get(href)
        total = fen("".join(part.one("span", class_="figure-number").itertext()))
        assert total == sum(amounts(part, "money-row-fen"))


def check_slip(at: Market, villager: Pages, href: str, legs: list[Leg]) -> None:
    """Compare a slip with the books: its rows, and the sums below them."""
    year, month = map(int, href.rpartition("/")[2].split("-"))
    mine = [leg for leg in legs if (town_day(leg.at).year, town_day(leg.at).month) == (year, month)]
    page = villager.get(href)
    rows = page.all("tr")[1:]
    assert [fen(EACH.findall("".join(row.itertext()))[-1]) for row in rows] == [leg.fen for leg in mine]
    before = sum(leg.fen for leg in legs if (town_day(leg.at).year, town_day(leg.at).month) < (year, month))
    earned = sum(leg.fen for leg in mine if leg.kind != "paid_out")
    found = month_of(at, at.vendor, date(year, month, 1))
    sums = [fen("".join(one.itertext())) for one in page.all("dd", class_="figures")]
    assert sums == [
        found.sold_fen,
        -found.fees_fen,
        *([found.over_fen] if found.over_fen else []),
        -found.corrected_fen,
        earned,
        before,
        earned,
        sum(leg.fen for leg in mine if leg.kind == "paid_out"),
        abs(before + sum(leg.fen for leg in mine)),
    ]
    assert (f"日您倒欠{yuan(sums[-1])}" in page.main.replace(" ", "")) is (before + sum(leg.fen for leg in mine) < 0)
    for row in rows:
        *parts, total = map(fen, EACH.findall("".join(row.itertext())))
        assert not parts or sum(parts) == total, "what was taken off leaves what is said"


def test_nothing_of_the_buyer_is_on_any_page_of_money(at: Market, villager: Pages) -> None:
    made = delivered_order(at, {variant_id(at, listing(at)): 2})
    for path in ("/vendor/money", f"/vendor/money/parts/{made.parts[0].code}", "/vendor/money/2026-11"):
        text = villager.get(path).text
        for private in (TO.name, TO.phone, TO.phone[-4:], TO.street, TO.district, made.code):
            assert private not in text, (path, private)


def test_what_is_paid_is_said_and_no_more_owed(at: Market, villager: Pages) -> None:
    delivered_order(at, {variant_id(at, listing(at)): 2})
    pay_out(at, at.vendor, 8640)
    page = villager.get("/vendor/money")
    assert "已经付了¥86.40" in page.main.replace(" ", "")
    assert "中心该给您¥0" in page.main.replace(" ", "")
    assert "付给您的 ¥86.40" in page.main
    assert "付给您了−¥86.40" in villager.get("/vendor/money/2026-11").main.replace(" ", "")


def test_when_more_went_back_than_is_owed_it_is_said(at: Market, villager: Pages) -> None:
    delivered_order(at, {variant_id(at, listing(at)): 1})
    pay_out(at, at.vendor, 5000)
    page = villager.get("/vendor/money")
    assert "您倒欠中心¥6.80" in page.main.replace(" ", "")
    assert "从往后卖的钱里扣" in page.main
    assert "付多少¥0" in page.main.replace(" ", "")
    page = villager.get("/vendor/money/2026-11")
    assert "到11月22日您倒欠¥6.80" in page.main.replace(" ", "")
    assert "不用您拿出来" in page.main
    at.world.clock.advance(days=10)
    assert "月初您倒欠中心−¥6.80" in villager.get("/vendor/money/2026-12").main.replace(" ", "")


def test_only_the_owner_is_led_to_how_they_are_paid(at: Market, villager: Pages, visitor: Callable[[], Pages]) -> None:
    villager.get("/vendor/money")
    assert "钱怎么给我" in villager.click("钱怎么给我").main
    daughter, helper, staff = someone(at.world, Role.BUYER), visitor(), visitor()
    staff.sign_in(someone(at.world, Role.STAFF).phone, PASSWORD)
    consent(at)
    staff.get(f"/staff/vendors/{at.vendor.code}/acting")
    typed: dict[str, Any] = {"helper-phone": daughter.phone}
    staff.submit_form("添一个帮忙的人", **typed)
    staff.get(f"/staff/vendors/{at.vendor.code}/acting")
    staff.submit_form("开始代操作")
    helper.sign_in(daughter.phone, PASSWORD)
    for other in (helper, staff):
        assert "中心该给您" in other.get("/vendor/money").main
        assert "/vendor/payout" not in other.get("/vendor/money").text


def test_old_months_lie_under_a_fold(at: Market, villager: Pages) -> None:
    delivered_order(at, {variant_id(at, listing(at)): 1})
    at.world.clock.advance(days=150)
    months = [words for words in villager.get("/vendor/money").links() if re.fullmatch(r"20\d\d年\d+月", words)]
    assert months == ["2027年4月", "2027年3月", "2027年2月", "2027年1月", "2026年12月", "2026年11月"]
    assert "再早的" in villager.get("/vendor/money").main


def test_what_was_wrong_with_a_part_is_said_line_by_line(at: Market, villager: Pages) -> None:
    made = delivered_order(at, {variant_id(at, listing(at)): 3})
    house = at.world.house
    what = Pieces(made.parts[0].lines[0].id, 1)
    giving.give(house.edge, house.gateways, made.code, what, key="k", note="有一盒臭了", actor=STAFF, clock=house.clock)
    page = villager.get(f"/vendor/money/parts/{made.parts[0].code}")
    assert "1 盒后来退给买家了" in page.main
    assert "没收下" not in page.main
    for path in ("/vendor/money", "/vendor/money/2026-11"):
        assert "中心说：有一盒臭了" in villager.get(path).main


def test_the_next_day_of_pay_moves_off_a_closed_day_and_follows_the_towns_page(
    at: Market, villager: Pages, visitor: Callable[[], Pages]
) -> None:
    assert "11月27日（周五）" in villager.get("/vendor/money").main
    at.world.run(lambda session: add_holiday(session, date(2026, 11, 27), "盘库", actor=HOUSE))
    assert "11月28日（周六）" in villager.get("/vendor/money").main
    manager = visitor()
    manager.sign_in(someone(at.world, Role.MANAGER).phone, PASSWORD)
    manager.get("/staff/town")
    assert "请选周几" in manager.post("/staff/town", {"pay_weekday": "8"}, status=422).words
    manager.get("/staff/town")
    manager.submit_form("存下", pay_weekday="1")
    assert "明天，11月23日（周一）" in villager.get("/vendor/money").main


def test_a_part_on_its_way_says_when_there_will_be_money(at: Market, villager: Pages) -> None:
    made = paid_order(at, {variant_id(at, listing(at)): 1})
    assert "货送到买家手里" in villager.get(f"/vendor/money/parts/{made.parts[0].code}").main


def test_a_part_that_lies_paid_at_the_counter_says_so(at: Market, villager: Pages) -> None:
    which = variant_id(at, listing(at))
    lay(at, which, 2)
    placed = buy(at, which, 1)
    part = order(at, placed.order_code).parts[0].code
    assert "买家还没付钱" in villager.get(f"/vendor/money/parts/{part}").main
    pay(at, placed)
    assert "货在中心柜台等他拿" in villager.get(f"/vendor/money/parts/{part}").main


def test_anothers_money_looks_as_if_it_were_not_there(at: Market, villager: Pages) -> None:
    other = another_vendor(at.world)
    made = delivered_order(at, {variant_id(at, listing(at, vendor=other)): 1})
    villager.get(f"/vendor/money/parts/{made.parts[0].code}", 404)
    assert "这个月没有进账" in villager.get("/vendor/money/2026-11").main
    assert facts(at, other).name not in villager.get("/vendor/money").text


@pytest.mark.parametrize("month", ["2026-12", "2026-13", "2026-1", "1999-01", "2026-11-01", "today", "２０２６-11"])
def test_what_is_no_month_that_has_begun_is_not_there(villager: Pages, month: str) -> None:
    villager.get(f"/vendor/money/{month}", 404)


def test_a_month_without_movement_is_an_empty_slip(villager: Pages) -> None:
    assert "这个月没有进账，也没有付钱" in villager.get("/vendor/money/2026-01").main


def test_a_busy_month_needs_no_more_statements_than_a_quiet_one(at: Market, villager: Pages) -> None:
    eggs = variant_id(at, listing(at, stock=99))
    for _number in range(2):
        delivered_order(at, {eggs: 1})
    paths = ("/vendor/money", "/vendor/money/2026-11")
    few = {path: len(villager.get(path).statements) for path in paths}
    for _number in range(5):
        delivered_order(at, {eggs: 1})
    assert {path: len(villager.get(path).statements) for path in paths} == few
    assert max(few.values()) <= 12
