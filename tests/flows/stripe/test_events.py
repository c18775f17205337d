"""Events as providers send them: shuffled, doubled, lost, late, forged, of strangers. Nothing of it loses money."""

import random
from functools import partial

import pytest
from sqlalchemy.orm import Session

from shop.flows.checkout import Placed
from shop.ledger.rules import PSP_FEE
from shop.orders.models import OrderState
from shop.payments.gateways.protocol import BadSignature, GatewayUnavailable
from shop.payments.models import PaymentState, RefundState
from shop.payments.queries import payment_at_provider, unprocessed_events
from shop.payments.reconciling import parked_events
from tests.support.pages import Pages
from tests.support.stripe_server import Fault
from tests.world.books import account, footprint, held_for
from tests.world.market import captured, expire, listing, order, payment, variant_id
from tests.world.stripe_shop import Shop

Event = tuple[bytes, dict[str, str]]


def _order(shop: Shop) -> Placed:
    return shop.place({variant_id(shop.at, listing(shop.at)): 1})


def _paid(shop: Shop) -> tuple[Placed, str]:
    """Return a paid order and the charge that paid it."""
    placed = _order(shop)
    shop.pay(placed)
    return placed, next(iter(shop.stripe.charges))


def _parked(shop: Shop) -> list[tuple[str, str]]:
    return [(event.why, event.ref) for event in shop.world.read(parked_events)]


def _whose(session: Session, ref: str) -> str:
    found = payment_at_provider(session, "stripe", ref)
    assert found is not None
    return found.code


def _all_events(shop: Shop, placed: Placed) -> list[Event]:
    """Return every event of a payment of which a part was given back at Stripe's own pages, in their order."""
    session = shop.session_of(placed)
    said = [shop.stripe.event("checkout.session.async_payment_failed", session)]
    shop.stripe.pay(session)
    intent = shop.stripe.sessions[session]["payment_intent"]
    (charge,) = shop.stripe.charges
    said += [
        shop.stripe.event("payment_intent.created", intent),
        shop.stripe.event("payment_intent.succeeded", intent),
        shop.stripe.event("charge.succeeded", charge),
        shop.stripe.event("checkout.session.completed", session),
        shop.stripe.event("charge.updated", charge),
    ]
    refund = shop.stripe.refund_by_hand(charge, 300)
    said += [shop.stripe.event("refund.created", refund), shop.stripe.event("charge.refunded", charge)]
    return said


@pytest.mark.parametrize("seed", range(6))
def test_events_shuffled_doubled_and_dropped_come_to_the_same_as_in_order(shop: Shop, seed: int) -> None:
    chance, placed = random.Random(seed), _order(shop)
    events = _all_events(shop, placed)
    if seed:
        events = [event for event in events * 2 if chance.random() < 0.6] or events[:1]
        chance.shuffle(events)
    for event in events:
        shop.post(event)
    total = order(shop.at, placed.order_code).total_fen
    assert shop.state(placed) is OrderState.PAID
    assert held_for(shop.world, placed.order_code) == total - 300
    assert account(shop.world, PSP_FEE) == shop.stripe.fee_fen
    (back,) = captured(shop.at, placed.order_code).refunds
    assert (back.amount_fen, back.state, back.reason) == (300, RefundState.SUCCEEDED, "external")
    assert payment(shop.at, placed.payment_code).review.startswith("refund:"), "a person decides about the order"
    assert _parked(shop) == []
    shop.assert_sound()


def test_with_every_event_dropped_the_sweep_finds_the_money(shop: Shop) -> None:
    placed = _order(shop)
    _all_events(shop, placed)
    shop.world.clock.advance(minutes=3)
    shop.sweep()
    assert shop.state(placed) is OrderState.PAID
    shop.assert_sound()


def test_the_same_event_again_asks_stripe_nothing(shop: Shop) -> None:
    placed = _order(shop)
    shop.stripe.pay(shop.session_of(placed))
    event = shop.stripe.event("checkout.session.completed", shop.session_of(placed))
    shop.post(event)
    before, asked = footprint(shop.world), len(shop.server.asked)
    shop.post(event)
    assert (footprint(shop.world), len(shop.server.asked)) == (before, asked)


def test_an_event_that_comes_too_late_is_refused_and_the_sweep_finds_what_it_was_about(shop: Shop) -> None:
    placed = _order(shop)
    shop.stripe.pay(shop.session_of(placed))
    event = shop.stripe.event("checkout.session.completed", shop.session_of(placed))
    shop.world.clock.advance(seconds=301)
    with pytest.raises(BadSignature):
        shop.post(event)
    assert shop.state(placed) is OrderState.PLACED
    shop.sweep()
    assert shop.state(placed) is OrderState.PAID


def test_forged_events_and_those_of_the_live_mode_leave_no_trace(shop: Shop) -> None:
    placed = _order(shop)
    shop.stripe.pay(shop.session_of(placed))
    for more in ({"secret": "whsec_of_nobody"}, {"livemode": True}):
        with pytest.raises(BadSignature):
            shop.hear("checkout.session.completed", shop.session_of(placed), **more)
    assert shop.state(placed) is OrderState.PLACED
    assert shop.world.read(lambda session: unprocessed_events(session, shop.world.house.gateways)) == []


def test_an_event_that_fails_for_a_passing_reason_waits_for_the_sweep(shop: Shop) -> None:
    placed = _order(shop)
    shop.stripe.pay(shop.session_of(placed))
    shop.server.faults = [Fault.DOWN] * 2
    with pytest.raises(GatewayUnavailable):
        shop.hear("checkout.session.completed", shop.session_of(placed))
    assert _parked(shop) == []
    shop.sweep()
    assert shop.state(placed) is OrderState.PAID
    assert shop.world.read(lambda session: unprocessed_events(session, shop.world.house.gateways)) == []


def test_the_door_answers_200_to_what_it_keeps_for_a_person_and_503_to_what_may_pass(shop: Shop, pages: Pages) -> None:
    def knock(ref: str) -> int:
        body, headers = shop.stripe.event("charge.succeeded", ref)
        return pages.client.post("/hooks/stripe", data=body, headers=headers).status_code

    shop.stripe.charges["ch_other"] = {"id": "ch_other", "object": "charge", "payment_intent": None, "metadata": {}}
    assert knock("ch_other") == 200
    shop.stripe.pay(shop.session_of(_order(shop)))
    shop.server.faults = [Fault.DOWN] * 2
    assert knock(list(shop.stripe.charges)[1]) == 503
    assert _parked(shop) == [("orphan", "ch_other")]


# What is about nothing of ours


def _stranger(shop: Shop, code: str | None) -> str:
    """Return a paid session in the same account that somebody else opened."""
    mine = shop.stripe.sessions[shop.session_of(_order(shop))]
    shop.stripe.sessions["cs_test_other"] = {
        **mine,
        "id": "cs_test_other",
        "client_reference_id": code,
        "metadata": {},
        "_intent_metadata": {},
    }
    shop.stripe.pay("cs_test_other")
    return str(shop.stripe.sessions["cs_test_other"]["payment_intent"])


@pytest.mark.parametrize("code", [None, "theirs"])
def test_money_that_nobody_knows_stands_in_the_queue(shop: Shop, code: str | None) -> None:
    intent = _stranger(shop, code)
    shop.hear("checkout.session.completed", "cs_test_other")
    shop.hear("payment_intent.succeeded", intent)
    shop.hear("charge.succeeded", shop.stripe.intents[intent]["latest_charge"])
    shop.sweep()
    assert sorted(set(_parked(shop))) == [("orphan", "cs_test_other"), ("orphan", intent)]


def test_an_event_about_an_object_that_is_not_there_stands_in_the_queue(shop: Shop) -> None:
    shop.stripe.charges["ch_other"] = {"id": "ch_other", "object": "charge", "payment_intent": None, "metadata": {}}
    shop.hear("charge.succeeded", "ch_other")
    asked = len(shop.server.asked)
    shop.sweep()
    assert _parked(shop) == [("orphan", "ch_other")]
    assert len(shop.server.asked) == asked, "the sweep leaves it alone"


def test_an_event_about_no_payment_at_all_is_kept_and_done_with(shop: Shop) -> None:
    shop.stripe.disputes["po_1"] = {"id": "po_1", "object": "payout", "amount": 5}
    shop.hear("payout.paid", "po_1")
    assert shop.world.read(lambda session: unprocessed_events(session, shop.world.house.gateways)) == []
    assert _parked(shop) == []


def test_a_second_payment_under_one_code_is_not_swallowed(shop: Shop) -> None:
    placed, _ = _paid(shop)
    session = shop.stripe.sessions[shop.session_of(placed)]
    twin = {**session, "id": "cs_test_twin", "status": "open", "payment_intent": None}
    shop.stripe.sessions["cs_test_twin"] = twin
    shop.stripe.pay("cs_test_twin")
    shop.hear("checkout.session.completed", "cs_test_twin")
    assert _parked(shop) == [("orphan", "cs_test_twin")]
    assert held_for(shop.world, placed.order_code) == order(shop.at, placed.order_code).total_fen


def test_a_payment_begun_twice_is_paid_by_whichever_session_brings_the_money(shop: Shop) -> None:
    placed = _order(shop)
    session = shop.stripe.sessions[shop.session_of(placed)]
    shop.stripe.sessions["cs_test_twin"] = {**session, "id": "cs_test_twin"}
    shop.stripe.pay("cs_test_twin")
    shop.hear("checkout.session.completed", "cs_test_twin")
    session["status"] = "expired"
    shop.hear("checkout.session.expired", session["id"])
    paid = payment(shop.at, placed.payment_code)
    assert (paid.state, paid.provider_ref) == (PaymentState.CAPTURED, "cs_test_twin")
    assert shop.state(placed) is OrderState.PAID
    shop.assert_sound()


def test_another_amount_stands_in_the_queue_and_pays_nothing(shop: Shop) -> None:
    placed = _order(shop)
    session = shop.stripe.sessions[shop.session_of(placed)]
    session["amount_total"] -= 1
    shop.stripe.pay(session["id"])
    shop.hear("checkout.session.completed", session["id"])
    assert _parked(shop) == [("amount", session["id"])]
    assert payment(shop.at, placed.payment_code).review == "amount"
    assert shop.state(placed) is OrderState.PLACED


def test_another_currency_stands_in_the_queue(shop: Shop) -> None:
    placed = _order(shop)
    session = shop.stripe.sessions[shop.session_of(placed)]
    session["currency"] = "hkd"
    shop.stripe.pay(session["id"])
    shop.hear("checkout.session.completed", session["id"])
    assert payment(shop.at, placed.payment_code).review == "currency"
    assert [why for why, _ref in _parked(shop)] == ["amount"]


def test_a_dispute_stands_in_the_queue_and_moves_nothing(shop: Shop) -> None:
    placed, charge = _paid(shop)
    before = footprint(shop.world)
    dispute = shop.stripe.dispute(charge)
    for kind in ("charge.dispute.created", "charge.dispute.funds_withdrawn"):
        shop.hear(kind, dispute)
    assert {why for why, _ref in _parked(shop)} == {"dispute"}
    assert shop.state(placed) is OrderState.PAID
    assert footprint(shop.world) == before
    shop.assert_sound()


def test_a_type_nobody_has_heard_of_about_our_payment_reads_it(shop: Shop) -> None:
    placed = _order(shop)
    shop.stripe.pay(shop.session_of(placed))
    shop.hear("review.opened", next(iter(shop.stripe.charges)))
    assert shop.state(placed) is OrderState.PAID


# The provider's names, fees and refunds


def test_every_name_the_provider_uses_leads_to_the_payment(shop: Shop) -> None:
    placed, charge = _paid(shop)
    refund = shop.stripe.refund_by_hand(charge, 100)
    shop.hear("refund.created", refund)
    for ref in (shop.session_of(placed), *shop.stripe.intents, charge, refund):
        assert shop.world.read(partial(_whose, ref=ref)) == placed.payment_code


def test_a_fee_that_is_said_later_is_booked_once(shop: Shop) -> None:
    fee, shop.stripe.fee_fen = shop.stripe.fee_fen, None
    placed, charge = _paid(shop)
    assert payment(shop.at, placed.payment_code).fee_fen is None
    shop.stripe.fee_fen = fee
    for _ in range(2):
        shop.hear("charge.updated", charge)
    assert payment(shop.at, placed.payment_code).fee_fen == fee == account(shop.world, PSP_FEE)
    shop.assert_sound()


def test_a_refund_of_ours_is_never_taken_for_one_made_there(shop: Shop) -> None:
    placed, charge = _paid(shop)
    shop.cancel(placed)
    (asked,) = captured(shop.at, placed.order_code).refunds
    # Stripe has made it, and says so before its answer to us was kept.
    gateway = shop.world.house.gateways["stripe"]
    gateway.refund(shop.session_of(placed), asked.amount_fen, key=f"refund:{asked.code}")
    shop.hear("charge.refunded", charge)
    shop.world.deliver()
    shop.hear("charge.refunded", charge)
    back = captured(shop.at, placed.order_code).refunds
    assert [(one.reason, one.state) for one in back] == [("cancelled", RefundState.SUCCEEDED)]
    assert len(shop.stripe.refunds) == 1
    shop.assert_sound()


def test_all_given_back_there_before_we_heard_of_the_late_money_is_not_given_back_twice(shop: Shop) -> None:
    placed = _order(shop)
    session = shop.stripe.sessions[shop.session_of(placed)]
    shop.world.clock.advance(minutes=16)
    expire(shop.at, placed.order_code)
    session["status"] = "open"
    shop.stripe.pay(session["id"])
    (charge,) = shop.stripe.charges
    shop.stripe.refund_by_hand(charge, session["amount_total"])
    shop.pay(shop.place({variant_id(shop.at, listing(shop.at)): 1}))
    shop.hear("charge.refunded", charge)
    shop.world.deliver()
    assert len(shop.stripe.refunds) == 1
    shop.assert_sound()
