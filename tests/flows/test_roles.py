"""The services' own question: each narrow role does its work, and none does another's."""

from collections.abc import Callable
from functools import partial

import pytest

from shop.accounts.models import Viewed, ViewReason
from shop.accounts.sights import note_view
from shop.flows import bench, cash, delivery
from shop.flows.giving import Amount, give
from shop.kernel.actor import Actor
from shop.kernel.errors import Forbidden, ShopError
from tests.world import World, market
from tests.world.cash import at_the_counter, due, take
from tests.world.market import Market, listing, paid_order, variant_id

NARROW = ("counter", "packer", "driver", "finance")
Act = Callable[[Market, Actor], object]


@pytest.fixture
def at(world: World) -> Market:
    """A town with one household."""
    return market.market(world)


def eggs(at: Market) -> dict[int, int]:
    return {variant_id(at, listing(at)): 1}


def taking_in(at: Market, actor: Actor) -> object:
    part = paid_order(at, eggs(at)).parts[0].code
    act = partial(bench.receive, part_code=part, rejected={}, weighed={}, reason="")
    return at.world.run(partial(act, actor=actor, clock=at.world.clock))


def taking_cash(at: Market, actor: Actor) -> None:
    take(at, due(at, at_the_counter(at, eggs(at)).code), actor=actor)


def handing_in(at: Market, actor: Actor) -> object:
    return at.world.run(partial(cash.hand_in, amount_fen=1, key="k" * 20, actor=actor, clock=at.world.clock))


def noting_nobody_came(at: Market, actor: Actor) -> object:
    code = at_the_counter(at, eggs(at)).code
    act = partial(delivery.uncollected, order_code=code, reason="没人来", actor=actor, clock=at.world.clock)
    return at.world.run(act)


def giving(at: Market, actor: Actor) -> object:
    code, house = paid_order(at, eggs(at)).code, at.world.house
    what = Amount(100)
    return give(house.edge, house.gateways, code, what, key="k" * 20, note="坏了", actor=actor, clock=at.world.clock)


def looking(at: Market, actor: Actor) -> object:
    act = partial(note_view, subject="ORDER", what=Viewed.RECIPIENT, why=ViewReason.ASKED)
    return at.world.run(partial(act, actor=actor, clock=at.world.clock))


@pytest.mark.parametrize(
    ("act", "who"),
    [
        (taking_in, "packer"),
        (taking_cash, "counter"),
        (handing_in, "counter"),
        (noting_nobody_came, "counter"),
        (giving, "finance"),
        (looking, "counter"),
    ],
)
@pytest.mark.parametrize("role", NARROW)
def test_a_narrow_role_does_its_own_work_and_no_other(at: Market, act: Act, who: str, role: str) -> None:
    actor = Actor(user_id=None, label=role.upper(), roles=frozenset({role}))
    try:
        act(at, actor)
    except Forbidden:
        assert role != who
    except ShopError:
        assert role == who, "let through, and refused for another reason"
    else:
        assert role == who
