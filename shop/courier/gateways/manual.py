"""A carrier's counter: the number is got by hand and typed, and so is what happens on the way."""

import re
from datetime import datetime, timedelta

from shop.courier.codes import said_in_words
from shop.courier.gateways.protocol import Booking, Quote, Rejected, Request, TrackEvent, Waybill
from shop.courier.rules import COMPANY_NAMES, WAYBILL
from shop.kernel.clock import TOWN_ZONE
from shop.kernel.errors import Invalid

MOMENT = re.compile(
    r"(20\d\d)\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*日?\s*[T ]?\s*(\d{1,2})[:：](\d{2})(?:[:：](\d{2}))?"
)
"""A moment as carriers' pages write it, the year first."""


class ManualCourier:
    """Whatever carrier has a counter in town. No network."""

    code = "manual"
    key_lasts: timedelta | None = None

    def quote(self, request: Request, *, now: datetime) -> Quote:  # noqa: ARG002 - the protocol names it
        """Say nothing: the counter does."""
        return Quote(None, None)

    def ship(self, request: Request, *, key: str, now: datetime) -> Booking:  # noqa: ARG002 - the protocol names it
        """Take the number that was typed; without one somebody has to go to the counter first.

        Raises:
            Rejected: `counter` (no number yet), `waybill` (it cannot be one), `company` (nobody says whose it is).
        """
        if not request.waybill:
            raise Rejected("counter")
        if not WAYBILL.fullmatch(request.waybill):
            raise Rejected("waybill")
        if not request.company or request.company not in COMPANY_NAMES:
            raise Rejected("company")
        return Booking(request.waybill.upper(), request.company)

    def cancel(self, waybill: Waybill, reason: str) -> None:
        """Do nothing: the counter is told by whoever stands there."""


def read_lines(text: str) -> tuple[TrackEvent, ...]:
    """Read what was copied from a carrier's page: a moment and words a line, in either order, or words below a moment.

    The words are read on the safe side; what is in no table is unknown.

    Raises:
        Invalid: no line has a moment, or one cannot be; `reason` is then the line's number, from 1.
    """
    events: list[TrackEvent] = []
    at: datetime | None = None
    for number, line in enumerate(text.splitlines(), 1):
        found = MOMENT.search(line)
        if found is not None:
            at = _moment(found, number)
        words = MOMENT.sub("", line).strip(" \t，,;；|")
        if words and at is not None:
            events.append(TrackEvent(said_in_words(words), at, words))
    if not events:
        raise Invalid("text", "1")
    return tuple(events)


def _moment(found: re.Match[str], line: int) -> datetime:
    year, month, day, hour, minute, second = (int(part or 0) for part in found.groups())
    try:
        return datetime(year, month, day, hour, minute, second, tzinfo=TOWN_ZONE)
    except ValueError as error:
        raise Invalid("text", str(line)) from error
