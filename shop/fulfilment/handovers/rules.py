"""Pure rules of the hand-over: what keeps a parcel at the centre."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from enum import StrEnum

from shop.fulfilment.models import ParcelState
from shop.kernel.errors import ShopError
from shop.orders.models import Handing


class Hindrance(StrEnum):
    """Why a parcel is not given to a courier."""

    UNKNOWN = "unknown"
    """No parcel has this number."""
    OPENED = "opened"
    CANCELLED = "cancelled"
    """Its order was called off before it left."""
    BACK = "back"
    """It left and came back."""
    GONE = "gone"
    COLLECTED = "collected"
    """Its buyer comes for it."""
    RECALLED = "recalled"
    NO_NUMBER = "no_number"
    OTHER_NUMBER = "other_number"
    """It was booked again since: the label on it no longer holds."""
    OTHER_COURIER = "other_courier"
    WITHOUT_OTHERS = "without_others"
    """Its box was packed into several parcels, and one of them would stay."""


ENDED = {
    ParcelState.OPENED: Hindrance.OPENED,
    ParcelState.HANDED_OVER: Hindrance.GONE,
    ParcelState.DELIVERED: Hindrance.GONE,
    ParcelState.RETURNED: Hindrance.BACK,
}


@dataclass
class StaysBehind(ShopError):
    """Some of what was to go cannot; nothing went. `why` tells of each, by its code."""

    why: Mapping[str, Hindrance]


@dataclass(frozen=True)
class Candidate:
    """A parcel that somebody wants to give away, or has scanned.

    Attributes:
        waybill: its number now, empty while it has none.
        courier: who is booked for it, by company or the town's own; empty while nobody is.
        is_called_off: its booking was called off.
        is_recalled: goods of a recalled lot are in it.
        others: the other parcels of its box that are at the centre.
    """

    id: int
    code: str
    order_code: str
    state: ParcelState
    handing: Handing
    waybill: str
    courier: str
    is_called_off: bool
    is_recalled: bool
    others: frozenset[str]


def hindrance(parcel: Candidate, courier: str, seen: str = "") -> Hindrance | None:
    """Return what keeps a parcel from being given to a courier, the gravest first, or None.

    Args:
        courier: whose list it is on.
        seen: its number as the list showed it; empty where no list was looked at.
    """
    if parcel.state is ParcelState.RETURNED and parcel.is_called_off:
        return Hindrance.CANCELLED
    if parcel.state in ENDED:
        return ENDED[parcel.state]
    found = (
        (parcel.handing is Handing.COLLECTION, Hindrance.COLLECTED),
        (parcel.is_recalled, Hindrance.RECALLED),
        (parcel.is_called_off, Hindrance.CANCELLED),
        (not parcel.waybill, Hindrance.NO_NUMBER),
        (parcel.courier != courier, Hindrance.OTHER_COURIER),
        (bool(seen) and seen != parcel.waybill, Hindrance.OTHER_NUMBER),
    )
    return next((why for is_so, why in found if is_so), None)


def check_all_go(
    wanted: Collection[str], found: Mapping[str, Candidate], courier: str, seen: Mapping[str, str]
) -> None:
    """Refuse a hand-over of which a single parcel has to stay.

    Args:
        wanted: parcel codes.
        found: those that there are, by their codes.

    Raises:
        StaysBehind: with every one that does.
    """
    kept = {code: Hindrance.UNKNOWN for code in wanted if code not in found}
    for code, parcel in found.items():
        why = hindrance(parcel, courier, seen.get(code, ""))
        if why is None and not parcel.others <= set(wanted):
            why = Hindrance.WITHOUT_OTHERS
        if why is not None:
            kept[code] = why
    if kept:
        raise StaysBehind(kept)
