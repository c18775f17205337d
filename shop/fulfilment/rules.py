"""Pure rules of the bench: a parcel's passages, its limits, and when an order may be collected."""

from collections.abc import Iterable, Mapping

from shop.fulfilment.models import ParcelState
from shop.orders.models import VendorOrderState
from shop.orders.rules import ENDED

P = ParcelState

NEXT: Mapping[ParcelState, frozenset[ParcelState]] = {
    # Straight to its buyer when it is collected at the centre; returned when nobody came for it; opened by whoever
    # packs, for as long as it is there.
    P.PACKED: frozenset({P.HANDED_OVER, P.DELIVERED, P.RETURNED, P.OPENED}),
    P.HANDED_OVER: frozenset({P.DELIVERED, P.RETURNED}),
    P.DELIVERED: frozenset(),
    P.RETURNED: frozenset(),
    P.OPENED: frozenset(),
}

MAX_WEIGHT_G = 50_000
BY_EYE = "by_eye"
"""Why a box was closed though not every piece in it was scanned: somebody looked."""
MAX_ICE_PACKS = 20


READY_TO_COLLECT = ENDED | {VendorOrderState.PACKED}
"""In one of these is every part of an order that lies ready for its buyer."""


def is_ready_to_collect(parts: Iterable[VendorOrderState]) -> bool:
    """Tell whether everything of an order that will come is packed, and something is."""
    states = set(parts)
    return VendorOrderState.PACKED in states and states <= READY_TO_COLLECT
