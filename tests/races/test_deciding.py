"""Two of the centre deciding the same thing at the same moment: one decides, the other is told."""

from sqlalchemy import func, select

from shop.flows import joining, selling
from shop.kernel.errors import WrongState
from shop.vendors.joining.models import ApplicationState
from shop.vendors.models import Member, Vendor, VendorHistory
from tests.races.conftest import Race
from tests.support.races import Racer
from tests.world import World, market
from tests.world.joining import REVIEWER, hall
from tests.world.market import HOUSE


def test_an_application_approved_and_refused_at_once_is_decided_once(world: World, race: Race) -> None:
    at = hall(world)
    code = at.sent()
    before, version = vendors(world), at.application().version

    def approve(racer: Racer) -> None:
        racer.edge.run(
            lambda session: joining.approve(session, code, version=version, actor=REVIEWER, clock=world.clock)
        )

    def refuse(racer: Racer) -> None:
        racer.edge.run(
            lambda session: joining.refuse(
                session, code, reason="不住镇上", version=version, actor=HOUSE, clock=world.clock
            )
        )

    outcomes = race(*[approve, refuse] * 3)
    assert sum(outcome.error is None for outcome in outcomes) == 1
    assert {type(outcome.error) for outcome in outcomes if outcome.error is not None} == {WrongState}
    is_approved = at.application().state is ApplicationState.APPROVED
    assert vendors(world) - before == int(is_approved)
    members = select(func.count()).select_from(Member).where(Member.user_id == at.person.id)
    assert world.read(lambda session: session.scalar(members)) == int(is_approved)


def vendors(world: World) -> int:
    """Return how many vendors there are."""
    return world.read(lambda session: session.scalar(select(func.count()).select_from(Vendor))) or 0


def test_a_vendor_suspended_by_two_at_once_is_suspended_once(world: World, race: Race) -> None:
    code = market.market(world).vendor.code

    def suspend(racer: Racer) -> None:
        racer.edge.run(
            lambda session: selling.suspend(session, code, reason=f"{racer.number}", actor=HOUSE, clock=world.clock)
        )

    outcomes = race(*[suspend] * 4)
    assert sum(outcome.error is None for outcome in outcomes) == 1
    assert {type(outcome.error) for outcome in outcomes if outcome.error is not None} == {WrongState}
    rows = select(func.count()).select_from(VendorHistory)
    assert world.read(lambda session: session.scalar(rows)) == 1
