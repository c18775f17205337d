"""A gateway that is taken out of the settings while orders wait for money at it: goods are freed, no money is lost."""

from collections.abc import Mapping
from dataclasses import replace
from functools import partial

import pytest

from shop import worker
from shop.cli.examining import examine
from shop.flows import closing, refunds
from shop.kernel.actor import VISITOR
from shop.orders.models import OrderState
from shop.payments.gateways.protocol import PaymentGateway
from shop.payments.models import PaymentState, RefundState
from shop.payments.queries import open_payments, open_refunds, unasked
from shop.web.house import House
from tests.support.crashing import goodwill
from tests.world import World, market
from tests.world.books import assert_sound, free
from tests.world.market import (
    Market,
    demo,
    fill_basket,
    listing,
    order,
    paid_order,
    payment,
    place,
    start,
    variant_id,
)

OFF = ("cash",)
"""The gateways that are left when the one of these orders is switched off."""


def left(world: World) -> Mapping[str, PaymentGateway]:
    """Return the gateways that are left."""
    return {code: gateway for code, gateway in world.house.gateways.items() if code in OFF}


def without_it(world: World) -> None:
    """Let the worker come by while the gateway is off."""
    worker.tick(replace(world.house, gateways=left(world)))


def doctor_says(house: House) -> str:
    """Return what `shop doctor` says of payments whose provider must be asked."""
    (said,) = (finding.said for finding in examine(house) if finding.check == "providers")
    return said


def come_back(world: World) -> None:
    """Let the worker come by a little later, with the gateway on again."""
    world.clock.advance(minutes=5)
    world.tick()


def cancel_without_it(at: Market, code: str) -> None:
    clock = at.world.clock
    closing.cancel(at.world.edge, {}, code, public_url="http://localhost", actor=VISITOR, clock=clock)


def paid_unheard(at: Market, reference: str) -> None:
    """Let the buyer pay at the provider, whose event finds the gateway off."""
    demo(at).decide(reference, pays=True, now=at.world.clock())


@pytest.fixture
def at(world: World) -> Market:
    return market.market(world)


@pytest.fixture
def eggs(at: Market) -> int:
    return variant_id(at, listing(at, stock=3))


def test_goods_are_freed_by_their_deadline_though_nobody_can_be_asked(world: World, at: Market, eggs: int) -> None:
    placed = place(at, fill_basket(at, {eggs: 3}))
    start(at, placed)
    without_it(world)
    assert (order(at, placed.order_code).state, free(world, eggs)) == (OrderState.PLACED, 0)
    world.clock.advance(minutes=16)
    without_it(world)
    assert (order(at, placed.order_code).state, free(world, eggs)) == (OrderState.EXPIRED, 3)
    assert payment(at, placed.payment_code).state is PaymentState.PENDING
    assert world.read(lambda session: unasked(session, OFF)) == {"demo": (1, 0)}
    assert doctor_says(replace(world.house, gateways=left(world))).endswith("demo: 1 payments, 0 refunds")
    come_back(world)
    assert doctor_says(world.house) == "every open payment and refund has its gateway"
    assert payment(at, placed.payment_code).state is PaymentState.VOIDED
    assert world.read(lambda session: unasked(session, world.house.gateways)) == {}
    assert_sound(world)


def test_money_that_came_meanwhile_gets_the_goods_when_they_are_still_there(
    world: World, at: Market, eggs: int
) -> None:
    placed = place(at, fill_basket(at, {eggs: 3}))
    paid_unheard(at, start(at, placed))
    world.clock.advance(minutes=16)
    without_it(world)
    assert order(at, placed.order_code).state is OrderState.EXPIRED
    come_back(world)
    assert (order(at, placed.order_code).state, free(world, eggs)) == (OrderState.PAID, 0)
    assert_sound(world)


@pytest.mark.parametrize("ends", ["sold to another", "cancelled"])
def test_money_that_came_meanwhile_goes_back_when_they_are_not(world: World, at: Market, eggs: int, ends: str) -> None:
    placed = place(at, fill_basket(at, {eggs: 3}))
    paid_unheard(at, start(at, placed))
    if ends == "cancelled":
        cancel_without_it(at, placed.order_code)
    world.clock.advance(minutes=16)
    without_it(world)
    if ends != "cancelled":
        paid_order(at, {eggs: 2})
    over = order(at, placed.order_code).state
    come_back(world)
    world.deliver()
    assert order(at, placed.order_code).state is over
    (back,) = payment(at, placed.payment_code).refunds
    assert (back.amount_fen, back.state) == (payment(at, placed.payment_code).captured_fen, RefundState.SUCCEEDED)
    assert_sound(world)


def test_what_is_to_go_back_waits_for_it(world: World, at: Market, eggs: int) -> None:
    code = paid_order(at, {eggs: 1}).code
    world.run(partial(goodwill, order_code=code, clock=world.clock))
    without_it(world)
    refunds.drive_due(world.edge, {}, clock=world.clock)
    assert world.read(lambda session: unasked(session, OFF)) == {"demo": (0, 1)}
    come_back(world)
    assert world.read(lambda session: unasked(session, OFF)) == {}
    assert_sound(world)


def test_what_waits_for_one_that_is_off_keeps_nobody_else_waiting(world: World, at: Market, eggs: int) -> None:
    start(at, place(at, fill_basket(at, {eggs: 1})))
    code = paid_order(at, {eggs: 1}).code
    world.run(partial(goodwill, order_code=code, clock=world.clock))
    world.clock.advance(minutes=5)

    def first_in_line(gateways: tuple[str, ...]) -> tuple[int, int]:
        with world.edge.reading() as session:
            paying = open_payments(session, world.clock(), gateways, limit=1)
            return len(paying), len(open_refunds(session, gateways, limit=1))

    assert first_in_line(OFF) == (0, 0)
    assert first_in_line(("demo",)) == (1, 1)
