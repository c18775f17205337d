"""Long: a crowd that orders, pays, cancels and runs out of time for many rounds, on connections of their own."""

from dataclasses import replace

import pytest

from shop.catalog.stock import OutOfStock
from shop.flows import closing, settle
from shop.flows.checkout import BasketChanged, BeingPaid, Placed, place_order
from shop.kernel.actor import VISITOR
from shop.kernel.clock import town_day
from shop.orders.models import OrderState
from shop.orders.queries.baskets import basket
from shop.orders.queries.quotes import quote
from tests.races.conftest import Race
from tests.support.races import Racer
from tests.world import World, market
from tests.world.books import assert_sound, at_provider, free, provider_account
from tests.world.market import TO, demo, fill_basket, listing, order, variant_id

ROUNDS, BUYERS, PIECES = 12, 6, 10


@pytest.mark.soak
def test_a_crowd_never_buys_more_than_there_is_and_the_books_stay_true(world: World, race: Race) -> None:
    at = market.market(world)
    gateways, clock = world.house.gateways, world.clock
    for turn in range(ROUNDS):
        eggs = variant_id(at, listing(at, title=f"土鸡蛋{turn}", stock=PIECES))
        tokens = [fill_basket(at, {eggs: 3}) for _buyer in range(BUYERS)]

        def buy(racer: Racer, turn: int = turn, tokens: list[str] = tokens) -> Placed:
            token = tokens[racer.number]
            # A person of their own each time: who leaves orders unpaid again and again is turned away.
            to = replace(
                TO, phone=f"139{turn:04d}{racer.number:04d}", street=f"科华路 {turn * BUYERS + racer.number} 号"
            )
            with racer.edge.reading() as session:
                kept = basket(session, token=token, user_id=None, today=town_day(world.clock()))
                seen = quote(session, kept, TO.destination, now=world.clock()).digest
            placed = racer.edge.run(
                lambda session: place_order(
                    session,
                    to,
                    checkout_key=token,
                    seen=seen,
                    gateway=gateways["demo"],
                    token=token,
                    actor=VISITOR,
                    clock=clock,
                )
            )
            settle.start(racer.edge, gateways["demo"], placed.payment_code, public_url="http://localhost", clock=clock)
            return placed

        outcomes = race(*[buy] * BUYERS)
        bought = [outcome.value for outcome in outcomes if outcome.value is not None]
        assert all(
            outcome.won or isinstance(outcome.error, OutOfStock | BasketChanged | BeingPaid) for outcome in outcomes
        )
        assert len(bought) == PIECES // 3

        def end(racer: Racer, bought: list[Placed] = bought) -> None:
            placed = bought[racer.number % len(bought)]
            if racer.number % 2:
                closing.cancel(
                    racer.edge,
                    gateways,
                    placed.order_code,
                    public_url="http://localhost",
                    actor=VISITOR,
                    clock=clock,
                )
            else:
                settle.look_again(racer.edge, gateways, placed.payment_code, clock=clock)

        first = _reference(at, bought[0].payment_code)
        demo(at).decide(first, pays=True, now=clock())
        race(*[end] * 4)
        world.deliver()
        states = {order(at, placed.order_code).state for placed in bought}
        assert states <= {OrderState.PLACED, OrderState.PAID, OrderState.CANCELLED}
        clock.advance(minutes=20)
        world.tick()
        world.deliver()
        sold = sum(order(at, placed.order_code).state is OrderState.PAID for placed in bought)
        assert free(world, eggs) == PIECES - 3 * sold
        assert provider_account(world) == at_provider(world)
        assert_sound(world)


def _reference(at: market.Market, payment_code: str) -> str:
    reference = market.payment(at, payment_code).provider_ref
    assert reference is not None
    return reference
