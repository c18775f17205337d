"""The draft of a settlement: a statement for everybody whose account moved, or carries something on."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from shop.kernel.actor import Actor
from shop.kernel.clock import Clock, town_day
from shop.kernel.errors import NotFound, WrongState
from shop.ledger.models import Entry
from shop.ledger.payouts import queries, services
from shop.ledger.payouts.models import PayoutRun, PayoutWay, RunState, Statement, Wait
from shop.ledger.payouts.rules import AGAIN, IN_CASH, HowPaid, figures, why_not
from shop.town.queries import holidays, the_town
from shop.town.rules import pay_day
from shop.vendors.joining.models import PayoutAccount, PayoutChange
from shop.vendors.models import Vendor, VendorState

BACK = timedelta(days=35)
"""A day of pay is never moved further by days on which the centre is closed."""


@dataclass(frozen=True)
class Terms:
    """What the operator decides about paying.

    Attributes:
        least_fen: less than that is not sent, but carried on; who left is paid to the last fen.
        wait_days: so long after somebody changed how a vendor is paid nothing is sent there.
    """

    least_fen: int
    wait_days: int


def next_pay_day(session: Session, now: datetime) -> date:
    """Return the town's next day of pay, today included."""
    today = town_day(now)
    closed = {one.on for one in holidays(session, today - BACK)}
    return pay_day(today, the_town(session).pay_weekday, closed)


def draft(session: Session, terms: Terms, *, actor: Actor, clock: Clock) -> str:
    """Reckon the settlement of the next pay day and return its code; the one that is drafted already is that one.

    Raises:
        Forbidden: the actor does not settle.
        WrongState: this pay day's was approved already; what came since is in the next one.
    """
    services.check_settling(actor)
    pay_on = next_pay_day(session, clock())
    last = queries.last_run(session)
    if last is not None and last.state is RunState.DRAFTED:
        return last.code
    if last is not None and last.pay_on >= pay_on:
        raise WrongState("payout_run", last.state, RunState.DRAFTED)
    since_on = None if last is None else last.until_on
    run = services.begin_run(session, pay_on, since_on, town_day(clock()), actor=actor, clock=clock)
    _reckon(session, run, terms, frozenset(), clock=clock)
    return run.code


def draft_again(session: Session, code: str, terms: Terms, *, actor: Actor, clock: Clock) -> None:
    """Reckon a draft anew, with everything that came since; who is to be paid in cash stays.

    Raises:
        Forbidden: the actor does not settle.
        NotFound: there is no such run.
        WrongState: it was approved.
    """
    services.check_settling(actor)
    run = services.lock_run(session, code)
    services.note_change(session, run, AGAIN, actor=actor, clock=clock)
    run.until_on = town_day(clock())
    _reckon(session, run, terms, _in_cash(session, run), clock=clock)


def pay_in_cash(session: Session, code: str, vendor: str, terms: Terms, *, actor: Actor, clock: Clock) -> None:
    """Let a vendor of a draft have in cash what cannot be sent, because nobody knows for sure where to.

    Raises:
        Forbidden: the actor does not settle.
        NotFound: there is no such run, or it does not reckon with the vendor.
        WrongState: the run was approved, or the vendor's money does not wait for that.
    """
    services.check_settling(actor)
    run = services.lock_run(session, code)
    found = next((one for one in queries.statements(session, run=code, vendor=vendor)), None)
    if found is None:
        raise NotFound("statement")
    if found.wait not in (Wait.NO_ACCOUNT, Wait.NEW_ACCOUNT):
        raise WrongState("statement", found.wait or "", PayoutWay.CASH)
    services.note_change(session, run, f"cash:{vendor}", actor=actor, clock=clock)
    _reckon(session, run, terms, {*_in_cash(session, run), vendor}, clock=clock)


def _in_cash(session: Session, run: PayoutRun) -> frozenset[str]:
    """Return the vendors who were chosen to be paid in cash, whatever they said of themselves."""
    chosen = select(Statement.vendor).where(
        Statement.run_id == run.id, Statement.way == PayoutWay.CASH, Statement.account_change.is_(None)
    )
    return frozenset(session.scalars(chosen))


def _reckon(session: Session, run: PayoutRun, terms: Terms, in_cash: Collection[str], *, clock: Clock) -> None:
    services.forget_statements(session, run)
    legs, before = queries.unstated(session), queries.carried_on(session)
    ways = how_paid(session, terms.wait_days, now=clock())
    left = frozenset(session.scalars(select(Vendor.code).where(Vendor.state == VendorState.LEFT)))
    for vendor in sorted({*legs, *(code for code, fen in before.items() if fen)}):
        sums = figures(before.get(vendor, 0), (leg.movement for leg in legs.get(vendor, ())))
        how = ways.get(vendor)
        if vendor in in_cash and (how is None or how.is_new):
            how = IN_CASH
        least_fen = 0 if vendor in left else terms.least_fen  # nothing more comes that it could go with
        wait = why_not(sums.closing_fen, least_fen, how)
        services.write_statement(session, run, vendor, sums, legs.get(vendor, ()), wait=wait, how=how)
    run.last_entry_id = session.scalar(select(func.max(Entry.id))) or 0
    session.flush()


def how_paid(session: Session, wait_days: int, *, now: datetime) -> Mapping[str, HowPaid]:
    """Return by vendor how they want to be paid; who never said is left out."""
    rows = session.execute(
        select(Vendor.code, PayoutAccount.way, PayoutAccount.tail, PayoutAccount.changed_at).join(
            Vendor, Vendor.id == PayoutAccount.vendor_id
        )
    )
    since, changes = now - timedelta(days=wait_days), account_changes(session)
    return {
        code: HowPaid(PayoutWay(way.value), tail, changes[code], is_new=changed_at > since)
        for code, way, tail, changed_at in rows
    }


def account_changes(session: Session) -> Mapping[str, int]:
    """Return by vendor the latest change of how they are paid: a later one than was reckoned with stops a payout."""
    rows = session.execute(
        select(Vendor.code, func.max(PayoutChange.id))
        .join(Vendor, Vendor.id == PayoutChange.vendor_id)
        .group_by(Vendor.code)
    )
    return {row[0]: row[1] for row in rows}
