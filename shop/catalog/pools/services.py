"""Writes of pooled listings: which households bring their goods."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from shop.catalog.models import Listing
from shop.catalog.obstacles import NotLawful, paper_obstacles
from shop.catalog.pools.models import Pool, Supplier, SupplierHistory
from shop.kernel.actor import Actor
from shop.kernel.clock import Clock, town_day
from shop.kernel.errors import Invalid, NotFound, Stale
from shop.vendors.models import Vendor, VendorState
from shop.vendors.queries import papers_of

MOST_SHARE, MOST_PIECES = 1000, 100_000


@dataclass(frozen=True)
class Agreement:
    """What a household brings of a pool: its quota as a weight beside the others', and the most pieces a day."""

    share: int
    most: int


def lock_pool(session: Session, listing_id: int) -> Pool | None:
    """Return a listing's pool for change, or None when it has none; whoever shares out waits here for the other."""
    wanted = select(Pool).where(Pool.listing_id == listing_id).with_for_update(of=Pool)
    return session.scalars(wanted.execution_options(populate_existing=True)).one_or_none()


def agree(
    session: Session,
    listing_code: str,
    wanted: Mapping[str, Agreement],
    *,
    version: int,
    actor: Actor,
    clock: Clock,
) -> None:
    """Write down which households bring a listing's goods; what is not named any more brings nothing.

    When quotas change, everybody's turn begins anew.

    Args:
        wanted: the vendor's code -> what is agreed; none at all makes it its vendor's own again.
        version: of what was agreed that the actor saw; 0 before anything was.

    Raises:
        NotFound: there is no such listing, or no such vendor who sells now.
        Stale: somebody else changed it since.
        Invalid: field "share" or "most", with the vendor's code as the reason.
        NotLawful: a household, named by its code as the field, lacks a paper that the listing's shelf asks for.
    """
    listing = _listing(session, listing_code)
    pool = lock_pool(session, listing.id)
    if (pool.version if pool else 0) != version:
        raise Stale("pool")
    for code, agreed in wanted.items():
        if not 1 <= agreed.share <= MOST_SHARE:
            raise Invalid("share", code)
        if not 1 <= agreed.most <= MOST_PIECES:
            raise Invalid("most", code)
    vendors = _vendors(session, listing, wanted, clock=clock)
    if pool is None:
        pool = Pool(listing_id=listing.id, version=0, suppliers=[])
        session.add(pool)
    pool.version += 1
    session.flush()
    before = {one.vendor.code: one for one in pool.suppliers}
    for code in [code for code in before if code not in wanted]:
        _keep(session, before[code], 0, before[code].most, actor=actor, clock=clock)
    for code, agreed in wanted.items():
        supplier = before.get(code)
        if supplier is None:
            supplier = Supplier(pool_id=pool.id, vendor_id=vendors[code].id, share=0, most=agreed.most, owed=0)
            pool.suppliers.append(supplier)
            session.flush()
        _keep(session, supplier, agreed.share, agreed.most, actor=actor, clock=clock)
    for supplier in pool.suppliers:
        supplier.owed = 0
    session.flush()


def _keep(session: Session, supplier: Supplier, share: int, most: int, *, actor: Actor, clock: Clock) -> None:
    if (supplier.share, supplier.most) == (share, most):
        return
    supplier.share, supplier.most = share, most
    row = SupplierHistory(supplier_id=supplier.id, share=share, most=most, at=clock(), actor=actor.label)
    session.add(row)
    session.flush()


def _listing(session: Session, code: str) -> Listing:
    wanted = (
        select(Listing).where(Listing.code == code).options(joinedload(Listing.category)).with_for_update(of=Listing)
    )
    listing = session.scalars(wanted).one_or_none()
    if listing is None:
        raise NotFound("listing")
    return listing


def _vendors(session: Session, listing: Listing, wanted: Mapping[str, Agreement], *, clock: Clock) -> dict[str, Vendor]:
    """Return the households by their codes, each with the papers that the listing's shelf asks for."""
    on_sale = select(Vendor).where(Vendor.code.in_(wanted), Vendor.state == VendorState.APPROVED)
    vendors = {vendor.code: vendor for vendor in session.scalars(on_sale)}
    if vendors.keys() != wanted.keys():
        raise NotFound("vendor")
    held, today = papers_of(session, [one.id for one in vendors.values()]), town_day(clock())
    for vendor in vendors.values():
        lacking = paper_obstacles(listing.category.papers, held.get(vendor.id, ()), today)
        if lacking:
            raise NotLawful(tuple(replace(one, field=vendor.code) for one in lacking))
    return vendors
