"""Taking back that goods are ready, as long as nothing happened since."""

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from shop.kernel.actor import Actor
from shop.kernel.clock import Clock
from shop.kernel.errors import NotFound, Stale
from shop.orders.models import OrderHistory, VendorOrder, VendorOrderState
from shop.orders.services import advance_part, lock_part


def last_passage(session: Session, part: VendorOrder) -> int:
    """Return the mark of a part's last passage: another one means that something happened since."""
    wanted = select(func.max(OrderHistory.id)).where(OrderHistory.vendor_order_id == part.id)
    return session.scalar(wanted) or 0


def unready(session: Session, vendor_id: int, code: str, *, mark: int, actor: Actor, clock: Clock) -> None:
    """Take back that a part is ready: it is asked for again.

    Args:
        mark: of the passage that is taken back.

    Raises:
        NotFound: the vendor has no such part.
        Stale: something happened since.
    """
    part = lock_part(session, code)
    if part.vendor_id != vendor_id:
        raise NotFound("vendor_order")
    if last_passage(session, part) != mark:
        raise Stale("vendor_order")
    advance_part(session, part, VendorOrderState.ASKED, actor=actor, clock=clock)
