"""What is Stripe's alone: lost answers, slow payments, slow refunds, events of many kinds."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
import stripe

from shop.kernel.errors import NotFound
from shop.payments.gateways.protocol import BadSignature, GatewayUnavailable, Intent, InvalidState
from shop.payments.gateways.stripe import StripeGateway
from shop.payments.models import PaymentState, RefundState
from tests.support.clock import SettableClock
from tests.support.stripe_server import Fault, StripeServer

INTENT = Intent("pay-1", 4800, "CNY", "小鱼洞 K7M2P9QX", "http://localhost/pay/pay-1")
KEY = "start:pay-1"


@pytest.fixture
def server(clock: SettableClock) -> Iterator[StripeServer]:
    """The stand-in for Stripe."""
    with StripeServer(clock).serving() as made:
        yield made


@pytest.fixture
def gateway(server: StripeServer) -> StripeGateway:
    """A gateway that has a second's patience."""
    return StripeGateway(server.key, server.account.webhook_secret, api=server.url, timeout_s=1)


@pytest.fixture
def ref(gateway: StripeGateway) -> str:
    """A started payment."""
    return gateway.start(INTENT, key=KEY).provider_ref


def test_what_stripe_is_asked_for(server: StripeServer, gateway: StripeGateway) -> None:
    started = gateway.start(INTENT, key=KEY)
    session = server.account.sessions[started.provider_ref]
    asked = {"mode", "currency", "amount_total", "client_reference_id", "locale", "metadata", "_intent_metadata"}
    assert {name: session[name] for name in asked} == {
        "mode": "payment",
        "currency": "cny",
        "amount_total": 4800,
        "client_reference_id": "pay-1",
        "locale": "zh",
        "metadata": {"payment": "pay-1"},
        "_intent_metadata": {"payment": "pay-1"},
    }
    assert session["success_url"] == session["cancel_url"] == INTENT.return_url
    assert started.pay_url == session["url"]


# Answers that do not come


@pytest.mark.parametrize("fault", [Fault.FAIL, Fault.LOSE, Fault.HANG, Fault.DOWN])
def test_an_answer_lost_once_still_makes_one_session(
    server: StripeServer, gateway: StripeGateway, fault: Fault
) -> None:
    server.faults = [fault]
    started = gateway.start(INTENT, key=KEY)
    assert gateway.start(INTENT, key=KEY) == started
    assert list(server.account.sessions) == [started.provider_ref]


@pytest.mark.parametrize("fault", [Fault.LOSE, Fault.HANG, Fault.DOWN])
def test_a_silent_provider_is_asked_again_under_the_same_key(
    server: StripeServer, gateway: StripeGateway, fault: Fault
) -> None:
    server.faults = [fault] * 3
    with pytest.raises(GatewayUnavailable):
        gateway.start(INTENT, key=KEY)
    server.faults = ()
    started = gateway.start(INTENT, key=KEY)
    assert list(server.account.sessions) == [started.provider_ref]


def test_a_500_that_made_a_session_is_found_even_while_looking_fails_at_first(
    server: StripeServer, gateway: StripeGateway
) -> None:
    server.faults = [Fault.FAIL, Fault.DOWN, Fault.DOWN]
    with pytest.raises(GatewayUnavailable):
        gateway.start(INTENT, key=KEY)
    started = gateway.start(INTENT, key=KEY)
    assert list(server.account.sessions) == [started.provider_ref]


def test_a_town_that_changed_its_name_meanwhile_finds_the_first_session(gateway: StripeGateway, ref: str) -> None:
    renamed = Intent("pay-1", 4800, "CNY", "龙门山 K7M2P9QX", INTENT.return_url)
    assert gateway.start(renamed, key=KEY).provider_ref == ref


def test_a_key_that_was_another_payments_finds_nothing(gateway: StripeGateway, ref: str) -> None:
    other = Intent("pay-2", 4800, "CNY", "小鱼洞 K7M2P9QY", "http://localhost/pay/pay-2")
    with pytest.raises(GatewayUnavailable):
        gateway.start(other, key=KEY)


@pytest.mark.parametrize("fault", [Fault.LIMIT, Fault.DOWN, Fault.LOSE])
def test_every_other_call_says_that_there_was_no_answer(
    server: StripeServer, gateway: StripeGateway, ref: str, fault: Fault
) -> None:
    for call in (
        lambda: gateway.fetch(ref),
        lambda: gateway.void(ref, key="void:pay-1"),
        lambda: gateway.refund(ref, 100, key="refund:r1"),
    ):
        server.faults = [fault] * 2
        with pytest.raises(GatewayUnavailable):
            call()
        server.faults = ()


def test_a_refund_whose_answer_was_lost_is_given_once(server: StripeServer, gateway: StripeGateway, ref: str) -> None:
    server.account.pay(ref)
    reads = [None, None]
    server.faults = [*reads, Fault.LOSE]
    gateway.refund(ref, 100, key="refund:r1")
    server.faults = [*reads, Fault.FAIL]
    found = gateway.refund(ref, 200, key="refund:r2")
    assert gateway.refund(ref, 200, key="refund:r2") == found
    assert [refund["amount"] for refund in server.account.refunds.values()] == [100, 200]


def test_a_refund_that_a_kept_500_stands_in_the_way_of_is_made_under_a_second_key(
    server: StripeServer, gateway: StripeGateway, ref: str
) -> None:
    server.account.pay(ref)
    server.faults = [None, None, Fault.FAIL]
    gateway.refund(ref, 100, key="refund:r1")
    server.account.refunds.clear()  # the 500 is kept under its key although nothing came of it
    again = gateway.refund(ref, 100, key="refund:r1")
    assert list(server.account.refunds) == [again.provider_ref]
    assert gateway.refund(ref, 100, key="refund:r1") == again


def test_a_refund_whose_key_stripe_has_forgotten_is_found_by_its_mark(
    server: StripeServer, gateway: StripeGateway, ref: str
) -> None:
    server.account.pay(ref)
    first = gateway.refund(ref, 100, key="refund:r1")
    server.forget_keys()
    assert gateway.refund(ref, 100, key="refund:r1") == first
    assert list(server.account.refunds) == [first.provider_ref]


def test_a_wrong_key_is_as_good_as_no_answer(server: StripeServer) -> None:
    gateway = StripeGateway("sk_test_of_nobody", "whsec_x", api=server.url)
    with pytest.raises(GatewayUnavailable):
        gateway.start(INTENT, key=KEY)
    assert not server.account.sessions


def test_an_amount_below_stripes_smallest_is_refused_for_good(gateway: StripeGateway) -> None:
    with pytest.raises(InvalidState):
        gateway.start(Intent("pay-1", 399, "CNY", "小鱼洞 K7M2P9QX", INTENT.return_url), key=KEY)


# How a payment ends


def test_a_slow_payment_is_open_until_its_money_is_there(
    server: StripeServer, gateway: StripeGateway, ref: str
) -> None:
    server.account.pay(ref, slowly=True)
    assert gateway.fetch(ref).state is PaymentState.PENDING
    assert gateway.void(ref, key="void:pay-1").state is PaymentState.PENDING, "what is on its way cannot be ended"
    server.account.arrive(ref)
    assert gateway.fetch(ref).captured_fen == 4800


def test_a_slow_payment_that_fails_is_over(server: StripeServer, gateway: StripeGateway, ref: str) -> None:
    server.account.pay(ref, slowly=True)
    server.account.fall_through(ref)
    assert gateway.fetch(ref).state is PaymentState.VOIDED
    assert gateway.void(ref, key="void:pay-1").state is PaymentState.VOIDED


def test_a_session_ends_by_itself_after_a_day(gateway: StripeGateway, ref: str, clock: SettableClock) -> None:
    clock.advance(hours=23)
    assert gateway.fetch(ref).state is PaymentState.PENDING
    clock.advance(hours=1)
    assert gateway.fetch(ref).state is PaymentState.VOIDED


def test_a_session_found_paid_leads_the_buyer_to_our_page(
    server: StripeServer, gateway: StripeGateway, ref: str
) -> None:
    server.account.pay(ref)
    renamed = Intent("pay-1", 4800, "CNY", "龙门山 K7M2P9QX", INTENT.return_url)
    assert gateway.start(renamed, key=KEY).pay_url == INTENT.return_url


def test_money_in_another_currency_is_said_as_it_is(server: StripeServer, gateway: StripeGateway, ref: str) -> None:
    server.account.pay(ref)
    server.account.intents[server.account.sessions[ref]["payment_intent"]]["currency"] = "usd"
    assert gateway.fetch(ref).currency == "USD"


def test_a_session_of_somebody_else_in_the_account_is_not_ours(server: StripeServer, gateway: StripeGateway) -> None:
    ref = gateway.start(INTENT, key=KEY).provider_ref
    server.account.sessions[ref]["client_reference_id"] = None
    assert gateway.fetch(ref).payment_code == ""


# Refunds


@pytest.mark.parametrize(
    ("status", "state"),
    [
        ("pending", RefundState.PENDING),
        ("requires_action", RefundState.PENDING),
        ("succeeded", RefundState.SUCCEEDED),
        ("failed", RefundState.FAILED),
        ("canceled", RefundState.FAILED),
    ],
)
def test_every_state_of_a_refund_is_one_of_ours(
    server: StripeServer, gateway: StripeGateway, ref: str, status: str, state: RefundState
) -> None:
    server.account.pay(ref)
    server.account.refund_status = status
    assert gateway.refund(ref, 100, key="refund:r1").state is state


@pytest.mark.parametrize(("status", "state"), [("succeeded", RefundState.SUCCEEDED), ("failed", RefundState.FAILED)])
def test_a_refund_asked_again_says_how_it_ended_meanwhile(
    server: StripeServer, gateway: StripeGateway, ref: str, status: str, state: RefundState
) -> None:
    server.account.pay(ref)
    server.account.refund_status = "pending"
    pending = gateway.refund(ref, 100, key="refund:r1")
    server.account.end_refund(pending.provider_ref, status)
    ended = gateway.refund(ref, 100, key="refund:r1")
    assert (ended.provider_ref, ended.state) == (pending.provider_ref, state)
    assert gateway.fetch(ref).refunded_fen == (100 if status == "succeeded" else 0)


def test_a_refund_is_found_among_more_than_one_page_of_them(
    server: StripeServer, gateway: StripeGateway, ref: str
) -> None:
    server.account.pay(ref)
    first = gateway.refund(ref, 1, key="refund:0")
    kept = server.account.refunds[first.provider_ref]
    for number in range(1, 120):
        other = f"re_other{number}"
        server.account.refunds[other] = {**kept, "id": other, "metadata": {"refund": f"refund:{number}"}}
    assert gateway.refund(ref, 1, key="refund:0") == first


# Events


def test_every_object_of_a_payment_leads_to_its_session(
    server: StripeServer, gateway: StripeGateway, ref: str, clock: SettableClock
) -> None:
    server.account.pay(ref)
    gateway.refund(ref, 100, key="refund:r1")
    account = server.account
    for kind, thing in (
        ("checkout.session.completed", ref),
        ("checkout.session.async_payment_succeeded", ref),
        ("checkout.session.async_payment_failed", ref),
        ("checkout.session.expired", ref),
        ("payment_intent.succeeded", next(iter(account.intents))),
        ("charge.refunded", next(iter(account.charges))),
        ("refund.updated", next(iter(account.refunds))),
    ):
        event = gateway.parse_event(*account.event(kind, thing), now=clock())
        assert event.kind == kind
        assert gateway.fetch(event.provider_ref).provider_ref == ref


def test_an_event_about_no_payment_names_none_and_one_about_a_strangers_money_does(
    server: StripeServer, gateway: StripeGateway, clock: SettableClock
) -> None:
    account = server.account
    account.charges["ch_other"] = {"id": "ch_other", "object": "charge", "payment_intent": None, "metadata": {}}
    account.charges["balance"] = {"object": "balance", "id": "balance"}
    heard = gateway.parse_event(*account.event("charge.succeeded", "ch_other"), now=clock())
    assert heard.provider_ref == "ch_other"
    with pytest.raises(NotFound):
        gateway.fetch(heard.provider_ref)
    assert gateway.parse_event(*account.event("balance.available", "balance"), now=clock()).provider_ref == ""


def test_what_stripe_keeps_and_gave_back_is_told_with_all_its_names(
    server: StripeServer, gateway: StripeGateway, ref: str
) -> None:
    account = server.account
    account.pay(ref)
    given = gateway.refund(ref, 100, key="refund:r1")
    said = gateway.fetch(ref)
    assert (said.fee_fen, said.refunds, said.given_back_fen) == (account.fee_fen, (given,), 100)
    assert said.refs == (ref, *account.intents, *account.charges, given.provider_ref)
    assert given.key == "refund:r1"
    account.fee_fen = None
    assert gateway.fetch(ref).fee_fen is None


def test_what_changed_since_a_moment_is_listed_with_what_was_given_back_of_older_ones(
    server: StripeServer, gateway: StripeGateway, ref: str, clock: SettableClock
) -> None:
    older = gateway.start(Intent("pay-2", 4800, "CNY", "小鱼洞", INTENT.return_url), key="start:pay-2").provider_ref
    for each in (ref, older):
        server.account.pay(each)
    clock.advance(days=4)
    newer = gateway.start(Intent("pay-3", 4800, "CNY", "小鱼洞", INTENT.return_url), key="start:pay-3").provider_ref
    server.account.refund_by_hand(list(server.account.charges)[1], 700)
    said = list(gateway.list_changes(clock() - timedelta(days=3)))
    assert [(one.provider_ref, one.captured_fen, one.given_back_fen) for one in said] == [
        (newer, 0, 0),
        (older, 4800, 700),
    ]
    assert said[1] == gateway.fetch(older)


def test_an_event_of_the_live_mode_is_refused(
    server: StripeServer, gateway: StripeGateway, ref: str, clock: SettableClock
) -> None:
    event = server.account.event("checkout.session.completed", ref, livemode=True)
    with pytest.raises(BadSignature):
        gateway.parse_event(*event, now=clock())


def test_an_event_signed_with_another_secret_is_refused_and_one_signed_with_both_is_not(
    server: StripeServer, gateway: StripeGateway, ref: str, clock: SettableClock
) -> None:
    body, headers = server.account.event("checkout.session.completed", ref, secret="whsec_old")
    with pytest.raises(BadSignature):
        gateway.parse_event(body, headers, now=clock())
    stamp = int(clock().timestamp())
    good = stripe.WebhookSignature.generate_signature_header(body.decode(), server.account.webhook_secret, stamp)
    rotated = headers["Stripe-Signature"] + good.removeprefix(f"t={stamp}")
    assert gateway.parse_event(body, {"Stripe-Signature": rotated}, now=clock()).provider_ref == ref


@pytest.mark.parametrize("header", ["", "\xe9", "t=1,v1=\xe9", "t=\u0661,v1=0", "t=,v1=", "t=x,v1=00", "t=1"])
def test_a_signature_that_is_none_is_refused(
    server: StripeServer, gateway: StripeGateway, ref: str, clock: SettableClock, header: str
) -> None:
    body, _ = server.account.event("checkout.session.completed", ref)
    with pytest.raises(BadSignature):
        gateway.parse_event(body, {"Stripe-Signature": header}, now=clock())


def test_with_a_blank_secret_no_event_is_believed(server: StripeServer, ref: str, clock: SettableClock) -> None:
    gateway = StripeGateway(server.key, "", api=server.url)
    body, _ = server.account.event("checkout.session.completed", ref)
    forged = stripe.WebhookSignature.generate_signature_header(body.decode(), "", int(clock().timestamp()))
    with pytest.raises(BadSignature):
        gateway.parse_event(body, {"Stripe-Signature": forged}, now=clock())
