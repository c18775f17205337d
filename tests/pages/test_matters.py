"""Everything that a buyer has going on, on one page."""

import re
from collections.abc import Callable

from shop.accounts.models import Role
from shop.catalog.models import Listing
from shop.catalog.questions.services import answer, ask
from shop.desk.models import ClaimKind, ClaimState
from shop.flows import delivery
from shop.kernel.actor import Actor
from tests.pages.buying import TO, at_provider, fill, place_it, placed, to_pay
from tests.support.pages import Pages
from tests.world import World
from tests.world.claims import ask as ask_for
from tests.world.claims import by_hand, decide
from tests.world.market import (
    DRIVER,
    HOUSE,
    PASSWORD,
    Market,
    delivered_order,
    listing,
    pack,
    receive_all,
    send,
    someone,
    variant_id,
)
from tests.world.members import delivered_to

YOURS, OPEN, ENDED = "等您办的", "正在办的", "办完的"


def test_an_order_walks_from_what_its_buyer_does_to_what_the_centre_does_to_what_is_done(
    at: Market, world: World, pages: Pages, eggs: Listing
) -> None:
    made = placed(at, to_pay(pages, eggs))
    page = pages.get("/matters")
    assert YOURS in page.main
    assert OPEN not in page.main
    assert "等付款" in page.main
    assert made.code in page.main
    pages.click("去付款：土鸡蛋，订单 " + made.code)
    at_provider(pages, "付款")
    page = pages.get("/matters")
    assert YOURS not in page.main
    assert "正在备货" in page.main
    receive_all(at, made.code)
    parcel = pack(at, made.code)
    page = pages.get("/matters")
    assert "打好包" in page.main
    waybill = send(at, parcel)
    page = pages.get("/matters")
    assert f"包裹 {waybill}" in page.main
    assert OPEN in page.main
    world.run(lambda session: delivery.deliver(session, waybill, actor=DRIVER, clock=world.clock))
    page = pages.get("/matters")
    assert OPEN not in page.main
    assert ENDED in page.main
    assert "送到了" in page.main
    assert pages.click("一路怎么走的").url.startswith(f"/orders/{made.code}/")


def test_another_browser_sees_nothing_of_it(
    at: Market, pages: Pages, visitor: Callable[[], Pages], eggs: Listing
) -> None:
    made = placed(at, to_pay(pages, eggs))
    other = visitor()
    page = other.get("/matters")
    assert made.code not in page.main
    assert "还没有事" in page.main
    member = someone(at.world, Role.BUYER)
    other.sign_in(member.phone, PASSWORD)
    assert made.code not in other.get("/matters").main


def test_an_order_that_lapsed_or_was_called_off_has_ended(at: Market, pages: Pages, eggs: Listing) -> None:
    placed(at, to_pay(pages, eggs))
    at.world.clock.advance(days=1)
    page = pages.get("/matters")
    assert YOURS not in page.main
    assert "去付款" not in page.main


def test_a_member_finds_their_questions_too(at: Market, world: World, pages: Pages, eggs: Listing) -> None:
    person = someone(world, Role.BUYER)
    pages.sign_in(person.phone, PASSWORD)
    who = Actor(user_id=person.id, label=person.code)
    asked = world.run(
        lambda session: ask(
            session, eggs.code, "一盒有多少枚？", key="k-matters", phone=person.phone, actor=who, clock=world.clock
        )
    )
    page = pages.get("/matters")
    assert "一盒有多少枚？" in page.main
    assert "等回答" in page.main
    assert "主人家一天里没回，中心来回。" in page.main
    world.run(
        lambda session: answer(session, asked.code, "三十枚。", vendor_id=at.vendor.id, actor=HOUSE, clock=world.clock)
    )
    page = pages.get("/matters")
    assert "三十枚。" in page.main
    assert OPEN not in page.main


def test_a_claim_says_by_when_its_buyer_hears_or_brings_the_goods_and_has_the_money(
    at: Market, world: World, pages: Pages
) -> None:
    person = someone(world, Role.BUYER)
    pages.sign_in(person.phone, PASSWORD)
    made = delivered_to(at, person, {variant_id(at, listing(at)): 2})
    by_hand(at)
    ask_for(at, made, ClaimKind.BROKEN, 3)
    assert re.search(r"中心的人会看，\d+月\d+日 \d\d:\d\d以前回您。", pages.get("/matters").main)
    world.clock.advance(hours=24, minutes=1)
    assert "比说好的晚了" in pages.get("/matters").main
    back = ask_for(at, made, ClaimKind.RETURN, 30, photos=0)
    page = pages.get("/matters")
    assert re.search(r"请在\d+月\d+日以前送到或寄到中心，收到后七天内退您 ¥48", page.main.split("正在办的")[0])
    decide(at, back, ClaimState.RECEIVED)
    assert re.search(r"货收到了，最晚\d+月\d+日退您钱。", pages.get("/matters").main)


def test_the_page_costs_as_much_for_ten_orders_as_for_one(at: Market, world: World, pages: Pages) -> None:
    person, eggs = someone(world, Role.BUYER), listing(at, stock=20)
    pages.sign_in(person.phone, PASSWORD)
    fill(pages, eggs, 1)
    pages.click("去结账")
    pages.submit_form("/checkout", press="看运费和总价", **TO)
    place_it(pages)
    at_provider(pages, "付款")
    pages.get("/matters", max_statements=16)
    for _ in range(6):
        made = delivered_order(at, {variant_id(at, eggs): 1})
        with pages.client.session_transaction() as cookie:
            cookie["orders"] = [*cookie.get("orders", []), made.code]
    pages.get("/matters", max_statements=16)
