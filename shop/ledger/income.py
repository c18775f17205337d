"""What sellers came to in a span of time, by the books alone."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import case, func, select
from sqlalchemy.orm import Session

from shop.ledger.models import Account, Earning, Entry, Posting
from shop.ledger.rules import COMMISSION, CORRECTION_KINDS, EARNING_KINDS, seller

SELLERS = seller("")
"""What every seller's account begins with."""


@dataclass(frozen=True)
class Income:
    """One seller's figures, in fen.

    Attributes:
        orders: how many orders brought money in.
        sold_fen: what the goods that came were sold for, before the fee.
        over_fen: what the centre paid on top for their weight.
        fee_fen: the centre's fee on what was sold.
        back_fen: what was taken back afterwards, for refunds and claims; it lowers what was sold.
    """

    orders: int = 0
    sold_fen: int = 0
    over_fen: int = 0
    fee_fen: int = 0
    back_fen: int = 0

    @property
    def net_fen(self) -> int:
        """What was the seller's in the end."""
        return self.sold_fen + self.over_fen - self.fee_fen - self.back_fen


def incomes(session: Session, since: datetime, until: datetime) -> Mapping[str, Income]:
    """Return the figures of every seller whose account moved by earning or correction, by the seller's code.

    What was kept before a leg's reckoning was written down counts as sold for what the leg brought, without a fee.

    Args:
        since: from this moment on.
        until: before this moment.
    """
    is_earning = Entry.kind.in_(sorted(EARNING_KINDS))
    sold = Earning.asked_fen - Earning.missing_fen - Earning.light_fen
    rows = session.execute(
        select(
            Account.code,
            func.count(func.distinct(case((is_earning, Entry.reference)))),
            func.sum(case((is_earning, func.coalesce(sold, -Posting.amount_fen)), else_=0)),
            func.sum(case((is_earning, func.coalesce(Earning.over_fen, 0)), else_=0)),
            func.sum(case((is_earning, func.coalesce(Earning.fee_fen, 0)), else_=0)),
            func.sum(case((is_earning, 0), else_=Posting.amount_fen)),
        )
        .join(Posting, Posting.account_id == Account.id)
        .join(Entry, Entry.id == Posting.entry_id)
        .outerjoin(Earning, Earning.posting_id == Posting.id)
        .where(
            Account.code.startswith(SELLERS, autoescape=True),
            Entry.kind.in_(sorted(EARNING_KINDS | CORRECTION_KINDS)),
            Entry.at >= since,
            Entry.at < until,
        )
        .group_by(Account.code)
    )
    return {code.removeprefix(SELLERS): Income(*map(int, figures)) for code, *figures in rows}


@dataclass(frozen=True)
class Moved:
    """What the same span moved on the accounts themselves, in fen; credits are positive.

    Attributes:
        sellers_fen: on all sellers' accounts, by earning and correction.
        fee_fen: the centre's fee that came with what was earned.
        fee_back_fen: what of its fee went back with refunds and claims.
    """

    sellers_fen: int
    fee_fen: int
    fee_back_fen: int


def moved(session: Session, since: datetime, until: datetime) -> Moved:
    """Return it, summed from the legs without looking at how they came about."""
    kinds = sorted(EARNING_KINDS | CORRECTION_KINDS)
    # Grouped by its name: PostgreSQL takes the same comparison, with its value bound twice, for two.
    is_commission = (Account.code == COMMISSION).label("is_commission")
    rows = session.execute(
        select(is_commission, Entry.kind, func.sum(-Posting.amount_fen))
        .join(Posting, Posting.account_id == Account.id)
        .join(Entry, Entry.id == Posting.entry_id)
        .where(
            (Account.code == COMMISSION) | Account.code.startswith(SELLERS, autoescape=True),
            Entry.kind.in_(kinds),
            Entry.at >= since,
            Entry.at < until,
        )
        .group_by(is_commission, Entry.kind)
    )
    sums: dict[tuple[bool, bool], int] = defaultdict(int)
    for is_fee, kind, fen in rows:
        sums[bool(is_fee), kind in EARNING_KINDS] += int(fen)
    sellers_fen = sums[False, True] + sums[False, False]
    return Moved(sellers_fen, sums[True, True], -sums[True, False])
