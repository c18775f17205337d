"""What must hold of settlements: statements sum to the legs they count, payouts to the books, nothing goes twice."""

from collections import Counter, defaultdict
from collections.abc import Iterator

from sqlalchemy import select
from sqlalchemy.orm import Session

from shop.flows.payouts.confirming import OPEN, purse_of
from shop.ledger import rules as accounts
from shop.ledger.models import Account, Entry, Posting
from shop.ledger.payouts.models import Payout, PayoutState, Statement, Transfer
from shop.ledger.payouts.queries import statement_legs, sums_of
from shop.ledger.payouts.rules import figures
from shop.ledger.queries import balance

Sum = tuple[str, int, int]
"""What it is, what the books or statements say, and what it should be; in fen."""


def moved_by_hand(session: Session) -> Counter[str]:
    """Return by purse what transfers and payouts that arrived moved on it, in fen, debit positive."""
    moved: Counter[str] = Counter()
    for source, to, fen in session.execute(select(Transfer.from_account, Transfer.to_account, Transfer.amount_fen)):
        moved[source] -= fen
        moved[to] += fen
    for payout in session.scalars(select(Payout).where(Payout.state == PayoutState.PAID)):
        moved[purse_of(payout.way)] -= payout.amount_fen
    return moved


def settled(session: Session) -> Iterator[Sum]:
    """Yield every sum that settlements must come to."""
    yield from _statements(session)
    yield from _payouts(session)


def _statements(session: Session) -> Iterator[Sum]:
    """Compare each statement with the legs it counts, and with the one before it."""
    carried: dict[str, int] = {}
    payouts = {one.statement_id: one for one in session.scalars(select(Payout))}
    legs = statement_legs(session)
    for row in session.scalars(select(Statement).order_by(Statement.id)):
        payout = payouts.get(row.id)
        own = "" if payout is None else f"payout:{payout.code}"
        counted = [one for one in legs.get(row.id, ()) if one.key != own]
        should = figures(carried.get(row.vendor, 0), counted)
        said = sums_of(row)
        for name in said.__dataclass_fields__:
            yield f"statement {row.code}, {name}", getattr(said, name), getattr(should, name)
        if row.is_frozen:
            yield f"statement {row.code}, payout", 0 if payout is None else payout.amount_fen, row.to_pay_fen
            carried[row.vendor] = row.carried_fen


def _payouts(session: Session) -> Iterator[Sum]:
    """Compare what left vendors' accounts, and what is on its way to them, with the payouts."""
    gone: defaultdict[str, int] = defaultdict(int)
    transit = 0
    for payout in session.scalars(select(Payout)):
        gone[payout.vendor] += payout.amount_fen if payout.state is not PayoutState.FAILED else 0
        transit += payout.amount_fen if payout.state in OPEN else 0
    booked: Counter[str] = Counter()
    rows = session.execute(
        select(Account.code, Posting.amount_fen)
        .join(Posting, Posting.account_id == Account.id)
        .join(Entry, Entry.id == Posting.entry_id)
        .where(Entry.kind.in_((accounts.PAYOUT, accounts.PAYOUT_FAILED)))
    )
    for code, fen in rows:
        booked[code] += fen
    for vendor in sorted({*gone, *(code.partition(":")[2] for code in booked if code.startswith("seller:"))}):
        yield f"payouts of {vendor}", booked[accounts.seller(vendor)], gone[vendor]
    yield accounts.PAYOUTS_IN_TRANSIT, -balance(session, accounts.PAYOUTS_IN_TRANSIT), transit
