"""The same question sent twice, and two who answer it, at the same moment."""

from functools import partial

from sqlalchemy import func, select

from shop.catalog.questions.models import ListingQuestion
from shop.catalog.questions.services import answer, ask
from shop.kernel.actor import VISITOR
from shop.kernel.errors import WrongState
from shop.kernel.outbox import Message
from shop.notifications.topics import SMS
from tests.races.conftest import Race
from tests.support.races import Racer
from tests.world import World, market
from tests.world.market import HOUSE, STAFF, Market, listing

PHONE = "13912345678"


def put(at: Market, code: str, racer: Racer) -> str:
    """Send the page of a question."""
    act = partial(ask, listing_code=code, text="一盒多少枚？", key="page", phone=PHONE, actor=VISITOR)
    return racer.edge.run(partial(act, clock=at.world.clock)).code


def messages(world: World) -> int:
    """Return how many short messages were asked for."""
    wanted = select(func.count(Message.id)).where(Message.topic == SMS)
    return world.read(lambda session: session.scalar(wanted)) or 0


def test_a_question_sent_twice_is_one(world: World, race: Race) -> None:
    at = market.market(world)
    code = listing(at).code
    before = messages(world)
    outcomes = race(*[partial(put, at, code)] * 3)
    assert {outcome.error for outcome in outcomes} == {None}
    assert len({outcome.value for outcome in outcomes}) == 1
    assert world.read(lambda session: session.scalar(select(func.count(ListingQuestion.id)))) == 1
    assert messages(world) == before + 1


def test_household_and_centre_answer_once(world: World, race: Race) -> None:
    at = market.market(world)
    made = listing(at)
    code = world.run(
        lambda session: ask(session, made.code, "有吗？", key="k", phone=PHONE, actor=VISITOR, clock=world.clock).code
    )
    before = messages(world)

    def by_house(racer: Racer) -> None:
        act = partial(answer, code=code, text="有。", vendor_id=None, actor=STAFF, clock=world.clock)
        racer.edge.run(act)

    def by_household(racer: Racer) -> None:
        act = partial(answer, code=code, text="有货。", vendor_id=at.vendor.id, actor=HOUSE, clock=world.clock)
        racer.edge.run(act)

    outcomes = race(by_house, by_household)
    lost = [outcome.error for outcome in outcomes if not outcome.won]
    assert [type(error) for error in lost] == [WrongState]
    assert messages(world) == before + 1
