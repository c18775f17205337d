"""What a row of an order's trail is, and how every history is read as such rows."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Integer, Select, String, cast, literal, select


class Trail(StrEnum):
    """Which of an order's books a row comes from, in the order in which rows of one moment are read."""

    ORDER = "order"
    READDRESSED = "readdressed"
    """It was changed to whom the order goes."""
    PART = "part"
    HEARD = "heard"
    """The centre asked a household by telephone."""
    ANSWERED = "answered"
    """A household said whether it has the goods."""
    PROVIDER = "provider"
    """A provider told something of a payment."""
    PAYMENT = "payment"
    LOWERED = "lowered"
    """Less is to be paid than was agreed."""
    SETTLED = "settled"
    """Somebody looked into a payment that did not agree."""
    CASH = "cash"
    """Taken by a person."""
    ACT = "act"
    """Done on the vendor's pages."""
    INTAKE = "intake"
    LOT = "lot"
    RECALLED = "recalled"
    """Goods of a recalled lot were taken out before they left."""
    NOTICE = "notice"
    """The buyer was written to about a recalled lot."""
    PARCEL = "parcel"
    BOX_PHOTO = "box_photo"
    """A box was photographed before it was closed."""
    SHIPMENT = "shipment"
    EVENT = "event"
    """A courier, the driver or the centre said something of a consignment."""
    HAND_OVER = "hand_over"
    """A parcel stood on the list at the door: it went, or it stayed behind."""
    SIGNED = "signed"
    """The signed list was photographed."""
    DOOR_PHOTO = "door_photo"
    WISH = "wish"
    """The buyer wished to be let go."""
    ANSWER = "answer"
    """The centre answered that."""
    REFUND_ASKED = "refund_asked"
    """Somebody let an amount go back; who is read from the books."""
    REFUND = "refund"
    CARRIED = "carried"
    """The centre paid a vendor on top, for goods that weighed more than their buyer may be asked for."""
    CASH_BACK = "cash_back"
    """Handed back by a person."""
    BOOKED = "booked"
    """An entry of the ledger that belongs to no other row."""
    MESSAGE = "message"
    FORM = "form"
    """A form of the centre that acts on the order, its refunds or its payments."""
    VIEW = "view"
    """Somebody looked at the buyer's full phone and address, or at a photo for the centre alone."""


@dataclass(frozen=True)
class Entered:
    """One entry of the ledger: its kind, and account -> fen, debit positive."""

    kind: str
    legs: tuple[tuple[str, int], ...]


@dataclass(frozen=True)
class Trace:
    """One thing that was done.

    Attributes:
        about: the vendor's name for a part, the title for an intake, a code for the others.
        state: what it came to, in its own machine's words; empty where there is none.
        amount: fen for money, pieces accepted for an intake or taken out for a recall, otherwise 0.
        rejected: pieces turned down at an intake, otherwise 0.
        note: what else was written down, as it was: a scale's reading, a courier's words, a list's code.
        raw: a code of somebody else's, kept as it came.
        grams: what it weighs; 0 where nobody weighed.
        was: fen that the goods cost at their ceiling, where the scale decided; otherwise 0.
        now: fen that they cost by their weight, there.
        entry: what the ledger says of it.
    """

    kind: Trail
    at: datetime
    about: str
    state: str
    actor: str
    reason: str
    amount: int = 0
    rejected: int = 0
    note: str = ""
    raw: str = ""
    grams: int = 0
    was: int = 0
    now: int = 0
    entry: Entered | None = None


NOTHING = literal("", String)
ZERO = literal(0, Integer)


def row(
    kind: Trail,
    key: Any,
    at: Any,
    *,
    actor: Any = NOTHING,
    about: Any = NOTHING,
    state: Any = NOTHING,
    reason: Any = NOTHING,
    amount: Any = ZERO,
    rejected: Any = ZERO,
    note: Any = NOTHING,
    raw: Any = NOTHING,
    grams: Any = ZERO,
    was: Any = ZERO,
    now: Any = ZERO,
) -> Select[Any]:
    """Return a statement whose rows are an id and the columns of `Trace`."""
    return select(
        key.label("id"),
        literal(kind.value, String).label("kind"),
        at.label("at"),
        cast(about, String).label("about"),
        cast(state, String).label("state"),
        cast(actor, String).label("actor"),
        cast(reason, String).label("reason"),
        amount.label("amount"),
        rejected.label("rejected"),
        cast(note, String).label("note"),
        cast(raw, String).label("raw"),
        grams.label("grams"),
        was.label("was"),
        now.label("now"),
    )


def passages(kind: Trail, book: Any, about: Any, **more: Any) -> Select[Any]:
    """Return a statement over a history: the state each passage came to, by whom and why."""
    return row(kind, book.id, book.at, about=about, state=book.to_state, actor=book.actor, reason=book.reason, **more)
