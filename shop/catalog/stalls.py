"""Households with the faces of their goods, for the front of the market."""

from collections.abc import Collection

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from shop.catalog.models import Listing
from shop.catalog.queries import SHOWN, Card, cards, is_to_be_had
from shop.vendors.models import Vendor


def faces(session: Session, vendor_ids: Collection[int], *, month: int, each: int) -> dict[str, tuple[list[Card], int]]:
    """Return, by vendor code, the first few of each vendor's shown goods and how many there are of them.

    Args:
        month: the town's present month, 1 to 12; goods in season and in stock come first.
        each: how many goods a vendor shows here.
    """
    has_stock = is_to_be_had()
    in_season = Listing.season_bits.bitwise_and(1 << (month - 1)) != 0
    place = func.row_number().over(
        partition_by=Listing.vendor_id, order_by=[has_stock.desc(), in_season.desc(), Listing.id]
    )
    ranked = (
        select(
            Listing.id.label("id"),
            Listing.vendor_id.label("vendor_id"),
            place.label("place"),
            func.count().over(partition_by=Listing.vendor_id).label("total"),
        )
        .join(Vendor)
        .where(SHOWN, Listing.vendor_id.in_(vendor_ids))
        .subquery()
    )
    wanted = select(ranked.c.id, ranked.c.total).where(ranked.c.place <= each)
    rows = session.execute(wanted.order_by(ranked.c.vendor_id, ranked.c.place))
    totals: dict[int, int] = {row.id: row.total for row in rows}
    found: dict[str, tuple[list[Card], int]] = {}
    for card in cards(session, list(totals), month=month):
        found.setdefault(card.vendor_code, ([], totals[card.id]))[0].append(card)
    return found
