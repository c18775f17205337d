"""Reads of pooled listings."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from shop.catalog.models import Listing, Variant
from shop.catalog.pools.models import Pool, Supplier, SupplierHistory
from shop.kernel.db import direct
from shop.town.models import Village
from shop.vendors.models import Vendor, VendorState


@dataclass(frozen=True)
class SupplierFacts:
    """A household that brings some of a pool; most: pieces a day."""

    vendor_id: int
    vendor_code: str
    vendor: str
    village: str
    share: int
    most: int


@dataclass(frozen=True)
class Agreed:
    """What was agreed with a household of a pool once, by whom."""

    vendor: str
    share: int
    most: int
    at: datetime
    actor: str


SUPPLIERS = (
    select(
        Supplier.vendor_id,
        Vendor.code.label("vendor_code"),
        Vendor.name.label("vendor"),
        Village.name.label("village"),
        Supplier.share,
        Supplier.most,
    )
    .join(Pool, Pool.id == Supplier.pool_id)
    .join(Listing, Listing.id == Pool.listing_id)
    .join(Vendor, Vendor.id == Supplier.vendor_id)
    .join(Village, Village.id == Vendor.village_id)
    .where(Listing.code == bindparam("code"), Supplier.share > 0, Vendor.state == VendorState.APPROVED)
    .order_by(Supplier.id)
)
"""The fields of `SupplierFacts`."""


def pooled_variants(session: Session, variant_ids: Collection[int]) -> frozenset[int]:
    """Return which of these ways of selling several households bring together."""
    wanted = (
        select(Variant.id)
        .join(Pool, Pool.listing_id == Variant.listing_id)
        .where(
            Variant.id.in_(variant_ids),
            select(Supplier.id).where(Supplier.pool_id == Pool.id, Supplier.share > 0).exists(),
        )
    )
    return frozenset(session.scalars(wanted))


def suppliers_of(session: Session, listing_code: str) -> list[SupplierFacts]:
    """Return who brings a listing's goods, in the order in which they joined; nobody when it is not pooled."""
    return [SupplierFacts(**row._asdict()) for row in direct(session, SUPPLIERS, {"code": listing_code})]


def pool_version(session: Session, listing_code: str) -> int:
    """Return the version of what is agreed about a listing's households; 0 before anything is."""
    wanted = select(Pool.version).join(Listing, Listing.id == Pool.listing_id).where(Listing.code == listing_code)
    return session.scalar(wanted) or 0


def agreed(session: Session, listing_code: str) -> list[Agreed]:
    """Return what was ever agreed with households about a listing, the latest first."""
    wanted = (
        select(Vendor.name, SupplierHistory.share, SupplierHistory.most, SupplierHistory.at, SupplierHistory.actor)
        .select_from(SupplierHistory)
        .join(Supplier, Supplier.id == SupplierHistory.supplier_id)
        .join(Vendor, Vendor.id == Supplier.vendor_id)
        .join(Pool, Pool.id == Supplier.pool_id)
        .join(Listing, Listing.id == Pool.listing_id)
        .where(Listing.code == listing_code)
        .order_by(SupplierHistory.id.desc())
    )
    return [Agreed(vendor, share, most, at, actor) for vendor, share, most, at, actor in session.execute(wanted)]
