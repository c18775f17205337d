"""Pure rules of the bench: a parcel's passages and its limits."""

from collections.abc import Mapping

from shop.fulfilment.models import ParcelState
from shop.kernel.errors import WrongState

P = ParcelState

NEXT: Mapping[ParcelState, frozenset[ParcelState]] = {
    P.PACKED: frozenset({P.HANDED_OVER}),
    P.HANDED_OVER: frozenset({P.DELIVERED, P.RETURNED}),
    P.DELIVERED: frozenset(),
    P.RETURNED: frozenset(),
}

MAX_WEIGHT_G = 50_000


def check_passage(state: ParcelState, to: ParcelState) -> None:
    """Refuse a passage that the table does not have.

    Raises:
        WrongState: there is no way from here to there.
    """
    if to not in NEXT[state]:
        raise WrongState("parcel", state, to)
