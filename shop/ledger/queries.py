"""Reads of the books."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import and_, case, func, select
from sqlalchemy.orm import Session

from shop.ledger.models import Account, AccountKind, Earning, Entry, Posting
from shop.ledger.rules import CORRECTION_KINDS, EARNING_KINDS, Earned, carried, seller


def balance(session: Session, code: str) -> int:
    """Return an account's balance in fen, debit positive; zero for an account never used."""
    total = select(func.coalesce(func.sum(Posting.amount_fen), 0)).join(Account).where(Account.code == code)
    return int(session.scalar(total) or 0)  # PostgreSQL sums fen to a Decimal


def owed_to_vendors(session: Session) -> Mapping[str, int]:
    """Return by the vendor's code what each is owed, in fen; negative when more went back than they have."""
    rows = session.execute(
        select(Account.code, func.sum(-Posting.amount_fen))
        .join(Posting, Posting.account_id == Account.id)
        .where(Account.code.startswith(seller("")))
        .group_by(Account.code)
    )
    return {code.partition(":")[2]: int(fen) for code, fen in rows}


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


def leg_count(session: Session, code: str) -> int:
    """Return how many legs an account has."""
    wanted = select(func.count(Posting.id)).join(Account, Account.id == Posting.account_id)
    return session.scalar(wanted.where(Account.code == code)) or 0


def statement(session: Session, code: str, *, offset: int = 0, limit: int = 200) -> list[Line]:
    """Return an account's legs, newest first."""
    rows = session.execute(
        select(Entry.at, Entry.kind, Entry.reference, Posting.amount_fen)
        .join(Posting, Posting.entry_id == Entry.id)
        .join(Account, Account.id == Posting.account_id)
        .where(Account.code == code)
        .order_by(Entry.id.desc(), Posting.id)
        .offset(offset)
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


@dataclass(frozen=True)
class Movement:
    """One leg on a vendor's account; in fen, what comes to the vendor is positive.

    Attributes:
        key: of the entry it is a leg of.
        how: how it came about, of what they earned; None of what was kept before that was written down.
    """

    key: str
    at: datetime
    kind: str
    reference: str
    fen: int
    how: Earned | None

    @property
    def is_earning(self) -> bool:
        """Money for goods came to the vendor."""
        return self.kind in EARNING_KINDS

    @property
    def is_payment(self) -> bool:
        """The vendor was paid: neither earned nor a correction of it."""
        return not self.is_earning and not self.is_correction

    @property
    def is_correction(self) -> bool:
        """Something the vendor had earned was corrected afterwards."""
        return self.kind in CORRECTION_KINDS


def movements(
    session: Session,
    code: str,
    *,
    since: datetime | None = None,
    until: datetime | None = None,
    reference: str | None = None,
) -> list[Movement]:
    """Return the legs of a vendor's account, oldest first.

    Args:
        since: from this moment on.
        until: before this moment.
        reference: of one order only.
    """
    wanted = (
        select(Entry.key, Entry.at, Entry.kind, Entry.reference, Posting.amount_fen, Earning)
        .join(Posting, Posting.entry_id == Entry.id)
        .join(Account, Account.id == Posting.account_id)
        .outerjoin(Earning, Earning.posting_id == Posting.id)
        .where(Account.code == code)
        .order_by(Entry.at, Entry.id, Posting.id)
    )
    if since is not None:
        wanted = wanted.where(Entry.at >= since)
    if until is not None:
        wanted = wanted.where(Entry.at < until)
    if reference is not None:
        wanted = wanted.where(Entry.reference == reference)
    rows = session.execute(wanted)
    return [Movement(key, at, kind, order, -fen, earned_of(row)) for key, at, kind, order, fen, row in rows]


def earned_of(row: Earning | None) -> Earned | None:
    """Return the reckoning behind a leg as other rooms see it."""
    if row is None:
        return None
    return Earned(
        part=row.part,
        asked_fen=row.asked_fen,
        missing_fen=row.missing_fen,
        light_fen=row.light_fen,
        fee_bp=row.fee_bp,
        fee_fen=row.fee_fen,
        over_fen=row.over_fen,
    )


def misreckoned(session: Session) -> list[tuple[str, int, int]]:
    """Return (part, leg, reckoning) in fen of every leg of a vendor that is not what was written of it, by part."""
    net = Earning.asked_fen - Earning.missing_fen - Earning.light_fen - Earning.fee_fen + Earning.over_fen
    rows = session.execute(
        select(Earning.part, -Posting.amount_fen, net)
        .join(Posting, Posting.id == Earning.posting_id)
        .where(net != -Posting.amount_fen)
        .order_by(Earning.part)
    )
    return [(part, int(fen), int(said)) for part, fen, said in rows]


def miscarried(session: Session) -> list[tuple[str, str, int, int]]:
    """Return (entry, account, leg, reckoning) in fen of every loss by weight that is not what its vendor got on top."""
    said = session.execute(
        select(Entry.key, Account.code, Earning.over_fen)
        .join(Posting, Posting.entry_id == Entry.id)
        .join(Account, Account.id == Posting.account_id)
        .join(Earning, Earning.posting_id == Posting.id)
        .where(Earning.over_fen > 0)
    )
    have = session.execute(
        select(Entry.key, Account.code, Posting.amount_fen)
        .join(Posting, Posting.entry_id == Entry.id)
        .join(Account, Account.id == Posting.account_id)
        .where(Account.code.startswith(carried("")), Entry.kind.in_(sorted(EARNING_KINDS)))
    )
    wanted = {(key, carried(code.partition(":")[2])): fen for key, code, fen in said}
    booked = {(key, code): fen for key, code, fen in have}
    pairs = sorted({*wanted, *booked})
    found = [(key, code, booked.get((key, code), 0), wanted.get((key, code), 0)) for key, code in pairs]
    return [row for row in found if row[2] != row[3]]


@dataclass(frozen=True)
class Totals:
    """Sums of a vendor's account, in fen.

    Attributes:
        owed_fen: what they have earned and were not paid; negative when more went back than that.
        earned_fen: of it what came since a moment, less what was taken back since.
        paid_fen: what they were ever paid.
        first_at: when they first earned something, or None.
    """

    owed_fen: int
    earned_fen: int
    paid_fen: int
    first_at: datetime | None


def totals(session: Session, code: str, *, since: datetime) -> Totals:
    """Return the sums of a vendor's account, with what was earned since a moment."""
    is_own = Entry.kind.in_(sorted(EARNING_KINDS | CORRECTION_KINDS))
    row = session.execute(
        select(
            func.coalesce(func.sum(-Posting.amount_fen), 0),
            func.coalesce(func.sum(case((and_(is_own, Entry.at >= since), -Posting.amount_fen), else_=0)), 0),
            func.coalesce(func.sum(case((is_own, 0), else_=Posting.amount_fen)), 0),
            func.min(Entry.at),
        )
        .join(Posting, Posting.entry_id == Entry.id)
        .join(Account, Account.id == Posting.account_id)
        .where(Account.code == code)
    ).one()
    return Totals(int(row[0]), int(row[1]), int(row[2]), row[3])


def owed_before(session: Session, code: str, moment: datetime) -> int:
    """Return what a vendor was owed just before a moment, in fen."""
    wanted = (
        select(func.coalesce(func.sum(-Posting.amount_fen), 0))
        .join(Account, Account.id == Posting.account_id)
        .join(Entry, Entry.id == Posting.entry_id)
    )
    return int(session.scalar(wanted.where(Account.code == code, Entry.at < moment)) or 0)
