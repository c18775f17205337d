"""Claims and returns of goods that reached their buyer. Photos are private; who the buyer is stands on the order."""

from enum import StrEnum

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from shop.kernel.db import Code, Key, Line, Model, Moment, choice
from shop.kernel.states import HistoryColumns


class ClaimKind(StrEnum):
    """What is wrong with the goods, or that their buyer does not want them after all."""

    BROKEN = "broken"
    SPOILED = "spoiled"
    WRONG = "wrong"
    MISSING = "missing"
    SHORT_WEIGHT = "short_weight"
    RETURN = "return"


class ClaimState(StrEnum):
    """A claim between the asking and the money."""

    OPEN = "open"
    """A person decides."""
    ACCEPTED = "accepted"
    """Money is on its way back."""
    DECLINED = "declined"
    AWAITING_GOODS = "awaiting_goods"
    """The goods come back first."""
    RECEIVED = "received"
    """They are here, and somebody looks at them."""
    PAID = "paid"
    WITHDRAWN = "withdrawn"


class Bearer(StrEnum):
    """Whose cost an accepted claim is."""

    COURIER = "courier"
    PACKING = "packing"
    """The centre packed badly, or something else than was ordered."""
    HOUSEHOLD = "household"
    TOWN = "town"
    """Nobody knows; or the centre is kind."""


class HouseholdWord(StrEnum):
    """What a household says to a claim against its goods."""

    OURS = "ours"
    NOT_OURS = "not_ours"
    """The centre is to look again."""


class Claim(Model):
    """One claim about some of one order line; how much is counted in the kind's own measure."""

    __tablename__ = "claim"
    __table_args__ = (
        CheckConstraint("asked > 0 AND (granted IS NULL OR granted BETWEEN 1 AND asked)", name="measure"),
        CheckConstraint("amount_fen >= 0 AND freight_fen BETWEEN 0 AND amount_fen", name="amount"),
        CheckConstraint("state NOT IN ('accepted', 'paid') OR (bearer IS NOT NULL AND amount_fen > 0)", name="borne"),
        CheckConstraint("(appealed_at IS NULL) = (appeal = '')", name="appealed"),
        CheckConstraint("(household_word IS NULL) = (household_at IS NULL)", name="household"),
        Index(None, "state", "due_at"),
    )

    id: Mapped[Key]
    code: Mapped[Code] = mapped_column(unique=True)
    key: Mapped[Code] = mapped_column(unique=True)
    """Made with the page on which it was asked: the same page sent twice asks once."""
    order_line_id: Mapped[int] = mapped_column(ForeignKey("order_line.id"), index=True)
    parcel_id: Mapped[int] = mapped_column(ForeignKey("parcel.id"), index=True)
    """In which box the goods came, the latest of several."""
    kind: Mapped[ClaimKind] = mapped_column(choice(ClaimKind, "kind"))
    asked: Mapped[int]
    """For how much: pieces, each egg of a board by itself; grams of a weight that is short."""
    granted: Mapped[int | None]
    """How much of it was agreed to."""
    words: Mapped[str] = mapped_column(String(300), default="")
    state: Mapped[ClaimState] = mapped_column(choice(ClaimState, "state"), default=ClaimState.OPEN)
    amount_fen: Mapped[int] = mapped_column(BigInteger)
    """What it comes to: as asked at first, then as agreed to."""
    freight_fen: Mapped[int] = mapped_column(BigInteger, default=0)
    """How much of the amount is the line's freight: all of it was no good."""
    bearer: Mapped[Bearer | None] = mapped_column(choice(Bearer, "bearer"))
    reason: Mapped[Line] = mapped_column(default="")
    """The last decision in words, as the buyer reads it; empty where the rule decided."""
    decided_by: Mapped[Code] = mapped_column(default="")
    decided_at: Mapped[Moment | None]
    signed_at: Mapped[Moment]
    """When the goods were signed for; every period starts here."""
    asked_at: Mapped[Moment] = mapped_column(index=True)
    waybill: Mapped[str | None] = mapped_column(String(32))
    """By which its buyer sends the goods back, as they said."""
    due_at: Mapped[Moment | None]
    """By when its state must have ended; None where nobody waits."""
    appeal: Mapped[str] = mapped_column(String(300), default="")
    """What the buyer answered to a refusal, once."""
    appealed_at: Mapped[Moment | None]
    household_word: Mapped[HouseholdWord | None] = mapped_column(choice(HouseholdWord, "household_word"))
    household_at: Mapped[Moment | None]
    household_answer: Mapped[Line | None]
    """What the centre said to a household that had paid for it and said that it is not theirs."""
    version: Mapped[int] = mapped_column(default=1)
    photos: Mapped[list["ClaimPhoto"]] = relationship(lazy="selectin", order_by="ClaimPhoto.id")

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - how SQLAlchemy wants it


class ClaimPhoto(Model):
    """A photo that came with a claim."""

    __tablename__ = "claim_photo"

    id: Mapped[Key]
    claim_id: Mapped[int] = mapped_column(ForeignKey("claim.id"), index=True)
    key: Mapped[str] = mapped_column(ForeignKey("private_photo.key"), unique=True)


class ClaimHistory(HistoryColumns, Model):
    """One passage of a claim, who made it and why."""

    __tablename__ = "claim_history"

    id: Mapped[Key]
    claim_id: Mapped[int] = mapped_column(ForeignKey("claim.id"), index=True)
