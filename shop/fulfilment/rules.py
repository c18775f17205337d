"""Pure rules of the bench: a parcel's passages, its limits, and when an order may be collected."""

from collections.abc import Iterable, Mapping, Sequence

from shop.fulfilment.models import ParcelState
from shop.kernel.errors import Invalid
from shop.orders.models import Box, VendorOrderState
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
MAX_PARCELS = 9
"""Into so many parcels one box of an order may be packed."""
JOINS: Mapping[Box, frozenset[Box]] = {Box.CHILLED: frozenset({Box.AMBIENT})}
"""Goods of which boxes may lie in a colder one: never the other way, and nothing in a frozen one that frost spoils."""


READY_TO_COLLECT = ENDED | {VendorOrderState.PACKED}
"""In one of these is every part of an order that lies ready for its buyer."""


def is_ready_to_collect(parts: Iterable[VendorOrderState]) -> bool:
    """Tell whether everything of an order that will come is packed, and something is."""
    states = set(parts)
    return VendorOrderState.PACKED in states and states <= READY_TO_COLLECT


def shares(came: Mapping[int, int], before: Sequence[Mapping[int, int]]) -> list[dict[int, int]]:
    """Return what lies in each parcel when some are closed before the last, which takes all the rest.

    Args:
        came: line id -> how many pieces there are.
        before: of each earlier parcel, line id -> pieces.

    Raises:
        Invalid: a parcel is empty, holds what is not there, or there are too many of them.
    """
    if len(before) >= MAX_PARCELS:
        raise Invalid("parcels", "many")
    left = dict(came)
    for load in before:
        if not load or any(not 0 < count <= left.get(line_id, 0) for line_id, count in load.items()):
            raise Invalid("parcels", "pieces")
        left = {line_id: count - load.get(line_id, 0) for line_id, count in left.items()}
    rest = {line_id: count for line_id, count in left.items() if count}
    if not rest:
        raise Invalid("parcels", "empty")
    return [*(dict(load) for load in before), rest]
