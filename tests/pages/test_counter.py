"""The counter and the driver's doors: cash is taken with the goods, once, exactly, by whom it may be."""

from collections.abc import Callable
from typing import Any

import pytest

from shop.accounts.models import Role
from shop.ledger.rules import CASH_CENTRE, COURIER_TOWN
from shop.orders.models import OrderState
from tests.support.pages import Pages
from tests.world.books import account, assert_sound, footprint
from tests.world.cash import agreed_order, at_the_counter, at_the_door, due, give_back, take, take_at_door
from tests.world.market import (
    PASSWORD,
    Market,
    listing,
    order,
    pack,
    paid_order,
    receive_all,
    someone,
    tapped,
    variant_id,
)


def eggs(at: Market, quantity: int = 2) -> dict[int, int]:
    return {variant_id(at, listing(at)): quantity}


def ask(staff: Pages, code: str) -> str:
    """Type an order's code at the counter and return what stands there."""
    staff.get("/staff/counter")
    return staff.submit_form("找", code=code).words


def test_a_scanned_order_is_paid_and_taken_away_with_one_press(at: Market, staff: Pages) -> None:
    made = at_the_counter(at, eggs(at))
    words = ask(staff, f" {made.code.lower()} ")
    for expected in ("¥96", "林下土鸡蛋", "2 盒", "周素珍家", "5678", "何**"):
        assert expected in words, words
    assert "何晓雨" not in words
    page = staff.submit_form("hand-over", press="收了 ¥96，货交了")
    assert f"订单 {made.code} 的货交了" in page.main
    assert "柜台里¥96" in page.main
    assert order(at, made.code).state is OrderState.DONE
    assert "已经办完了" in ask(staff, made.code)
    assert_sound(at.world)


def test_a_second_press_takes_nothing_more(at: Market, staff: Pages) -> None:
    made = at_the_counter(at, eggs(at))
    ask(staff, made.code)
    sent = {"fen": 9600, "version": "0"}
    staff.post(f"/staff/counter/orders/{made.code}", sent)
    after = footprint(at.world)
    staff.post(f"/staff/counter/orders/{made.code}", sent)
    assert footprint(at.world) == after
    assert account(at.world, CASH_CENTRE) == 9600


@pytest.mark.parametrize("fen", ["9599", "9601", "0", "-9600", "", "九十六", "96.00", "9" * 30])
def test_another_amount_is_refused_and_nothing_moved(at: Market, staff: Pages, fen: str) -> None:
    made = at_the_counter(at, eggs(at))
    before = footprint(at.world)
    page = staff.post(f"/staff/counter/orders/{made.code}", {"fen": fen, "version": "0"}, 409)
    assert "什么也没记" in page.main
    assert "收了 ¥96，货交了" in page.words
    assert footprint(at.world) == before


def test_a_paid_order_is_only_handed_over(at: Market, staff: Pages) -> None:
    made = at_the_counter(at, eggs(at))
    take(at, due(at, made.code))
    assert "不用收钱" in ask(staff, made.code)
    staff.submit_form("hand-over", press="货交了")
    assert order(at, made.code).state is OrderState.DONE
    assert account(at.world, CASH_CENTRE) == 9600


def test_what_is_not_to_be_handed_over_is_said_and_cannot_be_paid(at: Market, staff: Pages) -> None:
    thing = eggs(at, 1)
    unpacked = agreed_order(at, thing)
    receive_all(at, unpacked.code)
    assert "先不要收钱" in ask(staff, unpacked.code)
    sent = {"fen": unpacked.total_fen, "version": "0"}
    assert "什么也没记" in staff.post(f"/staff/counter/orders/{unpacked.code}", sent, 409).main
    going, _waybill = at_the_door(at, thing)
    assert "送货上门" in ask(staff, going.code)
    staff.post(f"/staff/counter/orders/{going.code}", {"fen": going.total_fen, "version": "0"}, 409)
    paid = paid_order(at, thing)
    assert "不能交货" in staff.post(f"/staff/counter/orders/{paid.code}", {"version": "0"}, 409).main
    assert account(at.world, CASH_CENTRE) == account(at.world, COURIER_TOWN) == 0
    assert order(at, unpacked.code).state is order(at, going.code).state is OrderState.AGREED
    assert "没有 NOBODY 这个订单号" in ask(staff, "nobody")
    staff.post("/staff/counter/orders/NOBODY", {"fen": 1}, status=404)
    pack(at, unpacked.code)
    assert "收了 ¥48，货交了" in ask(staff, unpacked.code)


def test_a_refund_is_handed_back_once(at: Market, staff: Pages) -> None:
    made = at_the_counter(at, eggs(at))
    take(at, due(at, made.code))
    give_back(at, made.code, 1800)
    page = staff.get("/staff/counter")
    assert made.code in page.main
    form = page.form("退给他了")
    assert "钱退到买家手里了" in staff.submit_form("退给他了").main
    after = footprint(at.world)
    staff.post(form.action, form.values)
    assert footprint(at.world) == after
    assert account(at.world, CASH_CENTRE) == 7800
    assert "没有等着退的现金" in staff.get("/staff/counter").main
    staff.post("/staff/counter/refunds/nobody", {"version": "0"}, 404)
    assert_sound(at.world)


def test_the_driver_hands_in_what_was_taken_at_doors(at: Market, staff: Pages) -> None:
    made, _waybill = at_the_door(at, eggs(at))
    take_at_door(at, due(at, made.code))
    page = staff.get("/staff/counter")
    key = page.form("收进柜台").values["key"]
    before = footprint(at.world)
    for typed in ("", "0", "-5", "很多", "1000000", "1.234"):
        staff.get("/staff/counter")
        staff.submit_form("收进柜台", status=422, amount=typed)
    staff.post("/staff/counter/hand-in", {"amount": "1"}, status=422)
    staff.post("/staff/counter/hand-in", {"amount": "1", "key": "k" * 41}, status=422)
    assert footprint(at.world) == before
    for _ in range(2):
        staff.post("/staff/counter/hand-in", {"amount": "50 元", "key": key, "version": "0"})
    assert account(at.world, CASH_CENTRE) == 5000
    assert account(at.world, COURIER_TOWN) == made.total_fen - 5000
    assert_sound(at.world)


def test_the_driver_takes_the_cash_with_the_parcel(at: Market, driver: Pages) -> None:
    made, waybill = at_the_door(at, eggs(at))
    driver.get("/driver")
    words = driver.submit_form("出车").main
    assert "收现金" in words
    seen, before = tapped(at, waybill), footprint(at.world)
    driver.post(f"/driver/parcels/{waybill}/delivered", seen, status=409)
    driver.post(f"/driver/parcels/{waybill}/delivered", {**seen, "fen": made.total_fen - 1}, status=409)
    page = driver.post(f"/driver/parcels/{waybill}/delivered", {"fen": made.total_fen, "version": "1"}, status=409)
    assert "刚刚有变动" in page.main
    assert footprint(at.world) == before
    assert order(at, made.code).state is OrderState.AGREED
    driver.get("/driver")
    assert "送到了" in driver.submit_form("货送到了").main
    after = footprint(at.world)
    driver.post(f"/driver/parcels/{waybill}/delivered", {**seen, "fen": made.total_fen})
    assert footprint(at.world) == after
    assert order(at, made.code).state is OrderState.DONE
    assert account(at.world, COURIER_TOWN) == made.total_fen
    assert_sound(at.world)


def test_a_buyer_who_does_not_pay_gets_nothing_and_owes_nothing(at: Market, driver: Pages) -> None:
    made, waybill = at_the_door(at, eggs(at))
    driver.get("/driver")
    driver.submit_form("出车")
    fields: dict[str, Any] = {f"{waybill}-reason": "refused"}
    assert "钱不收了" in driver.submit_form("带回中心", **fields).main
    at.world.deliver()
    assert "收现金" not in driver.get("/driver").main
    told = {**tapped(at, waybill), "fen": made.total_fen}
    driver.post(f"/driver/parcels/{waybill}/delivered", told, status=409)
    assert account(at.world, COURIER_TOWN) == 0
    assert_sound(at.world)


@pytest.mark.parametrize("who", ["visitor", "buyer", "household", "driver"])
def test_nobody_else_gets_to_the_counter(at: Market, visitor: Callable[[], Pages], who: str) -> None:
    made = at_the_counter(at, eggs(at))
    browser = visitor()
    if who != "visitor":
        person = at.vendor_person() if who == "household" else someone(at.world, Role(who))
        browser.sign_in(person.phone, PASSWORD)
    before = footprint(at.world)
    browser.get("/staff/counter", status=303 if who == "visitor" else 403)
    for path in (f"orders/{made.code}", "refunds/nobody", "hand-in"):
        browser.post(f"/staff/counter/{path}", {"fen": 9600}, status=401 if who == "visitor" else 403)
    assert footprint(at.world) == before
