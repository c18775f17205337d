"""Taking back, twice at once and beside a sale; acting for a household that says no at the same moment."""

from collections.abc import Callable
from functools import partial

import pytest
from sqlalchemy import select

from shop.catalog.models import Listing, ListingState
from shop.catalog.stock import OutOfStock, hold
from shop.flows import keeping
from shop.flows.undoing import undo
from shop.kernel.actor import Actor
from shop.kernel.errors import Forbidden, Stale, WrongState
from shop.vendors.acts.consents import revoke_consent
from shop.vendors.acts.models import Act
from tests.races.conftest import Race
from tests.support.races import Racer
from tests.world import World
from tests.world.acting import consent, taken_back
from tests.world.books import assert_sound, free
from tests.world.market import HOUSE, Market, listing, market, variant_id

VILLAGER = Actor(user_id=None, label="ZHOU", roles=frozenset({"vendor"}))
TRIES = 5


@pytest.fixture
def at(world: World) -> Market:
    """A town with one household."""
    return market(world)


def taking_back(at: Market, act: str) -> Callable[[Racer], None]:
    take = partial(undo, vendor_id=at.vendor.id, act_code=act, words=taken_back, actor=VILLAGER, clock=at.world.clock)

    def act_of(racer: Racer) -> None:
        racer.edge.run(take)

    return act_of


def pausing(at: Market, code: str, actor: Actor) -> Callable[..., str]:
    act = partial(keeping.pause, vendor_id=at.vendor.id, code=code, paused=True, words=str, actor=actor)
    return partial(act, clock=at.world.clock)


def test_taken_back_twice_at_once_it_is_taken_back_once(at: Market, race: Race) -> None:
    act = at.world.run(pausing(at, listing(at).code, VILLAGER))
    outcomes = race(*[taking_back(at, act)] * 4)
    assert sum(outcome.won for outcome in outcomes) == 1
    assert all(outcome.won or isinstance(outcome.error, WrongState) for outcome in outcomes)
    states = at.world.read(lambda session: session.scalars(select(Listing.state)).all())
    assert states == [ListingState.PUBLISHED]


@pytest.mark.parametrize("turn", range(TRIES))
def test_a_count_taken_back_beside_a_sale_never_loses_the_sale(at: Market, race: Race, turn: int) -> None:
    eggs, clock = listing(at, stock=1), at.world.clock
    last = variant_id(at, eggs)
    count = partial(keeping.count, vendor_id=at.vendor.id, code=eggs.code, free=3, saw_free=1, place=0, words=str)
    act = at.world.run(partial(count, actor=VILLAGER, clock=clock))

    def buy(racer: Racer) -> None:
        racer.edge.run(partial(hold, reference=f"BUYER{turn}", wanted={last: 2}, clock=clock))

    back, bought = race(taking_back(at, act), buy)
    assert back.won != bought.won, "either the sale stands and the count with it, or neither"
    assert isinstance(back.error, Stale | None)
    assert isinstance(bought.error, OutOfStock | None)
    assert free(at.world, last) == 1
    assert_sound(at.world)


@pytest.mark.parametrize("turn", range(TRIES))
def test_what_staff_do_while_the_household_says_no_stands_before_that_or_not_at_all(
    at: Market, race: Race, turn: int
) -> None:
    clock, vendor, made, said = at.world.clock, at.vendor, listing(at), consent(at)
    clerk = Actor(user_id=None, label=f"STAFF>{vendor.code}", roles=frozenset({"staff"}), for_vendor=vendor.code)

    def act(racer: Racer) -> None:
        racer.edge.run(pausing(at, made.code, clerk))

    def say_no(racer: Racer) -> None:
        racer.edge.run(partial(revoke_consent, vendor_id=vendor.id, code=said, actor=HOUSE, clock=clock))

    acted, _revoked = race(*((act, say_no) if turn % 2 else (say_no, act)))[:: 1 if turn % 2 else -1]
    assert acted.won or isinstance(acted.error, Forbidden)
    noted = at.world.read(lambda session: session.scalars(select(Act.about)).all())
    state = at.world.read(lambda session: session.scalars(select(Listing.state)).one())
    assert (noted == [made.code], state is ListingState.PAUSED) == (acted.won, acted.won)
