"""The whole story of an order on one page: every act that was played is told, in words, with who did it."""

import re
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Any

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from shop.accounts.models import Role, Viewed, ViewReason
from shop.accounts.services import create_user
from shop.accounts.sights import note_view
from shop.catalog.rules import Way
from shop.courier.gateways.protocol import TrackEvent, Tracking
from shop.courier.models import EventCode
from shop.courier.queries import shipment_by_key
from shop.flows import answering, bench, delivery, lots, readdressing, settle, tracking, unpacking
from shop.flows.giving import Amount, give
from shop.fulfilment.services import Packing
from shop.kernel.actor import VISITOR, Actor, system
from shop.kernel.outbox import Message, MessageState
from shop.ledger.queries import sums_by_reference
from shop.notifications.services import wanted
from shop.notifications.topics import SMS
from shop.orders.models import Box, VendorOrder
from shop.orders.queries.orders import OrderFacts
from shop.orders.recipients import recipient_of
from shop.orders.rules import Readdressed
from shop.payments import reconciling
from shop.payments.gateways.protocol import Snapshot
from shop.payments.models import PaymentState
from tests.flows.test_lots import lots as lots_of
from tests.support.page import Page
from tests.support.pages import Pages
from tests.world.cash import at_the_counter
from tests.world.market import (
    HOUSE,
    PASSWORD,
    STAFF,
    TO,
    Market,
    another_vendor,
    fill_basket,
    listing,
    order,
    paid_order,
    place,
    someone,
    start,
    variant_id,
)
from tests.world.pools import evening, pooled

HEN = Way(unit="只", gross_g=1700, per_500g_fen=3400, least_g=1200, most_g=1500, stock=10)
MOST_STATEMENTS = 15
RAW = re.compile(r"[a-z]+[_:][a-z]+|\b(?:job|system|None|True|False)\b")
"""A code of the house's own, which nobody reads."""


def person(at: Market, name: str, role: Role) -> Actor:
    """Return somebody who works at the centre, by a name that no other has."""
    phone = at.world.phone()
    make = partial(create_user, phone=phone, name=name, password=PASSWORD, roles=(role,), hasher=at.world.house.hasher)
    made = at.world.run(partial(make, actor=HOUSE, clock=at.world.clock))
    return Actor(user_id=made.id, label=made.code, roles=frozenset({role.value}))


def do(at: Market, act: Callable[..., Any], *told: Any, **more: Any) -> Any:
    """Do one act in its transaction, and let what it posted be delivered; a minute goes by."""
    done = at.world.run(lambda session: act(session, *told, clock=at.world.clock, **more))
    at.world.deliver()
    at.world.clock.advance(minutes=1)
    return done


def rows_of(page: Page) -> list[str]:
    """Return the rows of the page as people read them, without what is quoted of others."""
    html = re.sub(r"<q .*?</q>", "", page.text, flags=re.DOTALL)
    found = re.findall(r'<li class="past-row.*?</li>', html, flags=re.DOTALL)
    return [" ".join(re.sub(r"<[^>]+>", " ", one).split()) for one in found]


def assert_told(rows: list[str], *words: str) -> None:
    assert any(all(word in row for word in words) for row in rows), words


def household_of(session: Session, code: str) -> int:
    return session.scalars(select(VendorOrder.vendor_id).where(VendorOrder.code == code)).one()


@pytest.fixture
def story(at: Market) -> OrderFacts:
    """An order through everything: short weight, pieces turned down, a box done twice, a refund."""
    clerk, packer = person(at, "吴收货", Role.STAFF), person(at, "郑打包", Role.PACKER)
    driver = person(at, "孙司机", Role.DRIVER)
    hens = variant_id(at, listing(at, title="土鸡", ways=(HEN,)))
    eggs = variant_id(at, listing(at, title="土鸡蛋", vendor=another_vendor(at.world)))
    code = paid_order(at, {hens: 1, eggs: 3}).code
    at.world.deliver()
    at.world.clock.advance(minutes=1)
    for part in order(at, code).parts:
        household = at.world.read(partial(household_of, code=part.code))
        do(at, answering.promise_part, household, part.code)
    take_in = partial(do, at, bench.receive)
    for part in order(at, code).parts:
        line = part.lines[0]
        if line.title == "土鸡":
            seen = {line.id: lots.Seen(reading="ST,GS 1.350kg")}
            take_in(part.code, {}, weighed={line.id: 1350}, reason="", seen=seen, actor=clerk)
        else:
            take_in(part.code, {line.id: 1}, weighed={}, reason="破了壳", actor=clerk)
    by_eye = Packing(by_eye=True)
    first = do(at, bench.pack, code, Box.AMBIENT, 2500, how=by_eye, actor=packer)
    do(at, unpacking.take_apart, first, reason="冰袋忘了", actor=packer)
    parcel = do(at, bench.pack, code, Box.AMBIENT, 2600, how=Packing(by_eye=True), actor=packer)
    do(at, bench.hand_over, [parcel], "马师傅", actor=packer)
    odd = TrackEvent(EventCode.OUT_FOR_DELIVERY, at.world.clock(), "快件已由 sorting_centre 派出", "武侯", "X_501")
    do(at, tracking.take_in, parcel, Tracking((odd,)), source="town", actor=system("courier:town"))
    sent = at.world.read(lambda session: shipment_by_key(session, parcel))
    assert sent is not None
    do(at, delivery.deliver, sent.waybill, actor=driver)
    for lot in lots_of(at)[:1]:
        do(at, lots.recall, lot.code, version=lot.version, reason="检出药残", actor=clerk)
        do(at, lots.tell, lot.code, actor=clerk)
    house = at.world.house
    back = partial(give, house.edge, house.gateways, code, Amount(500), key="k" * 20, note="路上压坏了")
    back(actor=clerk, clock=at.world.clock)
    at.world.deliver()
    do(at, note_view, code, Viewed.RECIPIENT, ViewReason.COMPLAINT, actor=clerk)
    return order(at, code)


def test_every_act_is_told_in_words_with_who_did_it(at: Market, manager: Pages, story: OrderFacts) -> None:
    page = manager.get(f"/staff/orders/{story.code}/audit", max_statements=MOST_STATEMENTS)
    rows = rows_of(page)
    for row in rows:
        assert not RAW.search(row), row
        assert re.search(r"\d\d:\d\d (单|货|钱|包|信|办|看) \S", row), row
    for words in (
        ("单 下单", "买家"),
        ("付了款", "收款渠道"),
        ("收到了（演示收款）", "账上：买家付款", "买家付了、还没分的钱"),
        ("演示收款来了通知", "收款渠道"),
        ("周素珍家：正在备货", "收款渠道"),
        ("周素珍家：说了有没有货", "农户"),
        ("土鸡：收下 1 只", "秤上读到：ST,GS 1.350kg", "按 1350 克算，¥102 改成 ¥91.80", "吴收货"),
        ("土鸡蛋：收下 2 盒，没收下 1 盒", "破了壳", "吴收货"),
        ("土鸡：记进批次", "吴收货"),
        ("要退 ¥10.20", "过秤轻了", "吴收货"),
        ("要退", "收货时没收下", "吴收货"),
        ("打好包了，重 2.5 公斤", "没有扫全，一样一样看过", "郑打包"),
        ("又拆开了", "冰袋忘了", "郑打包"),
        ("打好包了，重 2.6 公斤", "郑打包"),
        ("要了单号", "自动叫快递"),
        ("交出去了", "清单", "马师傅拿走", "郑打包"),
        ("正在派送", "对方的原话", "镇上的车"),
        ("送到了", "孙司机"),
        ("送到后分钱", "欠农户的钱（周素珍家）", "中心的服务费"),
        ("召回批次", "检出药残", "吴收货"),
        ("写信告诉买家召回的事", "吴收货"),
        ("要退 ¥5", "路上压坏了", "吴收货"),
        ("¥5：退好了", "账上：退到买家了"),
        ("短信“订单已付”：已发", "给买家 138****5678"),
        ("短信“包裹送到”：已发", "给买家"),
        ("短信“叫农户备货”：已发", "给农户"),
        ("短信“农户的货没收下”：已发", "给农户"),
        ("看了完整的电话和地址", "买家投诉", "吴收货"),
    ):
        assert_told(rows, *words)
    assert "X_501" in page.text
    assert TO.phone not in page.text
    assert TO.name not in page.text


def test_what_the_page_sums_up_is_what_the_ledger_has(at: Market, manager: Pages, story: OrderFacts) -> None:
    page = manager.get(f"/staff/orders/{story.code}/audit?kind=money")
    html = page.text.partition("这一单的账")[2]
    found = re.findall(r"(−?)¥([\d,.]+)", html)
    shown = [round(float(fen.replace(",", "")) * (-100 if sign else 100)) for sign, fen in found]
    booked = [fen for code, _account, fen in at.world.read(sums_by_reference) if code == story.code and fen]
    assert sorted(shown) == sorted([*booked, 0])
    assert sum(booked) == 0


def test_one_kind_alone_and_the_newest_first(manager: Pages, story: OrderFacts) -> None:
    here = f"/staff/orders/{story.code}/audit"
    every = rows_of(manager.get(here))
    assert rows_of(manager.get(f"{here}?kind=nonsense")) == every
    assert rows_of(manager.get(f"{here}?order=newest")) == every[::-1]
    counted = 0
    for kind, mark in zip(("order", "goods", "money", "parcel", "message", "look"), "单货钱包信看", strict=True):
        own = rows_of(manager.get(f"{here}?kind={kind}"))
        assert own
        assert own == [row for row in every if row.split()[1] == mark]
        counted += len(own)
    assert counted == len(every)
    assert "没有这样的事" in manager.get(f"{here}?kind=desk").main


def test_what_several_households_bring_is_told_by_household(at: Market, manager: Pages) -> None:
    made, _houses = pooled(at, (1, 60), (1, 60))
    code = paid_order(at, {variant_id(at, made): 3}).code
    evening(at)
    at.world.deliver()
    rows = rows_of(manager.get(f"/staff/orders/{code}/audit"))
    assert_told(rows, "几家合着备")
    assert_told(rows, "第1家：", "自动分货")
    assert_told(rows, "第2家：", "自动分货")
    assert all(not RAW.search(row) for row in rows)


def test_a_payment_that_somebody_looked_into_is_told_and_breaks_no_page(at: Market, manager: Pages) -> None:
    placed = place(at, fill_basket(at, {variant_id(at, listing(at)): 1}))
    said = Snapshot(start(at, placed), placed.payment_code, PaymentState.CAPTURED, "CNY", 1, 0)
    at.world.run(lambda session: settle.apply(session, said, clock=at.world.clock))
    finance = person(at, "钱会计", Role.FINANCE)
    do(at, reconciling.settle_payment, placed.payment_code, "在渠道退了", actor=finance)
    manager.get(f"/staff/orders/{placed.order_code}")
    rows = rows_of(manager.get(f"/staff/orders/{placed.order_code}/audit"))
    assert_told(rows, "查过对不上的这一笔", "在渠道退了", "钱会计")


def test_what_went_to_the_phones_that_stood_there_before_is_told(at: Market, manager: Pages) -> None:
    box = {variant_id(at, listing(at)): 1}
    code, other = paid_order(at, box).code, paid_order(at, box).code
    at.world.deliver()
    was = recipient_of(order(at, code))
    to = replace(was, phone="13700000001")
    at.world.clock.advance(days=2)
    do(at, readdressing.readdress, code, to, seen=0, actor=VISITOR)
    at.world.clock.advance(days=2)
    asked = Readdressed.ASKED
    do(at, readdressing.readdress_for, code, replace(was, phone="13700000002"), asked, seen=1, actor=STAFF)
    rows = rows_of(manager.get(f"/staff/orders/{code}/audit?kind=message", max_statements=MOST_STATEMENTS))
    went = [re.findall(r"“(.*)”：已发 (.*) 自动$", row) for row in rows if "给农户" not in row]
    assert [found for (found,) in went] == [
        ("下单了", "给买家原来的号码 138****5678"),
        ("订单已付", "给买家原来的号码 138****5678"),
        ("改了收货人", "给买家原来的号码 138****5678"),
        ("改了收货人", "给买家原来的号码 137****0001"),
        ("改了收货人", "给买家 137****0002"),
    ]
    rows = rows_of(manager.get(f"/staff/orders/{other}/audit?kind=message"))
    assert "改了收货人" not in "".join(rows)


def test_forms_of_the_desk_and_messages_that_fail_are_told(
    at: Market, staff: Pages, visitor: Callable[[], Pages]
) -> None:
    made = at_the_counter(at, {variant_id(at, listing(at)): 2})
    staff.get("/staff/counter")
    staff.submit_form("找", code=made.code)
    staff.submit_form("hand-over", press="收了 ¥96，货交了")
    lost = partial(wanted, template="parcel_delivered", phone=TO.phone, values={"code": made.code})
    at.world.run(lambda session: lost(session, clock=at.world.clock))
    failed = update(Message).where(Message.topic == SMS, Message.state == MessageState.WAITING)
    at.world.run(lambda session: session.execute(failed.values(state=MessageState.POISONED)))
    boss = visitor()
    boss.sign_in(someone(at.world, Role.MANAGER).phone, PASSWORD)
    rows = rows_of(boss.get(f"/staff/orders/{made.code}/audit", max_statements=MOST_STATEMENTS))
    assert_told(rows, "办 在柜台交货", "周素珍")
    assert_told(rows, "收了现金", "周素珍")
    assert_told(rows, "没发成，不再试了", "给买家 138****5678")
    assert all(not RAW.search(row) for row in rows)
