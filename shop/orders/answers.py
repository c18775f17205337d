"""What a household answers to what is asked of it."""

from collections.abc import Mapping

from sqlalchemy import select
from sqlalchemy.orm import Session

from shop.kernel.actor import Actor
from shop.kernel.clock import Clock
from shop.kernel.errors import NotFound
from shop.kernel.states import passage
from shop.orders.models import OrderHistory, OrderLine, VendorOrder
from shop.orders.queries.orders import LineFacts
from shop.orders.rules import BEFORE_INTAKE, HEARD, rejected_share
from shop.orders.services import lock_part


def part_of_vendor(session: Session, vendor_id: int, code: str) -> VendorOrder:
    """Return a vendor's own part for change, its order locked first.

    Raises:
        NotFound: the vendor has no such part.
    """
    part = lock_part(session, code)
    if part.vendor_id != vendor_id:
        raise NotFound("vendor_order")
    return part


def note_answer(session: Session, part: VendorOrder, *, clock: Clock) -> None:
    """Write down that a household has answered; a later answer does not change when that was."""
    part.answered_at = part.answered_at or clock()
    session.flush()


def note_heard(session: Session, part: VendorOrder, *, actor: Actor, clock: Clock) -> None:
    """Write down in a locked part's history that its household gave its answer by telephone, and to whom."""
    row = passage(part.state, part.state, actor=actor, clock=clock, reason=HEARD)
    session.add(OrderHistory(order_id=part.order_id, vendor_order_id=part.id, **row))
    session.flush()


def answered_parts(session: Session, vendor_id: int) -> frozenset[str]:
    """Return the codes of a vendor's parts before intake that they have answered."""
    wanted = select(VendorOrder.code).where(
        VendorOrder.vendor_id == vendor_id,
        VendorOrder.state.in_(BEFORE_INTAKE),
        VendorOrder.answered_at.is_not(None),
    )
    return frozenset(session.scalars(wanted))


def missing_of(has: Mapping[int, int], come: Mapping[int, int]) -> Mapping[int, int]:
    """Return what of each line does not come, where anything does not.

    Args:
        has: line id -> how many are still expected.
        come: line id -> how many the household has; a line not named comes whole.
    """
    lacking = {line: count - come.get(line, count) for line, count in has.items()}
    return {line: count for line, count in lacking.items() if count > 0}


def share_back(line: OrderLine | LineFacts, more: int) -> int:
    """Return what the buyer gets back in fen when so many more of a line do not come."""
    return rejected_share(
        price_fen=line.price_fen,
        freight_share_fen=line.freight_share_fen,
        quantity=line.quantity,
        before=line.rejected,
        more=more,
    )


def short_variants(session: Session, vendor_id: int, code: str) -> frozenset[int]:
    """Return the variants of which a vendor's part has less than was ordered.

    Raises:
        NotFound: the vendor has no such part.
    """
    wanted = (
        select(OrderLine.variant_id, OrderLine.rejected)
        .join(VendorOrder, VendorOrder.id == OrderLine.vendor_order_id)
        .where(VendorOrder.code == code, VendorOrder.vendor_id == vendor_id)
    )
    rows = session.execute(wanted).all()
    if not rows:
        raise NotFound("vendor_order")
    return frozenset(row.variant_id for row in rows if row.rejected)
