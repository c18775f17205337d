"""Short messages: what they say, and that each is sent once whatever breaks."""

from typing import Any

import pytest
from jinja2 import meta
from sqlalchemy import select

from shop.kernel import outbox
from shop.kernel.edge import Edge
from shop.kernel.jobs import expect, run_if_due
from shop.kernel.outbox import Message
from shop.notifications import queries
from shop.notifications.gateways import LogGateway
from shop.notifications.models import Delivery, DeliveryState
from shop.notifications.rules import (
    BLACKED_OUT,
    CAPPED,
    MOST_A_PHONE,
    PURPOSES,
    SECRET,
    VALUES,
    Purpose,
    Sender,
    check_values,
    message_text,
)
from shop.notifications.services import deliver
from shop.notifications.tongues import FOLDER, HOME, short, written, yuan
from shop.notifications.topics import SMS
from tests.rooms.phones import PHONE, SENDER, Gateway, ask, facts_of, log, never, send
from tests.support.clock import SettableClock

ONE_MESSAGE = 70
"""Characters of one short message with Chinese in it (3GPP TS 23.040, UCS-2); longer ones are charged as several."""
LONGEST = Sender("龙门山小鱼洞", "028-88881234")
LONG: dict[str, Any] = {
    "code": "ABCD2345",
    "total_fen": 1_288_850,
    "refund_fen": 1_288_850,
    "freight_fen": 1_288_850,
    "paid_fen": 1_288_850,
    "cost_fen": 1_288_850,
    "red_fen": 1_288_850,
    "back_fen": 1_288_850,
    "may_fetch": True,
    "carrier": "德邦快递（大件）",
    "tracking": "DPK3642918573",
    "goods": "高山老腊肉五花 500克装 12份、土鸡蛋30枚 22份、干竹笋 3份",
    "due": "10月22日18:00",
    "reason": "有几枚蛋破了，箱底也湿了，不能收，请换一箱来",
    "why": "买家说蛋不新鲜，先停几天，把存货都看一遍再上架",
    "others": 120,
    "missing": "120盒等12样",
    "is_paid": True,
    "where": "成都市彭州市龙门山镇小鱼洞社区场镇老街 128 号附 3 号山货中心一楼",
    "is_granted": True,
    "may_undo": True,
    "words": "货已经从户家收上来了，还没装箱，这次就帮您退了，下次早点说",
    "kind": "quarantine",
    "until": "12月31日",
    "how": "suspended",
    "car": "10:30三组晒坝边上老磨坊门口",
    "when": "12月31日10:30",
    "place": "三组晒坝边上老磨坊门口那棵大黄桷树下",
    "question": "这个蛋是散养的吗，一盒有多少枚，几天能到成都武侯区，路上会不会碎",
    "answer": "有货，下单就给您备，散养的，一盒三十枚，两天到，碎了包赔，您放心吃，有空来山里耍",
    "amount_fen": 12345678,
    "way": "bank",
    "tail": "0018",
    "is_standing": True,
    "parts": ["who", "village", "standing", "papers", "pay"],
}


@pytest.fixture
def gateway() -> Gateway:
    return Gateway()


@pytest.mark.parametrize("template", VALUES)
def test_each_message_is_signed_short_and_without_links(template: str) -> None:
    text = message_text(template, {name: LONG[name] for name in VALUES[template]}, LONGEST)
    assert text.startswith("【龙门山小鱼洞】")
    assert len(text) <= ONE_MESSAGE, text
    assert "http" not in text
    assert "www" not in text
    assert "\n" not in text


@pytest.mark.parametrize("values", [{"is_granted": False}, {"is_granted": True}])
def test_an_answer_is_short_whatever_it_is(values: dict[str, Any]) -> None:
    filled = {**{name: LONG[name] for name in VALUES["wish_answered"]}, **values}
    assert len(message_text("wish_answered", filled, LONGEST)) <= ONE_MESSAGE


@pytest.mark.parametrize("how", ["planned", "changed", "off"])
def test_what_is_told_of_the_car_is_short_whatever_it_is(how: str) -> None:
    values = {"how": how, "when": "12月31日10:30", "place": "三组晒坝边上老磨坊门口那棵大黄桷树下"}
    assert len(message_text("pickup_run", values, LONGEST)) <= ONE_MESSAGE


def test_every_message_is_about_something_its_reader_need_not_be_asked_for() -> None:
    """A purpose for which one has to be asked first does not exist; what has none is not sent."""
    assert set(PURPOSES) == set(VALUES)
    assert {purpose for name, purpose in PURPOSES.items() if name not in CAPPED} == {Purpose.SIGN_IN}


def test_a_message_without_a_purpose_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(PURPOSES, "order_paid")
    with pytest.raises(ValueError, match="order_paid"):
        check_values("order_paid", {"code": "ABCD2345", "total_fen": 2850})


@pytest.mark.parametrize("template", VALUES)
def test_each_template_takes_exactly_the_values_it_declares(template: str) -> None:
    source = (FOLDER / f"{template}.txt").read_text(encoding="utf-8")
    used = meta.find_undeclared_variables(written(HOME).parse(source))
    assert used - {"town", "centre_phone"} == VALUES[template]


def test_every_file_is_a_declared_message() -> None:
    assert {path.stem for path in FOLDER.glob("*.txt")} == {*VALUES, "mail"}


def test_money_and_long_names_are_written_for_a_phone() -> None:
    assert [yuan(fen) for fen in (0, 5, 2800, 2850, 1_288_850)] == ["0", "0.05", "28", "28.50", "12888.50"]
    assert (short("土鸡蛋", 3), short("土鸡蛋两份", 3)) == ("土鸡蛋", "土鸡…")
    text = message_text("order_paid", {"code": "ABCD2345", "total_fen": 2850}, SENDER)
    assert "订单ABCD2345已付28.50元" in text


def test_nothing_is_escaped_as_on_a_page() -> None:
    values = {"goods": "腊肉 & 香肠 <大>", "due": "10月2日18:00", "car": ""}
    assert "腊肉 & 香肠 <大>" in message_text("vendor_asked", values, SENDER)


@pytest.mark.parametrize(
    ("template", "values"),
    [("no_such", {}), ("order_paid", {"code": "ABCD2345"}), ("order_cancelled", {"code": "A", "name": "周素珍"})],
)
def test_a_message_that_could_not_be_written_later_is_refused_at_once(template: str, values: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=template):
        check_values(template, values)


def test_wanting_a_message_posts_it_with_its_act(edge: Edge, clock: SettableClock, woken: list[int]) -> None:
    message_id = ask(edge, clock)
    assert woken == [message_id]
    assert facts_of(edge, message_id) == {
        "template": "order_paid",
        "phone": PHONE,
        "values": {"code": "ABCD2345", "total_fen": 2850},
    }
    assert log(edge) == []


@pytest.mark.parametrize("template", sorted(SECRET))
def test_a_secret_cannot_be_put_into_the_outbox(edge: Edge, clock: SettableClock, template: str) -> None:
    with pytest.raises(ValueError, match="secret"):
        ask(edge, clock, template, code="123456")
    with edge.reading() as session:
        assert session.scalars(select(Message)).all() == []


def test_a_message_is_sent_once_and_written_down(edge: Edge, clock: SettableClock, gateway: Gateway) -> None:
    message_id = ask(edge, clock)
    for _ in range(3):
        send(edge, gateway, clock, message_id)
    ((phone, text, key),) = gateway.asked
    assert (phone, key) == (PHONE, str(message_id))
    assert log(edge) == [(PHONE, text, DeliveryState.SENT)]


def test_a_network_that_does_not_answer_is_asked_again_with_the_same_key(
    edge: Edge, clock: SettableClock, gateway: Gateway
) -> None:
    message_id = ask(edge, clock)
    gateway.breaks = True
    with pytest.raises(OSError):  # noqa: PT011 - any failure of the network
        send(edge, gateway, clock, message_id)
    assert [state for _, _, state in log(edge)] == [DeliveryState.SENDING]
    gateway.breaks = False
    send(edge, gateway, clock, message_id)
    assert list(gateway.arrived) == [str(message_id)]
    assert [state for _, _, state in log(edge)] == [DeliveryState.SENT]


def test_a_crash_after_sending_sends_the_same_text_under_the_same_key(
    edge: Edge, clock: SettableClock, gateway: Gateway
) -> None:
    message_id = ask(edge, clock)
    send(edge, gateway, clock, message_id)
    with edge.transaction() as session:  # what a kill between the gateway's answer and our commit leaves behind
        row = session.scalars(select(Delivery)).one()
        row.state, row.sent_at = DeliveryState.SENDING, None
    send(edge, gateway, clock, message_id)
    first, second = gateway.asked
    assert first == second
    assert len(log(edge)) == 1


@pytest.mark.parametrize(("is_demo", "kept"), [(False, BLACKED_OUT), (True, "123456")])
def test_a_code_reaches_the_phone_and_is_blacked_out_in_the_log(
    edge: Edge, clock: SettableClock, gateway: Gateway, is_demo: bool, kept: str
) -> None:
    message_id = edge.run(lambda session: outbox.post(session, "reset_code.wanted", {"phone": PHONE}, clock=clock))
    facts = {"template": "reset_code", "phone": PHONE, "values": {}}
    deliver(
        edge,
        gateway,
        message_id,
        facts,
        sender=SENDER,
        is_demo=is_demo,
        is_moot=never,
        clock=clock,
        secret_values={"code": "123456"},
    )
    ((_, text, _),) = gateway.asked
    assert "123456" in text
    ((_, stored, _),) = log(edge)
    assert stored == text.replace("123456", kept)


def test_a_code_comes_however_many_messages_came_before(edge: Edge, clock: SettableClock, gateway: Gateway) -> None:
    for _ in range(MOST_A_PHONE):
        send(edge, gateway, clock, ask(edge, clock))
    message_id = edge.run(lambda session: outbox.post(session, "reset_code.wanted", {"phone": PHONE}, clock=clock))
    facts = {"template": "reset_code", "phone": PHONE, "values": {}}
    deliver(
        edge,
        gateway,
        message_id,
        facts,
        sender=SENDER,
        is_demo=False,
        is_moot=never,
        clock=clock,
        secret_values={"code": "123456"},
    )
    assert "123456" in gateway.asked[-1][1]


def test_the_log_gateway_writes_neither_number_nor_text(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level("INFO"):
        LogGateway().send(PHONE, "【小鱼洞】123456是验证码", key="7")
    (record,) = caplog.records
    assert PHONE not in str(record.__dict__)
    assert "123456" not in str(record.__dict__)


def test_the_delivery_log_is_leafed_through_newest_first(
    edge: Edge, clock: SettableClock, gateway: Gateway, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(queries, "PER_PAGE", 2)
    for number in range(5):
        send(edge, gateway, clock, ask(edge, clock, "order_cancelled", code=f"CODE{number}"))
    with edge.reading() as session:
        pages = [queries.deliveries(session, number) for number in (1, 3, 99, -1)]
    assert [(page.page, page.pages, page.total) for page in pages] == [(1, 3, 5), (3, 3, 5), (3, 3, 5), (1, 3, 5)]
    assert "CODE4" in pages[0].rows[0].text
    assert "CODE0" in pages[1].rows[0].text


def test_the_work_of_the_house_is_told(edge: Edge, clock: SettableClock) -> None:
    def fail(_message_id: int, _facts: Any) -> None:
        raise ConnectionError

    poisoned, waiting, done = ask(edge, clock), ask(edge, clock), ask(edge, clock)
    for _ in range(outbox.MAX_ATTEMPTS):
        outbox.deliver(edge, {SMS: fail}, poisoned, clock=clock)
        clock.advance(hours=2)
    outbox.deliver(edge, {SMS: lambda *_: None}, done, clock=clock)
    with edge.transaction() as session:
        expect(session, "never", 60)
    run_if_due(edge, "punctual", 60, lambda: None, clock=clock)
    clock.advance(seconds=30)
    with edge.reading() as session:
        box, jobs = queries.outbox(session), {job.name: job for job in queries.jobs(session, clock())}
    assert (box.waiting, box.done, box.poisoned) == (1, 1, 1)
    (stuck,) = box.poisoned_messages
    assert (stuck.id, stuck.topic, stuck.attempts) == (poisoned, SMS, outbox.MAX_ATTEMPTS)
    assert "ConnectionError" in (stuck.error or "")
    assert [row.id for row in box.last_done] == [done]
    assert waiting not in {stuck.id, done}
    assert (jobs["never"].is_late, jobs["never"].next_at) == (True, None)
    assert (jobs["punctual"].is_late, jobs["punctual"].runs) == (False, 1)
    assert jobs["punctual"].next_at is not None
    assert (jobs["punctual"].next_at - clock()).total_seconds() == 30
