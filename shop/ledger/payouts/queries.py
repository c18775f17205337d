"""Reads of settlement: runs, statements with their lines, payouts, and what no statement has counted yet."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, Select, exists, func, select
from sqlalchemy.orm import Session

from shop.kernel.errors import NotFound
from shop.kernel.queues import Queue
from shop.kernel.states import PassageFacts
from shop.ledger.models import Account, Earning, Entry, Posting
from shop.ledger.payouts.models import (
    Payout,
    PayoutHistory,
    PayoutRun,
    PayoutRunHistory,
    PayoutState,
    PayoutWay,
    RunState,
    Statement,
    StatementLine,
    Wait,
)
from shop.ledger.payouts.rules import Figures
from shop.ledger.queries import Movement, earned_of
from shop.ledger.rules import seller

TO_APPROVE: Queue = select(PayoutRun.drafted_at).where(PayoutRun.state == RunState.DRAFTED)
"""Settlements that wait for a second person."""
_UNSURE = (PayoutState.DUE, PayoutState.EXPORTED)
TO_CONFIRM: Queue = (
    select(PayoutRunHistory.at)
    .join(Payout, Payout.run_id == PayoutRunHistory.run_id)
    .where(Payout.state.in_(_UNSURE), PayoutRunHistory.to_state == RunState.APPROVED)
)
"""Payouts of which nobody knows yet whether they came."""


@dataclass(frozen=True)
class Leg:
    """A leg of a vendor's account, with the rows it stands in."""

    posting_id: int
    entry_id: int
    movement: Movement


@dataclass(frozen=True)
class RunFacts:
    """A run; `statements` is how many vendors it reckons with, `pay_fen` what it pays them together."""

    id: int
    code: str
    pay_on: date
    since_on: date | None
    until_on: date
    last_entry_id: int
    state: RunState
    drafted_by: str
    approved_by: str | None
    downloads: int
    statements: int
    pay_fen: int


@dataclass(frozen=True)
class StatementFacts:
    """A vendor's statement, with the period it is about and what became of its payout."""

    code: str
    run: str
    vendor: str
    since_on: date | None
    until_on: date
    pay_on: date
    sums: Figures
    to_pay_fen: int
    carried_fen: int
    wait: Wait | None
    way: PayoutWay | None
    tail: str
    is_frozen: bool
    payout: str | None
    state: PayoutState | None
    paid_on: date | None
    reason: str


@dataclass(frozen=True)
class PayoutFacts:
    """A payout; `run` is its run's code."""

    code: str
    run: str
    vendor: str
    amount_fen: int
    way: PayoutWay
    tail: str
    state: PayoutState
    paid_on: date | None
    reference: str
    reason: str
    proof_key: str | None


def unstated(session: Session) -> Mapping[str, tuple[Leg, ...]]:
    """Return by vendor every leg of their account that no statement counts, oldest first.

    It is asked of the lines, not of a moment or a number: what was written while a run was reckoned, under whatever
    number, is in the next one.
    """
    counted = exists().where(StatementLine.posting_id == Posting.id)
    found: defaultdict[str, list[Leg]] = defaultdict(list)
    for account, leg in _legs(session, Account.code.startswith(seller("")), ~counted):
        found[account.partition(":")[2]].append(leg)
    return {vendor: tuple(legs) for vendor, legs in found.items()}


def lines_of(session: Session, statement: str) -> list[Leg]:
    """Return the legs that a statement counts, oldest first."""
    ids = select(StatementLine.posting_id).join(Statement).where(Statement.code == statement)
    return [leg for _account, leg in _legs(session, Posting.id.in_(ids))]


def statement_legs(session: Session) -> Mapping[int, list[Movement]]:
    """Return the legs that every statement counts, by the statement's id."""
    rows = session.execute(select(StatementLine.posting_id, StatementLine.statement_id))
    counted = {row[0]: row[1] for row in rows}
    found: defaultdict[int, list[Movement]] = defaultdict(list)
    for _account, leg in _legs(session, Account.code.startswith(seller(""))):
        if leg.posting_id in counted:
            found[counted[leg.posting_id]].append(leg.movement)
    return found


def _legs(session: Session, *wanted: ColumnElement[bool]) -> list[tuple[str, Leg]]:
    rows = session.execute(
        select(
            Account.code, Posting.id, Entry.id, Entry.key, Entry.at, Entry.kind, Entry.reference,
            Posting.amount_fen, Earning,
        )
        .join(Posting, Posting.account_id == Account.id)
        .join(Entry, Entry.id == Posting.entry_id)
        .outerjoin(Earning, Earning.posting_id == Posting.id)
        .where(*wanted)
        .order_by(Entry.at, Entry.id, Posting.id)
    )  # fmt: skip
    return [
        (account, Leg(posting, entry, Movement(key, at, kind, reference, -fen, earned_of(how))))
        for account, posting, entry, key, at, kind, reference, fen, how in rows
    ]


def carried_on(session: Session) -> Mapping[str, int]:
    """Return by vendor what their last approved statement carries on, in fen; who has none is left out."""
    last = select(func.max(Statement.id)).where(Statement.is_frozen).group_by(Statement.vendor)
    rows = session.execute(select(Statement.vendor, Statement.carried_fen).where(Statement.id.in_(last)))
    return {vendor: int(fen) for vendor, fen in rows}


def last_run(session: Session) -> RunFacts | None:
    """Return the run with the latest pay day, or None."""
    found = runs(session, offset=0, limit=1)
    return found[0] if found else None


def runs(session: Session, *, is_draft: bool = False, offset: int, limit: int) -> list[RunFacts]:
    """Return runs, the latest pay day first.

    Args:
        is_draft: only those that wait for a second person.
    """
    wanted = _runs().order_by(PayoutRun.pay_on.desc()).offset(offset).limit(limit)
    if is_draft:
        wanted = wanted.where(PayoutRun.state == RunState.DRAFTED)
    return [_run(row) for row in session.execute(wanted)]


def run_count(session: Session, *, is_draft: bool = False) -> int:
    """Return how many runs there are, or drafts among them."""
    wanted = select(func.count(PayoutRun.id))
    return session.scalar(wanted.where(PayoutRun.state == RunState.DRAFTED) if is_draft else wanted) or 0


def run_by_code(session: Session, code: str) -> RunFacts:
    """Return a run.

    Raises:
        NotFound: there is none of this code.
    """
    row = session.execute(_runs().where(PayoutRun.code == code)).first()
    if row is None:
        raise NotFound("payout_run")
    return _run(row)


def _runs() -> Select[PayoutRun, int, int]:
    return (
        select(PayoutRun, func.count(Statement.id), func.coalesce(func.sum(Statement.to_pay_fen), 0))
        .outerjoin(Statement, Statement.run_id == PayoutRun.id)
        .group_by(PayoutRun.id)
    )


def _run(row: Sequence[object]) -> RunFacts:
    run, count, fen = row
    assert isinstance(run, PayoutRun)
    return RunFacts(
        id=run.id,
        code=run.code,
        pay_on=run.pay_on,
        since_on=run.since_on,
        until_on=run.until_on,
        last_entry_id=run.last_entry_id,
        state=run.state,
        drafted_by=run.drafted_by,
        approved_by=run.approved_by,
        downloads=run.downloads,
        statements=int(str(count)),
        pay_fen=int(str(fen)),
    )


def run_passages(session: Session, code: str) -> list[PassageFacts]:
    """Return what became of a run, in order."""
    rows = select(PayoutRunHistory).join(PayoutRun).where(PayoutRun.code == code).order_by(PayoutRunHistory.id)
    return [_passage(row) for row in session.scalars(rows)]


def payout_passages(session: Session, code: str) -> list[PassageFacts]:
    """Return what became of a payout, in order."""
    rows = select(PayoutHistory).join(Payout).where(Payout.code == code).order_by(PayoutHistory.id)
    return [_passage(row) for row in session.scalars(rows)]


def _passage(row: PayoutRunHistory | PayoutHistory) -> PassageFacts:
    return PassageFacts(from_state=row.from_state, to_state=row.to_state, at=row.at, actor=row.actor, reason=row.reason)


def statements(
    session: Session, *, run: str = "", vendor: str = "", is_frozen: bool = False, offset: int = 0, limit: int = 10_000
) -> list[StatementFacts]:
    """Return statements of a run, or of a vendor, the newest run first and what is paid before what is not.

    Args:
        is_frozen: only of runs that were approved: a vendor never sees a draft.
    """
    wanted = _statements()
    if run:
        wanted = wanted.where(PayoutRun.code == run)
    if vendor:
        wanted = wanted.where(Statement.vendor == vendor)
    if is_frozen:
        wanted = wanted.where(Statement.is_frozen)
    turn = (PayoutRun.pay_on.desc(), Statement.wait.is_not(None), Statement.id)
    return [_statement(row) for row in session.execute(wanted.order_by(*turn).offset(offset).limit(limit))]


def statement_by_code(session: Session, code: str) -> StatementFacts:
    """Return a statement.

    Raises:
        NotFound: there is none of this code.
    """
    row = session.execute(_statements().where(Statement.code == code)).first()
    if row is None:
        raise NotFound("statement")
    return _statement(row)


def _statements() -> Select[Statement, PayoutRun, Payout]:
    return (
        select(Statement, PayoutRun, Payout)
        .join(PayoutRun, PayoutRun.id == Statement.run_id)
        .outerjoin(Payout, Payout.statement_id == Statement.id)
    )


def sums_of(row: Statement) -> Figures:
    """Return the figures as they were frozen."""
    return Figures(
        before_fen=row.before_fen,
        asked_fen=row.asked_fen,
        missing_fen=row.missing_fen,
        light_fen=row.light_fen,
        fee_fen=row.fee_fen,
        over_fen=row.over_fen,
        claims_fen=row.claims_fen,
        refunds_fen=row.refunds_fen,
        returned_fen=row.returned_fen,
        paid_fen=row.paid_fen,
    )


def _statement(row: Sequence[object]) -> StatementFacts:
    one, run, payout = row
    assert isinstance(one, Statement)
    assert isinstance(run, PayoutRun)
    assert payout is None or isinstance(payout, Payout)
    return StatementFacts(
        code=one.code,
        run=run.code,
        vendor=one.vendor,
        since_on=run.since_on,
        until_on=run.until_on,
        pay_on=run.pay_on,
        sums=sums_of(one),
        to_pay_fen=one.to_pay_fen,
        carried_fen=one.carried_fen,
        wait=one.wait,
        way=one.way,
        tail=one.tail,
        is_frozen=one.is_frozen,
        payout=None if payout is None else payout.code,
        state=None if payout is None else payout.state,
        paid_on=None if payout is None else payout.paid_on,
        reason="" if payout is None else payout.reason,
    )


def payouts_of(session: Session, run: str) -> list[PayoutFacts]:
    """Return the payouts of a run in the order of its statements."""
    wanted = _payouts().where(PayoutRun.code == run).order_by(Payout.id)
    return [_payout(row[0], row[1]) for row in session.execute(wanted)]


def unsure(session: Session, *, offset: int, limit: int) -> list[PayoutFacts]:
    """Return the payouts of which nobody knows yet whether they came, oldest first: the rows of `TO_CONFIRM`."""
    wanted = _payouts().where(Payout.state.in_(_UNSURE)).order_by(Payout.id).offset(offset).limit(limit)
    return [_payout(row[0], row[1]) for row in session.execute(wanted)]


def payout_by_code(session: Session, code: str) -> PayoutFacts:
    """Return a payout.

    Raises:
        NotFound: there is none of this code.
    """
    row = session.execute(_payouts().where(Payout.code == code)).first()
    if row is None:
        raise NotFound("payout")
    return _payout(row[0], row[1])


def payment_days(session: Session, codes: Collection[str]) -> Mapping[str, tuple[date, bool]]:
    """Return by payout the town day on which it was paid, or is to be, and whether it was; none that failed."""
    if not codes:
        return {}
    wanted = select(Payout.code, Payout.paid_on, PayoutRun.pay_on).join(PayoutRun)
    wanted = wanted.where(Payout.code.in_(codes), Payout.state != PayoutState.FAILED)
    return {code: (paid_on or pay_on, paid_on is not None) for code, paid_on, pay_on in session.execute(wanted)}


def _payouts() -> Select[Payout, str]:
    return select(Payout, PayoutRun.code).join(PayoutRun, PayoutRun.id == Payout.run_id)


def _payout(row: Payout, run: str) -> PayoutFacts:
    return PayoutFacts(
        code=row.code,
        run=run,
        vendor=row.vendor,
        amount_fen=row.amount_fen,
        way=row.way,
        tail=row.tail,
        state=row.state,
        paid_on=row.paid_on,
        reference=row.reference,
        reason=row.reason,
        proof_key=row.proof_key,
    )
