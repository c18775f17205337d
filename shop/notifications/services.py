"""Writes of notifications: asking for a message, and sending it once."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from shop.kernel import outbox
from shop.kernel.clock import Clock
from shop.kernel.edge import Edge
from shop.notifications.gateways import MailGateway, SmsGateway
from shop.notifications.models import Delivery, DeliveryState
from shop.notifications.rules import (
    BLACKED_OUT,
    CAP_SPAN,
    CAPPED,
    MOST_A_PHONE,
    SECRET,
    Sender,
    check_values,
    mail_text,
    message_text,
)
from shop.notifications.topics import MAIL, SMS


def wanted(
    session: Session, template: str, *, phone: str, values: Mapping[str, Any], clock: Clock, email: str = ""
) -> int:
    """Ask in the caller's transaction for a short message to be sent after its commit, and for a mail if one is wanted.

    Args:
        template: a name in `rules.VALUES`, except those with secrets.
        phone: whose; it rests in the outbox and the delivery log, never in a log file.
        values: exactly what the template takes, see `rules.VALUES`.
        email: where the same is to be written as well; empty when nowhere.

    Returns:
        The id of the short message's outbox message.

    Raises:
        ValueError: no such template, other values, or a template whose values are secret.
    """
    if template in SECRET:
        raise ValueError(f"{template} carries a secret, which the outbox must not hold")
    check_values(template, values)
    if email:
        outbox.post(session, MAIL, {"template": template, "email": email, "values": dict(values)}, clock=clock)
    facts = {"template": template, "phone": phone, "values": dict(values)}
    return outbox.post(session, SMS, facts, clock=clock)


def deliver(
    edge: Edge,
    gateway: SmsGateway,
    message_id: int,
    facts: Mapping[str, Any],
    *,
    sender: Sender,
    is_demo: bool,
    clock: Clock,
    secret_values: Mapping[str, str] | None = None,
) -> None:
    """Send one short message, once: row committed as sending, gateway called, row committed as sent.

    A phone that had its share for this hour gets no more: the row is then kept as withheld, for staff to see.

    After a crash anywhere between, the same message is sent again under the same key, which a gateway sends once.

    Args:
        facts: {"template", "phone", "values"}.
        secret_values: more values for the template, blacked out in the delivery log unless this is the demo town,
            where nobody's phone rings and the log is the only place to read them.

    Raises:
        OSError: the gateway could not be reached or did not answer; the outbox comes back with the same key.
    """
    template, phone, values, secrets = facts["template"], facts["phone"], facts["values"], secret_values or {}
    text = message_text(template, {**values, **secrets}, sender)
    kept = text if is_demo else message_text(template, {**values, **dict.fromkeys(secrets, BLACKED_OUT)}, sender)
    if edge.run(lambda session: _begin(session, message_id, template, kept, phone=phone, clock=clock)):
        return
    gateway.send(phone, text, key=str(message_id))
    edge.run(lambda session: _sent(session, message_id, clock=clock))


def deliver_mail(
    edge: Edge,
    gateway: MailGateway,
    message_id: int,
    facts: Mapping[str, Any],
    *,
    sender: Sender,
    public_url: str,
    clock: Clock,
) -> None:
    """Send one mail, once, in the steps of `deliver` and under the same cap.

    Args:
        facts: {"template", "email", "values"}.
        public_url: where orders are looked at.

    Raises:
        OSError: as `deliver`.
    """
    template, email = facts["template"], facts["email"]
    subject, text = mail_text(template, facts["values"], sender, public_url)
    if edge.run(lambda session: _begin(session, message_id, template, text, email=email, clock=clock)):
        return
    gateway.send(email, subject, text, key=str(message_id))
    edge.run(lambda session: _sent(session, message_id, clock=clock))


def _begin(
    session: Session, message_id: int, template: str, kept: str, *, phone: str = "", email: str = "", clock: Clock
) -> bool:
    """Write the row of a delivery if it is not there yet, and tell whether nothing is left to be sent."""
    row = session.scalar(select(Delivery).where(Delivery.message_id == message_id))
    if row is not None:
        return row.state in (DeliveryState.SENT, DeliveryState.WITHHELD)
    is_over = template in CAPPED and _had(session, phone, email, clock=clock) >= MOST_A_PHONE
    session.add(
        Delivery(
            message_id=message_id,
            template=template,
            phone=phone,
            email=email,
            text=kept,
            state=DeliveryState.WITHHELD if is_over else DeliveryState.SENDING,
            created_at=clock(),
        )
    )
    return is_over


def _had(session: Session, phone: str, email: str, *, clock: Clock) -> int:
    """Return how many capped messages a phone or a mailbox has had lately."""
    counted = select(func.count()).where(
        Delivery.phone == phone,
        Delivery.email == email,
        Delivery.created_at > clock() - CAP_SPAN,
        Delivery.template.in_(sorted(CAPPED)),
        Delivery.state != DeliveryState.WITHHELD,
    )
    return session.scalar(counted) or 0


def _sent(session: Session, message_id: int, *, clock: Clock) -> None:
    row = session.scalars(select(Delivery).where(Delivery.message_id == message_id)).one()
    row.state, row.sent_at = DeliveryState.SENT, clock()
