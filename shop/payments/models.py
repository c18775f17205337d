"""Payments, refunds, and the inbox of what providers told us."""

from enum import StrEnum

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, LargeBinary, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from shop.kernel.db import Code, Key, Line, Model, Moment, choice
from shop.kernel.states import HistoryColumns

CURRENCY = "CNY"


class PaymentState(StrEnum):
    """One try to get an amount from a buyer through one gateway."""

    CREATED = "created"
    PENDING = "pending"
    CAPTURED = "captured"
    VOIDED = "voided"


class RefundSource(StrEnum):
    """Who wanted an amount to go back."""

    BUYER = "buyer"
    STAFF = "staff"
    SYSTEM = "system"
    EXTERNAL = "external"
    """Made at the provider, past the house."""


class RefundState(StrEnum):
    """One amount on its way back to the buyer."""

    CREATED = "created"
    PENDING = "pending"
    SUCCEEDED = "succeeded"
    FAILED = "failed"


class Payment(Model):
    """One payment; it knows a reference and an amount, not what they are for."""

    __tablename__ = "payment"
    __table_args__ = (
        UniqueConstraint("gateway", "provider_ref"),
        CheckConstraint("amount_fen > 0", name="amount"),
        CheckConstraint("captured_fen IN (0, amount_fen) OR needs_review", name="captured"),
        Index(None, "state", "created_at"),
    )

    id: Mapped[Key]
    code: Mapped[Code] = mapped_column(unique=True)
    reference: Mapped[Code] = mapped_column(index=True)
    gateway: Mapped[Code]
    amount_fen: Mapped[int] = mapped_column(BigInteger)
    currency: Mapped[str] = mapped_column(String(3), default=CURRENCY)
    state: Mapped[PaymentState] = mapped_column(choice(PaymentState, "state"), default=PaymentState.CREATED)
    provider_ref: Mapped[Line | None]
    pay_url: Mapped[str | None] = mapped_column(Text)
    captured_fen: Mapped[int] = mapped_column(BigInteger, default=0)
    needs_review: Mapped[bool] = mapped_column(default=False)
    """The provider's amount or currency differs from ours: a person must look, nothing is paid by it."""
    review: Mapped[Code] = mapped_column(default="")
    """Why a person must look: amount, currency, `refund:<its code>` (made at the provider) or `failed:<its code>`."""
    review_note: Mapped[Line] = mapped_column(default="")
    """What the person did about it; empty while it waits."""
    fee_fen: Mapped[int | None] = mapped_column(BigInteger)
    """What the provider kept for itself, once it has said so."""
    created_at: Mapped[Moment]
    fetched_at: Mapped[Moment | None]
    refunds: Mapped[list["Refund"]] = relationship(lazy="selectin", order_by="Refund.id")


class PaymentHistory(HistoryColumns, Model):
    """One passage of a payment."""

    __tablename__ = "payment_history"

    id: Mapped[Key]
    payment_id: Mapped[int] = mapped_column(ForeignKey("payment.id"), index=True)


class Refund(Model):
    """One refund; its row and key exist before the provider is asked."""

    __tablename__ = "refund"
    __table_args__ = (
        CheckConstraint("amount_fen > 0", name="amount"),
        Index(None, "state", "created_at"),
    )

    id: Mapped[Key]
    code: Mapped[Code] = mapped_column(unique=True)
    payment_id: Mapped[int] = mapped_column(ForeignKey("payment.id"), index=True)
    key: Mapped[str] = mapped_column(String(80), unique=True)
    """Why it exists, such as `rejected:<line>:<count>`: the same reason cannot refund twice."""
    amount_fen: Mapped[int] = mapped_column(BigInteger)
    state: Mapped[RefundState] = mapped_column(choice(RefundState, "state"), default=RefundState.CREATED)
    reason: Mapped[Code]
    source: Mapped[RefundSource] = mapped_column(choice(RefundSource, "source"), default=RefundSource.SYSTEM)
    note: Mapped[Line] = mapped_column(default="")
    """Why, in the words of the person who asked."""
    provider_ref: Mapped[Line | None]
    created_at: Mapped[Moment]
    done_at: Mapped[Moment | None]
    payment: Mapped[Payment] = relationship(lazy="joined", innerjoin=True, back_populates="refunds")


class RefundHistory(HistoryColumns, Model):
    """One passage of a refund."""

    __tablename__ = "refund_history"

    id: Mapped[Key]
    refund_id: Mapped[int] = mapped_column(ForeignKey("refund.id"), index=True)


class ProviderEvent(Model):
    """Something a provider told us, kept before it is acted on; unprocessed ones are tried again."""

    __tablename__ = "provider_event"
    __table_args__ = (UniqueConstraint("gateway", "event_id"), Index(None, "processed_at"))

    id: Mapped[Key]
    gateway: Mapped[Code]
    event_id: Mapped[Line]
    kind: Mapped[Line]
    provider_ref: Mapped[Line]
    body: Mapped[bytes] = mapped_column(LargeBinary)
    received_at: Mapped[Moment]
    processed_at: Mapped[Moment | None]
    parked: Mapped[Code] = mapped_column(default="", index=True)
    """Why a person must look: orphan, amount, dispute. Empty when nobody must, or it was settled."""
    settled_note: Mapped[Line] = mapped_column(default="")
    """What the person did about it."""
    settled_by: Mapped[Code] = mapped_column(default="")


class PaymentReference(Model):
    """A provider's own name for a payment or something made from it; events come in any order and by any of them."""

    __tablename__ = "payment_reference"
    __table_args__ = (UniqueConstraint("gateway", "ref"),)

    id: Mapped[Key]
    gateway: Mapped[Code]
    ref: Mapped[Line]
    payment_id: Mapped[int] = mapped_column(ForeignKey("payment.id"), index=True)


class DifferenceKind(StrEnum):
    """In what our books and a provider's were found to differ."""

    UNKNOWN_MONEY = "unknown_money"
    """The provider has money that we do not know."""
    NOT_CAPTURED = "not_captured"
    """We count money that the provider does not have."""
    AMOUNT = "amount"
    REFUNDED = "refunded"
    """Given back there and here are not the same."""
    LEDGER = "ledger"
    """The account of the provider does not say what the provider says."""


class Difference(Model):
    """One difference that the daily reconciliation found, and what was done about it."""

    __tablename__ = "reconciliation_difference"
    __table_args__ = (UniqueConstraint("gateway", "kind", "ref"), Index(None, "settled_at"))

    id: Mapped[Key]
    gateway: Mapped[Code]
    kind: Mapped[DifferenceKind] = mapped_column(choice(DifferenceKind, "kind"))
    ref: Mapped[Line]
    payment_id: Mapped[int | None] = mapped_column(ForeignKey("payment.id"), index=True)
    ours_fen: Mapped[int] = mapped_column(BigInteger)
    theirs_fen: Mapped[int] = mapped_column(BigInteger)
    found_at: Mapped[Moment]
    seen_at: Mapped[Moment]
    """When it was last found to stand."""
    settled_at: Mapped[Moment | None]
    settled_by: Mapped[Code] = mapped_column(default="")
    done: Mapped[Line] = mapped_column(default="")
    """What was done: by the house itself, or in a person's words."""


class Reconciliation(Model):
    """One run of comparing our payments with a provider's."""

    __tablename__ = "reconciliation"

    id: Mapped[Key]
    gateway: Mapped[Code]
    since_at: Mapped[Moment]
    started_at: Mapped[Moment]
    ended_at: Mapped[Moment | None]
    compared: Mapped[int] = mapped_column(default=0)
    found: Mapped[int] = mapped_column(default=0)


class CashCharge(Model):
    """An amount to be taken in cash when goods are handed over: the cash gateway's own book."""

    __tablename__ = "cash_charge"
    __table_args__ = (CheckConstraint("amount_fen > 0", name="amount"),)

    ref: Mapped[str] = mapped_column(String(40), primary_key=True)
    key: Mapped[str] = mapped_column(String(80), unique=True)
    payment_code: Mapped[Code]
    amount_fen: Mapped[int] = mapped_column(BigInteger)
    taken_fen: Mapped[int] = mapped_column(BigInteger, default=0)
    is_void: Mapped[bool] = mapped_column(default=False)
    taken_at: Mapped[Moment | None]
    taken_by: Mapped[Code] = mapped_column(default="")


class CashRefund(Model):
    """Cash to be handed back, and whether it was."""

    __tablename__ = "cash_refund"
    __table_args__ = (CheckConstraint("amount_fen > 0", name="amount"),)

    ref: Mapped[str] = mapped_column(String(40), primary_key=True)
    key: Mapped[str] = mapped_column(String(80), unique=True)
    charge_ref: Mapped[str] = mapped_column(ForeignKey("cash_charge.ref"), index=True)
    amount_fen: Mapped[int] = mapped_column(BigInteger)
    handed_at: Mapped[Moment | None]
    handed_by: Mapped[Code] = mapped_column(default="")


class DemoCharge(Model):
    """The demo provider's own book: what "the provider" knows, apart from what we know."""

    __tablename__ = "demo_charge"

    ref: Mapped[str] = mapped_column(String(40), primary_key=True)
    key: Mapped[str] = mapped_column(String(80), unique=True)
    payment_code: Mapped[Code]
    amount_fen: Mapped[int] = mapped_column(BigInteger)
    state: Mapped[str] = mapped_column(String(12), default="open")
    """open, declined, paid or void, as that provider calls them."""
    return_url: Mapped[str] = mapped_column(Text)
    description: Mapped[Line]


class DemoRefund(Model):
    """A refund in the demo provider's own book."""

    __tablename__ = "demo_refund"

    ref: Mapped[str] = mapped_column(String(40), primary_key=True)
    key: Mapped[str] = mapped_column(String(80), unique=True)
    charge_ref: Mapped[str] = mapped_column(ForeignKey("demo_charge.ref"), index=True)
    amount_fen: Mapped[int] = mapped_column(BigInteger)
