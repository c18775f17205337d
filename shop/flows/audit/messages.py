"""What was sent about an order: to its buyer, and to its households in the moments in which their parts moved."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, or_, select, union_all
from sqlalchemy.orm import Session, aliased

from shop.flows.audit.rows import Trace, Trail, row
from shop.flows.readdressing import TOLD
from shop.kernel.outbox import Message, MessageState
from shop.notifications.models import Delivery
from shop.notifications.topics import MAIL, SMS
from shop.orders.models import OrderHistory, VendorOrder
from shop.orders.queries.orders import OrderFacts
from shop.vendors.models import Vendor

MOMENT = timedelta(seconds=2)
"""What one transaction writes has nearly one time."""
SLOW = timedelta(days=1)
"""A message that took longer to its gateway is not looked for."""


def of_messages(session: Session, order: OrderFacts) -> list[Trace]:
    """Return what was sent or waits to be sent, in two statements however much it is.

    Messages to a buyer name their order; those to a household name goods, and are known by its phone and the moment.
    """
    moves, changes = _moves(session, order)
    names_order = _names(Message, order)
    # The row of a mail has no phone: the index of both columns finds it as well.
    phones = [Delivery.phone.in_([order.phone, ""])]
    if changes:
        phones.append(Delivery.phone.in_(_told_of(order, changes)))
    buyers = [and_(whose, Delivery.created_at >= order.placed_at - MOMENT, names_order) for whose in phones]
    households = [
        and_(
            Delivery.phone == phone,
            Delivery.created_at.between(at - MOMENT, at + SLOW),
            Message.created_at.between(at - MOMENT, at + MOMENT),
        )
        for phone, at in _moments(moves)
    ]
    sent = _row(Delivery.state, Delivery.phone, Delivery.email).join(Delivery, Delivery.message_id == Message.id)
    waiting = _row(Message.state, Message.facts["phone"].as_string(), Message.facts["email"].as_string())
    rows = session.execute(
        union_all(
            sent.where(or_(*buyers, *households)),
            waiting.outerjoin(Delivery, Delivery.message_id == Message.id).where(
                Message.state != MessageState.DONE, Delivery.id.is_(None), names_order
            ),
        )
    )
    return [Trace(Trail(kind), *rest) for _id, kind, *rest in sorted(rows, key=lambda each: each[0])]


def _moves(session: Session, order: OrderFacts) -> tuple[list[tuple[str, datetime]], list[datetime]]:
    """Return by its household's phone when each part moved, and when it was changed to whom the order goes."""
    rows = session.execute(
        select(Vendor.phone, OrderHistory.at, OrderHistory.vendor_order_id)
        .select_from(OrderHistory)
        .outerjoin(VendorOrder, VendorOrder.id == OrderHistory.vendor_order_id)
        .outerjoin(Vendor, Vendor.id == VendorOrder.vendor_id)
        .where(
            OrderHistory.order_id == order.id,
            or_(OrderHistory.vendor_order_id.is_not(None), OrderHistory.from_state == OrderHistory.to_state),
        )
        .distinct()
    ).all()
    moves = [(phone, at) for phone, at, part in rows if part is not None]
    return moves, [at for _phone, at, part in rows if part is None]


def _told_of(order: OrderFacts, changes: Iterable[datetime]) -> Select[Any]:
    """Return which phones were told of a change: the order itself forgets those that stood there before.

    A message is due when it is posted and at each attempt anew, and what is due is found by an index.
    """
    told = aliased(Message)
    return select(told.facts["phone"].as_string()).where(
        told.topic == SMS,
        told.state.in_(MessageState),
        or_(*(told.due_at.between(at - MOMENT, at + SLOW) for at in changes)),
        told.facts["template"].as_string() == TOLD,
        _names(told, order),
    )


def _moments(moves: Iterable[tuple[str, datetime]]) -> list[tuple[str, datetime]]:
    """Return each household's moments, those that are one only once."""
    last: dict[str, datetime] = {}
    found = []
    for phone, at in sorted(moves):
        if phone not in last or at - last[phone] > MOMENT:
            found.append((phone, at))
            last[phone] = at
    return found


def _names(message: type[Message], order: OrderFacts) -> ColumnElement[bool]:
    about: ColumnElement[str] = message.facts["values"]["code"].as_string()
    return about == order.code


def _row(state: Any, phone: Any, email: Any) -> Select[Any]:
    topic = Message.topic.in_([SMS, MAIL])
    return row(
        Trail.MESSAGE,
        Message.id,
        Message.created_at,
        about=Message.facts["template"].as_string(),
        state=state,
        note=phone,
        raw=email,
    ).where(topic)
