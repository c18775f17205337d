"""Tables of settlement: runs, a statement for each vendor in one, the payouts of it, and money moved by the house."""

from datetime import date
from enum import StrEnum

from sqlalchemy import BigInteger, CheckConstraint, Date, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from shop.kernel.db import BIG, Code, Key, Line, Model, Moment, choice
from shop.kernel.states import HistoryColumns


class RunState(StrEnum):
    """How far the settlement of a pay day is."""

    DRAFTED = "drafted"
    """Reckoned, not agreed to: it can be reckoned anew."""
    APPROVED = "approved"
    """A second person agreed: nothing in it changes any more, and its money waits to go."""
    EXPORTED = "exported"
    """The bank's file was made and the list for cash printed."""
    ENDED = "ended"
    """Of each payout it is known what became of it."""


class PayoutState(StrEnum):
    """What became of the money for one vendor."""

    DUE = "due"
    EXPORTED = "exported"
    PAID = "paid"
    FAILED = "failed"
    """It did not go, or came back: it is the vendor's as before, and goes with the next run."""


class PayoutWay(StrEnum):
    """How money goes to a vendor."""

    BANK = "bank"
    WECHAT = "wechat"
    CASH = "cash"


class Wait(StrEnum):
    """Why a statement pays nothing."""

    NOTHING = "nothing"
    """Nothing is owed."""
    OWING = "owing"
    """More went back to buyers than the vendor has earned; it is taken off what they earn later."""
    LITTLE = "little"
    """Less than what is paid at a time."""
    NO_ACCOUNT = "no_account"
    """They never said how they want to be paid."""
    NEW_ACCOUNT = "new_account"
    """They changed how they are paid a few days ago: it may not have been they."""


class PayoutRun(Model):
    """The settlement of one pay day: everybody's statement, drafted by one person and approved by another."""

    __tablename__ = "payout_run"
    __table_args__ = (
        CheckConstraint("approved_by IS NULL OR approved_by <> drafted_by", name="two_people"),
        CheckConstraint("(state = 'drafted') = (approved_by IS NULL)", name="approved"),
        CheckConstraint("downloads >= 0", name="downloads"),
        Index(
            "ix_payout_run_one_draft",
            "state",
            unique=True,
            sqlite_where=text("state = 'drafted'"),
            postgresql_where=text("state = 'drafted'"),
        ),
    )

    id: Mapped[Key]
    code: Mapped[Code] = mapped_column(unique=True)
    pay_on: Mapped[date] = mapped_column(Date, unique=True)
    since_on: Mapped[date | None] = mapped_column(Date)
    """The town day on which the run before this one ended; None of the first."""
    until_on: Mapped[date] = mapped_column(Date)
    """The town day on which it was reckoned."""
    last_entry_id: Mapped[int] = mapped_column(BIG)
    """The books' newest entry when it was reckoned; 0 of empty books."""
    state: Mapped[RunState] = mapped_column(choice(RunState, "state"), default=RunState.DRAFTED)
    drafted_by: Mapped[Code]
    """Who reckoned or changed it last; see `rules.drafters` for who cannot approve it."""
    drafted_at: Mapped[Moment]
    approved_by: Mapped[str | None] = mapped_column(String(40))
    downloads: Mapped[int] = mapped_column(default=0)
    """How often its file for the bank was handed out; after the first time a reason is asked for."""


class PayoutRunHistory(HistoryColumns, Model):
    """A passage of a run; reckoned anew it stays where it is."""

    __tablename__ = "payout_run_history"

    id: Mapped[Key]
    run_id: Mapped[int] = mapped_column(ForeignKey("payout_run.id"), index=True)


class Statement(Model):
    """One vendor's account over the period of a run; each figure is a sum of the legs that `StatementLine` names."""

    __tablename__ = "statement"
    __table_args__ = (
        UniqueConstraint("run_id", "vendor"),
        CheckConstraint("to_pay_fen >= 0 AND (to_pay_fen = 0 OR carried_fen = 0)", name="all_or_nothing"),
        CheckConstraint("(to_pay_fen > 0) = (wait IS NULL)", name="why_not"),
        CheckConstraint("to_pay_fen = 0 OR way IS NOT NULL", name="way"),
        CheckConstraint(
            "to_pay_fen + carried_fen = before_fen + asked_fen - missing_fen - light_fen - fee_fen + over_fen"
            " - claims_fen - refunds_fen + returned_fen - paid_fen",
            name="sums",
        ),
    )

    id: Mapped[Key]
    code: Mapped[Code] = mapped_column(unique=True)
    run_id: Mapped[int] = mapped_column(ForeignKey("payout_run.id"))
    vendor: Mapped[Code] = mapped_column(ForeignKey("vendor.code"), index=True)
    before_fen: Mapped[int] = mapped_column(BigInteger)
    """What the statement before this one carried on; negative when the vendor owed."""
    asked_fen: Mapped[int] = mapped_column(BigInteger)
    """What buyers ordered of the parts that reached them."""
    missing_fen: Mapped[int] = mapped_column(BigInteger)
    light_fen: Mapped[int] = mapped_column(BigInteger)
    fee_fen: Mapped[int] = mapped_column(BigInteger)
    over_fen: Mapped[int] = mapped_column(BigInteger)
    claims_fen: Mapped[int] = mapped_column(BigInteger)
    """What went back to buyers for claims, less what did not go after all."""
    refunds_fen: Mapped[int] = mapped_column(BigInteger)
    """What went back to buyers otherwise, less what did not go after all."""
    returned_fen: Mapped[int] = mapped_column(BigInteger)
    """Payouts of earlier runs that did not go: the vendor's again."""
    paid_fen: Mapped[int] = mapped_column(BigInteger)
    """What they were paid outside of any run."""
    to_pay_fen: Mapped[int] = mapped_column(BigInteger)
    carried_fen: Mapped[int] = mapped_column(BigInteger)
    """What goes on into the next one, or what they owe."""
    wait: Mapped[Wait | None] = mapped_column(choice(Wait, "wait"))
    way: Mapped[PayoutWay | None] = mapped_column(choice(PayoutWay, "payout_way"))
    tail: Mapped[str] = mapped_column(String(4), default="")
    account_change: Mapped[int | None]
    """Which change of the vendor's payout account it was made with: another one since stops the payout."""
    is_frozen: Mapped[bool] = mapped_column(default=False)
    """Its run was approved: it never changes any more."""


class StatementLine(Model):
    """A leg of a vendor's account that a statement counts; each leg is counted by one statement at most."""

    __tablename__ = "statement_line"

    id: Mapped[Key]
    statement_id: Mapped[int] = mapped_column(ForeignKey("statement.id"), index=True)
    posting_id: Mapped[int] = mapped_column(ForeignKey("ledger_posting.id"), unique=True)


class Payout(Model):
    """Money on its way to a vendor: of an approved statement, once."""

    __tablename__ = "payout"
    __table_args__ = (
        CheckConstraint("amount_fen > 0", name="amount"),
        CheckConstraint("(state = 'paid') = (paid_on IS NOT NULL)", name="paid"),
        CheckConstraint("state <> 'failed' OR reason <> ''", name="failed"),
    )

    id: Mapped[Key]
    code: Mapped[Code] = mapped_column(unique=True)
    statement_id: Mapped[int] = mapped_column(ForeignKey("statement.id"), unique=True)
    run_id: Mapped[int] = mapped_column(ForeignKey("payout_run.id"), index=True)
    vendor: Mapped[Code] = mapped_column(ForeignKey("vendor.code"), index=True)
    amount_fen: Mapped[int] = mapped_column(BigInteger)
    way: Mapped[PayoutWay] = mapped_column(choice(PayoutWay, "way"))
    tail: Mapped[str] = mapped_column(String(4), default="")
    account_change: Mapped[int | None]
    state: Mapped[PayoutState] = mapped_column(choice(PayoutState, "state"), default=PayoutState.DUE, index=True)
    paid_on: Mapped[date | None] = mapped_column(Date)
    reference: Mapped[str] = mapped_column(String(60), default="")
    """The bank's number of it."""
    reason: Mapped[Line] = mapped_column(default="")
    """Why it did not go, as the vendor is told."""
    proof_key: Mapped[str | None] = mapped_column(ForeignKey("private_photo.key"), index=True)
    """Of cash: the vendor's signature, or a photo of the signed list."""


class PayoutHistory(HistoryColumns, Model):
    """A passage of a payout."""

    __tablename__ = "payout_history"

    id: Mapped[Key]
    payout_id: Mapped[int] = mapped_column(ForeignKey("payout.id"), index=True)


class Transfer(Model):
    """Money that moved between the house's own purses: a provider's account, the bank, the till; never changed."""

    __tablename__ = "ledger_transfer"
    __table_args__ = (
        CheckConstraint("amount_fen > 0", name="amount"),
        CheckConstraint("from_account <> to_account", name="elsewhere"),
    )

    id: Mapped[Key]
    key: Mapped[str] = mapped_column(String(80), unique=True)
    """What makes it once: the provider's number of its payout, or the form's own key."""
    from_account: Mapped[str] = mapped_column(String(80))
    to_account: Mapped[str] = mapped_column(String(80))
    amount_fen: Mapped[int] = mapped_column(BigInteger)
    reference: Mapped[str] = mapped_column(String(60))
    moved_on: Mapped[date] = mapped_column(Date)
    noted_at: Mapped[Moment]
    noted_by: Mapped[Code]
