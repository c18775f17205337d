"""Kuaidi100's stand-in refuses by each of its rules, so that what passes against it kept them."""

import json
from collections.abc import Callable, Mapping

import pytest

from tests.support.clock import SettableClock
from tests.support.kuaidi_server import SOURCES, KuaidiServer, md5

PHONE = "13800001234"


@pytest.fixture
def server(clock: SettableClock) -> KuaidiServer:
    """The stand-in, asked without a network."""
    return KuaidiServer(clock)


def _signed(server: KuaidiServer, method: str, **param: object) -> dict[str, str]:
    text = json.dumps(param)
    sign = md5(text + "0" + server.key + server.secret)
    return {"method": method, "key": server.key, "t": "0", "sign": sign, "param": text}


def _asked(server: KuaidiServer, **param: object) -> dict[str, str]:
    text = json.dumps(param)
    return {"customer": server.customer, "sign": md5(text + server.key + server.customer), "param": text}


MAN = {"name": "陈先生", "mobile": PHONE, "printAddr": "四川成都武侯区玉林街 2 号"}
WANTED = {
    "kuaidicom": "shunfeng", "recMan": MAN, "sendMan": MAN, "cargo": "蛋", "weight": "1", "count": 1,
    "payType": "SHIPPER", "printType": "NON", "orderId": "K1", "salt": "s",
}  # fmt: skip
NUMBERED = {"number": "9812345678901", "company": "ems", "key": KuaidiServer.key, "parameters": {"callbackurl": "u"}}
BREAKS: Mapping[str, tuple[str, Callable[[KuaidiServer], dict[str, str]]]] = {
    "label signature": ("/label/order", lambda to: {**_signed(to, "order", **WANTED), "sign": "0"}),
    "label key": ("/label/order", lambda to: {**_signed(to, "order", **WANTED), "key": "other"}),
    "label fields": ("/label/order", lambda to: _signed(to, "order", **{**WANTED, "cargo": ""})),
    "balance": ("/label/order", lambda to: _signed(to, "order", **WANTED)),
    "cancelling": ("/label/order", lambda to: _signed(to, "cancel", kuaidicom="ems", kuaidinum="SF1", orderId="")),
    "quote places": ("/label/order", lambda to: _signed(to, "price", kuaidicom="ems", sendAddr="川", recAddr="川")),
    "query signature": ("/poll/query.do", lambda to: {**_asked(to, num="9812345678901", com="ems"), "sign": "0"}),
    "number": ("/poll/query.do", lambda to: _asked(to, num="12345", com="ems")),
    "company": ("/poll/query.do", lambda to: _asked(to, num="9812345678901", com="nobody")),
    "phone": ("/poll/query.do", lambda to: _asked(to, num="SF1234567890123", com="shunfeng")),
    "nothing yet": ("/poll/query.do", lambda to: _asked(to, num="9812345678901", com="ems")),
    "subscription key": ("/poll", lambda _to: _subscribing(key="other")),
    "subscription fields": ("/poll", lambda _to: _subscribing(parameters={})),
    "subscription company": ("/poll", lambda _to: _subscribing(company="nobody")),
}
"""A request that breaks one rule, where one request can."""


def _subscribing(**other: object) -> dict[str, str]:
    return {"schema": "json", "param": json.dumps({**NUMBERED, **other})}


@pytest.mark.parametrize("rule", BREAKS)
def test_the_stand_in_refuses_by_its_rule(server: KuaidiServer, rule: str) -> None:
    path, form = BREAKS[rule]
    server.has_balance = rule != "balance"
    answer = server.answer(path, form(server))
    assert answer is not None
    said = answer[1]
    code = str(said.get("code") or said.get("returnCode"))
    assert said.get("success", said.get("result")) is False
    assert code in SOURCES[rule], f"{code} is not the code of: {SOURCES[rule]}"
    assert not server.orders
    assert not server.subscribed


def test_the_stand_in_locks_a_number_asked_about_twice_in_half_an_hour(
    server: KuaidiServer, clock: SettableClock
) -> None:
    server.answer("/label/order", _signed(server, "order", **{**WANTED, "kuaidicom": "ems"}))
    number = next(iter(server.orders))
    server.say(number, "103", "已揽收")
    asked = _asked(server, num=number, com="ems")
    answers = [server.answer("/poll/query.do", asked) for _ in range(2)]
    assert [answer is not None and answer[1].get("message") == "ok" for answer in answers] == [True, False]
    assert server.locked == {number}
    clock.advance(hours=1)
    assert server.answer("/poll/query.do", asked) is not None


def test_the_stand_in_takes_four_subscriptions_of_a_number_a_month(server: KuaidiServer, clock: SettableClock) -> None:
    codes = []
    for _ in range(5):
        answer = server.answer("/poll", _subscribing())
        assert answer is not None
        codes.append(answer[1]["returnCode"])
    assert codes == ["200", "501", "501", "501", "700"]
    clock.advance(days=31)
    again = server.answer("/poll", _subscribing())
    assert again is not None
    assert again[1]["returnCode"] == "501"


SHOWN_ELSEWHERE = {"same order", "half an hour", "four a month", "subscribed before", "push"}
"""Rules that need more than one request, each with a test of its own."""


def test_every_rule_of_the_stand_in_names_its_document_and_is_seen_to_refuse() -> None:
    assert all(source.startswith("document, ") for source in SOURCES.values())
    assert set(SOURCES) == set(BREAKS) | SHOWN_ELSEWHERE
