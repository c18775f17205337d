"""What waits at the desks from the weeks before the day's journey: a claim, invoices, a settlement to pay."""

from functools import partial

from sqlalchemy import select

from shop.desk.models import Bearer, Claim, ClaimState
from shop.flows import claims
from shop.flows.payouts import approving, confirming, exporting
from shop.invoices import recording
from shop.invoices.models import InvoiceRequest, RequestState
from shop.kernel.clock import town_day
from shop.ledger.payouts.models import Payout, PayoutState, PayoutWay
from shop.ledger.payouts.queries import last_run
from tests.journeys.townsfolk import Day
from tests.world.market import STAFF
from tests.world.payouts import APPROVER, DRAFTER


def finish_the_weeks_before(today: Day) -> None:
    """Decide what is claimed, say which invoices cannot be, and pay what the households are owed."""
    world, clock = today.world, today.world.clock
    open_claims = select(Claim.code, Claim.asked, Claim.version).where(Claim.state == ClaimState.OPEN)
    for code, asked, version in world.read(lambda session: session.execute(open_claims).all()):
        grant = partial(claims.accept, code=code, much=asked, bearer=Bearer.HOUSEHOLD, reason="看过照片")
        world.run(partial(grant, version=version, actor=STAFF, clock=clock))
    waiting = select(InvoiceRequest.code).where(InvoiceRequest.state == RequestState.REQUESTED)
    for code in world.read(lambda session: session.scalars(waiting).all()):
        world.run(partial(recording.reject, code=code, reason="抬头和税号对不上", actor=STAFF, clock=clock))
    run = world.read(last_run)
    assert run is not None, "the demo has drafted one"
    world.run(partial(approving.approve, code=run.code, actor=APPROVER, clock=clock))
    world.run(partial(exporting.export, code=run.code, actor=DRAFTER, clock=clock))
    sent = select(Payout.code).where(Payout.state == PayoutState.EXPORTED, Payout.way == PayoutWay.BANK)
    for number, code in enumerate(world.read(lambda session: session.scalars(sent).all())):
        arrived = partial(confirming.paid, code=code, paid_on=town_day(clock()), reference=f"HD-{number}")
        world.run(partial(arrived, actor=DRAFTER, clock=clock))
