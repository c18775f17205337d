"""Trade records, kept as long as they must be and no longer: then an order's bare figures stay for the books alone.

Source: E-Commerce Law (2018), article 31: three years at least from the end of the trade. What is left of an order is
what the ledger and issued invoices follow from (Accounting Law): goods, pieces, prices, states; nobody's.
"""

import logging
from collections.abc import Collection, Sequence
from datetime import date, datetime
from functools import partial

from sqlalchemy import ColumnElement, Select, Table, delete, func, select, update
from sqlalchemy.orm import Session

from shop.catalog.models import ListingVersion
from shop.courier.models import Shipment, ShipmentEvent, ShipmentHistory
from shop.fulfilment.handovers.models import HandOver, HandOverParcel, HandOverPhoto
from shop.fulfilment.models import Parcel
from shop.kernel.clock import TOWN_ZONE, Clock
from shop.kernel.db import Model
from shop.kernel.edge import Edge
from shop.kernel.outbox import Message, MessageState
from shop.notifications.models import Delivery
from shop.orders.fading import OVER
from shop.orders.models import Order, OrderHistory, OrderLine, VendorOrder
from shop.vendors.retiring import forget_households

log = logging.getLogger(__name__)

AT_ONCE = 100
DROPPED = (
    "returned_line",
    "returned_parcel",
    "recall_removal",
    "intake",
    "recall_notice",
    "claim_photo",
    "claim_history",
    "hand_over_parcel",
    "parcel_history",
    "box_photo",
    "cancel_wish",
    "invoice_wish",
    "order_history",
)
"""Tables whose rows go with an order's record, those first that refer to others."""
KEPT = frozenset(
    {
        "vendor_order",
        "order_line",
        "parcel",
        "parcel_line",
        "claim",
        "invoice_request",
        "invoice_request_line",
        "invoice_history",
        "invoice",
        "invoice_file",
        "red_letter",
    }
)
"""Tables that speak of an order and stay: figures the books follow from, and papers of the tax office."""


def months_before(moment: datetime, months: int) -> datetime:
    """Return when the town's day so many months earlier began; where the month has no such day, its last."""
    day = moment.astimezone(TOWN_ZONE).date()
    year, month = divmod(day.year * 12 + day.month - 1 - months, 12)
    while True:
        try:
            found = date(year, month + 1, day.day)
        except ValueError:
            day = day.replace(day=day.day - 1)
        else:
            return datetime(found.year, found.month, found.day, tzinfo=TOWN_ZONE)


def drop_due(edge: Edge, *, months: int, clock: Clock) -> int:
    """Drop the records of orders that ended so many months ago, and return of how many."""
    before, done = months_before(clock(), months), 0
    while True:
        with edge.reading() as session:
            found = _ended_before(session, before)
        if not found:
            break
        edge.run(partial(_drop, orders=found))
        done += len(found)
    edge.run(partial(_drop_lists, before=before))
    edge.run(partial(_drop_versions, before=before))
    edge.run(partial(_drop_messages, before=before))
    edge.run(partial(forget_households, before=before))
    if done:
        log.info("records of orders dropped", extra={"orders": done})
    return done


def _ended_before(session: Session, before: datetime) -> Sequence[int]:
    """Return orders of which a record is left, though nothing was done to them since a moment, oldest first."""
    last = func.max(OrderHistory.at)
    wanted = (
        select(Order.id)
        .join(OrderHistory, OrderHistory.order_id == Order.id)
        .where(Order.state.in_(OVER), Order.phone == "")
        .group_by(Order.id)
        .having(last < before)
        .order_by(Order.id)
        .limit(AT_ONCE)
    )
    return session.scalars(wanted).all()


def of_orders(table: Table, ids: Collection[int]) -> ColumnElement[bool]:
    """Return that a row of a table speaks of one of these orders, by the nearest way to them.

    Raises:
        KeyError: the table is neither in `DROPPED` nor in `KEPT`, or leads to no order.
    """
    ways = {fk.column.table.name: fk for fk in table.foreign_keys}
    if "order" in ways:
        return ways["order"].parent.in_(ids)
    for parent in ("order_line", "vendor_order", *sorted(KEPT | set(DROPPED))):
        if parent in ways and parent != table.name:
            fk = ways[parent]
            return fk.parent.in_(select(fk.column).where(of_orders(fk.column.table, ids)))
    raise KeyError(table.name)


def _drop(session: Session, *, orders: Sequence[int]) -> None:
    boxes = select(Parcel.code).where(Parcel.order_id.in_(orders))
    codes = select(Order.code).where(Order.id.in_(orders))
    carried = select(Shipment.id).where(Shipment.reference.in_(codes) | Shipment.key.in_(boxes))
    _drop_shipments(session, session.scalars(carried).all())
    for name in DROPPED:
        table = Model.metadata.tables[name]
        session.execute(delete(table).where(of_orders(table, orders)))
    parts = select(VendorOrder.id).where(VendorOrder.order_id.in_(orders))
    lines = update(OrderLine).where(OrderLine.vendor_order_id.in_(parts))
    session.execute(lines.values(listing_version_id=None).execution_options(synchronize_session=False))
    session.execute(update(Order).where(Order.id.in_(orders)).values(user_id=None))


def _drop_shipments(session: Session, ids: Sequence[int]) -> None:
    session.execute(delete(ShipmentEvent).where(ShipmentEvent.shipment_id.in_(ids)))
    session.execute(delete(ShipmentHistory).where(ShipmentHistory.shipment_id.in_(ids)))
    session.execute(delete(Shipment).where(Shipment.id.in_(ids)))


def _drop_lists(session: Session, *, before: datetime) -> None:
    """Drop lists of hand-overs of which every parcel's record is gone."""
    filled = select(HandOverParcel.hand_over_id)
    old: Select[int] = select(HandOver.id).where(HandOver.at < before, HandOver.id.not_in(filled))
    session.execute(delete(HandOverPhoto).where(HandOverPhoto.hand_over_id.in_(old)))
    session.execute(delete(HandOver).where(HandOver.at < before, HandOver.id.not_in(filled)))


def _drop_messages(session: Session, *, before: datetime) -> None:
    """Drop that messages were sent, whose readers are forgotten long since."""
    session.execute(delete(Delivery).where(Delivery.created_at < before, Delivery.phone == "", Delivery.email == ""))
    logged = select(Delivery.message_id)
    old = Message.created_at < before, Message.state == MessageState.DONE, Message.id.not_in(logged)
    session.execute(delete(Message).where(*old).execution_options(synchronize_session=False))


def _drop_versions(session: Session, *, before: datetime) -> None:
    """Drop how goods were shown that nobody's record names, except how they are shown now."""
    latest = select(func.max(ListingVersion.id)).group_by(ListingVersion.listing_id)
    named = select(OrderLine.listing_version_id).where(OrderLine.listing_version_id.is_not(None))
    gone = delete(ListingVersion).where(
        ListingVersion.at < before, ListingVersion.id.not_in(latest), ListingVersion.id.not_in(named)
    )
    session.execute(gone.execution_options(synchronize_session=False))
