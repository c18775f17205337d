"""The stand-in refuses what Stripe's pages say that Stripe refuses; each rule of its table has a case here."""

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from urllib.error import HTTPError
from urllib.parse import urlencode
from urllib.request import Request, urlopen

import pytest

from tests.support.clock import SettableClock
from tests.support.stripe_rules import RULES, Refused
from tests.support.stripe_server import StripeServer
from tests.world import START

SESSIONS, REFUNDS = "/v1/checkout/sessions", "/v1/refunds"
PRICE = "line_items[0][price_data]"
GOOD: Mapping[str, str] = {
    "mode": "payment",
    "success_url": "http://localhost/pay/pay-1",
    "line_items[0][quantity]": "1",
    f"{PRICE}[currency]": "cny",
    f"{PRICE}[unit_amount]": "4800",
    f"{PRICE}[product_data][name]": "小鱼洞 K7M2P9QX",
}


@dataclass(frozen=True)
class Ask:
    """One request; `{session}` and `{intent}` in it are the paid session's."""

    path: str = SESSIONS
    form: Mapping[str, str] | None = field(default_factory=lambda: GOOD)
    headers: Mapping[str, str] = field(default_factory=dict)


def _create(**changed: str) -> Ask:
    return Ask(form={**GOOD, **changed})


def _with(name: str, value: str) -> Ask:
    return Ask(form={**GOOD, name: value})


def _without(name: str) -> Ask:
    return Ask(form={key: value for key, value in GOOD.items() if key != name})


def _price(value: str) -> Ask:
    return _with(f"{PRICE}[unit_amount]", value)


def _refund(intent: str, amount: str) -> Ask:
    return Ask(REFUNDS, {"payment_intent": intent, "amount": amount})


def _read(path: str) -> Ask:
    return Ask(path, None)


START_S = int(START.timestamp())

CASES: list[tuple[str, Ask]] = [
    ("no key", Ask(headers={"Authorization": ""})),
    ("wrong key", Ask(headers={"Authorization": "Bearer sk_live_stand_in"})),
    ("wrong version", Ask(headers={"Stripe-Version": "2020-08-27"})),
    ("unknown address", Ask("/v1/checkout/session")),
    ("unknown address", Ask("/v1/charges")),
    ("unknown parameter", _create(payment_method_types="card")),
    ("unknown parameter", _create(amount="4800")),
    ("unknown parameter", _with(f"{PRICE}[unit_amout]", "4800")),
    ("missing parameter", _without("mode")),
    ("missing parameter", _without("success_url")),
    ("missing parameter", _without("line_items[0][quantity]")),
    ("missing parameter", _without(f"{PRICE}[currency]")),
    ("missing parameter", _without(f"{PRICE}[unit_amount]")),
    ("missing parameter", _without(f"{PRICE}[product_data][name]")),
    ("missing parameter", Ask(REFUNDS, {"amount": "100"})),
    ("empty parameter", _create(cancel_url="")),
    ("not a whole number", _price("4800.0")),
    ("not a whole number", _price("48.5")),
    ("not a whole number", _price("-4800")),
    ("not a whole number", _with("line_items[0][quantity]", "0")),
    ("not a whole number", _refund("{intent}", "0")),
    ("not a whole number", _refund("{intent}", "1.5")),
    ("no such choice", _create(mode="pay")),
    ("no such choice", _create(locale="zh_CN")),
    ("no such currency", _with(f"{PRICE}[currency]", "rmb")),
    ("no such currency", _with(f"{PRICE}[currency]", "CN")),
    ("too small", _price("399")),
    ("too small", _price("0")),
    ("too large", _price("100000000")),
    ("not an address", _create(success_url="/pay/pay-1")),
    ("not an address", _create(cancel_url="javascript:alert(1)")),
    ("too long", _create(client_reference_id="x" * 201)),
    ("too long", _with(f"{PRICE}[product_data][name]", "货" * 251)),
    ("metadata too long", _with("metadata[payment]", "x" * 501)),
    ("metadata too long", _with(f"payment_intent_data[metadata][{'k' * 41}]", "x")),
    ("metadata too long", Ask(form={**GOOD, **{f"metadata[k{number}]": "x" for number in range(51)}})),
    ("session too short or long", _create(expires_at=str(START_S + 29 * 60))),
    ("session too short or long", _create(expires_at=str(START_S + 25 * 60 * 60))),
    ("cannot be expanded", _read(f"{SESSIONS}/{{session}}?expand[0]=payment_intent.charges")),
    ("page too large", _read(f"{SESSIONS}?limit=101")),
    ("no such object", _read(f"{SESSIONS}/cs_test_nobody")),
    ("no such object", _read(f"{SESSIONS}?payment_intent=pi_nobody")),
    ("no such object", _read(f"{REFUNDS}?payment_intent={{intent}}&starting_after=re_nobody")),
    ("no such object", Ask(f"{SESSIONS}/cs_test_nobody/expire", {})),
    ("no such object", _refund("pi_nobody", "100")),
    ("not open", Ask(f"{SESSIONS}/{{session}}/expire", {})),
    ("nothing to refund", _refund("{declined}", "100")),
    ("nothing to refund", _refund("{slow}", "100")),
    ("more than is left", _refund("{intent}", "4701")),
    ("refunded already", _refund("{returned}", "1")),
    ("key with another request", Ask(form={**GOOD, "locale": "zh"}, headers={"Idempotency-Key": "used"})),
    ("key with another request", Ask(REFUNDS, {"amount": "1"}, headers={"Idempotency-Key": "used"})),
    ("key too long", Ask(headers={"Idempotency-Key": "k" * 256})),
]


class Asker:
    """Speaks plain HTTP to the stand-in."""

    def __init__(self, server: StripeServer) -> None:
        self.server = server

    def __call__(self, asked: Ask) -> tuple[int, dict[str, object]]:
        headers = {"Authorization": f"Bearer {self.server.key}", **asked.headers}
        body = None if asked.form is None else urlencode(asked.form).encode()
        request = Request(self.server.url + asked.path, body, {name: value for name, value in headers.items() if value})
        try:
            with urlopen(request, timeout=60) as answer:
                return answer.status, json.load(answer)
        except HTTPError as error:
            with error:
                return error.code, json.load(error)["error"]


@pytest.fixture
def ask(clock: SettableClock) -> Iterator[Asker]:
    """Somebody who asks."""
    with StripeServer(clock).serving() as server:
        yield Asker(server)


@pytest.fixture
def known(ask: Asker) -> dict[str, str]:
    """Four payments: paid and partly returned, declined, on its way, returned in full."""
    account = ask.server.account
    acts: dict[str, Callable[[str], None]] = {
        "intent": account.pay,
        "declined": account.decline,
        "slow": lambda ref: account.pay(ref, slowly=True),
        "returned": account.pay,
    }
    found = {}
    for name, act in acts.items():
        ref = str(ask(Ask(headers={"Idempotency-Key": "used"} if name == "intent" else {}))[1]["id"])
        act(ref)
        found[name] = account.sessions[ref]["payment_intent"]
        if name == "intent":
            found["session"] = ref
    assert ask(_refund(found["intent"], "100"))[0] == ask(_refund(found["returned"], "4800"))[0] == 200
    return found


def _filled(asked: Ask, known: Mapping[str, str]) -> Ask:
    path = asked.path
    form = None if asked.form is None else dict(asked.form)
    for name, value in known.items():
        path = path.replace(f"{{{name}}}", value)
        form = None if form is None else {key: text.replace(f"{{{name}}}", value) for key, text in form.items()}
    return Ask(path, form, asked.headers)


@pytest.mark.parametrize(("name", "asked"), CASES, ids=[f"{name}-{n}" for n, (name, _) in enumerate(CASES)])
def test_it_refuses(ask: Asker, known: dict[str, str], name: str, asked: Ask) -> None:
    before = len(ask.server.account.sessions), len(ask.server.account.refunds)
    status, error = ask(_filled(asked, known))
    rule = RULES[name]
    assert (status, error["type"], error.get("code")) == (rule.status, rule.type, rule.code), error
    assert (len(ask.server.account.sessions), len(ask.server.account.refunds)) == before


def test_every_rule_has_a_case_and_a_source() -> None:
    assert {name for name, _ in CASES} == set(RULES)
    assert all(rule.source.startswith("docs.stripe.com/") for rule in RULES.values())


def test_what_is_right_is_taken_and_the_same_key_is_answered_the_same(ask: Asker) -> None:
    asked = Ask(form={**GOOD, "expires_at": str(START_S + 30 * 60)}, headers={"Idempotency-Key": "k"})
    first = ask(asked)
    assert first[0] == 200
    assert ask(asked) == first
    assert len(ask.server.account.sessions) == 1


def test_a_refusal_found_in_doing_is_kept_under_its_key_and_one_of_the_form_is_not(
    ask: Asker, known: dict[str, str]
) -> None:
    account = ask.server.account
    too_much = Ask(REFUNDS, {"payment_intent": known["intent"], "amount": "4701"}, {"Idempotency-Key": "much"})
    assert ask(too_much)[0] == 400
    account.end_refund(next(iter(account.refunds)), "failed")
    assert ask(too_much)[0] == 400, "the stored answer"
    assert ask(_refund(known["intent"], "4701"))[0] == 200
    headers = {"Idempotency-Key": "form"}
    assert ask(Ask(form={**GOOD, "mode": "pay"}, headers=headers))[0] == 400
    assert ask(Ask(headers=headers))[0] == 200


def test_nobody_can_pay_a_session_that_is_over(ask: Asker, clock: SettableClock) -> None:
    account = ask.server.account
    paid, ended, old = (str(ask(Ask())[1]["id"]) for _ in range(3))
    account.pay(paid)
    assert ask(Ask(f"{SESSIONS}/{ended}/expire", {}))[0] == 200
    clock.advance(hours=24)
    for ref in (paid, ended, old):
        for act in (account.pay, account.decline):
            with pytest.raises(Refused):
                act(ref)
