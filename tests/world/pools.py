"""Builders of goods that several households bring together."""

from functools import partial

from sqlalchemy import select

from shop.catalog.models import Listing
from shop.catalog.pools.queries import pool_version
from shop.catalog.pools.services import Agreement, agree
from shop.flows.pooling import share_out_due
from shop.orders.models import OrderLine, VendorOrder
from shop.vendors.models import Vendor
from tests.world.market import STAFF, Market, another_vendor, listing


def pooled(
    at: Market, *houses: tuple[int, int], stock: int = 90, price_fen: int = 4800
) -> tuple[Listing, list[Vendor]]:
    """Offer a thing that households bring together, each by (share, most pieces a day); by default trays of 30 eggs."""
    made = listing(at, stock=stock, price_fen=price_fen)
    vendors = [another_vendor(at.world, f"第{number}家") for number, _house in enumerate(houses, 1)]
    settle(at, made, {vendor.code: house for vendor, house in zip(vendors, houses, strict=True)})
    return made, vendors


def settle(at: Market, made: Listing, houses: dict[str, tuple[int, int]]) -> None:
    """Agree with households anew who brings how much of a thing."""
    version = at.world.read(lambda session: pool_version(session, made.code))
    wanted = {code: Agreement(share, most) for code, (share, most) in houses.items()}
    act = partial(agree, listing_code=made.code, wanted=wanted, version=version, actor=STAFF, clock=at.world.clock)
    at.world.run(act)


def evening(at: Market) -> None:
    """Let the cut-off of the day pass, and the job come round."""
    at.world.clock.advance(hours=14)
    share_out_due(at.world.edge, clock=at.world.clock)


def shares(at: Market) -> dict[str, list[tuple[str, str, int]]]:
    """Return who has what of pooled goods: household -> (part's code, its state, units still expected)."""
    wanted = (
        select(Vendor.name, VendorOrder.code, VendorOrder.state, OrderLine.quantity - OrderLine.rejected)
        .join(VendorOrder, VendorOrder.vendor_id == Vendor.id)
        .join(OrderLine, OrderLine.vendor_order_id == VendorOrder.id)
        .where(VendorOrder.pool_id.is_not(None))
        .order_by(VendorOrder.id, OrderLine.id)
    )
    found: dict[str, list[tuple[str, str, int]]] = {}
    for name, code, state, units in at.world.read(lambda session: session.execute(wanted).all()):
        found.setdefault(name, []).append((code, state.value, units))
    return found


def units(at: Market) -> dict[str, int]:
    """Return how many units each household is expected to bring."""
    return {name: sum(count for _code, _state, count in own) for name, own in shares(at).items()}
