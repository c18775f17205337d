"""Append-only double entries: debit is positive, credit negative, each entry sums to zero."""

from enum import StrEnum

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from shop.kernel.db import Code, Key, Model, Moment, choice


class AccountKind(StrEnum):
    """Which side of the books an account stands on."""

    ASSET = "asset"
    LIABILITY = "liability"
    INCOME = "income"
    EXPENSE = "expense"


class Account(Model):
    """An account such as `held:K7Q2` or `seller:zhou`."""

    __tablename__ = "ledger_account"

    id: Mapped[Key]
    code: Mapped[str] = mapped_column(String(80), unique=True)
    kind: Mapped[AccountKind] = mapped_column(choice(AccountKind, "kind"))


class Entry(Model):
    """One event of money; its key makes it impossible to post twice."""

    __tablename__ = "ledger_entry"

    id: Mapped[Key]
    key: Mapped[str] = mapped_column(String(80), unique=True)
    kind: Mapped[Code]
    reference: Mapped[Code] = mapped_column(index=True)
    at: Mapped[Moment]
    actor: Mapped[Code]
    postings: Mapped[list["Posting"]] = relationship(lazy="selectin", order_by="Posting.id")


class Posting(Model):
    """One leg of an entry, in fen."""

    __tablename__ = "ledger_posting"
    __table_args__ = (CheckConstraint("amount_fen <> 0", name="amount"), Index(None, "account_id", "entry_id"))

    id: Mapped[Key]
    entry_id: Mapped[int] = mapped_column(ForeignKey("ledger_entry.id"), index=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("ledger_account.id"))
    amount_fen: Mapped[int] = mapped_column(BigInteger)
    account: Mapped[Account] = relationship(lazy="joined", innerjoin=True)


class Earning(Model):
    """How a vendor's leg came about: what their buyer ordered, what was taken off and put on top."""

    __tablename__ = "ledger_earning"
    __table_args__ = (
        CheckConstraint("missing_fen >= 0 AND light_fen >= 0 AND fee_fen >= 0 AND over_fen >= 0", name="off"),
        CheckConstraint("asked_fen + over_fen > missing_fen + light_fen + fee_fen", name="left"),
    )

    id: Mapped[Key]
    posting_id: Mapped[int] = mapped_column(ForeignKey("ledger_posting.id"), unique=True)
    part: Mapped[Code]
    """The code of the vendor's part of the order."""
    asked_fen: Mapped[int] = mapped_column(BigInteger)
    missing_fen: Mapped[int] = mapped_column(BigInteger)
    """Of pieces that did not come: there were none, or they were turned down."""
    light_fen: Mapped[int] = mapped_column(BigInteger)
    """Of pieces that weighed less than was charged for."""
    fee_bp: Mapped[int]
    fee_fen: Mapped[int] = mapped_column(BigInteger)
    over_fen: Mapped[int] = mapped_column(BigInteger)
    """Of pieces that weighed more than the buyer may be asked for: the centre paid it on top."""
