"""The written table of what follows when a parcel comes back; a person may choose otherwise, with a reason."""

from collections.abc import Mapping
from typing import NamedTuple

from shop.desk.models import Bearer
from shop.desk.returned.models import ReturnCause

C = ReturnCause


class Follows(NamedTuple):
    """Who bears goods that are no good any more, and whether the buyer has the freight back too."""

    bearer: Bearer
    freight_back: bool


FOLLOWS: Mapping[ReturnCause, Follows] = {
    # Whoever did not take it caused the way, which was driven: the freight stays. Their goods' price went back by
    # itself (decision 0011), and no household is to lose by a door that stayed shut.
    C.UNREACHED: Follows(Bearer.TOWN, freight_back=False),
    C.REFUSED: Follows(Bearer.TOWN, freight_back=False),
    C.ADDRESS: Follows(Bearer.TOWN, freight_back=False),
    C.UNCOLLECTED: Follows(Bearer.TOWN, freight_back=False),
    # The buyer did nothing wrong: they have all of it back.
    C.LATE: Follows(Bearer.COURIER, freight_back=True),
    C.DAMAGED: Follows(Bearer.COURIER, freight_back=True),
    C.BADLY_PACKED: Follows(Bearer.PACKING, freight_back=True),
    C.BAD_GOODS: Follows(Bearer.HOUSEHOLD, freight_back=True),
}
"""Decision 0043."""


def causes(*, was_sent: bool) -> tuple[ReturnCause, ...]:
    """Return why such a parcel can have come back."""
    return tuple(cause for cause in C if cause is not C.UNCOLLECTED) if was_sent else (C.UNCOLLECTED, C.BAD_GOODS)
