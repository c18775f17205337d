"""What the pages of the bench share."""

from dataclasses import dataclass

from shop.orders.models import VendorOrderState
from shop.orders.queries.orders import LineFacts, OrderFacts
from shop.web.audience import Audience, blueprint

bp = blueprint("staff_fulfilment", __name__, Audience.STAFF, prefix="/staff")

DUE_IN = (VendorOrderState.ASKED, VendorOrderState.READY)


@dataclass(frozen=True)
class QueueRow:
    """One thing that waits; see the queue component."""

    href: str
    title: str
    meta: str | None
    count: int | None
    unit: str
    age: str
    age_tone: str


@dataclass(frozen=True)
class Pick:
    """What goes into the box from one household."""

    vendor: str
    village: str
    lines: tuple[LineFacts, ...]


def picks(order: OrderFacts) -> tuple[Pick, ...]:
    """Return what goes into an order's box, household by household; what did not come is left out."""
    came = {VendorOrderState.RECEIVED, VendorOrderState.PACKED, VendorOrderState.SHIPPED, VendorOrderState.DELIVERED}
    picks = (
        Pick(part.vendor_name, part.village, tuple(line for line in part.lines if line.accepted))
        for part in order.parts
        if part.state in came | {VendorOrderState.RETURNED}
    )
    return tuple(pick for pick in picks if pick.lines)
