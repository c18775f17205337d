"""Take it now: from the card's page to the counter, and what is said when it cannot be."""

from collections.abc import Callable
from functools import partial

import pytest
from sqlalchemy import select

from shop.catalog.models import Listing
from shop.flows import giving
from shop.notifications.models import Delivery
from shop.orders.models import OrderState
from tests.flows.test_lots import lots, recall
from tests.pages.buying import arrive, at_provider, fill
from tests.support.page import Page, words_of
from tests.support.pages import Pages
from tests.world.books import assert_sound, footprint
from tests.world.market import STAFF, Market, delivered_order, listing, order, paid_order, pay, variant_id
from tests.world.spot import buy, lay, lying


def to_take(pages: Pages, thing: Listing, quantity: int = 2) -> str:
    """Scan a card and press 现在带走; return where that leads."""
    pages.get(f"/q/{thing.code}")
    answer = pages.submit_form(f"/q/{thing.code}", 303, press="现在带走", quantity=quantity, follow=False)
    return answer.headers["Location"]


def fill_in(pages: Pages, thing: Listing, quantity: int = 2) -> Page:
    return pages.get(to_take(pages, thing, quantity))


def test_from_the_card_to_the_counter(at: Market, eggs: Listing, visitor: Callable[[], Pages], staff: Pages) -> None:
    buyer = visitor()
    which = variant_id(at, eggs)
    lay(at, which, 3)
    page = buyer.get(f"/q/{eggs.code}")
    assert "柜台现在有 3 份" in page.main
    assert "¥96" in fill_in(buyer, eggs).words
    buyer_paying = buyer.submit_form("/take", 303, name="何晓雨", phone="13812345678", follow=False)
    arrive(buyer, buyer_paying)
    code = at_provider(buyer, "付款成功").main.split("订单 ")[1][:8]
    page = buyer.get(f"/orders/{code}", may_write=True)
    assert "取货码" in page.main
    assert "在柜台等您拿" in page.main
    assert lying(at, which) == 1
    staff.get("/staff/counter")
    assert "不用收钱" in staff.submit_form("找", code=f" {code.lower()} ").words
    assert f"订单 {code} 的货交了" in staff.submit_form("hand-over", press="货交了").main
    assert order(at, code).state is OrderState.DONE
    assert "已经办完了" in staff.get(f"/staff/counter?code={code}").main
    page = buyer.get(f"/orders/{code}", may_write=True)
    assert "取走了" in page.main
    assert "给柜台看这个码" not in page.main
    assert_sound(at.world)


def test_nothing_lies_there_so_nothing_is_promised(at: Market, eggs: Listing, pages: Pages) -> None:
    page = pages.get(f"/q/{eggs.code}")
    assert "柜台没有摆它" in page.main
    which = variant_id(at, eggs)
    for quantity in (1, 0, -1, 1000, "x", ""):
        pages.get(
            f"/q/{eggs.code}/take?variant={which}&quantity={quantity}",
            200 if quantity in (1, "x", "") else 404,
            follow=True,
        )
    pages.get(f"/q/{eggs.code}/take?variant=99999", 404)
    other = listing(at, title="老腊肉")
    pages.get(f"/q/{other.code}/take?variant={which}", 404)


def test_more_than_lie_there_are_told(at: Market, eggs: Listing, pages: Pages) -> None:
    lay(at, variant_id(at, eggs), 2)
    assert "只剩 2 份" in pages.get(to_take(pages, eggs, 3), follow=True).main


def test_somebody_was_quicker(at: Market, eggs: Listing, pages: Pages) -> None:
    which = variant_id(at, eggs)
    lay(at, which, 2)
    fill_in(pages, eggs)
    buy(at, which, 1)
    before = footprint(at.world)
    assert "只剩 1 份" in pages.submit_form("/take", name="何晓雨", phone="13812345678").main
    assert footprint(at.world) == before


@pytest.mark.parametrize(
    ("field", "typed"), [("name", ""), ("phone", "12"), ("phone", ""), ("gateway", "cash"), ("gateway", "nobody")]
)
def test_what_was_typed_comes_back_with_what_is_wrong(
    at: Market, eggs: Listing, pages: Pages, field: str, typed: str
) -> None:
    lay(at, variant_id(at, eggs), 2)
    fill_in(pages, eggs)
    before = footprint(at.world)
    page = pages.page
    assert page is not None
    form = page.form("/take")
    sent = {**form.values, "name": "何晓雨", "phone": "13812345678", field: typed}
    answer = pages.post(form.action, sent, 422)
    if field != "name":
        assert "何晓雨" in answer.text
    assert footprint(at.world) == before


def test_the_same_press_twice_is_one_order(at: Market, eggs: Listing, pages: Pages) -> None:
    which = variant_id(at, eggs)
    lay(at, which, 3)
    fill(pages, eggs, 1)  # a session, so that both presses carry its token
    fill_in(pages, eggs, 1)
    page = pages.page
    assert page is not None
    form = page.form("/take")
    sent = {**form.values, "name": "何晓雨", "phone": "13812345678"}
    first = pages.post(form.action, sent, 303, follow=False).headers["Location"]
    pages.page = page
    assert pages.post(form.action, sent, 303, follow=False).headers["Location"] == first
    assert lying(at, which) == 2


def test_the_counter_refuses_what_is_not_to_be_handed_over(at: Market, eggs: Listing, staff: Pages) -> None:
    which = variant_id(at, eggs)
    lay(at, which, 2)
    unpaid, sent = buy(at, which, 1), delivered_order(at, {which: 1})
    assert "还没付" in staff.get(f"/staff/counter?code={unpaid.order_code}").main
    assert "送货上门" in staff.get(f"/staff/counter?code={paid_order(at, {which: 1}).code}").main
    assert "送货上门" in staff.get(f"/staff/counter?code={sent.code}").main
    assert "没有" in staff.get(f"/staff/counter?code=http://localhost/q/{eggs.code}", follow=True).main
    staff.post(f"/staff/counter/orders/{unpaid.order_code}", {"version": "0"}, 409)


def test_who_hands_over_has_seen_what_was_given_back_meanwhile(at: Market, eggs: Listing, staff: Pages) -> None:
    which = variant_id(at, eggs)
    lay(at, which, 3)
    placed = buy(at, which, 3)
    pay(at, placed)
    staff.get(f"/staff/counter?code={placed.order_code}")
    wired, line = at.world.house, order(at, placed.order_code).parts[0].lines[0].id
    give = partial(giving.give, wired.edge, wired.gateways, placed.order_code, giving.Pieces(line, 1))
    give(key="k" * 20, note="破了一盒", actor=STAFF, clock=wired.clock)
    page = staff.submit_form("hand-over", 409, press="货交了")
    assert "刚刚有人动过" in page.main
    assert "¥48 退给买家了" in page.main
    assert "土鸡蛋 2 盒" in page.main
    assert order(at, placed.order_code).state is OrderState.PAID
    staff.submit_form("hand-over", press="货交了")
    assert order(at, placed.order_code).state is OrderState.DONE
    assert lying(at, which) == 1
    assert_sound(at.world)


def test_goods_of_a_lot_called_back_today_are_not_handed_over_and_the_counter_is_told(
    at: Market, eggs: Listing, staff: Pages
) -> None:
    which = variant_id(at, eggs)
    lay(at, which, 2)
    first, second = buy(at, which, 1), buy(at, which, 1)
    for placed in (first, second):
        pay(at, placed)
    staff.get(f"/staff/counter?code={first.order_code}")
    staff.submit_form("hand-over", press="货交了")
    recall(at, lots(at)[0])
    staff.get(f"/staff/counter?code={second.order_code}")
    assert "这批货召回了" in staff.submit_form("hand-over", 409, press="货交了").main
    assert "不要了，钱在退" in staff.submit_form("/unwanted").main


def test_who_does_not_want_it_after_all_gets_the_money_back(at: Market, eggs: Listing, staff: Pages) -> None:
    which = variant_id(at, eggs)
    lay(at, which, 2)
    placed = buy(at, which, 2)
    pay(at, placed)
    staff.get(f"/staff/counter?code={placed.order_code}")
    assert "不要了，钱在退" in staff.submit_form("/unwanted").main
    assert order(at, placed.order_code).state is OrderState.CANCELLED
    assert lying(at, which) == 2
    assert_sound(at.world)


def test_the_counter_sees_who_waits_newest_first_and_hands_over(at: Market, eggs: Listing, staff: Pages) -> None:
    which = variant_id(at, eggs)
    lay(at, which, 5)
    assert "没有人等着拿货" in staff.get("/staff/counter").main
    placed = [buy(at, which, pieces) for pieces in (1, 2, 1)]
    for one in placed[:2]:
        pay(at, one)
        at.world.clock.advance(minutes=5)
    old, new = (one.order_code for one in placed[:2])
    assert "在柜台等人来拿" in staff.get(f"/staff/orders/{old}").main
    page = staff.get("/staff/counter")
    first, second = (words_of(row) for row in page.all("li", "queue-row"))
    assert (new[:-4], old[:-4]) == (first.split("*")[0], second.split("*")[0])
    assert "何**" in first
    assert "土鸡蛋 2 盒" in first
    assert "5 分钟" in first
    assert not {new, old, placed[2].order_code} & set(page.main.split()), "a code opens a hand-over"
    assert "超时" not in page.main
    at.world.clock.advance(days=1)
    assert "超时" in staff.get("/staff/counter").main
    begins = staff.get("/staff").main
    assert "2单 柜台现拿的" in begins
    assert "过了说好的日子" not in begins, "nobody can be hurried but their buyers"
    staff.get(page.links()[next(words for words in page.links() if words.startswith(new[:-4]))])
    staff.submit_form("hand-over", press="货交了")
    rows = staff.get("/staff/counter").all("li", "queue-row")
    assert [words_of(row).startswith(old[:-4]) for row in rows] == [True]


def test_who_buys_after_closing_is_told_when_to_come(
    at: Market, eggs: Listing, visitor: Callable[[], Pages], staff: Pages
) -> None:
    buyer = visitor()
    lay(at, variant_id(at, eggs), 3)
    at.world.clock.advance(hours=7, minutes=59)  # 17:59 on a Sunday
    fill_in(buyer, eggs)
    at.world.clock.advance(minutes=1)
    page = buyer.submit_form("/take", 409, name="何晓雨", phone="13812345678")
    when = "柜台现在没开门，11月23日 08:00 以后来拿"
    assert "来拿的日子刚刚变了" in page.main
    assert when in page.main
    assert when in buyer.get(f"/q/{eggs.code}").main
    buyer_paying = fill_in(buyer, eggs)
    assert when in buyer_paying.main
    paying = arrive(buyer, buyer.submit_form("/take", 303, name="何晓雨", phone="13812345678", follow=False))
    assert when in paying.main
    paid = at_provider(buyer, "付款成功").main
    assert when in paid
    code = paid.split("订单 ")[1][:8]
    assert when in buyer.get(f"/orders/{code}", may_write=True).main
    at.world.deliver()
    told = select(Delivery.text).where(Delivery.template == "order_lies")
    assert at.world.read(lambda session: session.scalars(told).one()) == (
        f"【小鱼洞】订单{code}已付96元，货在柜台等您，11月23日08:00开门后来拿，给取货码就行。"
    )
    at.world.clock.advance(hours=13)
    row = words_of(staff.get("/staff/counter").one("li", "queue-row"))
    assert row.endswith("11月23日来拿")
    at.world.clock.advance(hours=2)
    assert "1 小时" in words_of(staff.get("/staff/counter").one("li", "queue-row"))
    assert "没开门" not in buyer.get(f"/orders/{code}", may_write=True).main
    at.world.clock.advance(days=1)
    assert "超时" in staff.get("/staff/counter").main


def test_what_lies_there_is_counted_by_scanning_its_card(at: Market, eggs: Listing, staff: Pages) -> None:
    which = variant_id(at, eggs)
    staff.get("/staff/counter/stock")
    staff.submit_form("找", code=f"http://localhost/q/{eggs.code}")
    assert "柜上有 4 盒" in staff.submit_form("记下", pieces=4).main
    assert lying(at, which) == 4
    staff.get(f"/staff/counter/stock?code={eggs.code}")
    buy(at, which, 1)
    assert "再数一遍" in staff.submit_form("记下", 409, pieces=9).main
    assert lying(at, which) == 3


@pytest.mark.parametrize("pieces", ["-1", "x", "", "10000", "1.5"])
def test_a_count_that_cannot_be_is_told(at: Market, eggs: Listing, staff: Pages, pieces: str) -> None:
    staff.get(f"/staff/counter/stock?code={eggs.code}")
    assert "0 到 9999" in staff.submit_form("记下", 422, pieces=pieces).main
    assert lying(at, variant_id(at, eggs)) == 0


def test_a_code_that_is_no_things_is_told(staff: Pages) -> None:
    assert "没有货号是 nobody" in staff.get("/staff/counter/stock?code=nobody", follow=True).main
