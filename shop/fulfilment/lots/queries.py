"""Reads of lots at the bench: what a part needs, what was taken in of it, and where a lot's goods went."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from shop.catalog.lots.models import Lot, LotState
from shop.catalog.lots.rules import needs_inspection
from shop.catalog.models import Category, Listing, Variant
from shop.fulfilment.lots.models import RecallNotice
from shop.fulfilment.models import Intake, Parcel, ParcelState
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
    """

    title: str
    unit: str
    accepted: int
    rejected: int
    reason: str
    weighed_g: int | None
    lot_id: int | None
    proof_key: str | None


def taken_lines(session: Session, part_code: str) -> list[TakenLine]:
    """Return what was taken in of a part, line by line."""
    wanted = (
        select(Intake, OrderLine.title, OrderLine.unit, OrderLine.weighed_g)
        .join(OrderLine, OrderLine.id == Intake.order_line_id)
        .join(VendorOrder, VendorOrder.id == OrderLine.vendor_order_id)
        .where(VendorOrder.code == part_code)
        .order_by(OrderLine.id)
    )
    return [
        TakenLine(title, unit, row.accepted, row.rejected, row.reason, grams, row.lot_id, row.proof_key)
        for row, title, unit, grams in session.execute(wanted)
    ]


@dataclass(frozen=True)
class Carried:
    """Goods of a lot in one order, and the parcel they are in once it is packed.

    Attributes:
        told_at: when its buyer was written to about the lot.
    """

    order_id: int
    order_code: str
    name: str
    phone: str
    email: str
    units: int
    part_state: VendorOrderState
    parcel_code: str | None
    parcel_state: ParcelState | None
    told_at: datetime | None
    told_by: str | None

    @property
    def is_cancelled(self) -> bool:
        """Tell whether it was cancelled after it came in: none of it reached the buyer."""
        return self.part_state is VendorOrderState.CANCELLED


def carried(session: Session, lot_code: str) -> list[Carried]:
    """Return every order and parcel with goods of a lot, with one query, the oldest order first."""
    wanted = (
        select(
            Order.id.label("order_id"),
            Order.code.label("order_code"),
            Order.name,
            Order.phone,
            Order.email,
            Intake.accepted.label("units"),
            VendorOrder.state.label("part_state"),
            Parcel.code.label("parcel_code"),
            Parcel.state.label("parcel_state"),
            RecallNotice.at.label("told_at"),
            RecallNotice.actor.label("told_by"),
        )
        .select_from(Lot)
        .join(Intake, Intake.lot_id == Lot.id)
        .join(OrderLine, OrderLine.id == Intake.order_line_id)
        .join(VendorOrder, VendorOrder.id == OrderLine.vendor_order_id)
        .join(Order, Order.id == VendorOrder.order_id)
        .outerjoin(Parcel, (Parcel.order_id == Order.id) & (Parcel.box == VendorOrder.box))
        .outerjoin(RecallNotice, (RecallNotice.lot_id == Lot.id) & (RecallNotice.order_id == Order.id))
        .where(Lot.code == lot_code)
        .order_by(Order.id, OrderLine.id)
    )
    return [Carried(**row) for row in session.execute(wanted).mappings()]


def recalled_in(session: Session, order_id: int, boxes: Collection[Box]) -> str | None:
    """Return the code of a recalled lot whose goods lie in one of these boxes of an order, or None."""
    wanted = (
        select(Lot.code)
        .join(Intake, Intake.lot_id == Lot.id)
        .join(OrderLine, OrderLine.id == Intake.order_line_id)
        .join(VendorOrder, VendorOrder.id == OrderLine.vendor_order_id)
        .where(VendorOrder.order_id == order_id, VendorOrder.box.in_(boxes), Lot.state == LotState.RECALLED)
        .limit(1)
    )
    return session.scalar(wanted)


def recalled_parcels(session: Session, parcel_ids: Collection[int]) -> frozenset[int]:
    """Return which of these parcels hold goods of a recalled lot, in one statement."""
    wanted = (
        select(Parcel.id)
        .join(VendorOrder, (VendorOrder.order_id == Parcel.order_id) & (VendorOrder.box == Parcel.box))
        .join(OrderLine, OrderLine.vendor_order_id == VendorOrder.id)
        .join(Intake, Intake.order_line_id == OrderLine.id)
        .join(Lot, Lot.id == Intake.lot_id)
        .where(Parcel.id.in_(parcel_ids), Lot.state == LotState.RECALLED)
    )
    return frozenset(session.scalars(wanted))


def has_proof(session: Session, key: str) -> bool:
    """Tell whether a private photo shows what was turned down at an intake."""
    return session.scalar(select(Intake.id).where(Intake.proof_key == key).limit(1)) is not None
