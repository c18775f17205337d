"""A member's own orders."""

from flask import render_template
from flask.typing import ResponseReturnValue

from shop.catalog.offers import offers
from shop.kernel.clock import town_day
from shop.orders.queries.orders import orders_of_member
from shop.orders.views.pages import order_row
from shop.web.audience import Audience, blueprint
from shop.web.house import current_person, house, reading

bp = blueprint("buyer_orders", __name__, Audience.BUYER)


@bp.get("/me/orders")
def orders() -> ResponseReturnValue:
    """Show a member's orders, newest first."""
    person = current_person()
    assert person is not None, "the blueprint lets nobody else in"
    found = orders_of_member(reading(), person.id)
    bought = {line.variant_id for order in found for part in order.parts for line in part.lines}
    shown = offers(reading(), bought, today=town_day(house().clock()))
    rows = tuple(order_row(order, shown) for order in found)
    return render_template("orders/mine.html", rows=rows)
