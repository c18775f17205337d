"""What became of each payout: it reached its vendor, or it did not and is theirs as before."""

from datetime import date

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from shop.kernel.actor import Actor
from shop.kernel.clock import Clock, town_day
from shop.kernel.errors import Invalid
from shop.ledger import rules as accounts
from shop.ledger.payouts import services
from shop.ledger.payouts.models import Payout, PayoutRun, PayoutState, PayoutWay, RunState
from shop.ledger.payouts.queries import payout_by_code
from shop.ledger.services import post
from shop.notifications.services import wanted
from shop.vendors.models import Vendor

OPEN = (PayoutState.DUE, PayoutState.EXPORTED)
LONGEST_REFERENCE, LONGEST_REASON = 60, 100


def paid(
    session: Session,
    code: str,
    paid_on: date,
    *,
    reference: str = "",
    proof_key: str | None = None,
    actor: Actor,
    clock: Clock,
) -> None:
    """Note that a payout reached its vendor, and tell them.

    Args:
        paid_on: the town day on which it did.
        reference: the bank's number of it; not of cash.
        proof_key: of cash: the private photo of the vendor's signature.

    Raises:
        Forbidden: the actor does not settle.
        NotFound: there is no such payout.
        Invalid: the day is before the settlement or to come ("paid_on"), there is no number ("reference") or no
            signature ("photo").
        WrongState: it did not go out yet, or it is known already what became of it.
    """
    services.check_settling(actor)
    run, payout = _locked(session, code)
    if not run.until_on <= paid_on <= town_day(clock()):
        raise Invalid("paid_on", "range")
    is_cash = payout.way is PayoutWay.CASH
    if is_cash and proof_key is None:
        raise Invalid("photo", "missing")
    if not is_cash and not 1 <= len(reference) <= LONGEST_REFERENCE:
        raise Invalid("reference", "length")
    payout.paid_on, payout.reference, payout.proof_key = paid_on, reference, proof_key
    services.advance_payout(session, payout, PayoutState.PAID, actor=actor, clock=clock)
    post(
        session,
        key=f"paid:{payout.code}",
        kind=accounts.PAYOUT_PAID,
        reference=payout.code,
        legs={accounts.PAYOUTS_IN_TRANSIT: payout.amount_fen, purse_of(payout.way): -payout.amount_fen},
        actor=actor,
        clock=clock,
    )
    _tell(session, payout, "payout_paid", clock=clock)
    end_if_known(session, run, actor=actor, clock=clock)


def failed(session: Session, code: str, reason: str, *, actor: Actor, clock: Clock) -> None:
    """Note that a payout did not go, or came back: the vendor is owed it as before, and told why.

    Raises:
        Forbidden: the actor does not settle.
        NotFound: there is no such payout.
        Invalid: there is no reason, or it is too long ("reason").
        WrongState: it failed already.
    """
    services.check_settling(actor)
    if not 1 <= len(reason) <= LONGEST_REASON:
        raise Invalid("reason", "length")
    run, payout = _locked(session, code)
    fail(session, payout, reason, actor=actor, clock=clock)
    end_if_known(session, run, actor=actor, clock=clock)


def fail(session: Session, payout: Payout, reason: str, *, actor: Actor, clock: Clock) -> None:
    """Let the money of a locked payout be its vendor's again, from wherever it is, and tell them."""
    source = purse_of(payout.way) if payout.state is PayoutState.PAID else accounts.PAYOUTS_IN_TRANSIT
    services.advance_payout(session, payout, PayoutState.FAILED, actor=actor, clock=clock, reason=reason)
    post(
        session,
        key=f"payout_failed:{payout.code}",
        kind=accounts.PAYOUT_FAILED,
        reference=payout.code,
        legs={source: payout.amount_fen, accounts.seller(payout.vendor): -payout.amount_fen},
        actor=actor,
        clock=clock,
    )
    _tell(session, payout, "payout_failed", clock=clock)


def purse_of(way: PayoutWay) -> str:
    """Return the account that a payout leaves; what is sent by WeChat is drawn from the bank."""
    return accounts.CASH_CENTRE if way is PayoutWay.CASH else accounts.BANK


def _locked(session: Session, code: str) -> tuple[PayoutRun, Payout]:
    """Return a payout and its run, the run locked first, as every act on it does."""
    run = services.lock_run(session, payout_by_code(session, code).run)
    return run, services.lock_payout(session, code)


def end_if_known(session: Session, run: PayoutRun, *, actor: Actor, clock: Clock) -> None:
    """End a locked run when it is known of each of its payouts what became of it."""
    left = select(func.count(Payout.id)).where(Payout.run_id == run.id, Payout.state.in_(OPEN))
    if run.state is not RunState.ENDED and not session.scalar(left):
        services.advance_run(session, run, RunState.ENDED, actor=actor, clock=clock)


def _tell(session: Session, payout: Payout, template: str, *, clock: Clock) -> None:
    phone = session.scalars(select(Vendor.phone).where(Vendor.code == payout.vendor)).one()
    said = {"why": payout.reason} if payout.reason else {"way": payout.way.value, "tail": payout.tail}
    values = {"amount_fen": payout.amount_fen, **said}
    wanted(session, template, phone=phone, values=values, clock=clock)
