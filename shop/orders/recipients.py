"""To whom an order goes, put right after it was placed: what stands there, how often it was changed, the change."""

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from shop.accounts.rules import PostalAddress
from shop.kernel.actor import Actor
from shop.kernel.clock import Clock
from shop.kernel.states import passage
from shop.orders.models import Order, OrderHistory
from shop.orders.queries.orders import OrderFacts
from shop.orders.rules import Readdressed


def recipient_of(order: Order | OrderFacts) -> PostalAddress:
    """Return to whom and where an order goes; of one that is collected the place is empty."""
    return PostalAddress(order.name, order.phone, order.province, order.city, order.district, order.street)


def times_changed(session: Session, order_id: int) -> int:
    """Return how often its recipient was changed: the version of that, which a page shows and its form carries."""
    noted = select(func.count(OrderHistory.id)).where(
        OrderHistory.order_id == order_id,
        OrderHistory.vendor_order_id.is_(None),
        OrderHistory.from_state == OrderHistory.to_state,
    )
    return session.scalar(noted) or 0


def write_recipient(
    session: Session, order: Order, to: PostalAddress, why: Readdressed, *, actor: Actor, clock: Clock
) -> None:
    """Let a locked order go to somebody else, or elsewhere; its history says that and why, but not who or where."""
    order.name, order.phone = to.name, to.phone
    order.province, order.city, order.district, order.street = to.province, to.city, to.district, to.street
    row = passage(order.state, order.state, actor=actor, clock=clock, reason=why.value)
    session.add(OrderHistory(order_id=order.id, **row))
    session.flush()
