"""Lots across rooms: what was seen of goods as they came in, and calling a lot back from its buyers."""

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy.orm import Session

from shop.catalog.lots import services as lots
from shop.catalog.lots.models import Grade, LotState
from shop.catalog.lots.queries import lot_passages
from shop.fulfilment.lots.models import RecallNotice
from shop.fulfilment.lots.queries import carried, recalled_in
from shop.fulfilment.services import check_bench
from shop.kernel.actor import Actor
from shop.kernel.clock import Clock
from shop.kernel.errors import WrongState
from shop.notifications.services import tell_buyer, wanted
from shop.orders.models import Box, OrderLine
from shop.vendors.models import Vendor


@dataclass(frozen=True)
class Seen:
    """What was seen of a line at the intake table besides its count and weight.

    Attributes:
        inspection: number of the certificate that came with it, where the law asks for one.
        photo_key: of the good ones, for everybody.
        proof_key: of what was turned down, for the centre alone.
        reason: why some of it was turned down; where it is empty, the part's own reason counts.
        reading: what the scale sent, as it was read.
    """

    grade: Grade = Grade.UNGRADED
    inspection: str = ""
    photo_key: str | None = None
    proof_key: str | None = None
    reason: str = ""
    reading: str = ""


def lot_of(
    session: Session,
    vendor_id: int,
    line: OrderLine,
    good: int,
    seen: Seen,
    promise_key: str | None,
    *,
    actor: Actor,
    clock: Clock,
) -> int:
    """Put the good pieces of a line that a household brought into their lot, and return its id.

    Raises:
        Invalid: as `lots.services.grow`.
    """
    lot = lots.grow(
        session,
        vendor_id,
        line.variant_id,
        good,
        weighed_g=line.weighed_g,
        grade=seen.grade,
        inspection=seen.inspection,
        photo_key=seen.photo_key,
        promise_key=promise_key,
        actor=actor,
        clock=clock,
    )
    return lot.id


def recall(session: Session, code: str, reason: str, *, version: int, actor: Actor, clock: Clock) -> None:
    """Call a lot back and tell its household: no more of it is packed or handed over. Its buyers hear by `tell`.

    Raises:
        Forbidden: the actor is not staff.
        NotFound, WrongState, Stale, Invalid: as `lots.services.recall`.
    """
    check_bench(actor)
    lot = lots.lock(session, code)
    lots.recall(session, lot, reason, version=version, actor=actor, clock=clock)
    values = {"goods": lot.title, "reason": lot_passages(session, lot.id)[-1].reason}
    household = session.get_one(Vendor, lot.vendor_id)
    wanted(session, "vendor_recalled", phone=household.phone, values=values, clock=clock)


def tell(session: Session, code: str, *, actor: Actor, clock: Clock) -> int:
    """Write to the buyers of a recalled lot, once for each order that stands; return how many were written to now.

    Raises:
        Forbidden: the actor is not staff.
        NotFound: there is no such lot.
        WrongState: it is not recalled.
    """
    check_bench(actor)
    lot = lots.lock(session, code)
    if lot.state is not LotState.RECALLED:
        raise WrongState("lot", lot.state, LotState.RECALLED)
    reason = lot_passages(session, lot.id)[-1].reason
    told: set[int] = set()
    for one in carried(session, code):
        if one.told_at is not None or one.is_out or one.order_id in told:
            continue
        told.add(one.order_id)
        session.add(RecallNotice(lot_id=lot.id, order_id=one.order_id, at=clock(), actor=actor.label))
        values = {"code": one.order_code, "goods": lot.title, "reason": reason}
        tell_buyer(session, one, "lot_recalled", values, clock=clock)
    session.flush()
    return len(told)


def check_none_recalled(session: Session, order_id: int, boxes: Collection[Box]) -> None:
    """Refuse to close boxes while goods of a recalled lot are to go into them.

    Raises:
        WrongState: there are.
    """
    if recalled_in(session, order_id, boxes) is not None:
        raise WrongState("lot", LotState.RECALLED, LotState.KEPT)
