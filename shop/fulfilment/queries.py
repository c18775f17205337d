"""Reads of the bench."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

from sqlalchemy import ColumnElement, and_, case, exists, func, select
from sqlalchemy.orm import Session

from shop.catalog.lots.models import Lot
from shop.catalog.models import Listing, Variant
from shop.courier.models import Shipment
from shop.courier.queries import ShipmentFacts, shipment_by_key, shipments_by_keys
from shop.fulfilment.lots.queries import recalled_parcels
from shop.fulfilment.models import Carton, Intake, Parcel, ParcelLine, ParcelState
from shop.fulfilment.photos.models import BoxPhoto
from shop.fulfilment.rules import READY_TO_COLLECT
from shop.kernel.codes import clean_code
from shop.kernel.errors import NotFound
from shop.kernel.queues import Queue
from shop.orders.models import Box, Handing, Order, OrderLine, VendorOrder, VendorOrderState
from shop.orders.queries.orders import OrderFacts, order_by_code, orders_by_id
from shop.orders.rules import CARRIED_OUT, NOT_COMING, READY_TO_PACK


@dataclass(frozen=True)
class ParcelFacts:
    """A box with its order and, once booked, its shipment.

    Attributes:
        number: which of `among` parcels its box was packed into.
        pieces: line id -> how many lie in it.
        has_photos: it was photographed before it was closed.
    """

    code: str
    box: Box
    number: int
    among: int
    pieces: Mapping[int, int]
    has_photos: bool
    state: ParcelState
    weight_g: int
    carton: Carton | None
    ice_packs: int
    packed_at: datetime
    packed_by: str
    order: OrderFacts
    shipment: ShipmentFacts | None

    @property
    def boxes(self) -> frozenset[Box]:
        """The boxes of its order of which goods lie in it: its own, and a warmer one that was put in."""
        inside = {part.box for part in self.order.parts if any(line.id in self.pieces for line in part.lines)}
        return frozenset({self.box, *inside})


def pieces_in(session: Session, parcel_ids: Collection[int]) -> dict[int, dict[int, int]]:
    """Return what lies in parcels, by the parcel's id: line id -> pieces."""
    found: dict[int, dict[int, int]] = {parcel_id: {} for parcel_id in parcel_ids}
    for row in session.scalars(select(ParcelLine).where(ParcelLine.parcel_id.in_(parcel_ids))):
        found[row.parcel_id][row.order_line_id] = row.pieces
    return found


def ends_of_parts(session: Session, order_id: int) -> Mapping[int, Mapping[int, ParcelState]]:
    """Return where the parcels are that hold goods of each part of an order: part id -> parcel id -> state."""
    wanted = (
        select(OrderLine.vendor_order_id, Parcel.id, Parcel.state)
        .join(ParcelLine, ParcelLine.order_line_id == OrderLine.id)
        .join(Parcel, Parcel.id == ParcelLine.parcel_id)
        .where(Parcel.order_id == order_id, Parcel.state != ParcelState.OPENED)
    )
    found: defaultdict[int, dict[int, ParcelState]] = defaultdict(dict)
    for part_id, parcel_id, state in session.execute(wanted):
        found[part_id][parcel_id] = state
    return found


def parcel_by_code(session: Session, code: str) -> ParcelFacts:
    """Return a parcel.

    Raises:
        NotFound: there is none.
    """
    found = _parcels(session, Parcel.code == code)
    if not found:
        raise NotFound("parcel")
    (parcel,) = found
    return _facts(parcel, order_by_code(session, parcel.order_code), shipment_by_key(session, code))


def parcels_of_order(session: Session, order_id: int, order: OrderFacts | None = None) -> list[ParcelFacts]:
    """Return an order's parcels in the order in which they were packed, without those that were taken apart."""
    found = _parcels(session, and_(Parcel.order_id == order_id, Parcel.state != ParcelState.OPENED))
    if not found:
        return []
    whole = order or order_by_code(session, found[0].order_code)
    shipments = shipments_by_keys(session, [one.parcel.code for one in found])
    return [_facts(one, whole, shipments.get(one.parcel.code)) for one in found]


def parcels_of_orders(session: Session, orders: Collection[OrderFacts]) -> list[ParcelFacts]:
    """Return the parcels of several orders as `parcels_of_order` does, in two statements."""
    whole = {order.code: order for order in orders}
    ids = [order.id for order in orders]
    found = _parcels(session, and_(Parcel.order_id.in_(ids), Parcel.state != ParcelState.OPENED)) if ids else []
    shipments = shipments_by_keys(session, [one.parcel.code for one in found]) if found else {}
    return [_facts(one, whole[one.order_code], shipments.get(one.parcel.code)) for one in found]


@dataclass(frozen=True)
class _Row:
    parcel: Parcel
    order_code: str
    has_photos: bool
    pieces: dict[int, int]


def _parcels(session: Session, which: ColumnElement[bool]) -> list[_Row]:
    """Return parcels with what lies in them, in one statement."""
    has_photos = exists().where(BoxPhoto.parcel_id == Parcel.id)
    rows = session.execute(
        select(Parcel, Order.code, has_photos, ParcelLine.order_line_id, ParcelLine.pieces)
        .join(Order, Order.id == Parcel.order_id)
        .outerjoin(ParcelLine, ParcelLine.parcel_id == Parcel.id)
        .where(which)
        .order_by(Parcel.id, ParcelLine.id)
    )
    found: dict[int, _Row] = {}
    for parcel, order_code, is_shot, line_id, pieces in rows:
        row = found.setdefault(parcel.id, _Row(parcel, order_code, is_shot, {}))
        if line_id is not None:
            row.pieces[line_id] = pieces
    return list(found.values())


def _facts(row: _Row, order: OrderFacts, shipment: ShipmentFacts | None) -> ParcelFacts:
    parcel = row.parcel
    return ParcelFacts(
        code=parcel.code,
        box=parcel.box,
        number=parcel.number,
        among=parcel.among,
        pieces=row.pieces,
        has_photos=row.has_photos,
        state=parcel.state,
        weight_g=parcel.weight_g,
        carton=parcel.carton,
        ice_packs=parcel.ice_packs,
        packed_at=parcel.packed_at,
        packed_by=parcel.packed_by,
        order=order,
        shipment=shipment,
    )


def orders_of_parcels(session: Session, codes: Collection[str]) -> list[str]:
    """Return the codes of the orders of these parcels, in the one order in which they are locked."""
    wanted = select(Order.code).join(Parcel, Parcel.order_id == Order.id).where(Parcel.code.in_(codes))
    return list(session.scalars(wanted.distinct().order_by(Order.code)))


@dataclass(frozen=True)
class ToPack:
    """A box of an order whose goods have all come."""

    order: OrderFacts
    box: Box


def _count_in(states: Collection[VendorOrderState]) -> ColumnElement[int]:
    return func.sum(case((VendorOrder.state.in_(states), 1), else_=0))


_PACKABLE = (
    select(Order.id.label("order_id"), VendorOrder.box.label("box"), func.min(Order.placed_at).label("since"))
    .join(VendorOrder, VendorOrder.order_id == Order.id)
    .where(Order.state.in_(CARRIED_OUT))
    .group_by(Order.id, VendorOrder.box)
    .having(_count_in([VendorOrderState.RECEIVED]) > 0, _count_in(READY_TO_PACK) == func.count())
)
BOXES_TO_PACK: Queue = select(_PACKABLE.subquery().c.since)
"""Boxes of which everything that will come has come."""


def boxes_to_pack(session: Session, *, offset: int = 0, limit: int | None = None) -> list[ToPack]:
    """Return the boxes of which everything that will come has come, the oldest order first."""
    found = session.execute(_PACKABLE.order_by(Order.id, VendorOrder.box).offset(offset).limit(limit)).all()
    orders = orders_by_id(session, {row.order_id for row in found})
    return [ToPack(orders[row.order_id], row.box) for row in found]


_PACKED_AT = select(func.max(Parcel.packed_at)).where(Parcel.order_id == Order.id).correlate(Order).scalar_subquery()
_COLLECTABLE = (
    select(Order.id.label("order_id"), _PACKED_AT.label("since"))
    .join(VendorOrder, VendorOrder.order_id == Order.id)
    .where(Order.state.in_(CARRIED_OUT), Order.handing == Handing.COLLECTION)
    .group_by(Order.id)
    .having(_count_in([VendorOrderState.PACKED]) > 0, _count_in(READY_TO_COLLECT) == func.count())
)
ORDERS_TO_COLLECT: Queue = select(_COLLECTABLE.subquery().c.since)
"""Orders that lie packed at the centre."""


@dataclass(frozen=True)
class ToCollect:
    """An order that lies packed at the centre, and since when it is whole."""

    order: OrderFacts
    since: datetime


def orders_to_collect(session: Session, *, offset: int = 0, limit: int | None = None) -> list[ToCollect]:
    """Return orders that lie packed at the centre until somebody comes for them, the longest waiting first."""
    found = session.execute(_COLLECTABLE.order_by("since", Order.id).offset(offset).limit(limit)).all()
    orders = orders_by_id(session, {row.order_id for row in found})
    return [ToCollect(orders[row.order_id], row.since) for row in found]


@dataclass(frozen=True)
class BoxFacts:
    """A packed parcel that has not left.

    Attributes:
        carries: the boxes of its order of which goods lie in it.
        number: which of `among` parcels its box was packed into.
        coming: every box of its order in which something comes.
        waybill: none while its courier is not booked.
        company: who carries it, empty for the town's own run.
        is_recalled: goods of a recalled lot are in it.
    """

    code: str
    box: Box
    carries: frozenset[Box]
    number: int
    among: int
    coming: frozenset[Box]
    order_code: str
    name: str
    province: str
    city: str
    district: str
    weight_g: int
    packed_at: datetime
    waybill: str | None
    company: str
    is_recalled: bool


AT_THE_DOOR: Queue = (
    select(Parcel.packed_at)
    .join(Order, Order.id == Parcel.order_id)
    .where(Parcel.state == ParcelState.PACKED, Order.handing == Handing.DELIVERY)
)
"""Packed parcels that travel and have not left."""


def boxes_at_the_door(session: Session) -> list[BoxFacts]:
    """Return the packed parcels that travel, oldest first."""
    rows = session.execute(
        select(
            Parcel,
            Order.code,
            Order.name,
            Order.province,
            Order.city,
            Order.district,
            Shipment.waybill,
            Shipment.company,
        )
        .join(Order, Order.id == Parcel.order_id)
        .outerjoin(Shipment, Shipment.key == Parcel.code)
        .where(Parcel.state == ParcelState.PACKED, Order.handing == Handing.DELIVERY)
        .order_by(Parcel.id)
    )
    found = rows.all()
    beside = select(VendorOrder.order_id, VendorOrder.box).where(
        VendorOrder.order_id.in_({row.Parcel.order_id for row in found}), VendorOrder.state.not_in(NOT_COMING)
    )
    boxes: dict[int, set[Box]] = {}
    for order_id, box in session.execute(beside):
        boxes.setdefault(order_id, set()).add(box)
    inside: dict[int, set[Box]] = {}
    carried = (
        select(ParcelLine.parcel_id, VendorOrder.box)
        .join(OrderLine, OrderLine.id == ParcelLine.order_line_id)
        .join(VendorOrder, VendorOrder.id == OrderLine.vendor_order_id)
        .where(ParcelLine.parcel_id.in_([row.Parcel.id for row in found]))
    )
    for parcel_id, box in session.execute(carried.distinct()):
        inside.setdefault(parcel_id, set()).add(box)
    recalled = recalled_parcels(session, [row.Parcel.id for row in found])
    return [
        BoxFacts(
            code=parcel.code,
            box=parcel.box,
            carries=frozenset({parcel.box, *inside.get(parcel.id, ())}),
            number=parcel.number,
            among=parcel.among,
            coming=frozenset(boxes[parcel.order_id]),
            order_code=order_code,
            name=name,
            province=province,
            city=city,
            district=district,
            weight_g=parcel.weight_g,
            packed_at=parcel.packed_at,
            waybill=waybill,
            company=company or "",
            is_recalled=parcel.id in recalled,
        )
        for parcel, order_code, name, province, city, district, waybill, company in found
    ]


def codes_in_boxes(session: Session, order_id: int, boxes: Collection[Box]) -> dict[int, frozenset[str]]:
    """Return by which codes the goods of boxes are known, by the line's id: of the listing, and of the lot."""
    wanted = (
        select(OrderLine.id, Listing.code, Lot.code)
        .join(VendorOrder, VendorOrder.id == OrderLine.vendor_order_id)
        .join(Variant, Variant.id == OrderLine.variant_id)
        .join(Listing, Listing.id == Variant.listing_id)
        .outerjoin(Intake, Intake.order_line_id == OrderLine.id)
        .outerjoin(Lot, Lot.id == Intake.lot_id)
        .where(VendorOrder.order_id == order_id, VendorOrder.box.in_(boxes))
    )
    return {
        line_id: frozenset(clean_code(code) for code in codes if code) for line_id, *codes in session.execute(wanted)
    }


def box_version(order: OrderFacts, boxes: Collection[Box]) -> str:
    """Return a mark of how boxes of an order stand: whoever closes them must have seen them so."""
    parts = [
        (part.code, part.state.value, [(line.id, line.accepted) for line in part.lines])
        for part in order.parts
        if part.box in boxes
    ]
    return _mark(order.code, order.state.value, order.note, sorted(parts))


def parcel_version(parcel: ParcelFacts) -> str:
    """Return a mark of how a parcel stands: whoever opens it must have seen it so."""
    number = parcel.shipment.waybill if parcel.shipment is not None else ""
    return _mark(parcel.code, parcel.state.value, number, parcel.order.state.value)


def lying_version(order: OrderFacts, parcels: Collection[ParcelFacts]) -> str:
    """Return a mark of how what waits for its buyer stands: whoever waits no longer must have seen it so."""
    lying = sorted((parcel.code, parcel.state.value) for parcel in parcels)
    return _mark(order.code, order.state.value, [state.value for state in order.states], lying)


def _mark(*told: object) -> str:
    return sha256(repr(told).encode()).hexdigest()[:16]


def expected_weights(session: Session, part_code: str) -> dict[int, tuple[int, int]]:
    """Return in which range, in grams, one piece of each line sold by weight is expected to weigh, by the line's id."""
    wanted = (
        select(OrderLine.id, Variant.least_g, Variant.most_g)
        .join(VendorOrder, VendorOrder.id == OrderLine.vendor_order_id)
        .join(Variant, Variant.id == OrderLine.variant_id)
        .where(VendorOrder.code == part_code, Variant.least_g.is_not(None))
    )
    return {row.id: (row.least_g, row.most_g) for row in session.execute(wanted)}
