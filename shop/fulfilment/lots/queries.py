"""Reads of lots at the bench: what a part needs, what was taken in of it, and where a lot's goods went."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import ColumnElement, and_, func, select
from sqlalchemy.orm import Session

from shop.catalog.lots.models import Lot, LotHistory, LotState
from shop.catalog.lots.queries import LotFacts, lots_by_id
from shop.catalog.lots.rules import needs_inspection
from shop.catalog.models import Category, Listing, Variant
from shop.fulfilment.lots.models import RecallNotice, RecallRemoval
from shop.fulfilment.models import Intake, Parcel, ParcelLine, ParcelState
from shop.kernel.languages import Language
from shop.kernel.queues import Queue
from shop.orders.models import Box, Order, OrderLine, VendorOrder, VendorOrderState
from shop.vendors.models import Vendor


def inspected_lines(session: Session, part_code: str) -> frozenset[int]:
    """Return the ids of a part's lines that may not be taken in without the number of an inspection."""
    wanted = (
        select(OrderLine.id, Category.papers)
        .join(VendorOrder, VendorOrder.id == OrderLine.vendor_order_id)
        .join(Variant, Variant.id == OrderLine.variant_id)
        .join(Listing, Listing.id == Variant.listing_id)
        .join(Category, Category.id == Listing.category_id)
        .where(VendorOrder.code == part_code)
    )
    return frozenset(row.id for row in session.execute(wanted) if needs_inspection(row.papers))


def numbers_today(session: Session, vendor_code: str, today: date) -> str:
    """Return the inspection number under which a household brought goods in last today; empty when none did."""
    wanted = (
        select(Lot.inspection)
        .join(Vendor, Vendor.id == Lot.vendor_id)
        .where(Vendor.code == vendor_code, Lot.received_on == today, Lot.inspection != "")
        .order_by(Lot.id.desc())
        .limit(1)
    )
    return session.scalar(wanted) or ""


@dataclass(frozen=True)
class TakenLine:
    """A line of a part that was taken in.

    Attributes:
        lot_id: the lot its good ones are of; none where none were good.
        proof_key: private photo of what was turned down.
        reading: what the scale sent, as it was read.
        ceiling_fen: what was charged for the good ones; kept_fen: what of it is kept after the scale.
        over_fen: what they cost above it, which the centre carries.
    """

    title: str
    unit: str
    accepted: int
    rejected: int
    reason: str
    weighed_g: int | None
    lot_id: int | None
    proof_key: str | None
    reading: str
    per_500g_fen: int | None
    ceiling_fen: int
    kept_fen: int
    over_fen: int


def taken_lines(session: Session, part_code: str) -> list[TakenLine]:
    """Return what was taken in of a part, line by line."""
    wanted = (
        select(Intake, OrderLine)
        .join(OrderLine, OrderLine.id == Intake.order_line_id)
        .join(VendorOrder, VendorOrder.id == OrderLine.vendor_order_id)
        .where(VendorOrder.code == part_code)
        .order_by(OrderLine.id)
    )
    return [
        TakenLine(
            title=line.title,
            unit=line.unit,
            accepted=row.accepted,
            rejected=row.rejected,
            reason=row.reason,
            weighed_g=line.weighed_g,
            lot_id=row.lot_id,
            proof_key=row.proof_key,
            reading=row.reading,
            per_500g_fen=line.per_500g_fen,
            ceiling_fen=line.price_fen * (line.quantity - line.rejected),
            kept_fen=line.kept_fen,
            over_fen=line.weight_over_fen,
        )
        for row, line in session.execute(wanted)
    ]


_UNTOLD = (
    select(Intake.id)
    .join(OrderLine, OrderLine.id == Intake.order_line_id)
    .join(VendorOrder, VendorOrder.id == OrderLine.vendor_order_id)
    .outerjoin(RecallNotice, (RecallNotice.lot_id == Intake.lot_id) & (RecallNotice.order_id == VendorOrder.order_id))
    .where(Intake.lot_id == Lot.id, VendorOrder.state != VendorOrderState.CANCELLED, RecallNotice.id.is_(None))
    .exists()
)
HAS_UNTOLD: ColumnElement[bool] = and_(Lot.state == LotState.RECALLED, _UNTOLD)
"""The lot was called back, and a buyer of it has not been written to."""
RECALLS: Queue = select(
    select(func.max(LotHistory.at))
    .where(LotHistory.lot_id == Lot.id, LotHistory.to_state == LotState.RECALLED.value)
    .correlate(Lot)
    .scalar_subquery()
).where(HAS_UNTOLD)
"""Recalled lots of which a buyer has not been written to."""


def untold_lots(session: Session, *, offset: int, limit: int) -> list[LotFacts]:
    """Return the recalled lots of which a buyer has not been written to, the oldest lot first."""
    ids = session.scalars(select(Lot.id).where(HAS_UNTOLD).order_by(Lot.id).offset(offset).limit(limit))
    return lots_by_id(session, list(ids))


@dataclass(frozen=True)
class IntakeFacts:
    """What was taken in of a line, and what of it was taken out again because its lot was called back.

    Attributes:
        reason: why `rejected` were turned down.
        reading: what the scale sent, as it was read; empty where it decided nothing.
        actor: who took it in.
        recalled: pieces taken out of the order before they left, and `recall_reason` why.
    """

    accepted: int
    rejected: int
    reason: str
    reading: str
    at: datetime
    actor: str
    recalled: int
    recall_reason: str


def intakes_of(session: Session, order_id: int) -> dict[int, IntakeFacts]:
    """Return what was taken in of an order, by the line's id, in one statement."""
    wanted = (
        select(
            Intake.order_line_id,
            Intake.accepted,
            Intake.rejected,
            Intake.reason,
            Intake.reading,
            Intake.at,
            Intake.actor,
            func.coalesce(RecallRemoval.pieces, 0),
            func.coalesce(LotHistory.reason, ""),
        )
        .join(OrderLine, OrderLine.id == Intake.order_line_id)
        .join(VendorOrder, VendorOrder.id == OrderLine.vendor_order_id)
        .outerjoin(RecallRemoval, RecallRemoval.intake_id == Intake.id)
        .outerjoin(LotHistory, (LotHistory.lot_id == Intake.lot_id) & (LotHistory.to_state == LotState.RECALLED))
        .where(VendorOrder.order_id == order_id)
    )
    rows = session.execute(wanted)
    return {row[0]: IntakeFacts(*row[1:]) for row in rows}


@dataclass(frozen=True)
class Carried:
    """Goods of a lot in one order, and the parcel they are in once it is packed.

    Attributes:
        left: how many of the line still belong to the order.
        told_at: when its buyer was written to about the lot.
        removed_at: when they were taken out of the order because of the recall.
    """

    order_id: int
    order_code: str
    name: str
    phone: str
    email: str
    language: Language
    units: int
    part_state: VendorOrderState
    parcel_code: str | None
    left: int
    told_at: datetime | None
    told_by: str | None
    removed_at: datetime | None

    @property
    def is_out(self) -> bool:
        """Tell whether none of it goes to the buyer: taken out, given back while it was here, or cancelled."""
        has_left = self.part_state in (VendorOrderState.SHIPPED, VendorOrderState.DELIVERED)
        return self.part_state is VendorOrderState.CANCELLED or (not self.left and not has_left)

    @property
    def may_take_out(self) -> bool:
        """Tell whether it lies at the centre for its buyer."""
        return self.left > 0 and self.part_state in (VendorOrderState.RECEIVED, VendorOrderState.PACKED)


def carried(session: Session, lot_code: str) -> list[Carried]:
    """Return every order and parcel with goods of a lot, with one query, the oldest order first."""
    inside = (
        select(ParcelLine.order_line_id, ParcelLine.parcel_id, ParcelLine.pieces)
        .join(Parcel, Parcel.id == ParcelLine.parcel_id)
        .where(Parcel.state != ParcelState.OPENED)
        .subquery()
    )
    wanted = (
        select(
            Order.id.label("order_id"),
            Order.code.label("order_code"),
            Order.name,
            Order.phone,
            Order.email,
            Order.language,
            func.coalesce(inside.c.pieces, Intake.accepted).label("units"),
            VendorOrder.state.label("part_state"),
            Parcel.code.label("parcel_code"),
            (OrderLine.quantity - OrderLine.rejected).label("left"),
            RecallNotice.at.label("told_at"),
            RecallNotice.actor.label("told_by"),
            RecallRemoval.at.label("removed_at"),
        )
        .select_from(Lot)
        .join(Intake, Intake.lot_id == Lot.id)
        .join(OrderLine, OrderLine.id == Intake.order_line_id)
        .join(VendorOrder, VendorOrder.id == OrderLine.vendor_order_id)
        .join(Order, Order.id == VendorOrder.order_id)
        .outerjoin(inside, inside.c.order_line_id == OrderLine.id)
        .outerjoin(Parcel, Parcel.id == inside.c.parcel_id)
        .outerjoin(RecallRemoval, RecallRemoval.intake_id == Intake.id)
        .outerjoin(RecallNotice, (RecallNotice.lot_id == Lot.id) & (RecallNotice.order_id == Order.id))
        .where(Lot.code == lot_code)
        .order_by(Order.id, OrderLine.id, Parcel.id)
    )
    return [Carried(**row) for row in session.execute(wanted).mappings()]


def recalled_in(session: Session, order_id: int, boxes: Collection[Box]) -> str | None:
    """Return the code of a recalled lot whose goods belong into one of these boxes of an order, or None."""
    wanted = (
        select(Lot.code)
        .join(Intake, Intake.lot_id == Lot.id)
        .join(OrderLine, OrderLine.id == Intake.order_line_id)
        .join(VendorOrder, VendorOrder.id == OrderLine.vendor_order_id)
        .where(
            VendorOrder.order_id == order_id,
            VendorOrder.box.in_(boxes),
            Lot.state == LotState.RECALLED,
            OrderLine.rejected < OrderLine.quantity,
        )
        .limit(1)
    )
    return session.scalar(wanted)


def recalled_parcels(session: Session, parcel_ids: Collection[int]) -> frozenset[int]:
    """Return which of these parcels hold goods of a recalled lot, in one statement."""
    wanted = (
        select(Parcel.id)
        .join(ParcelLine, ParcelLine.parcel_id == Parcel.id)
        .join(OrderLine, OrderLine.id == ParcelLine.order_line_id)
        .join(Intake, Intake.order_line_id == OrderLine.id)
        .join(Lot, Lot.id == Intake.lot_id)
        .where(Parcel.id.in_(parcel_ids), Lot.state == LotState.RECALLED, OrderLine.rejected < OrderLine.quantity)
    )
    return frozenset(session.scalars(wanted))


def order_of_proof(session: Session, key: str) -> str | None:
    """Return the code of the order of which a private photo shows what was turned down, or None."""
    wanted = (
        select(Order.code)
        .join(VendorOrder, VendorOrder.order_id == Order.id)
        .join(OrderLine, OrderLine.vendor_order_id == VendorOrder.id)
        .join(Intake, Intake.order_line_id == OrderLine.id)
        .where(Intake.proof_key == key)
    )
    return session.scalar(wanted.limit(1))
