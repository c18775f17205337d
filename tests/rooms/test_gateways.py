"""What every payment gateway is to the house: one suite for all of them.

`pytest -m stripe_live` runs the part that needs no buyer against Stripe's own test mode.
"""

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Protocol

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from shop.app.wiring import wire
from shop.kernel.codes import new_token
from shop.kernel.edge import Edge
from shop.kernel.errors import NotFound
from shop.payments.gateways.cash import CashGateway
from shop.payments.gateways.demo import DemoGateway
from shop.payments.gateways.protocol import BadSignature, Intent, InvalidState, PaymentGateway, Started
from shop.payments.gateways.stripe import StripeGateway
from shop.payments.models import CashCharge, Payment, PaymentState, RefundState
from shop.settings import BadSettings, Settings
from tests.support.clock import SettableClock
from tests.support.pages import Pages
from tests.support.stripe_rules import Refused
from tests.support.stripe_server import StripeServer

AMOUNT = 4800
KINDS: Mapping[str, type[DemoGateway | StripeGateway | CashGateway]] = {
    "demo": DemoGateway,
    "stripe": StripeGateway,
    "cash": CashGateway,
}
WITH_BUYER = tuple(KINDS)
ALONE = (*WITH_BUYER, pytest.param("live", marks=pytest.mark.stripe_live))
WITH_EVENTS = tuple(name for name, kind in KINDS.items() if not kind.is_offline)
"""Nobody sends events of what happens at a counter."""

SignedEvent = tuple[bytes, dict[str, str]]


class Buyer(Protocol):
    """The person who pays; each act returns the event that a provider then sends, where there is one."""

    def pay(self, ref: str) -> SignedEvent | None:
        """Pay; InvalidState when the payment is over."""

    def decline(self, ref: str) -> SignedEvent | None:
        """Try with a card that is declined, or without enough in the purse."""

    def take_back(self, refund_ref: str) -> None:
        """Take what comes back, where that is done by hand."""


class DemoBuyer:
    def __init__(self, gateway: DemoGateway, clock: SettableClock) -> None:
        self.gateway, self.clock = gateway, clock

    def pay(self, ref: str) -> SignedEvent:
        return self.gateway.decide(ref, pays=True, now=self.clock())

    def decline(self, ref: str) -> SignedEvent:
        return self.gateway.decide(ref, pays=False, now=self.clock())

    def take_back(self, refund_ref: str) -> None:
        """It is on the account already."""


class StripeBuyer:
    def __init__(self, server: StripeServer) -> None:
        self.account = server.account

    def pay(self, ref: str) -> SignedEvent:
        try:
            self.account.pay(ref)
        except Refused as refusal:
            raise InvalidState from refusal
        return self.account.event("checkout.session.completed", ref)

    def decline(self, ref: str) -> SignedEvent:
        self.account.decline(ref)
        return self.account.event("payment_intent.payment_failed", self.account.sessions[ref]["payment_intent"])

    def take_back(self, refund_ref: str) -> None:
        """It is on the account already."""


class CashBuyer:
    """Somebody at the counter, with the right money or with less."""

    def __init__(self, gateway: CashGateway, edge: Edge, clock: SettableClock) -> None:
        self.gateway, self.edge, self.clock = gateway, edge, clock

    def pay(self, ref: str) -> None:
        self._owe(ref)
        self.gateway.take(ref, AMOUNT, by="STAFF", now=self.clock())

    def decline(self, ref: str) -> None:
        self._owe(ref)
        with pytest.raises(InvalidState):
            self.gateway.take(ref, AMOUNT - 1, by="STAFF", now=self.clock())

    def take_back(self, refund_ref: str) -> None:
        self.gateway.hand_back(refund_ref, by="STAFF", now=self.clock())

    def _owe(self, ref: str) -> None:
        """Write the payment that the counter looks at to know what is due now."""

        def act(session: Session) -> None:
            code = session.get_one(CashCharge, ref).payment_code
            if session.scalar(select(Payment.id).where(Payment.code == code)) is None:
                owed = Payment(
                    code=code, reference="K7M2P9QX", gateway="cash", amount_fen=AMOUNT, created_at=self.clock()
                )
                session.add(owed)

        self.edge.run(act)


def _live() -> StripeGateway:
    key = os.environ.get("STRIPE_TEST_KEY", "")
    if not key:
        pytest.skip("set STRIPE_TEST_KEY to a key of your test mode, sk_test_…")
    assert key.startswith("sk_test_"), "STRIPE_TEST_KEY is not a key of the test mode"
    return StripeGateway(key, "whsec_of_nobody")


@contextmanager
def _opened(name: str, edge: Edge, clock: SettableClock) -> Iterator[tuple[PaymentGateway, Buyer | None]]:
    if name == "live":
        yield _live(), None
    elif name == "demo":
        demo = DemoGateway(edge.transaction, "a secret")
        yield demo, DemoBuyer(demo, clock)
    elif name == "cash":
        cash = CashGateway(edge)
        yield cash, CashBuyer(cash, edge, clock)
    else:
        with StripeServer(clock).serving() as server:
            gateway = StripeGateway(server.key, server.account.webhook_secret, api=server.url)
            yield gateway, StripeBuyer(server)


@pytest.fixture(params=ALONE)
def gateway(request: pytest.FixtureRequest, edge: Edge, clock: SettableClock) -> Iterator[PaymentGateway]:
    """A gateway, for what needs no buyer."""
    with _opened(request.param, edge, clock) as (made, _):
        yield made


@pytest.fixture(params=WITH_BUYER)
def both(request: pytest.FixtureRequest, edge: Edge, clock: SettableClock) -> Iterator[tuple[PaymentGateway, Buyer]]:
    """A gateway and somebody who pays at it."""
    with _opened(request.param, edge, clock) as (made, buyer):
        assert buyer is not None
        yield made, buyer


@pytest.fixture(params=WITH_EVENTS)
def telling(request: pytest.FixtureRequest, edge: Edge, clock: SettableClock) -> Iterator[tuple[PaymentGateway, Buyer]]:
    """A gateway whose provider tells of what happens there, and somebody who pays at it."""
    with _opened(request.param, edge, clock) as (made, buyer):
        assert buyer is not None
        yield made, buyer


def _told(event: SignedEvent | None) -> SignedEvent:
    assert event is not None, "this provider tells of everything"
    return event


def _intent(code: str = "") -> Intent:
    code = code or new_token()[:16]
    return Intent(code, AMOUNT, "CNY", "小鱼洞 K7M2P9QX", f"http://localhost/pay/{code}")


def _start(gateway: PaymentGateway) -> Started:
    intent = _intent()
    return gateway.start(intent, key=f"start:{intent.payment_code}")


def test_a_payment_started_twice_under_one_key_is_one_payment(gateway: PaymentGateway) -> None:
    intent = _intent()
    first = gateway.start(intent, key=f"start:{intent.payment_code}")
    assert gateway.start(intent, key=f"start:{intent.payment_code}") == first
    assert _start(gateway).provider_ref != first.provider_ref


def test_a_started_payment_is_open_and_says_whose_it_is(gateway: PaymentGateway) -> None:
    intent = _intent()
    said = gateway.fetch(gateway.start(intent, key=f"start:{intent.payment_code}").provider_ref)
    assert (said.payment_code, said.currency, said.state) == (intent.payment_code, "CNY", PaymentState.PENDING)
    assert (said.captured_fen, said.refunded_fen) == (0, 0)


def test_what_was_never_started_is_not_found(gateway: PaymentGateway) -> None:
    with pytest.raises(NotFound):
        gateway.fetch("cs_test_nobody")


def test_an_open_payment_is_ended_and_ending_it_again_changes_nothing(gateway: PaymentGateway) -> None:
    ref = _start(gateway).provider_ref
    ended = gateway.void(ref, key="void:1")
    assert ended.state is PaymentState.VOIDED
    assert gateway.void(ref, key="void:1") == ended == gateway.fetch(ref)


def test_nothing_is_given_back_of_what_was_not_paid(gateway: PaymentGateway) -> None:
    ref = _start(gateway).provider_ref
    with pytest.raises(InvalidState):
        gateway.refund(ref, 1, key=f"refund:{new_token()}")


def test_an_event_without_a_signature_or_with_a_made_up_one_is_refused(
    gateway: PaymentGateway, clock: SettableClock
) -> None:
    made_up = {"Stripe-Signature": "t=1,v1=00", "X-Demo-Signature": "1.00"}
    for body, headers in ((b"{}", {}), (b"{}", made_up), (b"\xff\xfe", made_up)):
        with pytest.raises(BadSignature):
            gateway.parse_event(body, headers, now=clock())


def test_a_payment_is_captured_in_full(both: tuple[PaymentGateway, Buyer]) -> None:
    gateway, buyer = both
    ref = _start(gateway).provider_ref
    buyer.pay(ref)
    said = gateway.fetch(ref)
    assert (said.state, said.captured_fen, said.refunded_fen) == (PaymentState.CAPTURED, AMOUNT, 0)


def test_a_declined_card_leaves_the_payment_open_for_another(both: tuple[PaymentGateway, Buyer]) -> None:
    gateway, buyer = both
    ref = _start(gateway).provider_ref
    buyer.decline(ref)
    assert gateway.fetch(ref).state is PaymentState.PENDING
    buyer.pay(ref)
    assert gateway.fetch(ref).captured_fen == AMOUNT


def test_an_ended_payment_cannot_be_paid(both: tuple[PaymentGateway, Buyer]) -> None:
    gateway, buyer = both
    ref = _start(gateway).provider_ref
    gateway.void(ref, key="void:1")
    with pytest.raises(InvalidState):
        buyer.pay(ref)


def test_ending_a_payment_that_was_paid_meanwhile_says_so(both: tuple[PaymentGateway, Buyer]) -> None:
    gateway, buyer = both
    ref = _start(gateway).provider_ref
    buyer.pay(ref)
    said = gateway.void(ref, key="void:1")
    assert (said.state, said.captured_fen) == (PaymentState.CAPTURED, AMOUNT)


def test_paying_twice_is_paying_once(both: tuple[PaymentGateway, Buyer]) -> None:
    gateway, buyer = both
    ref = _start(gateway).provider_ref
    buyer.pay(ref)
    with suppress(InvalidState):  # or the provider has nothing more to sell
        buyer.pay(ref)
    assert gateway.fetch(ref).captured_fen == AMOUNT


def test_parts_are_given_back_until_nothing_is_left(both: tuple[PaymentGateway, Buyer]) -> None:
    gateway, buyer = both
    ref = _start(gateway).provider_ref
    buyer.pay(ref)
    first = gateway.refund(ref, 1800, key="refund:a")
    assert first.amount_fen == 1800
    assert first.state is (RefundState.PENDING if gateway.is_offline else RefundState.SUCCEEDED)
    for _ in range(2):
        buyer.take_back(first.provider_ref)
        first = replace(first, state=RefundState.SUCCEEDED)
        assert gateway.refund(ref, 1800, key="refund:a") == first
        assert gateway.fetch(ref).refunded_fen == 1800
    with pytest.raises(InvalidState):
        gateway.refund(ref, AMOUNT - 1800 + 1, key="refund:b")
    second = gateway.refund(ref, AMOUNT - 1800, key="refund:c")
    assert second.provider_ref != first.provider_ref
    buyer.take_back(second.provider_ref)
    with pytest.raises(InvalidState):
        gateway.refund(ref, 1, key="refund:d")
    said = gateway.fetch(ref)
    assert (said.state, said.captured_fen, said.refunded_fen) == (PaymentState.CAPTURED, AMOUNT, AMOUNT)


def test_the_providers_events_name_the_payment(telling: tuple[PaymentGateway, Buyer], clock: SettableClock) -> None:
    gateway, buyer = telling
    ref = _start(gateway).provider_ref
    declined = gateway.parse_event(*_told(buyer.decline(ref)), now=clock())
    paid = gateway.parse_event(*_told(buyer.pay(ref)), now=clock())
    assert gateway.fetch(declined.provider_ref).provider_ref == paid.provider_ref == ref
    assert declined.event_id != paid.event_id


@pytest.mark.parametrize("minutes", [6, -6])
def test_an_event_is_believed_for_five_minutes(
    telling: tuple[PaymentGateway, Buyer], clock: SettableClock, minutes: int
) -> None:
    gateway, buyer = telling
    event = _told(buyer.pay(_start(gateway).provider_ref))
    signed: datetime = clock()
    gateway.parse_event(*event, now=signed + timedelta(minutes=minutes) * 4 / 5)
    with pytest.raises(BadSignature):
        gateway.parse_event(*event, now=signed + timedelta(minutes=minutes))


def test_a_changed_event_is_refused(telling: tuple[PaymentGateway, Buyer], clock: SettableClock) -> None:
    gateway, buyer = telling
    body, headers = _told(buyer.pay(_start(gateway).provider_ref))
    with pytest.raises(BadSignature):
        gateway.parse_event(body + b" ", headers, now=clock())


def test_a_gateway_that_is_not_set_up_has_no_door(pages: Pages) -> None:
    assert pages.client.post("/hooks/demo", data=b"{}").status_code == 400
    assert pages.client.post("/hooks/stripe", data=b"{}").status_code == 404


def test_nobody_can_tell_the_shop_that_cash_was_paid(pages: Pages) -> None:
    assert pages.client.post("/hooks/cash", data=b'{"id": "evt_1", "charge": "cash_1"}').status_code == 400


PRODUCTION = {
    "SHOP_ENV": "production",
    "SHOP_SECRET_KEY": "x" * 32,
    "SHOP_VAULT_KEY": "v" * 32,
    "SHOP_PUBLIC_URL": "https://shop.example.cn",
}


@pytest.mark.parametrize(
    ("environ", "codes"),
    [
        ({}, ["demo", "cash"]),
        ({"SHOP_CASH": "off"}, ["demo"]),
        (PRODUCTION, ["cash"]),
        ({**PRODUCTION, "SHOP_CASH": "off"}, []),
    ],
)
def test_cash_is_there_unless_it_is_turned_off(
    edge: Edge, clock: SettableClock, tmp_path: Path, environ: dict[str, str], codes: list[str]
) -> None:
    settings = Settings.from_env({**environ, "SHOP_DATA_DIR": str(tmp_path)})
    house = wire(settings, edge.engine, clock)
    house.queue.huey.storage.close()
    assert list(house.gateways) == codes


@pytest.mark.parametrize("typed", ["", "yes", "ON", "1"])
def test_cash_is_on_or_off_and_nothing_else(typed: str) -> None:
    with pytest.raises(BadSettings, match="SHOP_CASH"):
        Settings.from_env({"SHOP_CASH": typed})
