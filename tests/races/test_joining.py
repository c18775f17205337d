"""Joining, done by two windows or two of the centre at the same moment."""

from functools import partial
from typing import Any

from sqlalchemy import func, select

from shop.flows import joining
from shop.kernel.errors import WrongState
from shop.vendors.joining import services
from shop.vendors.joining.models import Application, ApplicationHistory, Part, PayoutAccount, Proof
from shop.vendors.models import Member, Vendor
from tests.races.conftest import Race
from tests.support.races import Racer
from tests.world import World
from tests.world.joining import REVIEWER, Hall, hall


def count(world: World, table: type[object]) -> int:
    return world.read(lambda session: session.scalar(select(func.count()).select_from(table))) or 0


def test_an_application_begun_in_several_windows_is_one(world: World, race: Race) -> None:
    at = hall(world)

    def begin(racer: Racer) -> None:
        racer.edge.run(partial(services.begin, actor=at.actor, clock=world.clock))

    assert [outcome.error for outcome in race(*[begin] * 6)] == [None] * 6
    assert count(world, Application) == 1


def ready(world: World) -> tuple[Hall, str]:
    at = hall(world)
    code = at.tell()
    at.show(code, Proof.OWN_WORK)
    return at, code


def test_an_application_sent_in_several_windows_is_sent_once(world: World, race: Race) -> None:
    at, code = ready(world)
    version = at.application().version

    def send(racer: Racer) -> None:
        racer.edge.run(partial(joining.send, code=code, version=version, actor=at.actor, clock=world.clock))

    assert [outcome.error for outcome in race(*[send] * 6)] == [None] * 6
    assert count(world, ApplicationHistory) == 1


def test_of_several_judgements_one_counts(world: World, race: Race) -> None:
    at, code = ready(world)
    at.send(code)
    seen: dict[str, Any] = {"code": code, "version": at.application().version, "actor": REVIEWER, "clock": world.clock}
    before = count(world, Vendor), count(world, Member)

    def approve(racer: Racer) -> None:
        racer.edge.run(partial(joining.approve, **seen))

    def give_back(racer: Racer) -> None:
        racer.edge.run(partial(joining.send_back, parts=(Part.WHO,), reason="名字不对", **seen))

    outcomes = race(approve, give_back, approve, give_back, approve)
    errors = [outcome.error for outcome in outcomes if outcome.error is not None]
    assert len(errors) == 4
    assert all(isinstance(error, WrongState) for error in errors)
    made = 1 if outcomes[0].error is None or outcomes[2].error is None or outcomes[4].error is None else 0
    assert (count(world, Vendor), count(world, Member)) == (before[0] + made, before[1] + made)
    assert count(world, PayoutAccount) == made
    assert count(world, ApplicationHistory) == 2
