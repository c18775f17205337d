"""A carrier's counter: the number is got by hand and typed, and so is what happens on the way."""

from datetime import datetime, timedelta

from shop.courier.gateways.protocol import Booking, Quote, Rejected, Request, Waybill
from shop.courier.rules import COMPANY_NAMES, WAYBILL


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
