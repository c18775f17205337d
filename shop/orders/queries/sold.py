"""What counts as sold, as the database reckons it: the goods that buyers keep or are still to get, at what they pay."""

from typing import Any

from sqlalchemy import Select, and_, select

from shop.orders.models import Order, OrderLine, VendorOrder
from shop.orders.rules import BOUGHT, UNSOLD

KEPT = OrderLine.quantity - OrderLine.rejected
"""How many of a line come."""
KEPT_FEN = OrderLine.price_fen * KEPT - OrderLine.weight_back_fen
"""`OrderLine.kept_fen` of a row."""
IS_SOLD = and_(Order.state.in_(BOUGHT), VendorOrder.state.not_in(UNSOLD), KEPT > 0)


def lines_of_orders(*columns: Any) -> Select[Any]:
    """Return a statement over the lines of orders with their parts."""
    return (
        select(*columns)
        .select_from(Order)
        .join(VendorOrder, VendorOrder.order_id == Order.id)
        .join(OrderLine, OrderLine.vendor_order_id == VendorOrder.id)
    )
