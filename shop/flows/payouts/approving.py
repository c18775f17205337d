"""A second person agrees to a settlement: the money leaves the vendors' accounts and waits to go."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from shop.flows.payouts.drafting import account_changes
from shop.kernel.actor import Actor
from shop.kernel.clock import Clock
from shop.kernel.codes import new_code
from shop.kernel.errors import Forbidden, ShopError
from shop.kernel.states import passage
from shop.ledger import rules as accounts
from shop.ledger.models import Account
from shop.ledger.payouts import queries, services
from shop.ledger.payouts.models import Payout, PayoutHistory, PayoutRun, PayoutState, RunState, Statement
from shop.ledger.payouts.rules import drafters
from shop.ledger.queries import owed_to_vendors
from shop.ledger.services import post


@dataclass
class Overtaken(ShopError):
    """These vendors' accounts, or how they are paid, changed since the settlement was reckoned; by their codes."""

    vendors: tuple[str, ...]


def approve(session: Session, code: str, *, actor: Actor, clock: Clock) -> None:
    """Agree to a draft as it stands: its statements freeze, and each sum leaves its vendor's account once.

    Raises:
        Forbidden: the actor does not settle, or had a hand in the draft as it stands.
        NotFound: there is no such run.
        WrongState: it was approved already.
        Overtaken: somebody is owed less by now, or told another account; it must be reckoned anew.
    """
    services.check_settling(actor)
    run = services.lock_run(session, code)
    if actor.is_system or actor.label in drafters(queries.run_passages(session, code)):
        raise Forbidden("own_draft")
    services.advance_run(session, run, RunState.APPROVED, actor=actor, clock=clock)
    rows = session.scalars(select(Statement).where(Statement.run_id == run.id).order_by(Statement.vendor)).all()
    _check_still_so(session, [row for row in rows if row.to_pay_fen])
    for row in rows:
        services.freeze(session, row, _payout(session, run, row, actor=actor, clock=clock) if row.to_pay_fen else None)
    if not any(row.to_pay_fen for row in rows):
        services.advance_run(session, run, RunState.ENDED, actor=actor, clock=clock)


def _check_still_so(session: Session, rows: Sequence[Statement]) -> None:
    # The lock waits for whoever is posting to these accounts and keeps others out until this is done; in the order of
    # their codes, so that two acts cannot wait for one another.
    codes = [accounts.seller(row.vendor) for row in rows]
    session.scalars(select(Account.id).where(Account.code.in_(codes)).order_by(Account.code).with_for_update()).all()
    owed, changes = owed_to_vendors(session), account_changes(session)
    late = [row.vendor for row in rows if is_moved(row, changes) or owed.get(row.vendor, 0) < row.to_pay_fen]
    if late:
        raise Overtaken(tuple(late))


def is_moved(row: Statement | Payout, changes: Mapping[str, int]) -> bool:
    """Tell whether a vendor told another account than the one that was reckoned with."""
    return row.account_change is not None and changes.get(row.vendor) != row.account_change


def _payout(session: Session, run: PayoutRun, row: Statement, *, actor: Actor, clock: Clock) -> Payout:
    assert row.way is not None, "the table's check says so"
    payout = Payout(
        code=new_code(8),
        statement_id=row.id,
        run_id=run.id,
        vendor=row.vendor,
        amount_fen=row.to_pay_fen,
        way=row.way,
        tail=row.tail,
        account_change=row.account_change,
        state=PayoutState.DUE,
    )
    session.add(payout)
    session.flush()
    session.add(PayoutHistory(payout_id=payout.id, **passage(None, PayoutState.DUE, actor=actor, clock=clock)))
    post(
        session,
        key=f"payout:{payout.code}",
        kind=accounts.PAYOUT,
        reference=payout.code,
        legs={accounts.seller(row.vendor): payout.amount_fen, accounts.PAYOUTS_IN_TRANSIT: -payout.amount_fen},
        actor=actor,
        clock=clock,
    )
    return payout
