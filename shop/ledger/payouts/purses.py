"""Reads of the house's own money beside what it owes vendors: its purses, and what a period moved on every account."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from shop.ledger.models import Account, Posting
from shop.ledger.payouts.models import Statement, StatementLine, Transfer


@dataclass(frozen=True)
class TransferFacts:
    """Money that moved between purses of the house; `noted_by` is a person's code."""

    from_account: str
    to_account: str
    amount_fen: int
    reference: str
    moved_on: date
    noted_at: datetime
    noted_by: str


def transfers(session: Session, *, offset: int, limit: int) -> list[TransferFacts]:
    """Return what moved between the house's purses, the latest first."""
    rows = session.scalars(select(Transfer).order_by(Transfer.id.desc()).offset(offset).limit(limit))
    return [
        TransferFacts(
            one.from_account, one.to_account, one.amount_fen, one.reference, one.moved_on, one.noted_at, one.noted_by
        )
        for one in rows
    ]


def transfer_count(session: Session) -> int:
    """Return how many transfers there are."""
    return session.scalar(select(func.count(Transfer.id))) or 0


def moved_between(session: Session, after: int, until: int) -> Mapping[str, int]:
    """Return by account what the entries after one and up to another moved on it, in fen, debit positive."""
    rows = session.execute(
        select(Account.code, func.sum(Posting.amount_fen))
        .join(Posting, Posting.account_id == Account.id)
        .where(Posting.entry_id > after, Posting.entry_id <= until)
        .group_by(Account.code)
    )
    return {code: int(fen) for code, fen in rows}


def counted_by(session: Session, runs: Collection[int]) -> int:
    """Return what the legs come to that the statements of these runs count, in fen, what is owed positive."""
    total = (
        select(func.coalesce(func.sum(-Posting.amount_fen), 0))
        .join(StatementLine, StatementLine.posting_id == Posting.id)
        .join(Statement, Statement.id == StatementLine.statement_id)
    )
    return int(session.scalar(total.where(Statement.run_id.in_(runs))) or 0)
