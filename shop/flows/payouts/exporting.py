"""The money is sent: what the bank is told, what is handed over in cash, and who saw the vendors' accounts."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from shop.accounts.models import Viewed, ViewReason
from shop.accounts.sights import note_view
from shop.flows.payouts.approving import Overtaken, is_moved
from shop.flows.payouts.confirming import end_if_known, fail
from shop.flows.payouts.drafting import account_changes
from shop.kernel.actor import Actor
from shop.kernel.clock import Clock
from shop.kernel.errors import Invalid, WrongState
from shop.kernel.vault import Vault
from shop.ledger.payouts import services
from shop.ledger.payouts.models import Payout, PayoutRun, PayoutState, PayoutWay, RunState
from shop.ledger.queries import owed_to_vendors
from shop.vendors.joining.models import PayoutAccount
from shop.vendors.models import Vendor

MOVED, LESS = "收款的账户刚改过，先不付，下次一起算", "这几天又有钱退给买家，先不付，下次一起算"
"""Why a payout stops on its way, as its vendor reads it."""
LONGEST_REASON = 100


@dataclass(frozen=True)
class BankRow:
    """What the bank needs of one payout, in the clear: it is in no page and no log."""

    code: str
    way: PayoutWay
    holder: str
    bank: str
    number: str
    amount_fen: int


def export(session: Session, code: str, *, actor: Actor, clock: Clock) -> int:
    """Let an approved settlement go out, and return how many payouts were stopped and are their vendors' again.

    What is paid is never more than is owed: who is owed less since the approval, or told another account, waits for
    the next one.

    Raises:
        Forbidden: the actor does not settle.
        NotFound: there is no such run.
        WrongState: it was not approved, or is out already.
    """
    services.check_settling(actor)
    run = services.lock_run(session, code)
    services.advance_run(session, run, RunState.EXPORTED, actor=actor, clock=clock)
    owed, changes, stopped = owed_to_vendors(session), account_changes(session), 0
    for payout in _payouts(session, run, PayoutState.DUE):
        # Its own sum has left the account: what is there is what came since.
        why = MOVED if is_moved(payout, changes) else LESS if owed.get(payout.vendor, 0) < 0 else ""
        if why:
            fail(session, payout, why, actor=actor, clock=clock)
            stopped += 1
        else:
            services.advance_payout(session, payout, PayoutState.EXPORTED, actor=actor, clock=clock)
    end_if_known(session, run, actor=actor, clock=clock)
    return stopped


def bank_rows(
    session: Session, vault: Vault, code: str, *, reason: str, actor: Actor, clock: Clock
) -> tuple[BankRow, ...]:
    """Return what the bank is told of a settlement that is out, and write down that the accounts were seen.

    Args:
        reason: why it is handed out again; asked for from the second time on.

    Raises:
        Forbidden: the actor does not settle.
        NotFound: there is no such run.
        WrongState: it is not out, or all is known of it.
        Invalid: there is no reason ("reason").
        Overtaken: somebody told another account since it went out.
    """
    services.check_settling(actor)
    run = services.lock_run(session, code)
    if run.state is not RunState.EXPORTED:
        raise WrongState("payout_run", run.state, RunState.EXPORTED)
    if run.downloads and not 1 <= len(reason) <= LONGEST_REASON:
        raise Invalid("reason", "length")
    sent = [one for one in _payouts(session, run, PayoutState.EXPORTED) if one.way is not PayoutWay.CASH]
    changes = account_changes(session)
    moved = tuple(one.vendor for one in sent if is_moved(one, changes))
    if moved:
        raise Overtaken(moved)
    note_view(session, run.code, Viewed.ACCOUNTS, ViewReason.WORK, actor=actor, clock=clock)
    run.downloads += 1
    secrets = _secrets(session, sent)
    return tuple(_row(one, vault.open(secrets[one.vendor])) for one in sent)


def _payouts(session: Session, run: PayoutRun, state: PayoutState) -> Sequence[Payout]:
    wanted = select(Payout).where(Payout.run_id == run.id, Payout.state == state).order_by(Payout.id)
    return session.scalars(wanted.with_for_update()).all()


def _secrets(session: Session, sent: Sequence[Payout]) -> Mapping[str, str]:
    rows = session.execute(
        select(Vendor.code, PayoutAccount.secret)
        .join(Vendor, Vendor.id == PayoutAccount.vendor_id)
        .where(Vendor.code.in_([one.vendor for one in sent]))
    )
    return {row[0]: row[1] for row in rows}


def _row(payout: Payout, told: str) -> BankRow:
    account = json.loads(told)
    return BankRow(payout.code, payout.way, account["holder"], account["bank"], account["number"], payout.amount_fen)
