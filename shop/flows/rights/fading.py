"""Forgetting who bought: at once when an account is closed, by itself so many days after an order's claims are over."""

import logging
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial

from sqlalchemy import or_, select, union
from sqlalchemy.orm import Session

from shop.accounts.topics import ENTRY_CODE, HELPER_CODE, RESET_CODE
from shop.courier.fading import OVER, fade_shipments
from shop.courier.fading import ended_before as shipments_ended
from shop.courier.models import Shipment
from shop.desk.fading import fade_claims
from shop.desk.fading import under_way as claims_under_way
from shop.fulfilment.models import Parcel
from shop.fulfilment.photos.models import BoxPhoto
from shop.invoices.fading import fade_titles
from shop.invoices.fading import under_way as invoices_under_way
from shop.kernel.clock import Clock
from shop.kernel.edge import Edge
from shop.notifications.fading import fade_messages
from shop.notifications.topics import MAIL, SMS
from shop.orders.fading import ended_before as orders_ended
from shop.orders.fading import fade_orders
from shop.orders.models import Order
from shop.payments.fading import forget_bodies
from shop.payments.models import Payment, Refund, RefundState

log = logging.getLogger(__name__)

CLAIMS_FOR = timedelta(days=8)
"""Bad goods are told of, and good ones sent back, within seven days from the day after they were signed for."""
AT_ONCE = 100
"""Rows in one transaction, so that nobody waits for the job."""
TOPICS = (SMS, MAIL, ENTRY_CODE, HELPER_CODE, RESET_CODE)
"""Messages that name their reader."""
UNDER_WAY = (RefundState.CREATED, RefundState.PENDING)


@dataclass(frozen=True)
class Faded:
    """How much was forgotten."""

    orders: int = 0
    consignments: int = 0
    photos: int = 0
    messages: int = 0

    def and_(self, other: "Faded") -> "Faded":
        """Return the sum of both."""
        return Faded(
            self.orders + other.orders,
            self.consignments + other.consignments,
            self.photos + other.photos,
            self.messages + other.messages,
        )


def unsettled(session: Session, codes: Collection[str]) -> frozenset[str]:
    """Return which of these orders are not settled: money goes back, a person must look, something is carried.

    So is one for which an invoice is wanted or on its way, or of which something is claimed.
    """
    if not codes:
        return frozenset()
    money = (
        select(Payment.reference)
        .outerjoin(Refund, Refund.payment_id == Payment.id)
        .where(Payment.reference.in_(codes), or_(Refund.state.in_(UNDER_WAY), Payment.needs_review))
    )
    carried = (
        select(Order.code)
        .join(Parcel, Parcel.order_id == Order.id)
        .join(Shipment, Shipment.key == Parcel.code)
        .where(Order.code.in_(codes), Shipment.state.not_in(OVER))
    )
    papers = select(Shipment.reference).where(Shipment.reference.in_(codes), Shipment.state.not_in(OVER))
    return frozenset(
        (
            *session.scalars(union(money, carried, papers)),
            *invoices_under_way(session, codes),
            *claims_under_way(session, codes),
        )
    )


def fade(session: Session, orders: Sequence[tuple[int, str]]) -> Faded:
    """Forget who bought these orders: in the orders, in what carried them, in photos of their boxes.

    Args:
        orders: id and code of each.
    """
    ids, codes = [one for one, _code in orders], [code for _id, code in orders]
    boxes = select(Parcel.code).where(Parcel.order_id.in_(ids))
    mine = select(Shipment.id).where(Shipment.reference.in_(codes) | Shipment.key.in_(boxes), Shipment.phone != "")
    carried = session.scalars(mine).all()
    photos = fade_shipments(session, carried)
    of_boxes = session.scalars(select(BoxPhoto).where(BoxPhoto.order_id.in_(ids))).all()
    for photo in of_boxes:
        session.delete(photo)
    photos += fade_claims(session, ids)
    fade_orders(session, ids)
    fade_titles(session, ids)
    return Faded(len(ids), len(carried), photos + len(of_boxes))


def fade_due(edge: Edge, *, days: int, clock: Clock) -> Faded:
    """Forget who bought what is over, to whom letters and messages went, and what providers wrote with it.

    Args:
        days: after the end of an order's claims; what is no order's is forgotten as long after it ended.
    """
    before = clock() - CLAIMS_FOR - timedelta(days=days)
    done = _orders(edge, before).and_(_letters(edge, before))
    messages = partial(fade_messages, topics=TOPICS, before=before, limit=AT_ONCE)
    while gone := edge.run(messages):
        done = replace(done, messages=done.messages + gone)
    while edge.run(partial(forget_bodies, before=before, limit=AT_ONCE)):
        pass
    if done != Faded():
        log.info(
            "people forgotten",
            extra={
                "orders": done.orders,
                "consignments": done.consignments,
                "photos": done.photos,
                "messages": done.messages,
            },
        )
    return done


def _orders(edge: Edge, before: datetime) -> Faded:
    done, last = Faded(), 0
    while True:
        with edge.reading() as session:
            found = orders_ended(session, before, after_id=last, limit=AT_ONCE)
            waiting = unsettled(session, [code for _id, code in found])
        if not found:
            return done
        last = found[-1][0]
        due = [one for one in found if one[1] not in waiting]
        done = done.and_(edge.run(partial(fade, orders=due)))


def _letters(edge: Edge, before: datetime) -> Faded:
    """Forget to whom went what is no order's, and what stayed behind of an order."""
    done, last = Faded(), 0
    while True:
        with edge.reading() as session:
            found = shipments_ended(session, before, after_id=last, limit=AT_ONCE)
        if not found:
            return done
        last = found[-1]
        photos = edge.run(partial(fade_shipments, shipment_ids=found))
        done = done.and_(Faded(consignments=len(found), photos=photos))
