"""To whom an order goes is put right while its box is closed, while it is cancelled, and by two people at once."""

from collections.abc import Callable
from dataclasses import replace
from functools import partial

import pytest
from sqlalchemy import select

from shop.courier.queries import shipment_by_key
from shop.flows import bench, closing, readdressing
from shop.kernel.actor import VISITOR
from shop.kernel.errors import Stale, WrongState
from shop.notifications.models import Delivery
from shop.orders.models import Box, OrderState
from shop.orders.recipients import recipient_of
from tests.races.conftest import Race
from tests.support.races import Racer
from tests.world import World
from tests.world.books import assert_sound
from tests.world.market import (
    STAFF,
    TO,
    Market,
    listing,
    market,
    order,
    paid_order,
    parcel_code,
    receive_all,
    variant_id,
)

TRIES = 3


@pytest.fixture
def at(world: World) -> Market:
    """A town with one household."""
    return market(world)


def changing(at: Market, code: str, street: str, **other: str) -> Callable[[Racer], None]:
    to = replace(recipient_of(order(at, code)), street=street, **other)
    act = partial(readdressing.readdress, code=code, to=to, seen=0, actor=VISITOR, clock=at.world.clock)
    return lambda racer: racer.edge.run(act)


@pytest.mark.parametrize("turn", range(TRIES))
def test_beside_the_closing_of_its_box_the_parcel_goes_where_the_order_says(at: Market, race: Race, turn: int) -> None:
    code = paid_order(at, {variant_id(at, listing(at)): 1}).code
    receive_all(at, code)

    def close(racer: Racer) -> None:
        act = partial(bench.pack, order_code=code, box=Box.AMBIENT, weight_g=2500, actor=STAFF, clock=at.world.clock)
        racer.edge.run(act)

    acts = (changing(at, code, "东大街 9 号"), close)
    outcomes = race(*(acts if turn % 2 else acts[::-1]))
    changed, closed = outcomes if turn % 2 else outcomes[::-1]
    assert closed.won
    assert changed.won or isinstance(changed.error, WrongState)
    assert (order(at, code).street == "东大街 9 号") is changed.won
    at.world.deliver()
    sent = at.world.read(lambda session: shipment_by_key(session, parcel_code(at, code)))
    assert sent is not None
    assert sent.street == order(at, code).street
    assert_sound(at.world)


def test_of_two_changes_at_once_one_is_told_to_look_again_and_the_old_phone_hears_of_one(
    at: Market, race: Race
) -> None:
    code = paid_order(at, {variant_id(at, listing(at)): 1}).code
    to_others = [changing(at, code, "东大街 9 号", phone=phone) for phone in ("13912345678", "13700000001")]
    outcomes = race(*to_others)
    assert sum(outcome.won for outcome in outcomes) == 1
    assert any(isinstance(outcome.error, Stale) for outcome in outcomes)
    at.world.deliver()
    sent = select(Delivery.phone).where(Delivery.template == readdressing.TOLD)
    assert at.world.read(lambda session: session.scalars(sent).all()) == [TO.phone]


@pytest.mark.parametrize("turn", range(2))
def test_beside_the_buyers_cancelling_the_order_is_cancelled(at: Market, race: Race, turn: int) -> None:
    code = paid_order(at, {variant_id(at, listing(at)): 1}).code

    def cancel(racer: Racer) -> None:
        gateways, url = at.world.house.gateways, "http://localhost"
        closing.cancel(racer.edge, gateways, code, public_url=url, actor=VISITOR, clock=at.world.clock)

    acts = (changing(at, code, "东大街 9 号"), cancel)
    outcomes = race(*(acts if turn else acts[::-1]))
    changed, cancelled = outcomes if turn else outcomes[::-1]
    assert cancelled.won
    assert changed.won or isinstance(changed.error, WrongState)
    assert order(at, code).state is OrderState.CANCELLED
    assert_sound(at.world)
