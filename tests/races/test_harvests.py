"""The last of a day's harvest, wanted by many at once."""

from datetime import date

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from shop.catalog.models import HarvestDay
from shop.catalog.stock import HarvestFull, hold
from tests.races.conftest import Race
from tests.support.races import Racer, refused_by_database
from tests.world import World, market
from tests.world.books import assert_sound, free
from tests.world.market import Market, listing, variant_id

DAY = date(2026, 11, 24)
BUYERS = 6
CAP = 2


def shoots(at: Market) -> int:
    """Return a variant of which CAP are gathered on DAY, with stock for everybody."""
    made = listing(at, title="冬笋", stock=50, harvest_first_on=DAY, harvest_last_on=DAY, harvest_cap=CAP)
    return variant_id(at, made)


def promised(world: World) -> int:
    """Return how much of DAY is promised."""
    return world.read(lambda session: session.scalars(select(HarvestDay.taken).where(HarvestDay.on == DAY)).one())


def test_without_the_guard_a_day_is_promised_twice(world: World, race: Race) -> None:
    """The control: read, think, write loses a promise."""
    at = market.market(world)
    wanted = shoots(at)
    world.run(lambda session: session.add(HarvestDay(variant_id=wanted, on=DAY, cap=1, taken=0)))
    sold: list[int] = []

    def buy(racer: Racer) -> None:
        with racer.unguarded() as session:
            taken = session.scalars(select(HarvestDay.taken).where(HarvestDay.variant_id == wanted)).one()
            racer.meet()
            if taken < 1:
                session.execute(update(HarvestDay).values(taken=taken + 1))
                sold.append(racer.number)

    outcomes = race(buy, buy)
    assert promised(world) == 1
    assert len(sold) == 2 or any(refused_by_database(outcome) for outcome in outcomes)


def test_many_buyers_get_exactly_what_a_day_gives(world: World, race: Race) -> None:
    at = market.market(world)
    wanted = shoots(at)

    def buy(racer: Racer) -> None:
        def act(session: Session) -> None:
            hold(session, f"BUYER{racer.number}", {wanted: 1}, harvests={wanted: DAY}, clock=world.clock)

        racer.edge.run(act)

    outcomes = race(*[buy] * BUYERS)
    assert sum(outcome.won for outcome in outcomes) == CAP
    assert all(outcome.won or isinstance(outcome.error, HarvestFull) for outcome in outcomes)
    assert (promised(world), free(world, wanted)) == (CAP, 50 - CAP)
    assert_sound(world)
