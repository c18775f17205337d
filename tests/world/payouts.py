"""Payments to vendors: as the books hold them, and through settlements, each by two people."""

from datetime import datetime, timedelta
from functools import partial

from sqlalchemy import select

from shop.flows.payouts import approving, drafting, exporting
from shop.flows.payouts.drafting import Terms
from shop.kernel.actor import Actor
from shop.ledger.payouts.models import RunState, Statement
from shop.ledger.payouts.queries import RunFacts, last_run, run_by_code
from shop.ledger.rules import CASH_CENTRE, seller
from shop.ledger.services import post
from shop.vendors.joining.models import PayWay
from shop.vendors.joining.payout import seal, write_payout
from shop.vendors.joining.rules import Account
from shop.vendors.models import Vendor
from tests.world.joining import CARD
from tests.world.market import HOUSE, STAFF, Market, delivered_order, listing, variant_id

DRAFTER = Actor(user_id=None, label="DRAFTER", roles=frozenset({"finance"}))
APPROVER = Actor(user_id=None, label="APPROVER", roles=frozenset({"finance"}))
TERMS = Terms(least_fen=1000, wait_days=3)
WEEKS = 60
"""So many weeks ago the first settlement of a world was, for a world whose clock must stand still."""


def pay_out(at: Market, vendor: Vendor, amount_fen: int) -> None:
    """Post that a vendor was handed so much at the counter."""
    key = f"paid:{vendor.code}:{at.world.number()}"
    legs = {seller(vendor.code): amount_fen, CASH_CENTRE: -amount_fen}
    at.world.run(
        lambda session: post(
            session, key=key, kind="paid_out", reference=key, legs=legs, actor=STAFF, clock=at.world.clock
        )
    )


def tell_account(at: Market, vendor: Vendor, way: PayWay = PayWay.BANK, *, when: datetime | None = None) -> None:
    """Let a vendor say how they are paid; long ago, unless told when."""
    moment = when or at.world.clock() - timedelta(weeks=WEEKS + 10)
    told = (
        Account(way)
        if way is PayWay.CASH
        else Account(way, "周素珍", "农商银行", CARD if way is PayWay.BANK else "zhousuzhen_66")
    )
    sealed = seal(at.world.house.vault, told)
    write = partial(write_payout, vendor_id=vendor.id, sealed=sealed, consent_at=moment, actor=HOUSE)
    at.world.run(partial(write, clock=lambda: moment))


def earn(at: Market, vendor: Vendor, price_fen: int = 4800) -> None:
    """Let a vendor earn the price of one thing, less the centre's fee."""
    delivered_order(at, {variant_id(at, listing(at, vendor=vendor, price_fen=price_fen)): 1})


def drafted(at: Market) -> str:
    """Draft the settlement of the pay day now."""
    return at.world.run(lambda session: drafting.draft(session, TERMS, actor=DRAFTER, clock=at.world.clock))


def approve(at: Market, code: str, *, actor: Actor = APPROVER) -> None:
    """Let a second person agree to a draft."""
    at.world.run(lambda session: approving.approve(session, code, actor=actor, clock=at.world.clock))


def export(at: Market, code: str) -> int:
    """Let a settlement go out; return how many payouts were stopped."""
    return at.world.run(lambda session: exporting.export(session, code, actor=DRAFTER, clock=at.world.clock))


def sent(at: Market) -> str:
    """Draft, approve and send the settlement of the pay day now."""
    code = drafted(at)
    approve(at, code)
    export(at, code)
    return code


def frozen_statement(at: Market) -> str:
    """Settle with every household, and return the code of the last statement of the first one."""
    approve(at, drafted(at))
    own = select(Statement.code).where(Statement.vendor == at.vendor.code).order_by(Statement.id.desc()).limit(1)
    return at.world.read(lambda session: session.scalars(own).one())


def the_run(at: Market, code: str) -> RunFacts:
    """Return a settlement as it stands."""
    return at.world.read(lambda session: run_by_code(session, code))


def settled_on_the_spot(at: Market, until: RunState) -> str:
    """Bring a settlement of some past pay day so far, without the clock moving: one week later than the last one.

    A draft that stands is approved first: there is one at a time.
    """
    last = at.world.read(last_run)
    if last is not None and last.state is RunState.DRAFTED:
        approve(at, last.code)
    now = at.world.clock()
    passed = timedelta(weeks=WEEKS) if last is None else now - _noon(last, now) - timedelta(weeks=1)
    then = now - max(passed, timedelta())
    code = at.world.run(lambda session: drafting.draft(session, TERMS, actor=DRAFTER, clock=lambda: then))
    if until in (RunState.APPROVED, RunState.EXPORTED):
        approve(at, code)
    if until is RunState.EXPORTED:
        export(at, code)
    return code


def _noon(last: RunFacts, now: datetime) -> datetime:
    return datetime(last.pay_on.year, last.pay_on.month, last.pay_on.day, 4, tzinfo=now.tzinfo)
