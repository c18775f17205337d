"""Consignments at the bench and before their buyers: what failed, what is late, letters out, stock in."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from shop.catalog.models import Listing
from shop.courier.queries import shipment_by_key
from shop.courier.queues import concerns
from shop.courier.rules import Concern, evening
from shop.notifications.models import Delivery
from shop.orders.models import OrderState, VendorOrderState
from shop.web.house import EXTENSION, House
from tests.support.pages import Pages
from tests.world.books import assert_sound, footprint
from tests.world.kuaidi import sending
from tests.world.market import (
    TO,
    Market,
    order,
    pack,
    paid_order,
    parcel_code,
    receive_all,
    send,
    sent_order,
    tapped,
    variant_id,
)


@pytest.fixture
def by_counter(at: Market) -> Market:
    """A town whose parcels go by a carrier's counter first."""
    couriers = at.world.house.couriers
    at.world.house = replace(at.world.house, couriers={"manual": couriers["manual"], "town": couriers["town"]})
    return at


def _packed(at: Market, eggs: Listing) -> tuple[str, str]:
    made = paid_order(at, {variant_id(at, eggs): 1})
    receive_all(at, made.code)
    parcel = pack(at, made.code)
    at.world.deliver()
    return made.code, parcel


def _typed(values: dict[str, str]) -> dict[str, Any]:
    """Return what is typed into a form whose names have a dash in them."""
    return dict(values)


def _why(at: Market) -> list[Concern]:
    return [Concern(queue.name) for queue in at.world.read(lambda session: concerns(session, at.world.clock()))]


def _key(at: Market) -> str:
    """Return the key of what a person must look at first."""
    return at.world.read(lambda session: concerns(session, at.world.clock()))[0].rows[0].key


def _seen(at: Market, key: str) -> dict[str, str]:
    """Return the version that a consignment's page would show now, as its forms send it."""
    facts = at.world.read(lambda session: shipment_by_key(session, key))
    assert facts is not None
    return {"version": str(facts.version)}


def test_a_parcel_for_the_counter_gets_its_number_and_its_news_by_hand(
    by_counter: Market, eggs: Listing, staff: Pages, visitor: Callable[[], Pages]
) -> None:
    at = by_counter
    code, parcel = _packed(at, eggs)
    assert _why(at) == [Concern.FAILED]
    assert "没订上快递" in staff.get("/staff").main
    assert "没订上快递" in staff.get("/staff/consignments").main
    page = staff.get(f"/staff/consignments/{parcel}")
    assert "要到柜台去寄" in page.main
    label = staff.client.get(f"/staff/parcels/{parcel}/label")
    assert (label.status_code, label.location) == (303, page.url)
    assert TO.name not in page.main
    assert TO.phone not in page.main
    assert TO.street not in page.main
    bad = staff.submit_form("记下单号", status=422, **_typed({"counter-company": "ems", "counter-waybill": "12 34"}))
    assert "6 到 32 位" in bad.main
    page = staff.submit_form("记下单号", **_typed({"counter-company": "ems", "counter-waybill": "SF1234567890123"}))
    assert "看着像别家的" in page.main
    assert "EMS" in page.main
    assert _why(at) == []
    send(at, parcel)
    staff.get(f"/staff/consignments/{parcel}")
    page = staff.submit_form("记下这一条", **_typed({"said-code": "in_transit", "said-words": "到了成都"}))
    assert "到了成都" in page.main
    at.world.clock.advance(hours=30)
    text = "2026-11-23 09:00 【成都】正在派送\n2026-11-23 11:30 客户要求改天，无法签收"
    page = staff.submit_form("都记下", **_typed({"pasted-text": text}))
    assert "晚了" not in page.main
    assert order(at, code).states == (VendorOrderState.SHIPPED,)
    assert "路上不顺" in page.main
    bad = staff.submit_form("都记下", status=422, **_typed({"pasted-text": "已签收"}))
    assert "没有看到时间" in bad.main
    staff.get(f"/staff/consignments/{parcel}")
    staff.submit_form("都记下", **_typed({"pasted-text": "2026-11-23 15:00:10\n您的快件已签收，签收人：本人"}))
    assert order(at, code).state is OrderState.DONE
    after = footprint(at.world)
    staff.post(f"/staff/consignments/{parcel}/said", {**_seen(at, parcel), "said-code": "delivered"})
    assert footprint(at.world) == after
    assert _why(at) == []
    assert_sound(at.world)


def test_another_courier_is_chosen_with_one_press(by_counter: Market, eggs: Listing, staff: Pages) -> None:
    _code, parcel = _packed(by_counter, eggs)
    staff.get(f"/staff/consignments/{parcel}")
    assert "去订了" in staff.submit_form("再试：镇上送货").main
    by_counter.world.deliver()
    found = by_counter.world.read(lambda session: shipment_by_key(session, parcel))
    assert found is not None
    assert found.waybill.startswith("XYD")
    told = {**_seen(by_counter, parcel), "carrier": "nobody"}
    assert "没有这家快递" in staff.post(f"/staff/consignments/{parcel}/again", told).main
    staff.post(f"/staff/consignments/{parcel}/again", {**told, "carrier": "town"}, status=409)


def test_what_is_late_opens_before_anybody_asks_and_closes_with_a_new_day(
    at: Market, eggs: Listing, staff: Pages, visitor: Callable[[], Pages]
) -> None:
    made, _waybill = sent_order(at, {variant_id(at, eggs): 1})
    assert _why(at) == []
    at.world.clock.advance(days=4)
    assert _why(at) == [Concern.LATE]
    page = staff.get("/staff/consignments")
    assert "晚了" in page.main
    parcel = _key(at)
    staff.get(f"/staff/consignments/{parcel}")
    assert (
        "已经过了"
        in staff.submit_form("记下", status=422, **_typed({"look-note": "问了", "look-until": "2026-11-20"})).main
    )
    page = staff.submit_form("记下", **_typed({"look-note": "路塌了，绕行", "look-until": "2026-11-28"}))
    assert "路塌了" in page.main
    assert _why(at) == []
    buyer = visitor()
    buyer.get("/orders")
    buyer.submit_form("查一下", code=made.code, phone=TO.phone)
    assert "比说好的晚了，现在估计 11月28日（周六）到" in buyer.get(f"/orders/{made.code}/parcels/{parcel}").main
    at.world.clock.advance(days=3)
    assert _why(at) == [Concern.LATE]


def test_what_came_back_waits_until_it_is_seen_to(at: Market, eggs: Listing, staff: Pages, driver: Pages) -> None:
    made, waybill = sent_order(at, {variant_id(at, eggs): 1})
    driver.post(f"/driver/parcels/{waybill}/returned", {**tapped(at, waybill), f"{waybill}-reason": "nobody"})
    assert _why(at) == []  # it waits at the desk that decides about it
    parcel = parcel_code(at, made.code)
    page = staff.get(f"/staff/consignments/{parcel}")
    assert "处理好了" not in page.main
    staff.post(f"/staff/consignments/{parcel}/collected", _seen(at, parcel), status=409)
    staff.get(page.links()["退回来了，看怎么办"])
    staff.submit_form("定下来，告诉买家和农户", cause="unreached")
    assert "退回来了，看怎么办" not in staff.get("/staff/returned").main
    page = staff.post(f"/staff/consignments/{parcel}/off", _seen(at, parcel), status=409)
    assert "没有算" in page.main
    assert_sound(at.world)


ADDRESS: dict[str, Any] = {
    "name": "陈先生",
    "phone": "13800001234",
    "province": "四川",
    "city": "成都",
    "district": "武侯区",
    "street": "玉林街 2 号 3 单元 501",
}


def test_a_letter_is_booked_followed_and_printed_without_an_amount(
    at: Market, eggs: Listing, staff: Pages, driver: Pages
) -> None:
    made = paid_order(at, {variant_id(at, eggs): 1})
    staff.get("/staff/consignments/letter")
    bad = staff.submit_form("订快递", status=422, **_typed({**ADDRESS, "reference": "ZZZZ", "carrier": "town"}))
    assert "没有这一单" in bad.main
    page = staff.submit_form("订快递", **{**ADDRESS, "reference": made.code, "carrier": "town"})
    at.world.deliver()
    page = staff.get(page.url)
    assert "XYD" in page.main
    key = page.url.rpartition("/")[2]
    paper = staff.get(f"{page.url}/envelope")
    for hidden in ("陈先生", "13800001234", "138", "501", "¥", "发票"):
        assert hidden not in paper.main
    assert "1******1234" in paper.main
    staff.get(page.url)
    staff.submit_form("交给送货的了")
    waybill = at.world.read(lambda session: shipment_by_key(session, key))
    assert waybill is not None
    before = order(at, made.code).states
    tap = tapped(at, waybill.waybill)
    assert "记好了：送到了" in driver.post(f"/driver/parcels/{waybill.waybill}/delivered", tap).main
    assert order(at, made.code).states == before
    assert "送到了" in staff.get(page.url).main
    assert "没有在路上的" in staff.get("/staff/consignments").main


def test_whom_a_letter_was_for_hears_that_it_waits_at_the_counter(at: Market, staff: Pages, driver: Pages) -> None:
    staff.get("/staff/consignments/letter")
    page = staff.submit_form("订快递", **{**ADDRESS, "carrier": "town"})
    at.world.deliver()
    staff.get(page.url)
    staff.submit_form("交给送货的了")
    letter = at.world.read(lambda session: shipment_by_key(session, page.url.rpartition("/")[2]))
    assert letter is not None
    why = {**tapped(at, letter.waybill), f"{letter.waybill}-reason": "nobody"}
    driver.post(f"/driver/parcels/{letter.waybill}/returned", why)
    at.world.deliver()
    sent = at.world.read(lambda session: session.scalars(select(Delivery.text)).all())
    assert any("寄给您的信" in text for text in sent)
    assert _why(at) == [Concern.RETURNED]
    staff.get(page.url)
    staff.submit_form("处理好了")
    assert _why(at) == []


def test_a_letter_nobody_wants_sent_is_called_off(at: Market, staff: Pages) -> None:
    staff.get("/staff/consignments/letter")
    page = staff.submit_form("订快递", **{**ADDRESS, "carrier": "manual"})
    at.world.deliver()
    staff.get(page.url)
    assert "不寄了" in staff.submit_form("不寄了，退掉").main
    assert _why(at) == []


def test_blank_stock_on_its_way_is_noted_once_and_followed_to_the_centre(at: Market, staff: Pages) -> None:
    staff.get("/staff/consignments/coming")
    told: dict[str, Any] = {"company": "ems", "waybill": "9812345678901", "until": "2026-11-25"}
    page = staff.submit_form("记下", **told)
    assert "税务局" in page.main
    assert "空白发票" in page.main
    staff.get("/staff/consignments/coming")
    assert "记过了" in staff.submit_form("记下", status=422, **told).main
    staff.get(page.url)
    staff.submit_form("记下这一条", **_typed({"said-code": "out_for_delivery"}))
    staff.submit_form("记下这一条", **_typed({"said-code": "delivered"}))
    assert "没有在路上的" in staff.get("/staff/consignments").main


def test_blank_stock_that_does_not_come_opens_before_it_is_missed(at: Market, staff: Pages) -> None:
    staff.get("/staff/consignments/coming")
    told: dict[str, Any] = {"company": "ems", "waybill": "9812345678901", "until": "2026-11-25"}
    page = staff.submit_form("记下", **told)
    assert "寄给谁" not in page.main
    at.world.clock.advance(days=4)
    assert _why(at) == [Concern.LATE]
    staff.get(page.url)
    staff.submit_form("记下", **_typed({"look-note": "税务局说明天发", "look-until": "2026-11-28"}))
    assert _why(at) == []
    facts = at.world.read(lambda session: shipment_by_key(session, page.url.rpartition("/")[2]))
    assert facts is not None
    assert facts.expected_at == evening(date(2026, 11, 28))


def test_its_buyer_sees_the_way_and_the_day_and_nobody_else_does(
    at: Market, eggs: Listing, pages: Pages, visitor: Callable[[], Pages]
) -> None:
    made, waybill = sent_order(at, {variant_id(at, eggs): 1})
    parcel = at.world.read(lambda session: shipment_by_key(session, _parcel_of(at, made.code)))
    assert parcel is not None
    address = f"/orders/{made.code}/parcels/{parcel.key}"
    assert visitor().client.get(address).status_code == 404
    pages.get("/orders")
    pages.submit_form("查一下", code=made.code, phone=TO.phone)
    page = pages.get(f"/orders/{made.code}")
    assert "大约 11月24日（周二）到" in page.main
    page = pages.get(address)
    assert "大约 11月24日（周二）到" in page.main
    assert waybill in page.main
    assert TO.phone not in page.main
    assert TO.name not in page.main
    at.world.clock.advance(days=4)
    assert "比说好的晚了" in pages.get(address).main
    assert pages.client.get(f"/orders/{made.code}/parcels/nothing").status_code == 404


def _parcel_of(at: Market, code: str) -> str:
    found = at.world.read(lambda session: concerns(session, at.world.clock() + timedelta(days=30)))
    return next(row.key for queue in found for row in queue.rows if row.reference == code)


def test_the_door_for_pushes_answers_exactly(at: Market, app: Flask, pages: Pages) -> None:
    with sending(at) as parcel:
        wired: House = app.extensions[EXTENSION]
        app.extensions[EXTENSION] = replace(wired, couriers=at.world.house.couriers)
        send(at, parcel.parcel)
        parcel.server.say(parcel.shipment.waybill, "301", "已签收", minutes=5)
        form = parcel.server.push_of(parcel.shipment.waybill)
        answer = pages.client.post("/hooks/kuaidi100", data=form)
        assert answer.status_code == 200
        assert answer.get_json() == {"result": True, "returnCode": "200", "message": "成功"}
        assert order(at, parcel.order).state is OrderState.DONE
        bad = pages.client.post("/hooks/kuaidi100", data={**form, "sign": "0" * 32})
        assert bad.status_code == 400
        assert bad.get_json()["result"] is False
        app.extensions[EXTENSION] = wired
