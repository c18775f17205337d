"""Writes of settlement: each passage of a run and of a payout, statements that freeze, money between purses."""

from collections.abc import Iterable
from datetime import date

from sqlalchemy import delete, event, inspect, select
from sqlalchemy.orm import Session, UOWTransaction

from shop.kernel.actor import Actor
from shop.kernel.clock import Clock
from shop.kernel.codes import new_code
from shop.kernel.db import Model
from shop.kernel.errors import Forbidden, NotFound
from shop.kernel.states import check_passage, passage
from shop.ledger.models import Account, Entry, Posting
from shop.ledger.payouts.models import (
    Payout,
    PayoutHistory,
    PayoutRun,
    PayoutRunHistory,
    PayoutState,
    RunState,
    Statement,
    StatementLine,
    Transfer,
    Wait,
)
from shop.ledger.payouts.queries import Leg
from shop.ledger.payouts.rules import NEXT, RUN_NEXT, Figures, HowPaid
from shop.ledger.services import Unalterable

ROLES = ("finance", "manager")
"""Who settles: drafts, approves, exports and confirms."""


def check_settling(actor: Actor) -> None:
    """Refuse whoever does not settle with vendors (`Forbidden`)."""
    if not actor.has(*ROLES):
        raise Forbidden("payouts")


def lock_run(session: Session, code: str) -> PayoutRun:
    """Return a run, locked until the end of the transaction.

    Raises:
        NotFound: there is none of this code.
    """
    wanted = select(PayoutRun).where(PayoutRun.code == code).with_for_update()
    run = session.scalars(wanted.execution_options(populate_existing=True)).one_or_none()
    if run is None:
        raise NotFound("payout_run")
    return run


def lock_payout(session: Session, code: str) -> Payout:
    """Return a payout, locked until the end of the transaction.

    Raises:
        NotFound: there is none of this code.
    """
    wanted = select(Payout).where(Payout.code == code).with_for_update()
    payout = session.scalars(wanted.execution_options(populate_existing=True)).one_or_none()
    if payout is None:
        raise NotFound("payout")
    return payout


def begin_run(
    session: Session, pay_on: date, since_on: date | None, until_on: date, *, actor: Actor, clock: Clock
) -> PayoutRun:
    """Begin the settlement of a pay day, of which there is one."""
    run = PayoutRun(
        code=new_code(6),
        pay_on=pay_on,
        since_on=since_on,
        until_on=until_on,
        last_entry_id=0,
        state=RunState.DRAFTED,
        drafted_by=actor.label,
        drafted_at=clock(),
    )
    session.add(run)
    session.flush()
    session.add(PayoutRunHistory(run_id=run.id, **passage(None, RunState.DRAFTED, actor=actor, clock=clock)))
    session.flush()
    return run


def note_change(session: Session, run: PayoutRun, reason: str, *, actor: Actor, clock: Clock) -> None:
    """Write down that a draft was reckoned anew or changed; whoever did cannot approve it."""
    check_passage("payout_run", {RunState.DRAFTED: {RunState.DRAFTED}}, run.state, RunState.DRAFTED)
    run.drafted_by, run.drafted_at = actor.label, clock()
    told = passage(RunState.DRAFTED, RunState.DRAFTED, actor=actor, clock=clock, reason=reason)
    session.add(PayoutRunHistory(run_id=run.id, **told))
    session.flush()


def advance_run(session: Session, run: PayoutRun, to: RunState, *, actor: Actor, clock: Clock) -> None:
    """Take a locked run to another state.

    Raises:
        WrongState: there is no way from here to there.
    """
    check_passage("payout_run", RUN_NEXT, run.state, to)
    session.add(PayoutRunHistory(run_id=run.id, **passage(run.state, to, actor=actor, clock=clock)))
    run.state = to
    if to is RunState.APPROVED:
        run.approved_by = actor.label
    session.flush()


def advance_payout(
    session: Session, payout: Payout, to: PayoutState, *, actor: Actor, clock: Clock, reason: str = ""
) -> None:
    """Take a locked payout to another state.

    Args:
        reason: why it did not go; kept with one that failed.

    Raises:
        WrongState: there is no way from here to there.
    """
    check_passage("payout", NEXT, payout.state, to)
    session.add(
        PayoutHistory(payout_id=payout.id, **passage(payout.state, to, actor=actor, clock=clock, reason=reason))
    )
    payout.state = to
    if to is PayoutState.FAILED:
        payout.reason, payout.paid_on = reason, None
    session.flush()


def write_statement(
    session: Session,
    run: PayoutRun,
    vendor: str,
    sums: Figures,
    legs: Iterable[Leg],
    *,
    wait: Wait | None,
    how: HowPaid | None,
) -> None:
    """Write what a draft says of one vendor; all that is owed is paid, or nothing of it.

    Args:
        wait: why nothing is paid; None when all of it is.
        how: how they are paid, None when nobody knows.
    """
    pays = sums.closing_fen if wait is None else 0
    row = Statement(
        code=new_code(8),
        run_id=run.id,
        vendor=vendor,
        before_fen=sums.before_fen,
        asked_fen=sums.asked_fen,
        missing_fen=sums.missing_fen,
        light_fen=sums.light_fen,
        fee_fen=sums.fee_fen,
        over_fen=sums.over_fen,
        claims_fen=sums.claims_fen,
        refunds_fen=sums.refunds_fen,
        returned_fen=sums.returned_fen,
        paid_fen=sums.paid_fen,
        to_pay_fen=pays,
        carried_fen=sums.closing_fen - pays,
        wait=wait,
        way=None if how is None else how.way,
        tail="" if how is None else how.tail,
        account_change=None if how is None else how.change,
        is_frozen=False,
    )
    session.add(row)
    session.flush()
    session.add_all(StatementLine(statement_id=row.id, posting_id=leg.posting_id) for leg in legs)


def forget_statements(session: Session, run: PayoutRun) -> None:
    """Throw away what a draft says, before it is reckoned anew."""
    drafted = select(Statement.id).where(Statement.run_id == run.id, Statement.is_frozen.is_(False))
    session.execute(delete(StatementLine).where(StatementLine.statement_id.in_(drafted)))
    session.execute(delete(Statement).where(Statement.id.in_(drafted)))


def freeze(session: Session, statement: Statement, payout: Payout | None) -> None:
    """Let a statement never change again, with the leg of its own payout among its lines."""
    if payout is not None:
        leg = select(Posting.id).join(Account).where(Account.code == f"seller:{statement.vendor}")
        paid = session.scalars(leg.where(Posting.entry_id == _entry_of(session, payout))).one()
        session.add(StatementLine(statement_id=statement.id, posting_id=paid))
    statement.is_frozen = True
    session.flush()


def _entry_of(session: Session, payout: Payout) -> int:
    return session.scalars(select(Entry.id).where(Entry.key == f"payout:{payout.code}")).one()


def moved_before(session: Session, key: str) -> int | None:
    """Return how much moved between the house's purses under a key, in fen; None when nothing was noted under it."""
    return session.scalar(select(Transfer.amount_fen).where(Transfer.key == key))


@event.listens_for(Session, "before_flush")
def _frozen(session: Session, _context: UOWTransaction, _objects: object) -> None:
    for thing in (*session.dirty, *session.deleted):
        is_deleted = thing in session.deleted
        is_touched = is_deleted or session.is_modified(thing)
        if is_touched and isinstance(thing, Model) and _is_frozen(thing, is_deleted=is_deleted):
            raise Unalterable(type(thing).__name__)


def _is_frozen(thing: Model, *, is_deleted: bool) -> bool:
    """Tell whether a change of it would change what was agreed to."""
    if isinstance(thing, Transfer | PayoutHistory | PayoutRunHistory | StatementLine):
        return True
    told = inspect(thing).attrs
    if isinstance(thing, Payout):
        return is_deleted or any(told[name].history.has_changes() for name in ("amount_fen", "vendor", "statement_id"))
    if not isinstance(thing, Statement):
        return False
    was = told["is_frozen"].history
    return bool(was.deleted[0] if was.deleted else thing.is_frozen)
