"""Rules of vendors: where they can go from where they stand, and when they are reminded of a paper's end."""

from collections.abc import Mapping, Set
from datetime import date

from shop.vendors.models import VendorState

NEXT: Mapping[VendorState, Set[VendorState]] = {
    VendorState.APPROVED: {VendorState.SUSPENDED, VendorState.LEFT},
    VendorState.SUSPENDED: {VendorState.APPROVED, VendorState.LEFT},
    VendorState.LEFT: {VendorState.APPROVED},
}

NOTICE_DAYS = 30
"""So long before it happens everybody is told that a vendor stops selling (E-Commerce Law of the PRC, article 16)."""
LONGEST_REASON = 120

REMIND_DAYS = (30, 7, 1)
"""So many days before a paper ends its vendor is reminded, each time once."""


def reminder_due(until: date, today: date) -> int | None:
    """Return which reminder fits a day, as its number of days before the end; None before the first and after the end.

    After days of standstill only the latest one fits; those that were missed are not made up for.
    """
    left = (until - today).days
    return min((days for days in REMIND_DAYS if 0 <= left <= days), default=None)
