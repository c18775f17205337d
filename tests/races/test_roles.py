"""Two managers take each other's right in the same moment: one of them stays a manager."""

from collections.abc import Callable

from sqlalchemy import select

from shop.accounts.models import Role, UserRole
from shop.accounts.queries import Person
from shop.accounts.roles import change_role
from shop.kernel.actor import Actor
from shop.kernel.errors import Invalid
from tests.races.conftest import Race
from tests.support.races import Racer
from tests.world import World
from tests.world.market import someone


def taking(world: World, taker: Person, other: Person) -> Callable[[Racer], None]:
    """Return the act of one manager who takes the other's right."""
    actor = Actor(taker.id, taker.code, taker.roles)

    def act(racer: Racer) -> None:
        racer.edge.run(
            lambda session: change_role(
                session,
                other.code,
                Role.MANAGER,
                is_given=False,
                reason="不管了",
                version=0,
                actor=actor,
                clock=world.clock,
            )
        )

    return act


def test_one_manager_stays_when_two_take_each_others_right(world: World, race: Race) -> None:
    one, two = someone(world, Role.MANAGER), someone(world, Role.MANAGER)
    outcomes = race(taking(world, one, two), taking(world, two, one))
    assert sum(outcome.won for outcome in outcomes) == 1
    lost = next(outcome.error for outcome in outcomes if not outcome.won)
    assert isinstance(lost, Invalid)
    assert lost.reason == "last"
    left = world.read(lambda session: session.scalars(select(UserRole).where(UserRole.role == Role.MANAGER)).all())
    assert len(left) == 1
