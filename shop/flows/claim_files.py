"""All that the house knows about the goods of a claim, for whoever decides it."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from shop.catalog.lots.models import Lot
from shop.courier.queries import ShipmentFacts, shipments_by_keys
from shop.desk.models import Bearer
from shop.desk.queries import ClaimFacts, claim_by_code
from shop.desk.rules import bearer_of
from shop.desk.waiting import Earlier, earlier_of
from shop.fulfilment.models import Intake, Parcel
from shop.fulfilment.photos.models import BoxPhoto
from shop.orders.models import OrderLine


@dataclass(frozen=True)
class File:
    """A claim with its parcel, its lots, its way, and what its buyer claimed lately.

    Attributes:
        parcel: code of the box in which the goods came.
        has_photos: it was photographed before it was closed.
        shipment: how it was carried; None of what was collected.
        lots: codes of the lots that its line was taken in as.
        bearer: who bears it by the written table.
    """

    claim: ClaimFacts
    parcel: str
    packed_at: datetime
    packed_by: str
    has_photos: bool
    shipment: ShipmentFacts | None
    lots: tuple[str, ...]
    earlier: tuple[Earlier, ...]
    bearer: Bearer


def claim_file(session: Session, code: str, now: datetime) -> File:
    """Return all about one claim.

    Raises:
        NotFound: there is none.
    """
    claim = claim_by_code(session, code)
    has_photos = exists().where(BoxPhoto.parcel_id == Parcel.id)
    found = (
        select(Parcel.code, Parcel.packed_at, Parcel.packed_by, has_photos, OrderLine.per_500g_fen)
        .select_from(Parcel)
        .join(OrderLine, OrderLine.id == claim.line_id)
        .where(Parcel.id == claim.parcel_id)
    )
    parcel, packed_at, packed_by, is_shot, per_500g_fen = session.execute(found).one()
    shipment = shipments_by_keys(session, [parcel]).get(parcel)
    lots = select(Lot.code).join(Intake, Intake.lot_id == Lot.id).where(Intake.order_line_id == claim.line_id)
    return File(
        claim=claim,
        parcel=parcel,
        packed_at=packed_at,
        packed_by=packed_by,
        has_photos=bool(is_shot),
        shipment=shipment,
        lots=tuple(session.scalars(lots.order_by(Lot.id))),
        earlier=tuple(earlier_of(session, claim, now)),
        bearer=bearer_of(claim.kind, has_travelled=shipment is not None, was_weighed_here=per_500g_fen is not None),
    )
