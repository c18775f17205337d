"""A stand-in for Stripe on this machine: the few endpoints the shop uses, its documented rules, and a buyer to play.

The shop speaks to it over HTTP with Stripe's own kit; nothing of that kit is patched. What it refuses, and which page
of Stripe's says so, is in `tests.support.stripe_rules`. It was written from those pages and not compared with Stripe.
"""

import hashlib
import json
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from enum import Enum, auto
from urllib.parse import urlsplit

import stripe

from tests.support.stand_in import Answer, answering
from tests.support.stripe_account import StripeAccount, Thing
from tests.support.stripe_rules import JUDGED_IN_DOING, Refused


class Fault(Enum):
    """What goes wrong with one request."""

    FAIL = auto()
    """It is carried out, answered 500, and the 500 is kept under its key."""
    LOSE = auto()
    """It is carried out and the connection breaks before the answer."""
    HANG = auto()
    """It is carried out and nothing is ever said."""
    LIMIT = auto()
    """It is refused for there were too many."""
    DOWN = auto()
    """It is not carried out: 503."""


class StripeServer:
    """Stripe's door, on this machine.

    Attributes:
        account: what is behind it.
        url: its address, while it serves.
        faults: what goes wrong with the next requests, one each, in order; None is nothing.
        asked: method and path of every request, in order.
    """

    key = "sk_test_stand_in"

    def __init__(self, clock: Callable[[], datetime]) -> None:
        self.account = StripeAccount(clock)
        self.url = ""
        self.faults: Sequence[Fault | None] = ()
        self.asked: list[tuple[str, str]] = []
        self._answers: dict[str, tuple[str, Answer]] = {}
        self._closing = threading.Event()

    @contextmanager
    def serving(self) -> Iterator["StripeServer"]:
        """Serve on a free port of 127.0.0.1; `url` is its address."""
        with answering(self.answer) as self.url:
            try:
                yield self
            finally:
                self._closing.set()

    def answer(self, method: str, target: str, headers: Mapping[str, str], body: str) -> Answer | None:
        """Answer one request, or break off with None."""
        with self.account.lock:
            self.asked.append((method, urlsplit(target).path))
            fault, self.faults = (self.faults[0], self.faults[1:]) if self.faults else (None, ())
            if fault is Fault.LIMIT:
                return _said(429, _error("invalid_request_error", "rate_limit", None, "Too many requests."))
            if fault is Fault.DOWN:
                return _said(503, _error("api_error", None, None, "Down."))
            said = self._kept_or_done(method, target, headers, body, fails=fault is Fault.FAIL)
        if fault is Fault.HANG:
            self._closing.wait(30)
        return None if fault in (Fault.HANG, Fault.LOSE) else said

    def _kept_or_done(self, method: str, target: str, headers: Mapping[str, str], body: str, *, fails: bool) -> Answer:
        key = headers.get("Idempotency-Key", "") if method == "POST" else ""
        print_of = hashlib.sha256(f"{target} {body}".encode()).hexdigest()
        try:
            self._check(headers)
            kept = self._kept(key, print_of)
            if kept is not None:
                return kept
            said = _said(200, self.account.do(method, target, body))
        except Refused as refusal:
            rule = refusal.rule
            said = _said(rule.status, _error(rule.type, rule.code, refusal.param, f"Refused: {refusal.name}"))
            if refusal.name not in JUDGED_IN_DOING:
                return said
        if fails:
            status, text, more = _said(500, _error("api_error", None, None, "An unknown error occurred."))
            said = status, text, {**more, "Stripe-Should-Retry": "false"}
        if key:
            self._answers[key] = print_of, said
        return said

    def forget_keys(self) -> None:
        """Let a day pass in which Stripe forgets its keys."""
        self._answers.clear()

    def _kept(self, key: str, print_of: str) -> Answer | None:
        """Return the answer kept under a key, 500s too."""
        if len(key) > 255:
            raise Refused("key too long")
        if key not in self._answers:
            return None
        first, (status, text, more) = self._answers[key]
        if first != print_of:
            raise Refused("key with another request")
        return status, text, {**more, "Idempotent-Replayed": "true"}

    def _check(self, headers: Mapping[str, str]) -> None:
        if "Authorization" not in headers:
            raise Refused("no key")
        if headers["Authorization"] != f"Bearer {self.key}":
            raise Refused("wrong key")
        if headers.get("Stripe-Version", stripe.api_version) != stripe.api_version:
            raise Refused("wrong version")


def _said(status: int, thing: Thing) -> Answer:
    return status, json.dumps(thing).encode(), {"Content-Type": "application/json"}


def _error(type_: str, code: str | None, param: str | None, message: str) -> Thing:
    found = {"type": type_, "code": code, "param": param, "message": message}
    return {"error": {name: value for name, value in found.items() if value is not None}}
