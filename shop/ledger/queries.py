"""Reads of the books."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from shop.ledger.models import Account, AccountKind, Entry, Posting


def balance(session: Session, code: str) -> int:
    """Return an account's balance in fen, debit positive; zero for an account never used."""
    total = select(func.coalesce(func.sum(Posting.amount_fen), 0)).join(Account).where(Account.code == code)
    return int(session.scalar(total) or 0)  # PostgreSQL sums fen to a Decimal


def posted_on(session: Session, code: str, keys: Collection[str]) -> int:
    """Return in fen what the entries of these keys moved on an account, debit positive."""
    total = select(func.coalesce(func.sum(Posting.amount_fen), 0)).join(Account).join(Entry)
    return int(session.scalar(total.where(Account.code == code, Entry.key.in_(keys))) or 0)


def books_difference(session: Session) -> int:
    """Return the sum of all postings plus the number of entries that do not sum to zero; zero is right."""
    total = session.scalar(select(func.coalesce(func.sum(Posting.amount_fen), 0))) or 0
    wrong = select(Posting.entry_id).group_by(Posting.entry_id).having(func.sum(Posting.amount_fen) != 0)
    unbalanced: int = session.scalar(select(func.count()).select_from(wrong.subquery())) or 0
    return abs(int(total)) + unbalanced


def unbalanced(session: Session) -> list[tuple[str, int]]:
    """Return (key, sum in fen) of every entry whose legs do not sum to zero, by key."""
    total = func.sum(Posting.amount_fen)
    rows = session.execute(
        select(Entry.key, total)
        .join(Posting, Posting.entry_id == Entry.id)
        .group_by(Entry.key)
        .having(total != 0)
        .order_by(Entry.key)
    )
    return [(key, int(fen)) for key, fen in rows]


def sums_by_reference(session: Session) -> list[tuple[str, str, int]]:
    """Return (reference, account, fen) of what the entries of each reference moved, debit positive."""
    rows = session.execute(
        select(Entry.reference, Account.code, func.sum(Posting.amount_fen))
        .join(Posting, Posting.entry_id == Entry.id)
        .join(Account, Account.id == Posting.account_id)
        .group_by(Entry.reference, Account.code)
    )
    return [(reference, code, int(fen)) for reference, code, fen in rows]


@dataclass(frozen=True)
class Balance:
    """One account and what is in it."""

    code: str
    kind: AccountKind
    fen: int


def balances(session: Session) -> list[Balance]:
    """Return every account that is not empty, by code."""
    rows = session.execute(
        select(Account.code, Account.kind, func.sum(Posting.amount_fen))
        .join(Posting)
        .group_by(Account.code, Account.kind)
        .having(func.sum(Posting.amount_fen) != 0)
        .order_by(Account.code)
    )
    return [Balance(code, kind, int(fen)) for code, kind, fen in rows]


@dataclass(frozen=True)
class Line:
    """One leg on one account, with what it was for."""

    at: datetime
    kind: str
    reference: str
    fen: int


def statement(session: Session, code: str, *, limit: int = 200) -> list[Line]:
    """Return an account's legs, newest first."""
    rows = session.execute(
        select(Entry.at, Entry.kind, Entry.reference, Posting.amount_fen)
        .join(Posting, Posting.entry_id == Entry.id)
        .join(Account, Account.id == Posting.account_id)
        .where(Account.code == code)
        .order_by(Entry.id.desc(), Posting.id)
        .limit(limit)
    )
    return [Line(at, kind, reference, fen) for at, kind, reference, fen in rows]


def legs(session: Session, key: str) -> Sequence[tuple[str, int]]:
    """Return (account, fen) of one entry, by account; empty when it was never posted."""
    rows = session.execute(
        select(Account.code, Posting.amount_fen)
        .join(Posting, Posting.account_id == Account.id)
        .join(Entry, Entry.id == Posting.entry_id)
        .where(Entry.key == key)
        .order_by(Account.code)
    )
    return [(code, fen) for code, fen in rows]
