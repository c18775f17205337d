"""A member's own orders."""

from flask import render_template
from flask.typing import ResponseReturnValue

from shop.orders.queries.orders import orders_of_member
from shop.orders.views.pages import order_row
from shop.web.audience import Audience, blueprint
from shop.web.house import current_person, reading

bp = blueprint("buyer_orders", __name__, Audience.BUYER)


@bp.get("/me/orders")
def orders() -> ResponseReturnValue:
    """Show a member's orders, newest first."""
    person = current_person()
    assert person is not None, "the blueprint lets nobody else in"
    rows = tuple(order_row(order) for order in orders_of_member(reading(), person.id))
    return render_template("orders/mine.html", rows=rows)
