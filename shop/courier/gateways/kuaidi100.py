"""Kuaidi100: many companies behind one address. Written from its public documents, never tried against the service.

The documents are at api.kuaidi100.com/document: electronic waybills (电子面单下单 V2: order, time, price, cancel),
instant query (实时快递查询: poll/query.do), subscription (订阅: poll) and its push (快递信息推送). What is booked
here is subscribed with its order; a number got elsewhere by a call of its own. A signature is the MD5, in upper case,
of the very text that is sent.
"""

import hashlib
import hmac
import json
import re
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from http.client import HTTPException
from typing import Any
from urllib.error import HTTPError
from urllib.parse import urlencode
from urllib.request import Request as HttpRequest
from urllib.request import urlopen

from shop.courier.codes import kuaidi100_event, said_in_words
from shop.courier.gateways.protocol import (
    AuthFailed,
    BadSignature,
    Booking,
    NotCancellable,
    Party,
    Push,
    Quote,
    RateLimited,
    Rejected,
    Request,
    TrackEvent,
    Tracking,
    Unavailable,
    Waybill,
)
from shop.kernel.clock import TOWN_ZONE
from shop.kernel.money import fen_from_text
from shop.settings import Kuaidi100Settings

LABELS, POLL = "https://api.kuaidi100.com", "https://poll.kuaidi100.com"
TIMEOUT_S = 15
LARGEST_ANSWER = 1_000_000
BETWEEN_QUERIES = timedelta(minutes=30)
"""A number asked about more often is locked (实时快递查询, notes on use)."""
A_MINUTE = timedelta(minutes=1)
PHONE_NEEDED = frozenset({"shunfeng", "zhongtong"})
"""Companies that show a parcel's way only to who knows the end of a phone of it (实时快递查询, field `phone`)."""

PHONE_END = 4
"""Its last figures are enough there (field `phone`), so no more are told."""

OURS = frozenset({"30002", "30003", "503", "600", "601"})
"""Signature, account, key: nothing a parcel can help."""
THEIRS = frozenset({"-1", "501", "502"})
NOTHING_YET = "500"
FOLLOWED = frozenset({"200", "501"})
"""Of a subscription: done, or done before (订阅, 返回码)."""
FOLLOW_LATER = "500"
MARKS = ("bulkpen", "orgCode", "destCode", "orgSortingName", "destSortingName", "pkgCode", "pkgName", "road", "qrCode")
ARRIVAL = re.compile(r"(\d{4})-(\d{2})-(\d{2})(?:[ T](\d{2})(?::(\d{2}))?)?")
MOMENT = "%Y-%m-%d %H:%M:%S"

Answer = Mapping[str, Any]


class Kuaidi100:
    """An account at Kuaidi100.

    Args:
        clock_ms: milliseconds since 1970, which a label call's signature holds.
    """

    code = "kuaidi100"
    key_lasts: timedelta | None = timedelta(hours=48)

    def __init__(self, account: Kuaidi100Settings, *, push_url: str, clock: Callable[[], datetime]) -> None:
        self._account = account
        self._push_url = push_url
        self._clock = clock
        # Stays while the account's secret stays, so that what was subscribed last week is still believed.
        self._salt = hmac.new(account.secret.encode(), b"push", hashlib.sha256).hexdigest()[:32]

    def quote(self, request: Request, *, now: datetime) -> Quote:
        """Ask for price and time; a consignment of which only one is said has that one."""
        company = request.company or self._account.company
        places = {"kuaidicom": company}
        price = self._label(
            "price",
            {
                **places,
                "sendAddr": _address(request.sender),
                "recAddr": _address(request.recipient),
                "weight": _kilograms(request.weight_g),
            },
            now,
        )
        told = self._label(
            "time",
            {
                **places,
                "from": _address(request.sender),
                "to": _address(request.recipient),
                "orderTime": _moment(now),
            },
            now,
        )
        combos = price.get("combos") or [{}]
        return Quote(_fen(combos[0].get("price")), _arrival(told.get("arrivalTime")))

    def ship(self, request: Request, *, key: str, now: datetime) -> Booking:
        """Order a waybill. For 48 hours the same `orderId` with `reorder` false gives the same answer."""
        company = request.company or self._account.company
        said = self._label(
            "order",
            {
                "printType": "NON",
                "partnerId": self._account.partner,
                "kuaidicom": company,
                "recMan": _man(request.recipient),
                "sendMan": _man(request.sender),
                "cargo": request.cargo,
                "weight": _kilograms(request.weight_g),
                "count": 1,
                "payType": "MONTHLY" if self._account.partner else "SHIPPER",
                "orderId": key,
                "reorder": False,
                "needSubscribe": True,
                "pollCallBackUrl": self._push_url,
                "salt": self._salt,
                "resultv2": "4",
            },
            now,
        )
        number = str(said.get("kuaidinum") or "")
        if not number:
            raise Unavailable("no number")
        marks = {name: str(said[name]) for name in MARKS if said.get(name)}
        return Booking(number, company, str(said.get("kdComOrderNum") or ""), marks, str(said.get("label") or ""))

    def cancel(self, waybill: Waybill, reason: str) -> None:
        """Call a waybill off; what was dispatched is not."""
        wanted = {
            "partnerId": self._account.partner,
            "kuaidicom": waybill.company,
            "kuaidinum": waybill.number,
            "orderId": waybill.carrier_ref,
            "reason": reason,
        }
        try:
            self._label("cancel", wanted, self._clock())
        except Rejected as refusal:
            raise NotCancellable(refusal.reason) from refusal

    def track(self, waybill: Waybill, *, now: datetime) -> Tracking:
        """Ask for the way of one number, at most once in half an hour."""
        if waybill.asked_at is not None and now - waybill.asked_at < BETWEEN_QUERIES:
            raise RateLimited(waybill.asked_at + BETWEEN_QUERIES)
        wanted = {"com": waybill.company, "num": waybill.number, "resultv2": "4", "show": "0", "order": "desc"}
        if waybill.company in PHONE_NEEDED:
            if not waybill.phone:
                raise Rejected("phone")
            wanted["phone"] = waybill.phone[-PHONE_END:]
        param = _text(wanted)
        account = self._account
        sent = {
            "customer": account.customer,
            "param": param,
            "sign": _md5(param + account.key + account.customer),
        }
        said = self._post(f"{account.api or POLL}/poll/query.do", sent, now)
        if said.get("result") is False:
            code, words = str(said.get("returnCode") or ""), str(said.get("message") or "")
            if code == NOTHING_YET:
                return Tracking(())
            _refuse(code, words)
        return _tracking(said)

    def follow(self, waybill: Waybill, *, now: datetime) -> None:
        """Subscribe to a number; the document allows four subscriptions of one number a month."""
        parameters = {"callbackurl": self._push_url, "salt": self._salt, "resultv2": "4"}
        if waybill.company in PHONE_NEEDED:
            parameters["phone"] = waybill.phone[-PHONE_END:]
        wanted = {
            "company": waybill.company,
            "number": waybill.number,
            "key": self._account.key,
            "parameters": parameters,
        }
        said = self._post(f"{self._account.api or POLL}/poll", {"schema": "json", "param": _text(wanted)}, now)
        code, words = str(said.get("returnCode") or ""), str(said.get("message") or "")
        if code == FOLLOW_LATER:
            raise Unavailable(f"{words} ({code})")
        if code not in FOLLOWED:
            _refuse(code, words)

    def read_push(self, form: Mapping[str, str]) -> Push:
        """Read one push: a whole list, newest first, under `lastResult`.

        Where `autoCheck` found another company than ours, `comOld` is the one we told it. A push of status `abort`
        (three days without a word, sixty without a change) brings nothing new: what is late shows by itself.
        """
        param = form.get("param", "")
        if not hmac.compare_digest(_md5(param + self._salt).encode(), form.get("sign", "").encode()):
            raise BadSignature
        said = _read(param)
        last: Answer = said.get("lastResult") or {}
        was = str(said.get("comOld") or "") if str(said.get("autoCheck")) == "1" else ""
        return Push(str(last.get("nu") or ""), str(last.get("com") or ""), _tracking(last), was)

    def _label(self, method: str, wanted: Mapping[str, Any], now: datetime) -> Answer:
        """Call one of the waybill methods, and return its `data`."""
        account, param, t = self._account, _text(wanted), str(int(now.timestamp()) * 1000)
        sent = {
            "method": method,
            "key": account.key,
            "sign": _md5(param + t + account.key + account.secret),
            "t": t,
            "param": param,
        }
        said = self._post(f"{account.api or LABELS}/label/order", sent, now)
        code = str(said.get("code") or "")
        if code != "200":
            _refuse(code, str(said.get("message") or ""))
        data: Answer = said.get("data") or {}
        return data

    def _post(self, url: str, form: Mapping[str, str], now: datetime) -> Answer:
        asked = HttpRequest(url, urlencode(form).encode(), {"Content-Type": "application/x-www-form-urlencoded"})  # noqa: S310 - the operator's address
        try:
            with urlopen(asked, timeout=TIMEOUT_S) as answer:  # noqa: S310 - the operator's address
                return _read(answer.read(LARGEST_ANSWER).decode())
        except HTTPError as error:
            if error.code == 429:
                raise RateLimited(now + A_MINUTE) from error
            raise Unavailable(f"HTTP {error.code}") from error
        except (OSError, HTTPException, UnicodeDecodeError) as error:
            raise Unavailable(type(error).__name__) from error


def _refuse(code: str, words: str) -> None:
    """Refuse what an answer's code says no to."""
    said = f"{words} ({code})"
    if code in OURS:
        raise AuthFailed(said)
    if code in THEIRS or not code:
        raise Unavailable(said)
    raise Rejected(said)


def _read(text: str) -> Answer:
    """Read an object; numbers with a point stay text, for they are money or weight."""
    try:
        said = json.loads(text, parse_float=str)
    except ValueError as error:
        raise Unavailable("no JSON") from error
    if not isinstance(said, dict):
        raise Unavailable("no object")
    return said


def _tracking(said: Answer) -> Tracking:
    rows: Sequence[Answer] = said.get("data") or []
    return Tracking(tuple(_event(row) for row in reversed(rows)), _arrival(said.get("arrivalTime")))


def _event(row: Answer) -> TrackEvent:
    """Read one row; without a code its words are read, on the safe side."""
    code, text = str(row.get("statusCode") or ""), str(row.get("context") or "")
    try:
        at = datetime.strptime(str(row.get("time") or row.get("ftime") or ""), MOMENT).replace(tzinfo=TOWN_ZONE)
    except ValueError as error:
        raise Unavailable("a row without its moment") from error
    place = str(row.get("areaName") or row.get("location") or "")
    return TrackEvent(kuaidi100_event(code) if code else said_in_words(text), at, text, place, code)


def _arrival(said: object) -> datetime | None:
    """Return an estimate: a day, often with its hour."""
    found = ARRIVAL.match(str(said or ""))
    if found is None:
        return None
    year, month, day, hour, minute = (int(part) if part else None for part in found.groups())
    try:
        return datetime(year or 0, month or 0, day or 0, 18 if hour is None else hour, minute or 0, tzinfo=TOWN_ZONE)
    except ValueError:
        return None


def _fen(said: object) -> int | None:
    try:
        return fen_from_text(str(said))
    except ValueError:
        return None


def _text(wanted: Mapping[str, Any]) -> str:
    return json.dumps({name: value for name, value in wanted.items() if value != ""}, ensure_ascii=False)


def _md5(text: str) -> str:
    return hashlib.md5(text.encode(), usedforsecurity=False).hexdigest().upper()


def _address(party: Party) -> str:
    return f"{party.province}{party.city}{party.district}{party.street}"


def _man(party: Party) -> dict[str, str]:
    kind = "mobile" if re.fullmatch(r"1\d{10}", party.phone) else "tel"
    return {"name": party.name, kind: party.phone, "printAddr": _address(party)}


def _kilograms(grams: int) -> str:
    whole, rest = divmod(grams, 1000)
    return f"{whole}.{rest:03d}"


def _moment(at: datetime) -> str:
    return at.astimezone(TOWN_ZONE).strftime(MOMENT)
