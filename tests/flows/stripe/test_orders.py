"""Money by way of Stripe, from the order to the refund, with Stripe's own kit speaking to a stand-in."""

import pytest
from sqlalchemy import select

from shop.flows import refunds, settle
from shop.kernel.errors import Invalid
from shop.orders.models import Order, OrderState
from shop.payments.gateways.protocol import BadSignature, GatewayUnavailable, InvalidState
from shop.payments.gateways.stripe import StripeGateway
from shop.payments.models import PaymentState, RefundState
from shop.payments.queries import payments_of, unprocessed_events
from tests.pages.buying import to_pay
from tests.support.pages import Pages
from tests.support.stripe_server import Fault, StripeServer
from tests.world import World, market
from tests.world.books import assert_sound, footprint, free, held_for
from tests.world.market import (
    captured,
    carry_for,
    expire,
    listing,
    order,
    payment,
    variant_id,
)
from tests.world.stripe_shop import URL, Shop


def test_an_order_is_paid_once_however_often_stripe_says_so(shop: Shop) -> None:
    placed = shop.place({variant_id(shop.at, listing(shop.at)): 2})
    assert payment(shop.at, placed.payment_code).state is PaymentState.PENDING
    shop.pay(placed)
    for kind in ("checkout.session.completed", "checkout.session.async_payment_succeeded"):
        shop.hear(kind, shop.session_of(placed))
    shop.hear("payment_intent.succeeded", next(iter(shop.stripe.intents)))
    assert shop.state(placed) is OrderState.PAID
    assert held_for(shop.world, placed.order_code) == order(shop.at, placed.order_code).total_fen
    shop.assert_sound()


def test_an_event_before_the_money_and_a_forged_one_pay_nothing(shop: Shop) -> None:
    placed = shop.place({variant_id(shop.at, listing(shop.at)): 1})
    shop.hear("checkout.session.completed", shop.session_of(placed))
    with pytest.raises(BadSignature):
        shop.hear("checkout.session.completed", shop.session_of(placed), secret="whsec_of_nobody")
    with pytest.raises(BadSignature):
        shop.hear("checkout.session.completed", shop.session_of(placed), livemode=True)
    assert shop.state(placed) is OrderState.PLACED


def test_a_slow_wallet_pays_when_its_money_arrives_although_the_time_ran_out(shop: Shop) -> None:
    eggs = variant_id(shop.at, listing(shop.at, stock=2))
    placed = shop.place({eggs: 2})
    shop.stripe.pay(shop.session_of(placed), slowly=True)
    shop.hear("checkout.session.completed", shop.session_of(placed))
    shop.world.clock.advance(minutes=16)
    expire(shop.at, placed.order_code)
    assert shop.state(placed) is OrderState.PLACED, "goods are not freed while money is on its way"
    assert free(shop.world, eggs) == 0
    shop.stripe.arrive(shop.session_of(placed))
    shop.hear("checkout.session.async_payment_succeeded", shop.session_of(placed))
    assert shop.state(placed) is OrderState.PAID
    shop.assert_sound()


def test_a_slow_wallet_that_fails_frees_the_goods(shop: Shop) -> None:
    eggs = variant_id(shop.at, listing(shop.at, stock=2))
    placed = shop.place({eggs: 2})
    shop.stripe.pay(shop.session_of(placed), slowly=True)
    shop.stripe.fall_through(shop.session_of(placed))
    shop.hear("checkout.session.async_payment_failed", shop.session_of(placed))
    assert payment(shop.at, placed.payment_code).state is PaymentState.VOIDED
    shop.world.clock.advance(minutes=16)
    expire(shop.at, placed.order_code)
    assert shop.state(placed) is OrderState.EXPIRED
    assert free(shop.world, eggs) == 2


def test_money_whose_event_was_lost_pays_the_order_when_its_time_runs_out(shop: Shop) -> None:
    placed = shop.place({variant_id(shop.at, listing(shop.at)): 1})
    shop.stripe.pay(shop.session_of(placed))
    shop.world.clock.advance(minutes=16)
    expire(shop.at, placed.order_code)
    assert shop.state(placed) is OrderState.PAID
    shop.assert_sound()


def test_an_order_that_nobody_paid_ends_its_session_and_frees_the_goods(shop: Shop) -> None:
    eggs = variant_id(shop.at, listing(shop.at, stock=2))
    placed = shop.place({eggs: 2})
    shop.world.clock.advance(minutes=16)
    expire(shop.at, placed.order_code)
    shop.hear("checkout.session.expired", shop.session_of(placed))
    assert shop.stripe.sessions[shop.session_of(placed)]["status"] == "expired"
    assert shop.state(placed) is OrderState.EXPIRED
    assert free(shop.world, eggs) == 2


@pytest.mark.parametrize("sold_meanwhile", [0, 1])
def test_money_that_comes_although_its_session_was_ended_is_never_swallowed(shop: Shop, sold_meanwhile: int) -> None:
    eggs = variant_id(shop.at, listing(shop.at, stock=2))
    placed = shop.place({eggs: 2})
    shop.world.clock.advance(minutes=16)
    expire(shop.at, placed.order_code)
    if sold_meanwhile:
        shop.pay(shop.place({eggs: sold_meanwhile}))
    # Stripe takes no money for an expired session; that it does all the same is what this is about.
    session = shop.stripe.sessions[shop.session_of(placed)]
    session["status"] = "open"
    shop.stripe.pay(session["id"])
    session["status"] = "expired"
    shop.hear("payment_intent.succeeded", session["payment_intent"])
    shop.world.deliver()
    assert shop.state(placed) is (OrderState.EXPIRED if sold_meanwhile else OrderState.PAID)
    back = captured(shop.at, placed.order_code).refunds
    assert [(refund.state, refund.reason) for refund in back] == [(RefundState.SUCCEEDED, "late")] * sold_meanwhile
    shop.assert_sound()


def test_a_cancelled_order_is_paid_back_when_the_bank_has_settled_it(shop: Shop) -> None:
    placed = shop.place({variant_id(shop.at, listing(shop.at)): 1})
    shop.pay(placed)
    shop.stripe.refund_status = "pending"
    shop.cancel(placed)
    shop.world.deliver()
    assert [refund.state for refund in captured(shop.at, placed.order_code).refunds] == [RefundState.PENDING]
    (ref,) = shop.stripe.refunds
    shop.stripe.end_refund(ref, "succeeded")
    shop.hear("charge.refunded", next(iter(shop.stripe.charges)))
    refunds.drive_due(shop.world.edge, shop.world.house.gateways, clock=shop.world.clock)
    assert [refund.state for refund in captured(shop.at, placed.order_code).refunds] == [RefundState.SUCCEEDED]
    assert shop.state(placed) is OrderState.CANCELLED
    assert shop.at_stripe() == -(shop.stripe.fee_fen or 0), "what Stripe kept it does not give back"
    shop.assert_sound()


def test_an_event_whose_payment_could_not_be_read_is_kept_for_the_sweep(shop: Shop) -> None:
    placed = shop.place({variant_id(shop.at, listing(shop.at)): 1})
    shop.stripe.pay(shop.session_of(placed))
    shop.server.faults = [Fault.DOWN] * 2
    with pytest.raises(GatewayUnavailable):
        shop.hear("checkout.session.completed", shop.session_of(placed))
    assert shop.state(placed) is OrderState.PLACED
    settle.sweep(shop.world.edge, shop.world.house.gateways, public_url=URL, clock=shop.world.clock)
    assert shop.state(placed) is OrderState.PAID
    assert shop.world.read(lambda session: unprocessed_events(session, shop.world.house.gateways)) == []


def test_an_event_of_another_shop_in_the_account_is_kept_and_bars_nobody(shop: Shop) -> None:
    other = shop.place({variant_id(shop.at, listing(shop.at)): 1})
    session = shop.stripe.sessions[shop.session_of(other)]
    stranger = {**session, "id": "cs_test_other", "client_reference_id": "theirs", "metadata": {"payment": "theirs"}}
    shop.stripe.sessions["cs_test_other"] = stranger
    shop.hear("checkout.session.completed", "cs_test_other")
    shop.stripe.pay(session["id"])
    shop.world.clock.advance(minutes=3)
    settle.sweep(shop.world.edge, shop.world.house.gateways, public_url=URL, clock=shop.world.clock)
    assert shop.state(other) is OrderState.PAID


def test_new_orders_are_paid_at_stripe_where_it_is_set_up(world: World, server: StripeServer, pages: Pages) -> None:
    at = market.market(world)
    assert list(world.house.gateways) == ["stripe", "demo", "cash"]
    page = to_pay(pages, listing(at))
    (session,) = server.account.sessions.values()
    assert page.links()["去付款"] == session["url"]
    server.account.pay(session["id"])
    body, headers = server.account.event("checkout.session.completed", session["id"])
    assert pages.client.post("/hooks/stripe", data=body, headers=headers).status_code == 200
    assert pages.client.post("/hooks/stripe", data=body + b" ", headers=headers).status_code == 400
    assert "付好了" in pages.get(f"/pay/{session['client_reference_id']}").main


def test_an_order_too_small_for_stripe_is_refused_before_it_stands(shop: Shop) -> None:
    small = variant_id(shop.at, listing(shop.at, price_fen=1, gross_g=1))
    carry_for(shop.at, first_fen=0, step_fen=0)
    before = footprint(shop.world)
    with pytest.raises(Invalid) as refusal:
        shop.place({small: 1})
    assert (refusal.value.field, refusal.value.reason) == ("gateway", "least")
    assert footprint(shop.world) == before


def test_an_order_that_stripe_will_not_take_ends_with_its_time_and_holds_nothing(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    at = shop.at
    # Its smallest amount may change any day; ours is only what it was last.
    monkeypatch.setattr(StripeGateway, "least_fen", 1)
    small = variant_id(at, listing(at, price_fen=1, gross_g=1))
    carry_for(at, first_fen=0, step_fen=0)
    with pytest.raises(InvalidState):
        shop.place({small: 1})
    code = at.world.read(lambda session: session.scalars(select(Order.code)).one())
    ended = at.world.read(lambda session: payments_of(session, code))
    assert [one.state for one in ended] == [PaymentState.VOIDED]
    at.world.clock.advance(minutes=16)
    expire(at, code)
    assert order(at, code).state is OrderState.EXPIRED
    assert free(at.world, small) == 10
    assert_sound(at.world)
