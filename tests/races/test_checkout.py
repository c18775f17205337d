"""The last click of many at once, against each other and against holds that run out."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from shop.catalog import stock
from shop.catalog.models import Variant
from shop.catalog.stock import OutOfStock
from shop.flows import closing, settle
from shop.flows.checkout import BasketChanged, BeingPaid, Placed, place_order
from shop.kernel.actor import VISITOR
from shop.orders import services as orders
from shop.orders.models import Order, OrderState
from shop.payments import services as payments
from shop.payments.models import Payment, PaymentHistory, PaymentState
from tests.races.conftest import Race
from tests.support.races import Racer, refused_by_database
from tests.world import World, market
from tests.world.books import assert_sound, free
from tests.world.market import TO, Market, demo, fill_basket, listing, order, place, seen, start, variant_id

BUYERS, PIECES = 50, 10
TOO_LATE = (OutOfStock, BasketChanged, BeingPaid)
"""What a buyer who comes too late may be told."""


class Crowd:
    """Buyers with a basket each, who have seen what it costs and now press the button."""

    def __init__(self, at: Market, buyers: int, wanted: dict[int, int]) -> None:
        self.at = at
        self._tokens = [fill_basket(at, wanted) for _buyer in range(buyers)]
        self._seen = seen(at, self._tokens[0])

    def place(self, session: Session, number: int) -> Placed:
        token = self._tokens[number]
        return place_order(
            session,
            replace(TO, phone=f"139{number:08d}", street=f"科华路 {number} 号"),
            checkout_key=token,
            seen=self._seen,
            gateway=demo(self.at),
            token=token,
            actor=VISITOR,
            clock=self.at.world.clock,
        )


def placed_orders(world: World) -> int:
    return world.read(lambda session: session.scalar(select(func.count()).select_from(Order))) or 0


def test_without_the_guard_two_order_the_last_piece(world: World, race: Race, monkeypatch: pytest.MonkeyPatch) -> None:
    """The control: were pieces held by read, think, write, one piece would be ordered twice."""
    at = market.market(world)
    last = variant_id(at, listing(at, stock=1))
    crowd = Crowd(at, 2, {last: 1})
    racers: dict[Session, Racer] = {}

    def hold(session: Session, _reference: str, wanted: dict[int, int], **_more: Any) -> None:
        found = session.execute(select(Variant.on_hand, Variant.held).where(Variant.id == last)).one()
        racers[session].meet()
        if found.on_hand - found.held < wanted[last]:
            raise OutOfStock(last, 0)
        session.execute(update(Variant).where(Variant.id == last).values(held=found.held + wanted[last]))

    monkeypatch.setattr(stock, "hold", hold)

    def buy(racer: Racer) -> Placed:
        with racer.unguarded() as session:
            racers[session] = racer
            return crowd.place(session, racer.number)

    outcomes = race(buy, buy)
    # Both ordered the last piece, or the database itself had to throw one of them out.
    assert placed_orders(world) == 2 or any(refused_by_database(outcome) for outcome in outcomes)


def test_fifty_buyers_of_ten_pieces_buy_exactly_ten(world: World, race: Race) -> None:
    at = market.market(world)
    eggs = variant_id(at, listing(at, stock=PIECES))
    crowd = Crowd(at, BUYERS, {eggs: 1})

    def buy(racer: Racer) -> Placed:
        return racer.edge.run(lambda session: crowd.place(session, racer.number))

    outcomes = race(*[buy] * BUYERS)
    assert sum(outcome.won for outcome in outcomes) == PIECES == placed_orders(world)
    odd = [outcome.error for outcome in outcomes if not outcome.won and not isinstance(outcome.error, TOO_LATE)]
    assert odd == []
    assert free(world, eggs) == 0
    assert_sound(world)


def test_without_the_guard_a_hold_is_given_back_twice(world: World, race: Race) -> None:
    """The control: two who find the same order overdue and let its piece go, let go another buyer's as well."""
    at = market.market(world)
    eggs = variant_id(at, listing(at, stock=2))
    overdue, _other = (place(at, fill_basket(at, {eggs: 1})) for _buyer in range(2))

    def let_go(racer: Racer) -> None:
        with racer.unguarded() as session:
            state = session.scalars(select(Order.state).where(Order.code == overdue.order_code)).one()
            racer.meet()
            if state is OrderState.PLACED:
                session.execute(update(Variant).where(Variant.id == eggs).values(held=Variant.held - 1))
                ended = update(Order).where(Order.code == overdue.order_code).values(state=OrderState.EXPIRED)
                session.execute(ended)

    outcomes = race(let_go, let_go)
    assert free(world, eggs) == 2 or any(refused_by_database(outcome) for outcome in outcomes)


@pytest.mark.parametrize("is_started", [False, True])
def test_the_next_buyers_against_a_hold_that_runs_out(world: World, race: Race, is_started: bool) -> None:
    at = market.market(world)
    last = variant_id(at, listing(at, stock=1))
    crowd = Crowd(at, 4, {last: 1})
    slow = place(at, fill_basket(at, {last: 1}))
    if is_started:
        start(at, slow)
    world.clock.advance(minutes=16)

    def buy(racer: Racer) -> Any:
        return racer.edge.run(lambda session: crowd.place(session, racer.number))

    def expire(racer: Racer) -> None:
        closing.expire(
            racer.edge, world.house.gateways, slow.order_code, public_url="http://localhost", clock=world.clock
        )

    acts: list[Callable[[Racer], Any]] = [buy, expire, buy, expire]
    outcomes = race(*acts)
    bought = [outcome for outcome, act in zip(outcomes, acts, strict=True) if act is buy]
    assert [outcome.error for outcome, act in zip(outcomes, acts, strict=True) if act is expire] == [None] * 2
    assert all(outcome.won or isinstance(outcome.error, TOO_LATE) for outcome in bought)
    sold = sum(outcome.won for outcome in bought)
    assert sold <= 1
    assert order(at, slow.order_code).state is OrderState.EXPIRED
    assert free(world, last) == 1 - sold
    assert_sound(world)


def test_without_the_guard_the_same_money_is_taken_in_twice(
    world: World, race: Race, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The control for event, return page and sweep at once: were the payment not locked, both would book it."""
    at = market.market(world)
    placed = place(at, fill_basket(at, {variant_id(at, listing(at)): 1}))
    reference = start(at, placed)
    demo(at).decide(reference, pays=True, now=world.clock())
    said = demo(at).fetch(reference)
    racers: dict[Session, Racer] = {}

    def look(session: Session, code: str) -> Payment:
        found = session.scalars(select(Payment).where(Payment.code == code)).one()
        racers[session].meet()
        return found

    monkeypatch.setattr(payments, "lock", look)
    monkeypatch.setattr(orders, "lock", lambda s, code: s.scalars(select(Order).where(Order.code == code)).one())

    def apply(racer: Racer) -> None:
        with racer.unguarded() as session:
            racers[session] = racer
            settle.apply(session, said, clock=world.clock)

    outcomes = race(apply, apply)
    told = select(func.count()).select_from(PaymentHistory).where(PaymentHistory.to_state == PaymentState.CAPTURED)
    passages = world.read(lambda session: session.scalar(told))
    # Both believed that the money had come by them, or the database itself had to throw one of them out.
    assert passages == 2 or any(refused_by_database(outcome) for outcome in outcomes)
