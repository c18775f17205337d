"""The desk of parcels that came back: what staff decide, what buyers and households read of it."""

from collections.abc import Callable

import pytest

from shop.accounts.models import Role
from shop.catalog.models import Listing
from shop.flows import delivery
from tests.support.pages import Pages
from tests.world.books import assert_sound, footprint
from tests.world.cash import at_the_counter
from tests.world.market import DRIVER, PASSWORD, STAFF, TO, Market, order, parcel_code, sent_order, someone, variant_id


@pytest.fixture
def back(at: Market, eggs: Listing) -> str:
    """An order whose parcel the driver brought back; its code."""
    made, waybill = sent_order(at, {variant_id(at, eggs): 2})
    run, clock = at.world.run, at.world.clock
    run(lambda session: delivery.bring_back(session, waybill, reason="箱子湿透了", actor=DRIVER, clock=clock))
    at.world.deliver()
    return made.code


def _buyer(visitor: Callable[[], Pages], code: str) -> Pages:
    browser = visitor()
    browser.get("/orders")
    browser.submit_form("查一下", code=code, phone=TO.phone)
    return browser


def test_from_the_first_page_to_the_buyers_reason_and_the_households_money(
    at: Market, back: str, staff: Pages, visitor: Callable[[], Pages]
) -> None:
    page = staff.get(staff.get("/staff").links()["退回来的货"])
    assert "箱子湿透了" in page.main
    assert TO.name not in page.main
    page = staff.click(next(word for word in page.links() if "土鸡蛋" in word))
    assert "已经退" in page.main
    assert "算快递的，运费也退" in page.main
    before = _buyer(visitor, back).get(f"/orders/{back}").main
    assert "看过就告诉您为什么" in before
    staff.submit_form("定下来，告诉买家和农户", cause="damaged", words="下次多裹两层")
    at.world.deliver()
    after = _buyer(visitor, back).get(f"/orders/{back}").main
    assert "中心说：路上弄坏了，不怪您，下次多裹两层" in after
    assert "退回的包裹，运费也退" in after
    assert "退回来的货" not in staff.get("/staff").main
    decided = staff.get(f"/staff/returned/{parcel_code(at, back)}")
    assert "算快递的" in decided.main
    assert "定下来" not in decided.main
    household = visitor()
    household.sign_in(at.vendor_person().phone, PASSWORD)
    part = order(at, back).parts[0].code
    shown = household.get(f"/vendor/money/parts/{part}").main
    assert "路上弄坏了，不怪您" in shown
    assert "+¥86.40" in shown
    assert_sound(at.world)


def test_goods_that_are_still_good_are_fetched_by_their_household(
    at: Market, back: str, staff: Pages, visitor: Callable[[], Pages]
) -> None:
    code = parcel_code(at, back)
    page = staff.get(f"/staff/returned/{code}")
    (tick,) = page.form("定下来，告诉买家和农户").choices["good"]
    staff.submit_form("定下来，告诉买家和农户", cause="refused", good=tick)
    household = visitor()
    household.sign_in(at.vendor_person().phone, PASSWORD)
    shown = household.get(f"/vendor/money/parts/{order(at, back).parts[0].code}").main
    assert "请到中心来拿" in shown
    assert "¥" not in shown.partition("没送成")[2]


def test_what_is_missing_or_otherwise_than_the_rule_without_a_word_is_told_and_nothing_moves(
    at: Market, back: str, staff: Pages
) -> None:
    code, before = parcel_code(at, back), footprint(at.world)
    staff.get(f"/staff/returned/{code}")
    assert "请选为什么退回来" in staff.submit_form("定下来，告诉买家和农户", status=422).main
    staff.get(f"/staff/returned/{code}")
    page = staff.submit_form("定下来，告诉买家和农户", cause="damaged", bearer="household", status=422)
    assert "请写一句为什么" in page.main
    assert footprint(at.world) == before
    staff.get("/staff/returned/NOSUCH99", status=404)


def test_nobody_came_for_it_is_decided_there_too(at: Market, eggs: Listing, staff: Pages) -> None:
    made = at_the_counter(at, {variant_id(at, eggs): 1})
    run, clock = at.world.run, at.world.clock
    run(lambda session: delivery.uncollected(session, made.code, reason="打了三次电话", actor=STAFF, clock=clock))
    page = staff.get(f"/staff/returned/{parcel_code(at, made.code)}")
    assert "没人来取" in page.main
    assert "还没付，不收了" in page.main
    staff.submit_form("定下来，告诉买家和农户", cause="uncollected")
    assert_sound(at.world)


def test_finance_reads_and_does_not_decide(at: Market, back: str, visitor: Callable[[], Pages]) -> None:
    finance = visitor()
    finance.sign_in(someone(at.world, Role.FINANCE).phone, PASSWORD)
    code = parcel_code(at, back)
    assert "等柜台的人定" in finance.get(f"/staff/returned/{code}").main
    before = footprint(at.world)
    finance.post(f"/staff/returned/{code}", {"cause": "damaged", "version": "0"}, status=403)
    assert footprint(at.world) == before
