"""What was sent about an order: to its buyer, and to its households in the moments in which their parts moved."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Select, and_, or_, select, union_all
from sqlalchemy.orm import Session

from shop.flows.audit.rows import Trace, Trail, row
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
    moves = session.execute(
        select(Vendor.phone, OrderHistory.at)
        .join(VendorOrder, VendorOrder.vendor_id == Vendor.id)
        .join(OrderHistory, OrderHistory.vendor_order_id == VendorOrder.id)
        .where(OrderHistory.order_id == order.id)
        .distinct()
    ).all()
    names_order = Message.facts["values"]["code"].as_string() == order.code
    # The row of a mail has no phone: the index of both columns finds it as well.
    buyers = and_(Delivery.phone.in_([order.phone, ""]), Delivery.created_at >= order.placed_at - MOMENT, names_order)
    households = [
        and_(
            Delivery.phone == phone,
            Delivery.created_at.between(at - MOMENT, at + SLOW),
            Message.created_at.between(at - MOMENT, at + MOMENT),
        )
        for phone, at in _moments((phone, at) for phone, at in moves)
    ]
    sent = _row(Delivery.state, Delivery.phone, Delivery.email).join(Delivery, Delivery.message_id == Message.id)
    waiting = _row(Message.state, Message.facts["phone"].as_string(), Message.facts["email"].as_string())
    rows = session.execute(
        union_all(
            sent.where(or_(buyers, *households)),
            waiting.outerjoin(Delivery, Delivery.message_id == Message.id).where(
                Message.state != MessageState.DONE, Delivery.id.is_(None), names_order
            ),
        )
    )
    return [Trace(Trail(kind), *rest) for _id, kind, *rest in sorted(rows, key=lambda each: each[0])]


def _moments(moves: Iterable[tuple[str, datetime]]) -> list[tuple[str, datetime]]:
    """Return each household's moments, those that are one only once."""
    last: dict[str, datetime] = {}
    found = []
    for phone, at in sorted(moves):
        if phone not in last or at - last[phone] > MOMENT:
            found.append((phone, at))
            last[phone] = at
    return found


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
