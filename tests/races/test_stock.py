"""The last pieces, wanted by many at once."""

from functools import partial

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from shop.catalog.models import Variant
from shop.catalog.stock import OutOfStock, hold
from shop.flows import closing, settle
from shop.flows.refunds import ask, captured_payment
from shop.kernel.actor import VISITOR
from shop.orders import services as orders
from shop.orders.models import OrderState
from shop.payments.services import OverRefund
from tests.races.conftest import Race
from tests.support.races import Racer, refused_by_database
from tests.world import World, market
from tests.world.books import assert_sound, at_provider, free
from tests.world.market import (
    HOUSE,
    captured,
    demo,
    fill_basket,
    listing,
    order,
    paid_order,
    place,
    start,
    variant_id,
)

BUYERS = 8
LEFT = 3


def test_without_the_guard_more_is_held_than_there_is(world: World, race: Race) -> None:
    """The control: read, think, write loses a hold or lets both have the last piece."""
    at = market.market(world)
    last = variant_id(at, listing(at, stock=1))
    sold: list[int] = []

    def buy(racer: Racer) -> None:
        with racer.unguarded() as session:
            on_hand, held = session.execute(select(Variant.on_hand, Variant.held).where(Variant.id == last)).one()
            racer.meet()
            if on_hand - held >= 1:
                session.execute(update(Variant).where(Variant.id == last).values(held=held + 1))
                sold.append(racer.number)

    outcomes = race(buy, buy)
    held = world.read(lambda session: session.scalars(select(Variant.held).where(Variant.id == last)).one())
    # Both believed they had the last piece, or the database itself had to throw one of them out.
    assert held == 1
    assert len(sold) == 2 or any(refused_by_database(outcome) for outcome in outcomes)


def test_many_buyers_get_exactly_what_there_is(world: World, race: Race) -> None:
    at = market.market(world)
    eggs = variant_id(at, listing(at, stock=LEFT))

    def buy(racer: Racer) -> None:
        racer.edge.run(lambda session: hold(session, f"BUYER{racer.number}", {eggs: 1}, clock=world.clock))

    outcomes = race(*[buy] * BUYERS)
    assert sum(outcome.won for outcome in outcomes) == LEFT
    assert all(outcome.won or isinstance(outcome.error, OutOfStock) for outcome in outcomes)
    assert free(world, eggs) == 0
    assert_sound(world)


def test_two_baskets_in_opposite_order_do_not_block_each_other(world: World, race: Race) -> None:
    at = market.market(world)
    one, two = variant_id(at, listing(at, stock=50)), variant_id(at, listing(at, stock=50))

    def buy(racer: Racer) -> None:
        wanted = {one: 1, two: 1} if racer.number % 2 else {two: 1, one: 1}
        for turn in range(5):
            racer.edge.run(partial(hold, reference=f"B{racer.number}-{turn}", wanted=wanted, clock=world.clock))

    assert all(outcome.won for outcome in race(*[buy] * 4))
    assert free(world, one) == free(world, two) == 30
    assert_sound(world)


def test_event_and_return_page_and_sweep_at_once_pay_once(world: World, race: Race) -> None:
    at = market.market(world)
    placed = place(at, fill_basket(at, {variant_id(at, listing(at)): 1}))
    reference = start(at, placed)
    body, headers = demo(at).decide(reference, pays=True, now=world.clock())
    gateways = world.house.gateways

    def event(racer: Racer) -> None:
        settle.receive_event(racer.edge, gateways, "demo", body, headers, clock=world.clock)

    def page(racer: Racer) -> None:
        settle.look_again(racer.edge, gateways, placed.payment_code, clock=world.clock)

    outcomes = race(event, page, event, page)
    assert [outcome.error for outcome in outcomes] == [None] * 4
    made = order(at, placed.order_code)
    assert made.state is OrderState.PAID
    assert at_provider(world) == made.total_fen
    assert_sound(world)


def test_paying_against_expiry_ends_in_one_of_the_two(world: World, race: Race) -> None:
    at = market.market(world)
    eggs = variant_id(at, listing(at, stock=1))
    placed = place(at, fill_basket(at, {eggs: 1}))
    reference = start(at, placed)
    body, headers = demo(at).decide(reference, pays=True, now=world.clock())
    world.clock.advance(minutes=4)  # the event stays young enough; the hold is ended by a clock of its own below
    gateways = world.house.gateways
    later = order(at, placed.order_code).hold_until

    def event(racer: Racer) -> None:
        settle.receive_event(racer.edge, gateways, "demo", body, headers, clock=world.clock)

    def expiry(racer: Racer) -> None:
        closing.expire(racer.edge, gateways, placed.order_code, public_url="http://localhost", clock=lambda: later)

    outcomes = race(event, expiry)
    assert [outcome.error for outcome in outcomes] == [None, None]
    assert order(at, placed.order_code).state is OrderState.PAID
    assert free(world, eggs) == 0
    assert_sound(world)


def test_two_cancel_and_refund_at_once_give_back_once(world: World, race: Race) -> None:
    at = market.market(world)
    made = paid_order(at, {variant_id(at, listing(at)): 1})
    gateways = world.house.gateways

    def cancel(racer: Racer) -> None:
        closing.cancel(racer.edge, gateways, made.code, public_url="http://localhost", actor=VISITOR, clock=world.clock)

    def refund(racer: Racer) -> None:
        def act(session: Session) -> None:
            locked = orders.lock(session, made.code)
            payment = captured_payment(session, locked)
            ask(
                session,
                locked,
                payment,
                made.total_fen,
                key="by hand",
                reason="staff",
                actor=HOUSE,
                clock=world.clock,
            )

        racer.edge.run(act)

    outcomes = race(cancel, cancel, refund, refund)
    assert all(outcome.won or isinstance(outcome.error, OverRefund) for outcome in outcomes)
    assert captured(at, made.code).refunded_fen == made.total_fen
    world.deliver()
    assert at_provider(world) == 0
    assert_sound(world)
