"""A stand-in for Kuaidi100 on this machine: the few methods the shop uses, and their documented rules.

The shop speaks to it over HTTP. It was written from public documents alone (api.kuaidi100.com/document, their mirror
on apifox, the field names of the Java kit 1.1.3) and was never compared with the live service.
"""

import hashlib
import json
import re
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import Enum, auto
from typing import Any
from urllib.parse import parse_qsl

from shop.kernel.clock import TOWN_ZONE
from tests.support.stand_in import Answer, answering

Thing = dict[str, Any]

COMPANIES = frozenset({"shunfeng", "zhongtong", "yuantong", "ems"})
NUMBER = re.compile(r"[A-Za-z0-9-]{6,32}")

LABEL_ORDER = "document, 电子面单下单接口 V2"
LABEL_CODES = "document, 电子面单下单接口 V2, 返回码"
QUERY = "document, 实时快递查询接口"
QUERY_CODES = "document, 实时快递查询接口, 返回码"
PUSH = "document, 快递信息推送接口"
SUBSCRIBE = "document, 快递信息订阅接口"

SOURCES: Mapping[str, str] = {
    "label signature": f"{LABEL_ORDER}: sign = MD5(param + t + key + secret), upper case; 30002 otherwise",
    "label key": f"{LABEL_CODES}: 30003, the account is not known",
    "label fields": f"{LABEL_CODES}: 30001, a field is missing or wrong",
    "balance": f"{LABEL_CODES}: 30004, no balance",
    "same order": f"{LABEL_ORDER}: field reorder, false by default: the same orderId answers the same for 48 hours",
    "cancelling": "document, 电子面单取消接口: before dispatch, orderId being kdComOrderNum where given; else 30001",
    "quote places": "document, 快递时效 and 快递价格: from and to have three levels at least; else 30001",
    "query signature": f"{QUERY}: sign = MD5(param + key + customer), upper case; 503 otherwise",
    "phone": f"{QUERY}: field phone is needed for shunfeng and zhongtong; 408 when missing or wrong",
    "company": f"{QUERY_CODES}: 400, the company is not known",
    "nothing yet": f"{QUERY_CODES}: 500, nothing is known of the number",
    "half an hour": f"{QUERY}: a number once in 30 minutes, or it is locked (how that is answered is not said)",
    "number": f"{QUERY}: field num has 6 to 32 characters; 400 otherwise",
    "subscription key": f"{SUBSCRIBE}, 返回码: 601, the key is not known",
    "subscription fields": f"{SUBSCRIBE}, 返回码: 700, company, number, callbackurl or schema is missing",
    "subscription company": f"{SUBSCRIBE}, 返回码: 701, the company is refused",
    "subscribed before": f"{SUBSCRIBE}, 返回码: 501, it is being polled already",
    "four a month": f"{SUBSCRIBE}: a number may be subscribed four times a month (the refusal's code is not said: 700)",
    "push": f"{PUSH}: sign = MD5(param + salt); again three times, 35 minutes apart, until returnCode is 200",
}
"""Every rule with the document that says so."""


class Fault(Enum):
    """What goes wrong with one request."""

    LOSE = auto()
    """It is carried out and the connection breaks before the answer."""
    DOWN = auto()
    """It is not carried out: 503."""
    LIMIT = auto()
    """It is refused for there were too many: 429."""
    BUSY = auto()
    """It is not carried out, and the service says so itself: -1."""


@dataclass
class Order:
    """A waybill that was ordered."""

    number: str
    param: Thing
    at: datetime
    ref: str
    is_cancelled: bool = False
    rows: list[Thing] = field(default_factory=list)

    @property
    def phone(self) -> str:
        """Return the recipient's phone."""
        man = self.param["recMan"]
        told: str = man.get("mobile") or man["tel"]
        return told


class Refused(Exception):
    """The service refuses by a rule of the table."""

    def __init__(self, rule: str, code: str, words: str) -> None:
        super().__init__(rule)
        self.source, self.code, self.words = SOURCES[rule], code, words


class KuaidiServer:
    """Kuaidi100's door, on this machine.

    Attributes:
        url: its address, while it serves.
        orders: what was ordered, by its number.
        faults: what goes wrong with the next requests, one each, in order.
        asked: method or path of every request, in order.
        locked: numbers that were asked about too often.
        subscribed: what was subscribed, by company and number.
        last: the form of the newest request.
        has_balance: false refuses every order.
    """

    key, secret, customer = "stand-in-key", "stand-in-secret", "STANDINCUSTOMER"

    def __init__(self, clock: Callable[[], datetime]) -> None:
        self._clock = clock
        self.url = ""
        self.orders: dict[str, Order] = {}
        self.faults: list[Fault] = []
        self.asked: list[str] = []
        self.locked: set[str] = set()
        self.subscribed: dict[tuple[str, str], Thing] = {}
        self._tries: dict[tuple[str, str], list[datetime]] = {}
        self.has_balance = True
        self.last: Mapping[str, str] = {}
        self._by_key: dict[str, Order] = {}
        self._queried: dict[str, datetime] = {}
        self._lock = threading.Lock()

    @contextmanager
    def serving(self) -> Iterator["KuaidiServer"]:
        """Serve on a free port of 127.0.0.1."""
        with answering(self._answer) as self.url:
            yield self

    def _answer(self, _method: str, path: str, _headers: Mapping[str, str], body: str) -> Answer | None:
        said = self.answer(path, dict(parse_qsl(body, keep_blank_values=True)))
        if said is None:
            return None
        status, thing = said
        text = json.dumps(thing, ensure_ascii=False).encode()
        return status, text, {"Content-Type": "application/json;charset=UTF-8"}

    def answer(self, path: str, form: Mapping[str, str]) -> tuple[int, Thing] | None:
        """Answer one request, or break off with None."""
        with self._lock:
            self.asked.append(form.get("method", path))
            self.last = form
            fault = self.faults.pop(0) if self.faults else None
            if fault is Fault.DOWN:
                return 503, {}
            if fault is Fault.LIMIT:
                return 429, {}
            if fault is Fault.BUSY and path == "/poll":
                return 200, {"result": False, "returnCode": "500", "message": "服务器错误"}
            if fault is Fault.BUSY:
                return 200, {"code": -1, "message": "系统繁忙", "success": False}
            doors = {"/label/order": self._label, "/poll": self._subscribe}
            said = doors.get(path, self._query)(form)
            return None if fault is Fault.LOSE else (200, said)

    # Waybills

    def _label(self, form: Mapping[str, str]) -> Thing:
        try:
            self._check_label(form)
            param = json.loads(form["param"])
            does = {"order": self._order, "cancel": self._cancel, "price": self._price, "time": self._time}
            data = does[form["method"]](param)
        except Refused as refusal:
            return {"code": int(refusal.code), "message": refusal.words, "success": False, "data": None}
        return {"code": 200, "message": "success", "success": True, "time": 12, "data": data}

    def _check_label(self, form: Mapping[str, str]) -> None:
        if form.get("key") != self.key:
            raise Refused("label key", "30003", "账号不存在")
        if form.get("sign") != md5(form["param"] + form["t"] + self.key + self.secret):
            raise Refused("label signature", "30002", "验证签名失败")

    def _order(self, param: Thing) -> Thing:
        for name in ("kuaidicom", "recMan", "sendMan", "cargo", "weight", "count", "payType", "printType", "orderId"):
            if not param.get(name):
                raise Refused("label fields", "30001", f"{name} 不能为空")
        for man in (param["recMan"], param["sendMan"]):
            if not man.get("name") or not (man.get("mobile") or man.get("tel")) or not man.get("printAddr"):
                raise Refused("label fields", "30001", "收寄件人信息不全")
        if param["kuaidicom"] not in COMPANIES:
            raise Refused("label fields", "30001", "不支持的快递公司")
        kept = self._by_key.get(param["orderId"])
        if kept is not None and not param.get("reorder") and self._clock() - kept.at < timedelta(hours=48):
            return self._answer_of(kept)
        if not self.has_balance:
            raise Refused("balance", "30004", "账户余额不足")
        number = f"SF{len(self.orders) + 1:013d}"
        made = Order(number, param, self._clock(), f"KD{len(self.orders) + 1:06d}")
        self.orders[number] = self._by_key[param["orderId"]] = made
        return self._answer_of(made)

    def _answer_of(self, order: Order) -> Thing:
        return {
            "taskId": md5(order.number),
            "kuaidinum": order.number,
            "kdComOrderNum": order.ref,
            "bulkpen": "028-武侯",
            "destSortingName": "成都武侯集散",
            "label": None,
        }

    def _cancel(self, param: Thing) -> Thing:
        order = self.orders.get(param.get("kuaidinum", ""))
        if order is None or param.get("orderId") != order.ref or param.get("kuaidicom") != order.param["kuaidicom"]:
            raise Refused("cancelling", "30001", "单号不存在")
        if order.rows:
            raise Refused("cancelling", "30001", "快件已揽收，不能取消")
        order.is_cancelled = True
        return {}

    def _price(self, param: Thing) -> Thing:
        self._check_places(param.get("sendAddr", ""), param.get("recAddr", ""))
        return {"kuaidicom": param["kuaidicom"], "combos": [{"price": 12.5, "expType": "标准快递"}]}

    def _time(self, param: Thing) -> Thing:
        self._check_places(param.get("from", ""), param.get("to", ""))
        datetime.strptime(param["orderTime"], "%Y-%m-%d %H:%M:%S").replace(tzinfo=TOWN_ZONE)
        there = self._clock().astimezone(TOWN_ZONE) + timedelta(days=2)
        return {"arrivalTime": f"{there:%Y-%m-%d} 18", "totalTime": "2天"}

    def _check_places(self, *places: str) -> None:
        if any(len(place) < 6 for place in places):
            raise Refused("quote places", "30001", "地址至少到区县")

    # The way

    def say(self, number: str, code: str, context: str, *, minutes: int = 0) -> None:
        """Let something happen to a parcel, some minutes from now."""
        at = (self._clock() + timedelta(minutes=minutes)).astimezone(TOWN_ZONE)
        text = f"{at:%Y-%m-%d %H:%M:%S}"
        row = {"time": text, "ftime": text, "context": context, "statusCode": code, "areaName": "四川,成都市"}
        self.orders[number].rows.insert(0, row)

    def _query(self, form: Mapping[str, str]) -> Thing:
        try:
            self._check_query(form)
            return self._way(json.loads(form["param"]))
        except Refused as refusal:
            return {"result": False, "returnCode": refusal.code, "message": refusal.words}

    def _check_query(self, form: Mapping[str, str]) -> None:
        signed = md5(form["param"] + self.key + self.customer)
        if form.get("customer") != self.customer or form.get("sign") != signed:
            raise Refused("query signature", "503", "验证签名失败")

    def _way(self, param: Thing) -> Thing:
        number, company = param["num"], param["com"]
        if not NUMBER.fullmatch(number):
            raise Refused("number", "400", "单号长度不对")
        if company not in COMPANIES:
            raise Refused("company", "400", "找不到对应公司")
        order = self.orders.get(number)
        if company in ("shunfeng", "zhongtong") and (order is None or order.phone[-4:] != param.get("phone", "")[-4:]):
            raise Refused("phone", "408", "验证码错误")
        asked, self._queried[number] = self._queried.get(number), self._clock()
        if asked is not None and self._clock() - asked < timedelta(minutes=30):
            self.locked.add(number)
        if order is None or not order.rows or number in self.locked:
            raise Refused("nothing yet", "500", "查询无结果，请隔段时间再查")
        return self._list(order)

    def _subscribe(self, form: Mapping[str, str]) -> Thing:
        try:
            self._check_subscription(form, json.loads(form.get("param", "{}")))
        except Refused as refusal:
            return {"result": False, "returnCode": refusal.code, "message": refusal.words}
        return {"result": True, "returnCode": "200", "message": "提交成功"}

    def _check_subscription(self, form: Mapping[str, str], param: Thing) -> None:
        parameters = param.get("parameters") or {}
        if form.get("schema") != "json" or not NUMBER.fullmatch(param.get("number", "")) or not param.get("company"):
            raise Refused("subscription fields", "700", "订阅数据格式错误")
        if not parameters.get("callbackurl"):
            raise Refused("subscription fields", "700", "缺少回调地址")
        if param.get("key") != self.key:
            raise Refused("subscription key", "601", "KEY 已过期")
        if param["company"] not in COMPANIES:
            raise Refused("subscription company", "701", "拒绝订阅的快递公司")
        number, month = (param["company"], param["number"]), self._clock() - timedelta(days=30)
        tries = self._tries[number] = [at for at in self._tries.get(number, []) if at > month] + [self._clock()]
        if len(tries) > 4:
            raise Refused("four a month", "700", "该单号订阅次数超限")
        if number in self.subscribed:
            raise Refused("subscribed before", "501", "重复订阅")
        self.subscribed[number] = param

    def push_from_elsewhere(
        self, company: str, number: str, *rows: tuple[str, str], found: str = "", at: datetime | None = None
    ) -> dict[str, str]:
        """Return what would be pushed about a number that was subscribed.

        Args:
            rows: code and words of each thing that happened, newest first.
            found: the company that the service found to carry it, where that is another.
        """
        when = f"{(at or self._clock()).astimezone(TOWN_ZONE):%Y-%m-%d %H:%M:%S}"
        data = [{"time": when, "ftime": when, "context": words, "statusCode": code} for code, words in rows]
        said = {
            "status": "polling",
            "message": "",
            "autoCheck": "1" if found else "0",
            "comOld": company if found else "",
            "comNew": found,
            "lastResult": {"message": "ok", "nu": number, "com": found or company, "data": data},
        }
        param = json.dumps(said, ensure_ascii=False)
        return {"param": param, "sign": md5(param + self.subscribed[company, number]["parameters"]["salt"])}

    def _list(self, order: Order) -> Thing:
        return {
            "message": "ok",
            "status": "200",
            "state": order.rows[0]["statusCode"][:1],
            "nu": order.number,
            "com": order.param["kuaidicom"],
            "ischeck": "0",
            "data": list(order.rows),
        }

    def push_of(self, number: str) -> dict[str, str]:
        """Return the form that would be pushed about a number now."""
        order = self.orders[number]
        param = json.dumps(
            {"status": "polling", "message": "", "autoCheck": "0", "lastResult": self._list(order)}, ensure_ascii=False
        )
        return {"param": param, "sign": md5(param + order.param["salt"])}


def md5(text: str) -> str:
    """Return a text's MD5 in upper case, as all of its signatures are."""
    return hashlib.md5(text.encode(), usedforsecurity=False).hexdigest().upper()
