"""The pages on which staff give money back and answer buyers who want to be let go."""

from collections.abc import Callable
from functools import partial

import pytest

from shop.accounts.models import Role
from shop.catalog.models import Climate
from shop.catalog.rules import Way
from shop.flows import bench, spot
from shop.flows.wishes import open_wishes
from shop.orders.models import Handing, OrderState
from shop.orders.queries.orders import OrderFacts
from shop.payments.models import DemoRefund
from tests.pages.buying import at_provider, placed, to_pay
from tests.support.pages import Pages
from tests.world.books import assert_sound, footprint
from tests.world.factors import enrol, next_code
from tests.world.market import (
    PASSWORD,
    STAFF,
    TO,
    Market,
    another_vendor,
    captured,
    delivered_order,
    fill_basket,
    listing,
    on_shelf,
    order,
    paid_order,
    pay,
    place,
    receive_all,
    someone,
    variant_id,
)
from tests.world.spot import buy, lay, lying

HEN = Way(unit="只", gross_g=1700, per_500g_fen=3400, least_g=1200, most_g=1500, stock=10)


@pytest.fixture
def staff(at: Market, visitor: Callable[[], Pages]) -> Pages:
    """A browser of the centre's staff."""
    pages = visitor()
    pages.sign_in(someone(at.world, Role.STAFF).phone, PASSWORD)
    return pages


def bought(at: Market, quantity: int = 3) -> OrderFacts:
    return paid_order(at, {variant_id(at, listing(at, title="土鸡蛋")): quantity})


def test_pieces_are_worked_out_then_given_back_with_a_reason(at: Market, staff: Pages) -> None:
    made = bought(at)
    staff.get(f"/staff/orders/{made.code}")
    staff.click("退款")
    page = staff.submit_form("pieces-1", n="１")
    assert "退 1 盒土鸡蛋和它那份运费：买家得 ¥" in page.main
    before = footprint(at.world)
    page = staff.submit_form("give", 422)
    assert "请写为什么退" in page.main
    assert footprint(at.world) == before
    page = staff.submit_form("give", note="碎了两枚，买家发了照片")
    assert "原路退给买家" in page.words
    assert "碎了两枚，买家发了照片" in page.main
    assert "周素珍" in page.main
    assert "正在退" in page.main
    at.world.deliver()
    page = staff.get(f"/staff/orders/{made.code}")
    assert "退好了" in page.main
    assert "碎了两枚" in page.main
    assert order(at, made.code).parts[0].lines[0].rejected == 1
    assert_sound(at.world)


def test_what_was_taken_along_may_lie_at_the_counter_again(at: Market, staff: Pages) -> None:
    eggs = variant_id(at, listing(at, title="土鸡蛋"))
    lay(at, eggs, 4)
    made = buy(at, eggs, 3)
    code = made.order_code
    pay(at, made)
    refund = f"/staff/orders/{code}/refund"
    staff.get(refund)
    assert "还摆在柜上卖" not in staff.submit_form("pieces-1", n="1").main, "it never left"
    staff.submit_form("give", note="少要一盒")
    assert lying(at, eggs) == 2
    at.world.run(partial(spot.hand_over, order_code=code, actor=STAFF, clock=at.world.clock))
    staff.get(refund)
    assert "货拿回来了，是好的，还摆在柜上卖" in staff.submit_form("pieces-1", n="1").main
    assert "请写为什么退" in staff.submit_form("give", 422, are_back=True).main
    staff.submit_form("give", note="嫌大了，没拆过")
    assert lying(at, eggs) == 3
    at.world.deliver()
    assert_sound(at.world)


def test_the_same_page_sent_twice_gives_back_once(at: Market, staff: Pages) -> None:
    made = bought(at)
    staff.get(f"/staff/orders/{made.code}/refund?way=amount&n=12.50")
    page = staff.page
    assert page is not None
    assert "退一笔钱：买家得 ¥12.50，原路退回。" in page.main
    sent = {name: values[0] for name, values in page.form("give").values.items() if values}
    path = f"/staff/orders/{made.code}/refund"
    staff.post(path, {**sent, "note": "少了一枚"})
    page = staff.post(path, {**sent, "note": "少了一枚"})
    assert "这一笔已经退过了" in page.words
    assert captured(at, made.code).refunded_fen == 1250


def test_a_line_is_weighed_again(at: Market, staff: Pages) -> None:
    made = paid_order(at, {variant_id(at, listing(at, title="土鸡", ways=(HEN,))): 1})
    line = made.parts[0].lines[0].id
    take_in = partial(
        bench.receive, part_code=made.parts[0].code, rejected={}, weighed={line: 1400}, reason="", actor=STAFF
    )
    at.world.run(partial(take_in, clock=at.world.clock))
    staff.get(f"/staff/orders/{made.code}/refund")
    assert "没有比上次称的轻" in staff.submit_form("weight-1", 422, n=1450).main
    page = staff.submit_form("weight-1", n="１３５０")
    assert "土鸡重称 1350 克，退差价：买家得 ¥3.40" in page.main
    staff.submit_form("give", note="秤不准，重称了")
    at.world.deliver()
    assert captured(at, made.code).refunded_fen == 10_200 - 1400 * 34 // 5 + 340


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("way=amount&n=abc", "请填要退几元"),
        ("way=amount&n=-5", "请填要退几元"),
        ("way=amount&n=0", "请填要退几元"),
        ("way=pieces&line=1&n=0", "没有那么多可退的了"),
        ("way=pieces&line=1&n=99", "没有那么多可退的了"),
        ("way=pieces&line=1&n=1.5", "没有那么多可退的了"),
        ("way=pieces&line=7&n=1", "这样货已经退完了"),
        ("way=pieces&line=99999999999999999999&n=1", "这样货已经退完了"),
        ("way=weight&line=1&n=900", "这样货没过过秤"),
        ("way=nonsense", "这样货已经退完了"),
        ("way=amount&n=99999", "不够退这么多。一分钱也没动"),
    ],
)
def test_what_cannot_be_is_said_in_words(at: Market, staff: Pages, query: str, said: str) -> None:
    made = bought(at)
    assert said in staff.get(f"/staff/orders/{made.code}/refund?{query}", 422).main


def test_what_the_provider_does_not_cover_is_refused_in_words(at: Market, staff: Pages) -> None:
    made = bought(at)
    path = f"/staff/orders/{made.code}/refund?way=amount&n="
    staff.get(f"{path}5")
    before = footprint(at.world)
    reference = captured(at, made.code).provider_ref
    assert reference is not None
    stray = DemoRefund(ref="demo_re_stray", key="by hand", charge_ref=reference, amount_fen=100)
    at.world.run(lambda session: session.add(stray))
    assert "对不上，先别退" in staff.submit_form("give", 422, note="补差价").main
    assert footprint(at.world) == before


def test_two_pages_open_at_once_give_back_no_more_than_there_is(
    at: Market, staff: Pages, visitor: Callable[[], Pages]
) -> None:
    made = bought(at)
    path = f"/staff/orders/{made.code}/refund?way=amount&n={made.total_fen / 100:.2f}"
    other = visitor()
    other.sign_in(someone(at.world, Role.STAFF).phone, PASSWORD)
    for desk in (staff, other):
        desk.get(path)
    staff.submit_form("give", note="全退")
    assert "有人先动过" in other.submit_form("give", 409, note="全退").main
    assert captured(at, made.code).refunded_fen == made.total_fen


def test_a_buyer_reads_why_a_part_that_was_given_back_does_not_come(at: Market, pages: Pages, staff: Pages) -> None:
    ham = listing(at, title="腊肉", vendor=another_vendor(at.world))
    made = paid_order(at, {variant_id(at, listing(at, title="土鸡蛋")): 1, variant_id(at, ham): 1})
    staff.get(f"/staff/orders/{made.code}/refund?way=pieces&line=1&n=1")
    staff.submit_form("give", note="路断了，送不出来")
    pages.get("/orders")
    page = pages.submit_form("/orders", code=made.code, phone=TO.phone)
    assert "中心把钱退了，不送了。" in page.main
    assert f"{made.parts[0].vendor_name}的不送了" in page.main
    assert "没有了" not in page.main


def test_what_came_and_was_given_back_is_not_said_to_be_missing(at: Market, pages: Pages, staff: Pages) -> None:
    made = delivered_order(at, {variant_id(at, listing(at, title="土鸡蛋")): 3})
    staff.get(f"/staff/orders/{made.code}/refund?way=pieces&line=1&n=1")
    staff.submit_form("give", note="碎了")
    pages.get("/orders")
    page = pages.submit_form("/orders", code=made.code, phone=TO.phone)
    assert "不算钱的：土鸡蛋 1 盒" in page.main
    assert "没有送来" not in page.main
    paper = pages.click("购货凭证，可以打印")
    assert "土鸡蛋：1 盒不算钱" in paper.main
    assert "中心退的" in paper.main
    assert "没有来" not in paper.main


def test_where_all_went_back_nothing_more_is_offered(at: Market, staff: Pages) -> None:
    made = bought(at, 1)
    staff.get(f"/staff/orders/{made.code}/refund?way=amount&n={made.total_fen / 100:.2f}")
    page = staff.submit_form("give", note="全退")
    assert "收到的钱都退了" in page.main
    assert "算一算" not in page.main


def test_the_list_names_a_household_once_and_counts_the_others(at: Market, staff: Pages) -> None:
    eggs = variant_id(at, listing(at, title="土鸡蛋"))
    meat = variant_id(at, listing(on_shelf(at, "meat", climate=Climate.CHILLED), title="鲜排骨"))
    ham = variant_id(at, listing(at, title="腊肉", vendor=another_vendor(at.world)))
    place(at, fill_basket(at, {eggs: 1, meat: 1}))
    assert staff.get("/staff/orders").main.count("周素珍家") == 1
    place(at, fill_basket(at, {eggs: 1, ham: 1}))
    assert "周素珍家等 2 家" in staff.get("/staff/orders").main


def test_a_page_without_its_key_gives_nothing_back(at: Market, staff: Pages) -> None:
    made = bought(at)
    staff.get(f"/staff/orders/{made.code}/refund?way=amount&n=5")
    sent = {"way": "amount", "n": "5", "key": "short", "note": "补差价"}
    assert "请重新打开" in staff.post(f"/staff/orders/{made.code}/refund", sent, 422).main
    assert captured(at, made.code).refunds == ()


def test_an_unpaid_order_offers_no_refund(at: Market, staff: Pages) -> None:
    made = place(at, fill_basket(at, {variant_id(at, listing(at)): 1}))
    assert "退款" not in staff.get(f"/staff/orders/{made.order_code}").links()
    assert "没有收到过钱" in staff.get(f"/staff/orders/{made.order_code}/refund?way=amount&n=5", 422).main


def test_a_buyer_asks_to_be_let_go_and_reads_the_answer(at: Market, pages: Pages, staff: Pages) -> None:
    eggs = listing(at, title="土鸡蛋")
    to_pay(pages, eggs)
    made = placed(at, at_provider(pages, "付款"))
    assert made.handing is Handing.DELIVERY
    assert "想取消这一单" not in pages.get(f"/orders/{made.code}").main
    receive_all(at, made.code)
    page = pages.get(f"/orders/{made.code}")
    assert "想取消这一单" in page.main
    page = pages.submit_form("ask-cancel", reason="临时要出门")
    assert "回了话会发短信给您" in page.main
    desk = staff.get("/staff/wishes")
    assert "临时要出门" in desk.main
    assert "请写一句回买家的话" in staff.submit_form(f"/staff/orders/{made.code}/wish", press="取消，退钱").words
    page = staff.submit_form(f"/staff/orders/{made.code}/wish", press="取消，退钱", words="没装箱，帮您退了")
    assert "都回了" in page.main
    page = pages.get(f"/orders/{made.code}")
    assert "没装箱，帮您退了" in page.main
    assert order(at, made.code).state is OrderState.CANCELLED
    at.world.deliver()
    assert captured(at, made.code).refunded_fen == made.total_fen
    assert_sound(at.world)


def test_a_wish_of_somebody_else_is_none(at: Market, visitor: Callable[[], Pages]) -> None:
    made = bought(at)
    receive_all(at, made.code)
    visitor().post(f"/orders/{made.code}/ask-cancel", status=404)
    assert at.world.read(open_wishes) == []


def test_much_money_goes_back_only_after_the_second_factor_and_small_sums_add_up(
    at: Market, visitor: Callable[[], Pages]
) -> None:
    person, browser = someone(at.world, Role.FINANCE), visitor()
    browser.sign_in(person.phone, PASSWORD)
    enrol(at.world, browser, person)
    at.world.clock.advance(minutes=31)
    dear = listing(at, title="土鸡", ways=(Way(unit="只", gross_g=1700, price_fen=18000, stock=10),))
    made = paid_order(at, {variant_id(at, dear): 2})
    address = f"/staff/orders/{made.code}/refund?way=amount&n="
    browser.get(f"{address}150")
    browser.submit_form("give", note="补差价")  # not much yet
    at.world.deliver()
    browser.get(f"{address}60")
    before = footprint(at.world)
    page = browser.submit_form("give", 403, note="再补一点")
    assert "填的都还在" in page.main
    assert footprint(at.world) == before
    browser.submit_form("factor", factor_code=next_code(at.world, person))
    at.world.deliver()
    assert captured(at, made.code).refunded_fen == 21000
    assert_sound(at.world)
