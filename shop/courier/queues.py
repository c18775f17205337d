"""What waits for a person and what is on its way to or from the centre: queues, oldest first, a page at a time."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, String, and_, case, cast, func, literal, or_, select
from sqlalchemy.orm import Session

from shop.courier.models import Shipment, ShipmentHistory, ShipmentKind, ShipmentState
from shop.courier.queries import carrier_name
from shop.courier.rules import BEFORE, MOVING, Concern
from shop.kernel.clock import town_day
from shop.kernel.queues import Queue as Moments

S = ShipmentState


@dataclass(frozen=True)
class Waiting:
    """One consignment in a queue; `since` is when it came to where it is, `waybill` empty while it has none."""

    key: str
    state: ShipmentState
    cargo: str
    carrier_name: str
    waybill: str
    reference: str
    since: datetime


@dataclass(frozen=True)
class Queue:
    """A queue, or a stretch of it; `count` is how many wait in all of it."""

    name: str
    count: int
    rows: tuple[Waiting, ...]


def concerns(session: Session, now: datetime, *, only: str = "", first: int = 1, last: int = 1) -> list[Queue]:
    """Return by concern what a person must look at; what somebody looks after until later is left out.

    Args:
        only: the name of one concern; all of them when empty.
        first, last: which places of each queue, from 1; whoever waits longest stands first.
    """
    return _queues(session, *_concern(now), only, first, last)


def concerned(now: datetime, about: Concern) -> Moments:
    """Return what a person must look at because of one concern, as the moments since when it is where it is."""
    why, may_be = _concern(now)
    return select(_since()).where(may_be, why == about.value)


def _concern(now: datetime) -> tuple[ColumnElement[str], ColumnElement[bool]]:
    """Return what tells the concern of a consignment, "" for none, and which ones can have any."""
    late = or_(Shipment.expected_at < now, Shipment.promised_on < town_day(now))
    # The same as `rules.concern`, what weighs most first.
    why = case(
        (Shipment.state == S.FAILED, literal(Concern.FAILED.value)),
        (Shipment.doubt != "", literal(Concern.DOUBT.value)),
        (Shipment.state == S.REFUSED, literal(Concern.REFUSED.value)),
        (Shipment.state == S.EXCEPTION, literal(Concern.EXCEPTION.value)),
        (and_(Shipment.state == S.RETURNED, Shipment.kind != ShipmentKind.GOODS), literal(Concern.RETURNED.value)),
        (and_(Shipment.state.in_(MOVING | BEFORE), late), literal(Concern.LATE.value)),
        else_=literal(""),
    )
    is_open = or_(Shipment.quiet_until.is_(None), Shipment.quiet_until <= now)
    may_be = or_(Shipment.state.in_((S.FAILED, S.RETURNED, *MOVING, *BEFORE)), Shipment.doubt != "")
    return why, and_(is_open, may_be)


def papers(session: Session, *, only: str = "", first: int = 1, last: int = 1) -> list[Queue]:
    """Return by kind the documents, and what comes to the centre, that have not come to their end.

    Args:
        only: one kind; both when empty.
        first, last: which places of each queue, from 1; whoever waits longest stands first.
    """
    ended = (S.DELIVERED, S.COLLECTED, S.CANCELLED)
    open_papers = and_(Shipment.kind != ShipmentKind.GOODS, Shipment.state.not_in(ended))
    return _queues(session, cast(Shipment.kind, String), open_papers, only, first, last)


def _since() -> ColumnElement[datetime]:
    row, passage = Shipment, ShipmentHistory
    moved = select(func.max(passage.at)).where(passage.shipment_id == row.id, passage.from_state != passage.to_state)
    return func.coalesce(moved.correlate(row).scalar_subquery(), row.asked_at)


def _queues(
    session: Session, name: ColumnElement[str], which: ColumnElement[bool], only: str, first: int, last: int
) -> list[Queue]:
    """Return a stretch of each queue with the length of the whole, in one statement."""
    row = Shipment
    waiting = select(
        row.id, row.key, row.state, row.cargo, row.carrier, row.company, row.waybill, row.reference,
        _since().label("since"),
        name.label("name"),
    ).where(which).subquery()  # fmt: skip
    name_in, line = waiting.c.name, (waiting.c.since, waiting.c.id)
    placed = (
        select(
            *waiting.c,
            func.row_number().over(partition_by=name_in, order_by=line).label("place"),
            func.count().over(partition_by=name_in).label("size"),
        )
        .where(name_in == only if only else name_in != "")
        .subquery()
    )
    stretch = select(placed).where(placed.c.place.between(first, last)).order_by(placed.c.name, placed.c.place)
    found: dict[str, tuple[int, list[Waiting]]] = {}
    for each in session.execute(stretch):
        found.setdefault(each.name, (each.size, []))[1].append(_waiting(each))
    return [Queue(called, count, tuple(rows)) for called, (count, rows) in found.items()]


def _waiting(row: Any) -> Waiting:
    return Waiting(
        key=row.key,
        state=row.state,
        cargo=row.cargo,
        carrier_name=carrier_name(row.carrier, row.company),
        waybill=row.waybill or "",
        reference=row.reference,
        since=row.since,
    )
