"""The delivery log: what was sent to whom, once."""

from enum import StrEnum

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from shop.kernel.db import Code, Key, Model, Moment, Prose, choice


class DeliveryState(StrEnum):
    """How a delivery stands; coming back to it, or to the gateway, is the outbox's business."""

    SENDING = "sending"
    SENT = "sent"
    WITHHELD = "withheld"
    """The phone had its share of messages for this hour, and can do without this one."""
    PUT_OFF = "put_off"
    """The phone had its share for this hour; this one goes later."""
    DROPPED = "dropped"
    """Put off, and no longer true when its turn came."""


class Delivery(Model):
    """One short message to a phone, or one mail; the outbox message's id makes it unique."""

    __tablename__ = "delivery"
    __table_args__ = (Index(None, "phone", "email", "goes_at"),)

    id: Mapped[Key]
    message_id: Mapped[int] = mapped_column(ForeignKey("outbox_message.id"), unique=True)
    template: Mapped[Code]
    phone: Mapped[str] = mapped_column(String(20))
    """Empty of a mail."""
    email: Mapped[str] = mapped_column(String(254), default="")
    """Empty of a short message."""
    text: Mapped[Prose]
    """As sent, but with secret codes blacked out unless this is the demo town."""
    state: Mapped[DeliveryState] = mapped_column(choice(DeliveryState, "state"))
    created_at: Mapped[Moment]
    goes_at: Mapped[Moment]
    """When it was let go, or may go at the earliest."""
    sent_at: Mapped[Moment | None]
