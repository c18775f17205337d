"""One contract for everybody who carries, and what is Kuaidi100's own: its stand-in over HTTP, never tried live."""

import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from shop.app.wiring import wire
from shop.courier.gateways.kuaidi100 import Kuaidi100
from shop.courier.gateways.manual import ManualCourier
from shop.courier.gateways.protocol import (
    AuthFailed,
    BadSignature,
    Courier,
    NotCancellable,
    Party,
    Push,
    RateLimited,
    Rejected,
    Request,
    Tracker,
    Unavailable,
    Waybill,
)
from shop.courier.gateways.town import TownCourier
from shop.courier.models import EventCode, ShipmentKind
from shop.courier.rules import WAYBILL
from shop.kernel.edge import Edge
from shop.settings import BadSettings, Kuaidi100Settings, Settings
from tests.support.clock import SettableClock
from tests.support.kuaidi_server import Fault, KuaidiServer, md5
from tests.support.pages import Pages
from tests.world import World, market

CENTRE = Party("小鱼洞山货中心", "028-83700000", "四川省成都市彭州市龙门山镇", "", "", "老街 1 号")
BUYER = Party("陈先生", "13800001234", "四川", "成都", "武侯区", "玉林街 2 号")
ACCOUNT = Kuaidi100Settings(
    KuaidiServer.key, KuaidiServer.secret, KuaidiServer.customer, company="shunfeng", partner="", api=None
)


@pytest.fixture
def server(clock: SettableClock) -> Iterator[KuaidiServer]:
    """Kuaidi100's stand-in, serving."""
    with KuaidiServer(clock).serving() as serving:
        yield serving


@pytest.fixture
def kuaidi(server: KuaidiServer, clock: SettableClock) -> Kuaidi100:
    """An account at the stand-in."""
    return _account(server, clock)


def _account(server: KuaidiServer, clock: Callable[[], datetime], **other: str) -> Kuaidi100:
    settings = replace(ACCOUNT, api=server.url, **other)
    return Kuaidi100(settings, push_url="http://shop.example.cn/hooks/kuaidi100", clock=clock)


@pytest.fixture(params=["town", "manual", "kuaidi100"])
def courier(request: pytest.FixtureRequest, world: World, edge: Edge) -> Courier:
    """Each of those who carry, in a town with a freight table."""
    market.town(world)
    if request.param == "kuaidi100":
        made: Courier = request.getfixturevalue("kuaidi")
        return made
    return TownCourier(edge) if request.param == "town" else ManualCourier()


def _wanted(courier: Courier, kind: ShipmentKind = ShipmentKind.GOODS, number: str = "A-123456") -> Request:
    by_hand = courier.code == "manual"
    cargo, weight_g = ("发票", 50) if kind is ShipmentKind.DOCUMENT else ("土鸡蛋", 2500)
    company = "" if courier.code == "town" else "shunfeng"
    return Request(kind, CENTRE, BUYER, cargo, weight_g, company, number if by_hand else "")


@pytest.mark.parametrize("kind", list(ShipmentKind))
def test_any_consignment_is_taken_under_a_number(courier: Courier, clock: SettableClock, kind: ShipmentKind) -> None:
    booked = courier.ship(_wanted(courier, kind), key="K1", now=clock())
    assert WAYBILL.fullmatch(booked.waybill)
    assert (booked.company == "") is (courier.code == "town")


def test_the_same_key_is_the_same_booking(courier: Courier, clock: SettableClock) -> None:
    wanted = _wanted(courier)
    first = courier.ship(wanted, key="K1", now=clock())
    clock.advance(hours=20)
    assert courier.ship(wanted, key="K1", now=clock()) == first
    other = courier.ship(_wanted(courier, number="B-123456"), key="K2", now=clock())
    assert other.waybill != first.waybill


def test_a_quote_says_what_the_courier_knows(courier: Courier, clock: SettableClock) -> None:
    quote = courier.quote(_wanted(courier), now=clock())
    assert (quote.price_fen is None) is (courier.code == "manual")
    if quote.expected_at is not None:
        assert quote.expected_at > clock()


def test_what_has_not_left_is_called_off_and_calling_it_off_again_is_no_error(
    courier: Courier, clock: SettableClock
) -> None:
    booked = courier.ship(_wanted(courier), key="K1", now=clock())
    for _ in range(2):
        courier.cancel(Waybill(booked.waybill, booked.company, BUYER.phone, booked.carrier_ref), "买家不要了")


def test_the_town_counts_its_numbers_within_a_day(world: World, edge: Edge, clock: SettableClock) -> None:
    market.town(world)
    town = TownCourier(edge)
    numbers = [town.ship(_wanted(town), key=key, now=clock()).waybill for key in ("A", "B")]
    clock.advance(days=1)
    numbers.append(town.ship(_wanted(town), key="C", now=clock()).waybill)
    assert numbers == ["XYD26112200001", "XYD26112200002", "XYD26112300001"]


def test_the_town_asks_its_freight_table(world: World, edge: Edge, clock: SettableClock) -> None:
    market.town(world)
    with pytest.raises(Rejected, match="too_far"):
        TownCourier(edge).quote(
            replace(_wanted(ManualCourier()), recipient=replace(BUYER, province="火星")), now=clock()
        )


@pytest.mark.parametrize(
    ("number", "company", "reason"),
    [("", "shunfeng", "counter"), ("12345", "shunfeng", "waybill"), ("A-123456", "nobody", "company")],
)
def test_the_counters_number_is_refused_only_where_it_cannot_be_one(
    clock: SettableClock, number: str, company: str, reason: str
) -> None:
    wanted = Request(ShipmentKind.GOODS, CENTRE, BUYER, "土鸡蛋", 2500, company, number)
    with pytest.raises(Rejected, match=reason):
        ManualCourier().ship(wanted, key="K1", now=clock())


# Kuaidi100's own


def _booked(kuaidi: Kuaidi100, clock: SettableClock, key: str = "K1") -> Waybill:
    booked = kuaidi.ship(_wanted(kuaidi), key=key, now=clock())
    return Waybill(booked.waybill, booked.company, BUYER.phone, booked.carrier_ref)


def test_a_lost_answer_is_asked_for_again_and_booked_once(
    server: KuaidiServer, kuaidi: Kuaidi100, clock: SettableClock
) -> None:
    server.faults = [Fault.LOSE]
    with pytest.raises(Unavailable):
        _booked(kuaidi, clock)
    assert _booked(kuaidi, clock).number == next(iter(server.orders))
    assert len(server.orders) == 1


def test_the_order_id_is_forgotten_after_two_days(
    server: KuaidiServer, kuaidi: Kuaidi100, clock: SettableClock
) -> None:
    first = _booked(kuaidi, clock)
    clock.advance(hours=47, minutes=59)
    assert _booked(kuaidi, clock) == first
    clock.advance(minutes=1)
    assert _booked(kuaidi, clock) != first
    assert kuaidi.key_lasts == timedelta(hours=48)


@pytest.mark.parametrize(
    ("fault", "refusal"),
    [(Fault.DOWN, Unavailable), (Fault.BUSY, Unavailable), (Fault.LIMIT, RateLimited), (Fault.LOSE, Unavailable)],
)
def test_what_goes_wrong_on_the_way_has_its_name(
    server: KuaidiServer, kuaidi: Kuaidi100, clock: SettableClock, fault: Fault, refusal: type[Exception]
) -> None:
    server.faults = [fault]
    with pytest.raises(refusal):
        _booked(kuaidi, clock)


def test_nobody_listening_is_no_answer(clock: SettableClock) -> None:
    nobody = Kuaidi100(replace(ACCOUNT, api="http://127.0.0.1:9"), push_url="", clock=clock)
    with pytest.raises(Unavailable):
        _booked(nobody, clock)


@pytest.mark.parametrize("other", [{"key": "wrong"}, {"secret": "wrong"}])
def test_a_wrong_account_is_the_operators(server: KuaidiServer, clock: SettableClock, other: dict[str, str]) -> None:
    with pytest.raises(AuthFailed):
        _booked(_account(server, clock, **other), clock)
    with pytest.raises(AuthFailed):
        _account(server, clock, customer="wrong").track(Waybill("SF1", "yuantong", ""), now=clock())
    assert not server.orders


def test_a_refusal_carries_its_own_words(server: KuaidiServer, kuaidi: Kuaidi100, clock: SettableClock) -> None:
    server.has_balance = False
    with pytest.raises(Rejected, match="账户余额不足"):
        _booked(kuaidi, clock)
    with pytest.raises(Rejected, match="不支持的快递公司"):
        kuaidi.ship(replace(_wanted(kuaidi), company="nobody"), key="K2", now=clock())


def test_price_and_time_are_asked_together(kuaidi: Kuaidi100, clock: SettableClock) -> None:
    quote = kuaidi.quote(_wanted(kuaidi), now=clock())
    assert quote.price_fen == 1250
    assert quote.expected_at is not None
    assert quote.expected_at.isoformat() == "2026-11-24T18:00:00+08:00"


def test_what_was_fetched_is_not_called_off(server: KuaidiServer, kuaidi: Kuaidi100, clock: SettableClock) -> None:
    waybill = _booked(kuaidi, clock)
    server.say(waybill.number, "103", "已揽收")
    with pytest.raises(NotCancellable, match="已揽收"):
        kuaidi.cancel(waybill, "不要了")
    assert not server.orders[waybill.number].is_cancelled


def test_the_way_is_told_in_our_words_beside_theirs(
    server: KuaidiServer, kuaidi: Kuaidi100, clock: SettableClock
) -> None:
    waybill = _booked(kuaidi, clock)
    assert kuaidi.track(waybill, now=clock()).events == ()
    clock.advance(minutes=31)
    for minutes, code, words in ((0, "103", "已揽收"), (5, "777", "无法签收"), (9, "", "客户无法签收")):
        server.say(waybill.number, code, words, minutes=minutes)
    events = kuaidi.track(waybill, now=clock()).events
    assert [event.code for event in events] == [EventCode.PICKED_UP, EventCode.UNKNOWN, EventCode.EXCEPTION]
    assert [(event.raw_code, event.text) for event in events[:2]] == [("103", "已揽收"), ("777", "无法签收")]
    assert events[0].at == clock().replace(microsecond=0)
    assert events[0].place == "四川,成都市"


def test_a_number_is_asked_about_once_in_half_an_hour(
    server: KuaidiServer, kuaidi: Kuaidi100, clock: SettableClock
) -> None:
    waybill = replace(_booked(kuaidi, clock), asked_at=clock())
    asked = len(server.asked)
    clock.advance(minutes=29)
    with pytest.raises(RateLimited) as refused:
        kuaidi.track(waybill, now=clock())
    assert refused.value.retry_at - clock() == timedelta(minutes=1)
    assert len(server.asked) == asked
    clock.advance(minutes=1)
    kuaidi.track(waybill, now=clock())
    assert not server.locked


def test_some_companies_want_the_phone(server: KuaidiServer, kuaidi: Kuaidi100, clock: SettableClock) -> None:
    waybill = _booked(kuaidi, clock)
    server.say(waybill.number, "103", "已揽收")
    asked = len(server.asked)
    with pytest.raises(Rejected, match="phone"):
        kuaidi.track(replace(waybill, phone=""), now=clock())
    assert len(server.asked) == asked
    with pytest.raises(Rejected, match="408"):
        kuaidi.track(replace(waybill, phone="13800009999"), now=clock())
    assert len(kuaidi.track(waybill, now=clock()).events) == 1


def test_an_unknown_company_is_refused(kuaidi: Kuaidi100, clock: SettableClock) -> None:
    with pytest.raises(Rejected, match="400"):
        kuaidi.track(Waybill("A-123456", "nobody", ""), now=clock())


def test_a_push_is_read_after_its_signature(server: KuaidiServer, kuaidi: Kuaidi100, clock: SettableClock) -> None:
    waybill = _booked(kuaidi, clock)
    server.say(waybill.number, "301", "您的快件已签收")
    form = server.push_of(waybill.number)
    push: Push = kuaidi.read_push(form)
    assert (push.number, push.company) == (waybill.number, "shunfeng")
    assert [event.code for event in push.tracking.events] == [EventCode.DELIVERED]
    for wrong in (
        {**form, "sign": md5(form["param"])},
        {**form, "param": form["param"] + " "},
        {**form, "sign": "签"},
        {},
    ):
        with pytest.raises(BadSignature):
            kuaidi.read_push(wrong)


def test_who_follows_a_number_says_so(kuaidi: Kuaidi100, edge: Edge) -> None:
    assert isinstance(kuaidi, Tracker)
    assert not isinstance(TownCourier(edge), Tracker)
    assert not isinstance(ManualCourier(), Tracker)


def test_a_number_got_elsewhere_is_subscribed_once(
    server: KuaidiServer, kuaidi: Kuaidi100, clock: SettableClock
) -> None:
    waybill = Waybill("SF7777777777777", "shunfeng", BUYER.phone)
    for _ in range(2):
        kuaidi.follow(waybill, now=clock())  # 501, polled already, is success
    (wanted,) = server.subscribed.values()
    assert wanted["parameters"]["callbackurl"] == "http://shop.example.cn/hooks/kuaidi100"
    assert wanted["parameters"]["phone"] == BUYER.phone[-4:]
    push = kuaidi.read_push(server.push_from_elsewhere("shunfeng", waybill.number, ("5", "派件中")))
    assert (push.number, push.company, push.was) == (waybill.number, "shunfeng", "")
    other = kuaidi.read_push(server.push_from_elsewhere("shunfeng", waybill.number, ("5", "派件中"), found="ems"))
    assert (other.company, other.was) == ("ems", "shunfeng")


@pytest.mark.parametrize(
    ("fault", "company", "refusal"),
    [
        (Fault.BUSY, "ems", Unavailable),
        (Fault.DOWN, "ems", Unavailable),
        (None, "nobody", Rejected),
    ],
)
def test_what_a_subscription_comes_to_has_its_name(
    server: KuaidiServer,
    kuaidi: Kuaidi100,
    clock: SettableClock,
    fault: Fault | None,
    company: str,
    refusal: type[Exception],
) -> None:
    server.faults = [fault] if fault is not None else []
    with pytest.raises(refusal):
        kuaidi.follow(Waybill("9812345678901", company, ""), now=clock())
    with pytest.raises(AuthFailed):
        _account(server, clock, key="wrong").follow(Waybill("9812345678901", "ems", ""), now=clock())
    assert not server.subscribed


def test_of_a_phone_only_the_end_is_told(server: KuaidiServer, kuaidi: Kuaidi100, clock: SettableClock) -> None:
    waybill = _booked(kuaidi, clock)
    server.say(waybill.number, "103", "已揽收")
    assert kuaidi.track(waybill, now=clock()).events
    assert json.loads(server.last["param"])["phone"] == BUYER.phone[-4:]


# Settings


ON = {
    "SHOP_COURIERS": "town,kuaidi100",
    "SHOP_KUAIDI_KEY": "k",
    "SHOP_KUAIDI_SECRET": "s",
    "SHOP_KUAIDI_CUSTOMER": "c",
    "SHOP_KUAIDI_COMPANY": "shunfeng",
}


@pytest.mark.parametrize(
    ("environ", "codes"),
    [
        ({}, ["town", "manual"]),
        ({"SHOP_COURIERS": "manual,town"}, ["manual", "town"]),
        ({"SHOP_COURIERS": "town"}, ["town"]),
        (ON, ["town", "kuaidi100"]),
    ],
)
def test_settings_say_who_carries_and_who_first(
    settings: Settings, edge: Edge, clock: SettableClock, environ: dict[str, str], codes: list[str]
) -> None:
    told = {**environ, "SHOP_DATA_DIR": str(settings.data_dir)}
    house = wire(Settings.from_env(told), edge.engine, clock)
    house.queue.huey.storage.close()
    assert list(house.couriers) == codes


@pytest.mark.parametrize(
    "environ",
    [
        {"SHOP_COURIERS": "town,nobody"},
        {"SHOP_COURIERS": "town,town"},
        {"SHOP_COURIERS": ""},
        {"SHOP_COURIERS": "kuaidi100"},
        {"SHOP_KUAIDI_KEY": "k"},
        {**ON, "SHOP_KUAIDI_COMPANY": ""},
        {**ON, "SHOP_KUAIDI_API": "stand-in"},
    ],
)
def test_settings_that_make_no_sense_are_refused(environ: dict[str, str]) -> None:
    with pytest.raises(BadSettings, match=r"COURIERS|KUAIDI_API"):
        Settings.from_env(environ)


def test_no_courier_pushes_where_none_is_on(pages: Pages) -> None:
    assert pages.client.post("/hooks/kuaidi100", data={"param": "{}", "sign": ""}).status_code == 404
