"""The town's own run: numbers of our own, the freight table, a driver. No network."""

from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from shop.courier.gateways.protocol import Booking, Quote, Rejected, Request, Waybill
from shop.courier.models import TownWaybill
from shop.courier.queries import NoFreight, rate_to
from shop.courier.rules import TOWN, in_days
from shop.kernel.clock import town_day
from shop.kernel.edge import Edge


class TownCourier:
    """The town's own run."""

    code = TOWN
    key_lasts: timedelta | None = None

    def __init__(self, edge: Edge) -> None:
        self._edge = edge

    def quote(self, request: Request, *, now: datetime) -> Quote:
        """Return what the freight table says."""
        with self._edge.reading() as session:
            try:
                rate = rate_to(session, request.recipient.province)
            except NoFreight as refusal:
                raise Rejected("too_far") from refusal
        return Quote(rate.freight(request.weight_g), in_days(now, rate.days))

    def ship(self, request: Request, *, key: str, now: datetime) -> Booking:  # noqa: ARG002 - the protocol names it
        """Give the key its number: XYD, the town's date, and a count of five digits within that day."""
        return Booking(self._edge.run(lambda session: _number(session, key, now)), "")

    def cancel(self, waybill: Waybill, reason: str) -> None:
        """Do nothing: our own driver takes along what the bench hands over, and nothing else."""


def _number(session: Session, key: str, now: datetime) -> str:
    kept = session.scalar(select(TownWaybill.waybill).where(TownWaybill.key == key))
    if kept is not None:
        return kept
    prefix = f"XYD{town_day(now):%y%m%d}"
    last = session.scalar(select(func.max(TownWaybill.waybill)).where(TownWaybill.waybill.startswith(prefix)))
    number = int(last.removeprefix(prefix)) + 1 if last else 1
    row = TownWaybill(key=key, waybill=f"{prefix}{number:05d}", given_at=now)
    session.add(row)
    session.flush()
    return row.waybill
