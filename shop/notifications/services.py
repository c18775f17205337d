"""Writes of notifications: asking for a message, and sending it once."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from functools import partial
from typing import Any, Protocol

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from shop.kernel import outbox
from shop.kernel.clock import Clock
from shop.kernel.edge import Edge
from shop.kernel.languages import Language
from shop.kernel.turns import alone
from shop.notifications.gateways import MailGateway, SmsGateway
from shop.notifications.models import Delivery, DeliveryState
from shop.notifications.rules import (
    BLACKED_OUT,
    CAP_SPAN,
    CAPPED,
    MAY_BE_MISSED,
    MOST_A_PHONE,
    REPEATED,
    SECRET,
    TO_BUYERS,
    Sender,
    check_values,
    mail_text,
    message_text,
)
from shop.notifications.tongues import HOME, Tongue
from shop.notifications.topics import MAIL, SMS

UNDER_WAY = (DeliveryState.SENDING, DeliveryState.SENT)

IsMoot = Callable[[Session, Sequence[str]], bool]
"""Tells whether nothing of what a message asks for, by its codes, is asked for any more."""


def wanted(
    session: Session,
    template: str,
    *,
    phone: str,
    values: Mapping[str, Any],
    clock: Clock,
    email: str = "",
    about: Sequence[str] = (),
    language: Language = Language.HANS,
) -> int:
    """Ask in the caller's transaction for a short message to be sent after its commit, and for a mail if one is wanted.

    Args:
        template: a name in `rules.VALUES`, except those with secrets.
        phone: whose; it rests in the outbox and the delivery log, never in a log file.
        values: exactly what the template takes, see `rules.VALUES`.
        email: where the same is to be written as well; empty when nowhere.
        about: codes of what the message asks for, by which one that was put off is known to have become untrue.
        language: in which it is read; another than the town's own only of templates to buyers.

    Returns:
        The id of the short message's outbox message.

    Raises:
        ValueError: no such template, other values, or a template whose values are secret.
    """
    if template in SECRET:
        raise ValueError(f"{template} carries a secret, which the outbox must not hold")
    check_values(template, values)
    said = {"template": template, "values": dict(values)}
    if language is not Language.HANS:
        if template not in TO_BUYERS:
            raise ValueError(f"{template} is written in the town's own language alone")
        said["language"] = language.value
    if email:
        outbox.post(session, MAIL, {**said, "email": email}, clock=clock)
    facts = {**said, "phone": phone}
    if about:
        facts["about"] = list(about)
    return outbox.post(session, SMS, facts, clock=clock)


class Buyer(Protocol):
    """An order, or what tells of one: where its buyer is written to, and in which language."""

    @property
    def phone(self) -> str:
        """Whose short messages they are."""

    @property
    def email(self) -> str:
        """Where they go as well; empty when nowhere."""

    @property
    def language(self) -> Language:
        """In which the order was placed."""


def tell_buyer(
    session: Session, buyer: Buyer, template: str, values: Mapping[str, Any], *, email: str = "", clock: Clock
) -> None:
    """Ask for a message to whoever placed an order, in the language in which they did, and for a mail if they want one.

    Args:
        email: where the mail goes instead of where the order says.

    Raises:
        ValueError: as `wanted`.
    """
    to = email or buyer.email
    wanted(session, template, phone=buyer.phone, email=to, language=buyer.language, values=values, clock=clock)


def deliver(
    edge: Edge,
    gateway: SmsGateway,
    message_id: int,
    facts: Mapping[str, Any],
    *,
    sender: Sender,
    tongue: Tongue = HOME,
    is_demo: bool,
    is_moot: IsMoot,
    clock: Clock,
    secret_values: Mapping[str, str] | None = None,
) -> None:
    """Send one short message, once: row committed as sending, gateway called, row committed as sent.

    A phone that had its share for this hour gets no more: the row is then kept as put off until its turn comes, or as
    withheld where it may be missed or repeats another that waits, for staff to see. When its turn comes and it is no
    longer true, it is dropped.

    After a crash anywhere between, the same message is sent again under the same key, which a gateway sends once.

    Args:
        facts: {"template", "phone", "values"}, and "about" where something is asked for.
        tongue: of the language in the facts.
        is_moot: asked of "about", and of nothing else, when the turn of a message comes that was put off.
        secret_values: more values for the template, blacked out in the delivery log unless this is the demo town,
            where nobody's phone rings and the log is the only place to read them.

    Raises:
        Later: its turn has not come.
        OSError: the gateway could not be reached or did not answer; the outbox comes back with the same key.
    """
    if not facts["phone"]:
        return  # its reader is forgotten
    template, phone, values, secrets = facts["template"], facts["phone"], facts["values"], secret_values or {}
    text = message_text(template, {**values, **secrets}, sender, tongue)
    hidden = {**values, **dict.fromkeys(secrets, BLACKED_OUT)}
    kept = text if is_demo else message_text(template, hidden, sender, tongue)
    about = facts.get("about")
    is_over = (lambda session: is_moot(session, about)) if about else None
    begin = partial(
        _begin, message_id=message_id, template=template, kept=kept, phone=phone, is_over=is_over, clock=clock
    )
    if not _may_go(edge.run(begin)):
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
    tongue: Tongue = HOME,
    public_url: str,
    clock: Clock,
) -> None:
    """Send one mail, once, in the steps of `deliver` and under the same cap.

    Args:
        facts: {"template", "email", "values"}.
        tongue: of the language in the facts.
        public_url: where orders are looked at.

    Raises:
        OSError: as `deliver`.
    """
    if not facts["email"]:
        return  # its reader is forgotten
    template, email = facts["template"], facts["email"]
    subject, text = mail_text(template, facts["values"], sender, public_url, tongue)
    begin = partial(_begin, message_id=message_id, template=template, kept=text, email=email, clock=clock)
    if not _may_go(edge.run(begin)):
        return
    gateway.send(email, subject, text, key=str(message_id))
    edge.run(lambda session: _sent(session, message_id, clock=clock))


def _begin(
    session: Session,
    message_id: int,
    template: str,
    kept: str,
    *,
    phone: str = "",
    email: str = "",
    is_over: Callable[[Session], bool] | None = None,
    clock: Clock,
) -> Delivery:
    """Write the row of a delivery that is new, or whose turn has come, as what becomes of it now; return the row."""
    row = session.scalar(select(Delivery).where(Delivery.message_id == message_id))
    now = clock()
    if row is None:
        row = Delivery(message_id=message_id, template=template, phone=phone, email=email, text=kept, created_at=now)
    elif row.state is not DeliveryState.PUT_OFF:
        return row
    elif is_over is not None and is_over(session):
        row.state = DeliveryState.DROPPED
        return row
    row.goes_at = _turn(session, row, now) if template in CAPPED else now
    if row.goes_at == now:
        row.state = DeliveryState.SENDING
    else:
        is_needless = template in MAY_BE_MISSED or (template in REPEATED and _waits(session, row))
        row.state = DeliveryState.WITHHELD if is_needless else DeliveryState.PUT_OFF
    session.add(row)
    return row


def _turn(session: Session, row: Delivery, now: datetime) -> datetime:
    """Return when the cap lets a message go: now, or so long after the tenth before it, be that still to come."""
    earlier = select(Delivery.goes_at).where(
        Delivery.phone == row.phone,
        Delivery.email == row.email,
        Delivery.goes_at > now - CAP_SPAN,
        Delivery.template.in_(sorted(CAPPED)),
        or_(
            Delivery.state.in_(UNDER_WAY),
            (Delivery.state == DeliveryState.PUT_OFF) & (Delivery.message_id < row.message_id),
        ),
    )
    alone(session, f"delivery:{row.phone or row.email}")
    last = session.scalars(earlier.order_by(Delivery.goes_at.desc()).limit(MOST_A_PHONE)).all()
    return now if len(last) < MOST_A_PHONE else last[-1] + CAP_SPAN


def _waits(session: Session, row: Delivery) -> bool:
    """Tell whether a message that came before says the same to the same reader when its turn comes."""
    same = select(Delivery.id).where(
        Delivery.phone == row.phone,
        Delivery.email == row.email,
        Delivery.text == row.text,
        Delivery.state == DeliveryState.PUT_OFF,
        Delivery.message_id < row.message_id,
    )
    return session.scalar(same.limit(1)) is not None


def _may_go(row: Delivery) -> bool:
    """Tell whether a message is to be sent.

    Raises:
        Later: not before its turn.
    """
    if row.state is DeliveryState.PUT_OFF:
        raise outbox.Later(row.goes_at)
    return row.state is DeliveryState.SENDING


def _sent(session: Session, message_id: int, *, clock: Clock) -> None:
    row = session.scalars(select(Delivery).where(Delivery.message_id == message_id)).one()
    row.state, row.sent_at = DeliveryState.SENT, clock()
