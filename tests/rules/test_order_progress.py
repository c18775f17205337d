"""How far an order has come, in the words its buyer reads: pure facts in, steps out."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from flask_babel import Babel

from shop.orders.models import Box, Handing, OrderState, VendorOrderState
from shop.orders.queries.orders import LineFacts, OrderFacts, PartFacts, Passage
from shop.orders.rules import Readdressed
from shop.orders.views.progress import Step, progress
from shop.orders.views.words import ORDER_WORDS, PART_WORDS, REFUND_WORDS, order_word
from shop.payments.models import RefundState
from shop.payments.queries import RefundFacts

O, V = OrderState, VendorOrderState  # noqa: E741
START = datetime(2026, 11, 22, 2, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _language() -> Iterator[None]:
    app = Flask(__name__)
    Babel(app, default_locale="zh_Hans_CN")
    with app.test_request_context():
        yield


def at(minutes: int) -> datetime:
    return START + timedelta(minutes=minutes)


def part(code: str, state: VendorOrderState, *, rejected: int = 0) -> PartFacts:
    line = LineFacts(1, "土鸡蛋", "盒", 30, 4800, 2, rejected, 600, 1200, None, None, 0, 0, None, 1, None, None, False)
    return PartFacts(code, state, Box.AMBIENT, f"vendor-{code}", f"{code}家", "大湾村", None, (line,))


def order(state: OrderState, *parts: PartFacts) -> OrderFacts:
    where = ("四川", "成都市", "武侯区", "科华路 12 号", "")
    until = START + timedelta(minutes=15)
    to = ("何晓雨", "13812345678", Handing.DELIVERY, *where)
    return OrderFacts(1, "ABCDEFGH", None, *to, state, 9600, 600, 10200, START, until, None, parts)


def own(to: OrderState, minutes: int, reason: str = "") -> Passage:
    return Passage(None, to, at(minutes), "test", reason)


def of(code: str, *states: VendorOrderState, since: int = 2, reason: str = "") -> list[Passage]:
    return [Passage(code, state, at(since + n), "test", reason) for n, state in enumerate(states)]


def refund(state: RefundState, reason: str, done: int | None = None) -> RefundFacts:
    return RefundFacts("R", 10200, state, reason, at(30), at(done) if done else None)


def told(steps: tuple[Step, ...]) -> list[tuple[str, str]]:
    return [(step.label, step.state) for step in steps]


TO_COME = ["通知备货", "备货", "中心收货", "打包", "交给快递", "送到"]


def test_an_unpaid_order_waits_for_its_money_with_the_time_it_has() -> None:
    steps = progress(order(O.PLACED, part("A", V.WAITING)), [own(O.PLACED, 0)], [], None)
    assert told(steps) == [("下单", "done"), ("付款", "now"), *((label, "todo") for label in TO_COME)]
    assert "10:15" in str(steps[1].note)


def test_a_paid_order_waits_for_the_household() -> None:
    passages = [own(O.PLACED, 0), own(O.PAID, 1), *of("A", V.ASKED)]
    steps = progress(order(O.PAID, part("A", V.ASKED)), passages, [], None)
    assert told(steps)[:4] == [("下单", "done"), ("付款", "done"), ("通知备货", "done"), ("备货", "now")]
    assert [state for _, state in told(steps)[4:]] == ["todo"] * 4
    assert steps[1].at == at(1)


def test_every_step_of_the_whole_way_has_its_time() -> None:
    way = (V.ASKED, V.READY, V.RECEIVED, V.PACKED, V.SHIPPED, V.DELIVERED)
    passages = [own(O.PLACED, 0), own(O.PAID, 1), *of("A", *way), own(O.DONE, 7)]
    steps = progress(order(O.DONE, part("A", V.DELIVERED)), passages, [], "WB-1")
    assert told(steps) == [(label, "done") for label in ("下单", "付款", *TO_COME)]
    assert [step.at for step in steps] == [at(n) for n in range(8)]
    assert "WB-1" in str(steps[6].note)


def test_a_change_of_the_recipient_stands_where_it_came_and_pays_nothing() -> None:
    changed = [Passage(None, O.PLACED, at(n), "test", why, True) for n, why in ((1, "readdressed_asked"), (2, "x"))]
    steps = progress(order(O.PLACED, part("A", V.WAITING)), [own(O.PLACED, 0), *changed], [], None)
    assert told(steps)[:3] == [("下单", "done"), ("改了收货人", "done"), ("付款", "now")]
    later = Passage(None, O.PAID, at(4), "test", Readdressed.BUYER, True)
    passages = [own(O.PLACED, 0), *changed, own(O.PAID, 3), later, *of("A", V.ASKED)]
    steps = progress(order(O.PAID, part("A", V.ASKED)), passages, [], None)
    assert told(steps)[:4] == [("下单", "done"), ("付款", "done"), ("改了收货人", "done"), ("通知备货", "done")]
    assert (steps[2].at, steps[2].note) == (at(4), None)


def test_a_household_that_never_said_ready_is_not_shown_as_late() -> None:
    passages = [own(O.PAID, 1), *of("A", V.ASKED, V.RECEIVED)]
    steps = progress(order(O.PAID, part("A", V.RECEIVED)), passages, [], None)
    assert ("备货", "done") not in told(steps)
    assert ("中心收货", "done") in told(steps)
    assert ("打包", "now") in told(steps)


def test_two_households_move_on_when_the_later_one_has() -> None:
    passages = [own(O.PAID, 1), *of("A", V.ASKED, V.READY, V.RECEIVED), *of("B", V.ASKED, V.READY, since=10)]
    facts = order(O.PAID, part("A", V.RECEIVED), part("B", V.READY))
    steps = {step.label: step for step in progress(facts, passages, [], None)}
    assert (steps["备货"].state, steps["备货"].at) == ("done", at(11))
    assert (steps["中心收货"].state, steps["中心收货"].note) == ("now", "2 家里到了 1 家。")
    assert steps["打包"].state == "todo"


def test_one_household_without_goods_does_not_hold_up_the_other() -> None:
    passages = [
        own(O.PAID, 1),
        *of("A", V.ASKED, V.RECEIVED),
        *of("B", V.ASKED),
        *of("B", V.CANCELLED, since=5, reason="none"),
    ]
    facts = order(O.PAID, part("A", V.RECEIVED), part("B", V.CANCELLED, rejected=2))
    steps = progress(facts, passages, [refund(RefundState.PENDING, "declined")], None)
    assert ("打包", "now") in told(steps)
    gone = next(step for step in steps if step.label == "B家的没有了")
    assert (gone.at, gone.state, gone.note) == (at(5), "failed", "人家说没有货了。")
    assert told(steps)[-1] == ("退款 ¥102 正在退", "now")


def test_what_the_centre_turned_down_says_why_and_what_comes_back() -> None:
    passages = [
        own(O.PAID, 1),
        *of("A", V.ASKED),
        *of("A", V.REJECTED, since=4, reason="有一半碎了"),
        own(O.CANCELLED, 4),
    ]
    steps = progress(
        order(O.CANCELLED, part("A", V.REJECTED, rejected=2)),
        passages,
        [refund(RefundState.SUCCEEDED, "rejected", 40)],
        None,
    )
    assert told(steps) == [
        ("下单", "done"),
        ("付款", "done"),
        ("通知备货", "done"),
        ("A家的没收下", "failed"),
        ("订单取消", "failed"),
        ("退款 ¥102 退好了", "done"),
    ]
    assert steps[3].note == "有一半碎了"
    assert steps[-1].at == at(40)


@pytest.mark.parametrize(
    ("state", "reason", "label"), [(O.EXPIRED, "time", "过时没付"), (O.CANCELLED, "buyer", "订单取消")]
)
def test_an_order_that_was_never_paid_ends_there(state: OrderState, reason: str, label: str) -> None:
    passages = [own(O.PLACED, 0), own(state, 15, reason), *of("A", V.CANCELLED, since=15, reason=reason)]
    steps = progress(order(state, part("A", V.CANCELLED)), passages, [], None)
    assert told(steps) == [("下单", "done"), (label, "failed")]
    assert steps[1].at == at(15)


def test_late_money_revives_the_story() -> None:
    passages = [
        own(O.PLACED, 0),
        own(O.EXPIRED, 16, "time"),
        *of("A", V.CANCELLED, since=16, reason="time"),
        own(O.PAID, 17),
        *of("A", V.ASKED, since=17),
    ]
    steps = progress(order(O.PAID, part("A", V.ASKED)), passages, [], None)
    assert told(steps)[:5] == [
        ("下单", "done"),
        ("过时没付", "failed"),
        ("付款", "done"),
        ("通知备货", "done"),
        ("备货", "now"),
    ]
    assert all(step.label != "A家的没有了" for step in steps)


def test_a_parcel_that_came_back_is_not_waited_for() -> None:
    way = (V.ASKED, V.READY, V.RECEIVED, V.PACKED, V.SHIPPED)
    passages = [own(O.PAID, 1), *of("A", *way), *of("A", V.RETURNED, since=9, reason="没人在家"), own(O.DONE, 9)]
    facts = order(O.DONE, part("A", V.RETURNED))
    steps = progress(facts, passages, [refund(RefundState.FAILED, "returned", 50)], "WB-1")
    assert ("送到", "todo") not in told(steps)
    back = next(step for step in steps if step.label == "退回中心")
    assert (back.at, back.state, back.note) == (at(9), "failed", "没人在家")
    assert steps[-1].state == "failed"
    assert "打中心的电话" in str(steps[-1].note)
    assert order_word(facts) == PART_WORDS[V.RETURNED]


def test_every_state_has_its_word() -> None:
    assert set(ORDER_WORDS) == set(OrderState)
    assert set(PART_WORDS) == set(VendorOrderState)
    assert set(REFUND_WORDS) == set(RefundState)


def test_a_paid_order_is_called_by_how_far_its_goods_are() -> None:
    assert order_word(order(O.PAID, part("A", V.ASKED), part("B", V.READY))).text == "正在备货"
    assert order_word(order(O.PAID, part("A", V.SHIPPED), part("B", V.CANCELLED))).text == "在路上"
    assert order_word(order(O.DONE, part("A", V.DELIVERED))).text == "已送到"
