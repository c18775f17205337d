"""Pure rules of the bench: a parcel's passages and its limits."""

from collections.abc import Mapping

from shop.fulfilment.models import ParcelState

P = ParcelState

NEXT: Mapping[ParcelState, frozenset[ParcelState]] = {
    # Straight to its buyer when it is collected at the centre; returned when nobody came for it.
    P.PACKED: frozenset({P.HANDED_OVER, P.DELIVERED, P.RETURNED}),
    P.HANDED_OVER: frozenset({P.DELIVERED, P.RETURNED}),
    P.DELIVERED: frozenset(),
    P.RETURNED: frozenset(),
}

MAX_WEIGHT_G = 50_000
