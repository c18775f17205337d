"""One code of a second factor, and one version of a page of rules, in two hands at the same moment."""

from functools import partial
from typing import Any

from shop.accounts.factors import services
from shop.accounts.factors.rules import WrongFactor, code_at, new_key, step_of
from shop.accounts.models import Role
from shop.kernel.actor import Actor
from shop.kernel.clock import town_day
from shop.kernel.errors import Stale
from shop.site.models import Rule
from shop.site.queries import rule_page
from shop.site.services import publish
from tests.races.conftest import Race
from tests.support.races import Racer
from tests.world import World, market
from tests.world.market import MANAGER, someone


def test_one_code_opens_for_one_of_three(world: World, race: Race) -> None:
    market.town(world)
    person, vault, key = someone(world, Role.FINANCE), world.house.vault, new_key()
    actor = Actor(user_id=person.id, label=person.code, roles=person.roles)
    told: dict[str, Any] = {"actor": actor, "sign_in_id": 0, "secret": "s", "clock": world.clock}
    world.run(partial(services.begin, vault=vault, key=key, actor=actor))
    services.confirm(world.edge, vault, typed=code_at(key, step_of(world.clock())), **told)
    world.clock.advance(minutes=1)
    typed = code_at(key, step_of(world.clock()))

    def prove(racer: Racer) -> None:
        services.prove(racer.edge, vault, typed=typed, **told)

    outcomes = race(*[prove] * 3)
    assert sorted(outcome.won for outcome in outcomes) == [False, False, True]
    assert {type(outcome.error) for outcome in outcomes if not outcome.won} == {WrongFactor}


def test_two_who_publish_at_once_leave_one_version(world: World, race: Race) -> None:
    market.town(world)
    today = town_day(world.clock())

    def write(racer: Racer) -> None:
        act = partial(publish, rule=Rule.TRADE, text=f"## {racer.number}", note="", effective_on=today, version=0)
        racer.edge.run(partial(act, actor=MANAGER, clock=world.clock))

    outcomes = race(write, write)
    assert sorted(outcome.won for outcome in outcomes) == [False, True]
    assert {type(outcome.error) for outcome in outcomes if not outcome.won} == {Stale}
    assert world.read(lambda session: rule_page(session, Rule.TRADE, today)).last_number == 1
