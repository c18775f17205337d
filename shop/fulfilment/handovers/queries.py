"""Reads of hand-overs: what may go, and what went with whom."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.orm import Session

from shop.courier.models import Shipment, ShipmentState
from shop.courier.rules import TOWN
from shop.fulfilment.handovers.models import HandOver, HandOverParcel, HandOverPhoto
from shop.fulfilment.handovers.rules import Candidate
from shop.fulfilment.lots.queries import recalled_parcels
from shop.fulfilment.models import Parcel, ParcelState
from shop.kernel.errors import NotFound
from shop.orders.models import Box, Order


def candidates(session: Session, numbers: Collection[str]) -> list[Candidate]:
    """Return the parcels with these codes or waybills, as they stand now, in two statements."""
    return _candidates(session, or_(Parcel.code.in_(numbers), Shipment.waybill.in_(numbers)))


def waiting_for(session: Session, courier: str) -> list[Candidate]:
    """Return the packed parcels that are booked with a courier and have not left, in two statements."""
    company = "" if courier == TOWN else courier
    return _candidates(
        session,
        and_(Parcel.state == ParcelState.PACKED, Shipment.waybill.is_not(None), Shipment.company == company),
    )


def _candidates(session: Session, which: ColumnElement[bool]) -> list[Candidate]:
    rows = session.execute(
        select(Parcel, Order.code, Order.handing, Shipment.waybill, Shipment.company, Shipment.state)
        .join(Order, Order.id == Parcel.order_id)
        .outerjoin(Shipment, Shipment.key == Parcel.code)
        .where(which)
        .order_by(Parcel.id)
        .execution_options(populate_existing=True)
    ).all()
    recalled = recalled_parcels(session, [parcel.id for parcel, *_rest in rows])
    beside = _beside(session, [parcel for parcel, *_rest in rows if parcel.among > 1])
    return [
        Candidate(
            id=parcel.id,
            code=parcel.code,
            order_code=order_code,
            state=parcel.state,
            handing=handing,
            waybill=waybill or "",
            courier=(company or TOWN) if waybill else "",
            is_called_off=state is ShipmentState.CANCELLED,
            is_recalled=parcel.id in recalled,
            others=frozenset(beside.get((parcel.order_id, parcel.box), frozenset()) - {parcel.code}),
        )
        for parcel, order_code, handing, waybill, company, state in rows
    ]


def _beside(session: Session, parcels: Collection[Parcel]) -> dict[tuple[int, Box], set[str]]:
    """Return which parcels of the same boxes are at the centre."""
    found: dict[tuple[int, Box], set[str]] = {}
    if not parcels:
        return found
    wanted = select(Parcel.order_id, Parcel.box, Parcel.code).where(
        Parcel.order_id.in_({parcel.order_id for parcel in parcels}), Parcel.state == ParcelState.PACKED
    )
    for order_id, box, code in session.execute(wanted):
        found.setdefault((order_id, box), set()).add(code)
    return found


@dataclass(frozen=True)
class HandOverFacts:
    """One hand-over, with how many parcels went and how many stayed behind."""

    id: int
    code: str
    courier: str
    at: datetime
    actor: str
    taken_by: str
    went: int
    stayed: int
    photos: int


@dataclass(frozen=True)
class OnList:
    """One parcel of a hand-over's list, as the list stood; where it goes, nothing else of its buyer."""

    code: str
    waybill: str
    went: bool
    box: Box
    number: int
    among: int
    order_code: str
    province: str
    city: str
    district: str
    weight_g: int


def hand_over_count(session: Session) -> int:
    """Return how many hand-overs there were."""
    return session.scalar(select(func.count()).select_from(HandOver)) or 0


def hand_overs(session: Session, *, page: int, per_page: int) -> list[HandOverFacts]:
    """Return a page of hand-overs, the latest first."""
    rows = session.scalars(
        select(HandOver).order_by(HandOver.id.desc()).limit(per_page).offset((page - 1) * per_page)
    ).all()
    return _facts(session, rows)


def hand_over_by_code(session: Session, code: str) -> HandOverFacts | None:
    """Return a hand-over, or None."""
    row = session.scalars(select(HandOver).where(HandOver.code == code)).one_or_none()
    return None if row is None else _facts(session, [row])[0]


def the_hand_over(session: Session, code: str) -> HandOverFacts:
    """Return a hand-over.

    Raises:
        NotFound: there is none.
    """
    found = hand_over_by_code(session, code)
    if found is None:
        raise NotFound("hand_over")
    return found


def _facts(session: Session, rows: Sequence[HandOver]) -> list[HandOverFacts]:
    ids = [row.id for row in rows]
    counted = session.execute(
        select(HandOverParcel.hand_over_id, HandOverParcel.went, func.count())
        .where(HandOverParcel.hand_over_id.in_(ids))
        .group_by(HandOverParcel.hand_over_id, HandOverParcel.went)
    )
    parcels = {(hand_over_id, went): count for hand_over_id, went, count in counted}
    shot = session.execute(
        select(HandOverPhoto.hand_over_id, func.count())
        .where(HandOverPhoto.hand_over_id.in_(ids))
        .group_by(HandOverPhoto.hand_over_id)
    )
    photos = {row[0]: row[1] for row in shot}
    return [
        HandOverFacts(
            id=row.id,
            code=row.code,
            courier=row.courier,
            at=row.at,
            actor=row.actor,
            taken_by=row.taken_by,
            went=parcels.get((row.id, True), 0),
            stayed=parcels.get((row.id, False), 0),
            photos=photos.get(row.id, 0),
        )
        for row in rows
    ]


def on_list(session: Session, hand_over_id: int) -> list[OnList]:
    """Return the parcels of a hand-over's list, those that went and those that stayed, oldest first."""
    rows = session.execute(
        select(HandOverParcel, Parcel, Order)
        .join(Parcel, Parcel.id == HandOverParcel.parcel_id)
        .join(Order, Order.id == Parcel.order_id)
        .where(HandOverParcel.hand_over_id == hand_over_id)
        .order_by(HandOverParcel.id)
    )
    return [
        OnList(
            code=parcel.code,
            waybill=listed.waybill,
            went=listed.went,
            box=parcel.box,
            number=parcel.number,
            among=parcel.among,
            order_code=order.code,
            province=order.province,
            city=order.city,
            district=order.district,
            weight_g=parcel.weight_g,
        )
        for listed, parcel, order in rows
    ]


def photo_keys(session: Session, hand_over_id: int) -> list[str]:
    """Return the photos of a signed list, oldest first."""
    wanted = select(HandOverPhoto.key).where(HandOverPhoto.hand_over_id == hand_over_id).order_by(HandOverPhoto.id)
    return list(session.scalars(wanted))
