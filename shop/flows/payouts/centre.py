"""The centre's own money beside a settlement: what it earned, lost and holds, and that all of it adds up."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from shop.ledger.models import AccountKind
from shop.ledger.payouts.models import PayoutRun
from shop.ledger.payouts.purses import counted_by, moved_between
from shop.ledger.payouts.queries import RunFacts, StatementFacts
from shop.ledger.rules import kind_of

CARRIED = "loss:"
"""The centre's loss by the weight of a vendor's goods, told apart from all other loss."""


@dataclass(frozen=True)
class CentreMoney:
    """What the entries of a settlement's period moved, in fen, by account; vendors' and orders' are taken together.

    Attributes:
        purses: money that came into each purse of the house, less what left it.
        owed: by how much the house owes more than before, by whom.
        earned: the centre's income.
        spent: its losses and fees.
        statements_fen: what the statements say that vendors are owed at the end of the period.
        books_fen: the same by the legs in the books.
    """

    purses: Mapping[str, int]
    owed: Mapping[str, int]
    earned: Mapping[str, int]
    spent: Mapping[str, int]
    statements_fen: int
    books_fen: int

    @property
    def difference_fen(self) -> int:
        """What came into the purses less what is owed, earned and lost of it; nothing else may happen to money."""
        came, owed, earned, spent = (sum(part.values()) for part in (self.purses, self.owed, self.earned, self.spent))
        return came - owed - earned + spent


def centre_money(session: Session, run: RunFacts, rows: Sequence[StatementFacts]) -> CentreMoney:
    """Return the centre's own money over the period of a run.

    Args:
        rows: all its statements.
    """
    earlier = select(PayoutRun.id, PayoutRun.last_entry_id).where(PayoutRun.pay_on < run.pay_on)
    before = {row[0]: row[1] for row in session.execute(earlier)}
    moved = moved_between(session, max(before.values(), default=0), run.last_entry_id)
    sums: dict[AccountKind, Counter[str]] = {kind: Counter() for kind in AccountKind}
    for code, fen in moved.items():
        sums[kind_of(code)][_name(code)] += fen
    # Of an approved run the money has left the vendors' accounts, and its leg is among its lines.
    paid = sum(one.to_pay_fen for one in rows if one.is_frozen)
    return CentreMoney(
        purses=sums[AccountKind.ASSET],
        owed={code: -fen for code, fen in sums[AccountKind.LIABILITY].items()},
        earned={code: -fen for code, fen in sums[AccountKind.INCOME].items()},
        spent=sums[AccountKind.EXPENSE],
        statements_fen=sum(one.sums.closing_fen for one in rows),
        books_fen=counted_by(session, [*before, run.id]) + paid,
    )


def _name(code: str) -> str:
    """Return under which name an account's movements are told."""
    prefix, _colon, owner = code.partition(":")
    if prefix == "loss":
        return CARRIED if owner else prefix
    is_apart = kind_of(code) is AccountKind.ASSET or prefix == "claim_loss"
    return code if is_apart else prefix
