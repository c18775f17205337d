"""Two people who settle at the same moment: one draft, one approval, one payment."""

from functools import partial

from sqlalchemy import func, select

from shop.flows.payouts import approving, confirming, drafting, exporting
from shop.flows.payouts.approving import Overtaken
from shop.kernel.actor import Actor
from shop.kernel.clock import town_day
from shop.kernel.errors import WrongState
from shop.ledger.models import Entry
from shop.ledger.payouts.models import Payout, PayoutRun, RunState
from shop.ledger.payouts.queries import payouts_of
from shop.ledger.rules import PAYOUTS_IN_TRANSIT, seller
from shop.ledger.services import post
from tests.races.conftest import Race
from tests.support.races import Racer, refused_by_database
from tests.world import World, market
from tests.world.books import account, assert_sound
from tests.world.cash import give_back
from tests.world.market import STAFF, Market, delivered_order, listing, variant_id
from tests.world.payouts import APPROVER, DRAFTER, TERMS, approve, drafted, earn, sent, tell_account

NET = 4320


def earned(world: World) -> Market:
    at = market.market(world)
    tell_account(at, at.vendor)
    earn(at, at.vendor)
    return at


def _approver(number: int) -> Actor:
    return Actor(None, f"APPROVER{number}", frozenset({"finance"}))


def _times(at: Market, *kinds: str) -> int:
    wanted = select(func.count()).select_from(Entry).where(Entry.kind.in_(kinds))
    return at.world.read(lambda session: session.scalar(wanted)) or 0


def test_without_the_guard_two_approvers_pay_twice(world: World, race: Race) -> None:
    """The control: look how the run stands, think, pay."""
    at = earned(world)
    code = drafted(at)

    def agree(racer: Racer) -> None:
        with racer.unguarded() as session:
            state = session.scalars(select(PayoutRun.state).where(PayoutRun.code == code)).one()
            racer.meet()
            if state is RunState.DRAFTED:
                legs = {seller(at.vendor.code): NET, PAYOUTS_IN_TRANSIT: -NET}
                key = f"payout:{racer.number}"
                post(session, key=key, kind="payout", reference=key, legs=legs, actor=STAFF, clock=world.clock)

    outcomes = race(agree, agree)
    assert _times(at, "payout") == 2 or any(refused_by_database(outcome) for outcome in outcomes)


def test_two_approvers_at_once_pay_once(world: World, race: Race) -> None:
    at = earned(world)
    code = drafted(at)

    def agree(racer: Racer) -> None:
        act = partial(approving.approve, code=code, actor=_approver(racer.number), clock=world.clock)
        racer.edge.run(act)

    outcomes = race(*[agree] * 3)
    assert [outcome.won for outcome in outcomes].count(True) == 1
    assert all(outcome.won or isinstance(outcome.error, WrongState) for outcome in outcomes)
    assert _times(at, "payout") == 1
    assert (account(world, seller(at.vendor.code)), account(world, PAYOUTS_IN_TRANSIT)) == (0, -NET)
    assert_sound(world)


def test_two_drafters_at_once_make_one_draft(world: World, race: Race) -> None:
    at = earned(world)

    def reckon(racer: Racer) -> str:
        return racer.edge.run(lambda session: drafting.draft(session, TERMS, actor=DRAFTER, clock=world.clock))

    outcomes = race(*[reckon] * 3)
    assert len({outcome.value for outcome in outcomes}) == 1
    assert at.world.read(lambda session: session.scalar(select(func.count(PayoutRun.id)))) == 1


def test_a_refund_at_the_moment_of_the_approval_is_not_paid_out(world: World, race: Race) -> None:
    at = market.market(world)
    tell_account(at, at.vendor)
    made = delivered_order(at, {variant_id(at, listing(at)): 1})
    code = drafted(at)

    def agree(racer: Racer) -> None:
        racer.edge.run(lambda session: approving.approve(session, code, actor=APPROVER, clock=world.clock))

    def refund(racer: Racer) -> None:
        del racer
        give_back(at, made.code, 1000)

    approval, _refund = race(agree, refund)
    owed = -account(world, seller(at.vendor.code))
    if approval.won:  # the refund came a moment later: it is taken off what they earn later
        assert owed == -900
        stopped = at.world.run(lambda session: exporting.export(session, code, actor=DRAFTER, clock=world.clock))
        assert stopped == 1, "and nothing is sent that is not owed any more"
        assert -account(world, seller(at.vendor.code)) == NET - 900
    else:
        assert isinstance(approval.error, Overtaken)
        assert owed == NET - 900
    assert_sound(world)


def test_two_who_confirm_the_same_payout_book_it_once(world: World, race: Race) -> None:
    at = earned(world)
    code = sent(at)
    (payout,) = at.world.read(lambda session: payouts_of(session, code))
    day = town_day(world.clock())

    def confirm(racer: Racer) -> None:
        act = partial(confirming.paid, code=payout.code, paid_on=day, reference=f"n{racer.number}", actor=DRAFTER)
        racer.edge.run(partial(act, clock=world.clock))

    def fail(racer: Racer) -> None:
        act = partial(confirming.failed, code=payout.code, reason="户名不对", actor=DRAFTER, clock=world.clock)
        racer.edge.run(act)

    outcomes = race(confirm, confirm, fail)
    assert all(outcome.won or isinstance(outcome.error, WrongState) for outcome in outcomes)
    assert _times(at, "payout_paid") <= 1
    assert account(world, PAYOUTS_IN_TRANSIT) == 0
    assert at.world.read(lambda session: session.scalar(select(func.count(Payout.id)))) == 1
    assert_sound(world)


def test_the_same_week_is_not_paid_by_another_draft(world: World) -> None:
    at = earned(world)
    code = drafted(at)
    approve(at, code)
    world.clock.advance(days=7)
    approve(at, drafted(at))
    assert _times(at, "payout") == 1
