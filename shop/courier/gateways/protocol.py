"""What every courier is to the house: it takes a consignment under a key of ours and says where it is."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Protocol, runtime_checkable

from shop.courier.models import EventCode, ShipmentKind
from shop.kernel.errors import ShopError


@dataclass
class Unavailable(ShopError):
    """No answer, or none that says anything: the outcome is unknown; ask again with the same key."""

    words: str = ""


@dataclass
class Rejected(ShopError):
    """The courier will not take this consignment; `reason` is in its own words, or a code of ours."""

    reason: str


@dataclass
class AuthFailed(ShopError):
    """The courier does not know our account or key: whoever keeps the machine must look."""

    words: str = ""


@dataclass
class RateLimited(ShopError):
    """Asked too often."""

    retry_at: datetime


@dataclass
class NotCancellable(ShopError):
    """It is on its way already, or the courier says no, in these words."""

    words: str = ""


class BadSignature(ShopError):
    """What was pushed to us is not the courier's."""


@dataclass(frozen=True)
class Party:
    """One end of a consignment's way."""

    name: str
    phone: str
    province: str
    city: str
    district: str
    street: str


@dataclass(frozen=True)
class Request:
    """What is to be carried.

    Attributes:
        company: which company should carry it, by Kuaidi100's code; empty for the courier's own choice.
        waybill: the number got at a counter, where one was.
    """

    kind: ShipmentKind
    sender: Party
    recipient: Party
    cargo: str
    weight_g: int
    company: str = ""
    waybill: str = ""


@dataclass(frozen=True)
class Quote:
    """What carriage costs the centre and when it ends; None where the courier does not say."""

    price_fen: int | None
    expected_at: datetime | None


@dataclass(frozen=True)
class Booking:
    """A consignment the courier has taken.

    Attributes:
        carrier_ref: the courier's own number of the booking; empty when it gave none.
        marks: sorting marks for the label.
        label_url: where the courier drew a label of its own; empty when ours is the label.
    """

    waybill: str
    company: str
    carrier_ref: str = ""
    marks: Mapping[str, str] = field(default_factory=dict)
    label_url: str = ""


@dataclass(frozen=True)
class Waybill:
    """A booked consignment, as far as a courier must know it.

    Attributes:
        phone: the recipient's; some companies show a parcel's way only to who knows its end.
        asked_at: when the courier was last asked about it.
    """

    number: str
    company: str
    phone: str
    carrier_ref: str = ""
    asked_at: datetime | None = None


@dataclass(frozen=True)
class TrackEvent:
    """One thing a courier says of a consignment: ours beside its own code and words."""

    code: EventCode
    at: datetime
    text: str = ""
    place: str = ""
    raw_code: str = ""


@dataclass(frozen=True)
class Tracking:
    """Everything a courier says of a consignment now; taking it in twice changes nothing."""

    events: tuple[TrackEvent, ...]
    expected_at: datetime | None = None


@dataclass(frozen=True)
class Push:
    """What a courier pushed to us about one number.

    Attributes:
        was: the company we had told it, where it found out that another carries the number; else empty.
    """

    number: str
    company: str
    tracking: Tracking
    was: str = ""


class Courier(Protocol):
    """One who carries. Calls may be repeated with the same key and then have the same effect once.

    Attributes:
        code: by which settings and shipments name it.
        key_lasts: how long it remembers a call's key; None is for good.
    """

    code: str
    key_lasts: timedelta | None

    def quote(self, request: Request, *, now: datetime) -> Quote:
        """Ask what it costs and how long it takes.

        Raises:
            Unavailable, RateLimited, AuthFailed: it did not say.
            Rejected: it does not go there.
        """

    def ship(self, request: Request, *, key: str, now: datetime) -> Booking:
        """Book a consignment; the same key is the same booking.

        Raises:
            Unavailable: nobody knows whether it was booked; ask again with the same key.
            RateLimited, AuthFailed: nothing was booked.
            Rejected: it will not be, as things are.
        """

    def cancel(self, waybill: Waybill, reason: str) -> None:
        """Call a booking off; called off already is success.

        Raises:
            NotCancellable: it is on its way.
            Unavailable, RateLimited, AuthFailed: ask again.
        """


@runtime_checkable
class Tracker(Courier, Protocol):
    """One who can be asked where a consignment is, and who says it unasked as well, of others' numbers too."""

    def track(self, waybill: Waybill, *, now: datetime) -> Tracking:
        """Ask where a consignment is.

        Raises:
            RateLimited: asked about it too short a while ago; nothing was asked.
            Rejected: it does not follow this number.
            Unavailable, AuthFailed: it did not say.
        """

    def follow(self, waybill: Waybill, *, now: datetime) -> None:
        """Ask to be told where a number got elsewhere is; asked before is success.

        Raises:
            Rejected: it does not follow this number.
            Unavailable, RateLimited, AuthFailed: it did not say.
        """

    def read_push(self, form: Mapping[str, str]) -> Push:
        """Read what was pushed to us, after its signature.

        Raises:
            BadSignature: it is not the courier's.
        """


def wired(couriers: Mapping[str, Courier], code: str) -> Courier:
    """Return the courier of a shipment.

    Raises:
        Unavailable: it was switched off.
    """
    courier = couriers.get(code)
    if courier is None:
        raise Unavailable("off")
    return courier
