"""How many goods lie on each shelf: counted anew only after a change of goods, which no visit to the market is."""

from collections.abc import Mapping
from weakref import WeakKeyDictionary

from sqlalchemy import Engine, Select, case, func, select, union_all
from sqlalchemy.orm import Session

from shop.catalog.models import ChangeCounter, Listing, ListingState
from shop.kernel.db import FOLLOWS, direct
from shop.vendors.models import Vendor, VendorState

Counts = Mapping[int, int]
"""Shown listings by the id of their shelf; a shelf without any is missing."""
MARK = select(ChangeCounter.mark, ChangeCounter.value)
"""Of this database, and how often its goods were changed: whatever changes a count moves it in the same transaction."""


def _counted() -> Select[int, int]:
    """Return what counts those published, less those of who does not sell now.

    The first is read from an index alone; of the others there are few, whatever the size of the market.
    """
    published = (
        select(Listing.category_id, func.count().label("n"))
        .where(Listing.state == ListingState.PUBLISHED)
        .group_by(Listing.category_id)
    )
    closed = select(Vendor.id).where(Vendor.state != VendorState.APPROVED)
    # Not asked for their state: SQLite would then read every published listing to find these.
    unshown = func.sum(case((Listing.state == ListingState.PUBLISHED, -1), else_=0))
    theirs = select(Listing.category_id, unshown).where(Listing.vendor_id.in_(closed)).group_by(Listing.category_id)
    both = union_all(published, theirs).subquery()
    return select(both.c.category_id, func.sum(both.c.n).label("n")).group_by(both.c.category_id)


COUNTED = _counted().execution_options(**FOLLOWS)
_KEPT: WeakKeyDictionary[Engine, tuple[object, Counts]] = WeakKeyDictionary()


def tally(session: Session) -> Counts:
    """Return how many listings are shown on each shelf itself, without its parts."""
    engine = session.connection().engine
    mark = direct(session, MARK).one_or_none()
    known, counts = _KEPT.get(engine, (None, {}))
    if mark is None or known != mark:
        counts = {row.category_id: int(row.n) for row in direct(session, COUNTED)}
        _KEPT[engine] = (mark, counts)
    return counts
