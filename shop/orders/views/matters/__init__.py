"""Everything one buyer has going on with the centre, on one page: what waits for them, what goes on, what ended."""

from collections import defaultdict
from collections.abc import Iterator
from datetime import datetime

from flask import render_template
from flask.typing import ResponseReturnValue

from shop.catalog.questions.queries import asked_by
from shop.courier.queries import shipments_by_keys
from shop.desk.queries import claims_of_orders
from shop.flows.invoicing import WANTED_IN
from shop.fulfilment.queries import ParcelFacts, parcels_of_orders
from shop.invoices.billing import red_due_of
from shop.invoices.models import RequestState
from shop.invoices.queries import requests_of_orders, waiting_wishes
from shop.orders.models import OrderState
from shop.orders.queries.orders import OrderFacts, orders_by_code, orders_of_member
from shop.orders.views.browser import known_orders
from shop.orders.views.matters.claims import of_claim
from shop.orders.views.matters.invoices import of_invoice, of_wish
from shop.orders.views.matters.matter import Matter, Turn
from shop.orders.views.matters.orders import of_order
from shop.orders.views.matters.questions import of_question
from shop.payments.queries import waiting_payments
from shop.web.audience import Audience, blueprint
from shop.web.house import current_actor, house, reading

bp = blueprint("matters", __name__, Audience.PUBLIC)
MOST = 30
"""So many of a buyer's orders are looked through, the latest first; older ones are in the list of all orders."""
MOST_ENDED = 12


@bp.get("/matters")
def matters() -> ResponseReturnValue:
    """Show a member all of theirs; a visitor, what belongs to the orders that this browser placed or proved."""
    user_id, now = current_actor().user_id, house().clock()
    orders = _orders(user_id)
    found = sorted(_matters(orders, user_id, now), key=lambda one: one.at, reverse=True)
    return render_template(
        "orders/matters.html",
        yours=[one for one in found if one.turn is Turn.BUYER],
        open=[one for one in found if one.turn is Turn.HOUSE],
        ended=[one for one in found if one.turn is Turn.NOBODY][:MOST_ENDED],
        is_member=user_id is not None,
    )


def _orders(user_id: int | None) -> list[OrderFacts]:
    own = [] if user_id is None else orders_of_member(reading(), user_id, MOST)
    known = set(known_orders()) - {order.code for order in own}
    return [*own, *orders_by_code(reading(), known)]


def _matters(orders: list[OrderFacts], user_id: int | None, now: datetime) -> Iterator[Matter]:
    parcels: defaultdict[str, list[ParcelFacts]] = defaultdict(list)
    for parcel in parcels_of_orders(reading(), orders):
        parcels[parcel.order.code].append(parcel)
    unpaid = [order.code for order in orders if order.state is OrderState.PLACED]
    payments = waiting_payments(reading(), unpaid)
    for order in orders:
        yield from of_order(order, parcels[order.code], payments.get(order.code), now)
    yield from _invoices(orders, now)
    yield from (of_claim(one, now) for one in claims_of_orders(reading(), [order.id for order in orders]))
    if user_id is not None:
        yield from map(of_question, asked_by(reading(), user_id, limit=MOST_ENDED))


def _invoices(orders: list[OrderFacts], now: datetime) -> Iterator[Matter]:
    by_id = {order.id: order for order in orders}
    requests = requests_of_orders(reading(), by_id) if orders else []
    keys = {request.shipment_key for request in requests if request.shipment_key is not None}
    envelopes = shipments_by_keys(reading(), keys) if keys else {}
    red_due = red_due_of(reading(), {one.order_id for one in requests if one.invoice is not None})
    for request in requests:
        if request.state is not RequestState.WITHDRAWN:
            due_fen = 0 if request.invoice is None else red_due.get(request.invoice.id, 0)
            envelope = envelopes.get(request.shipment_key or "")
            yield of_invoice(by_id[request.order_id], request, envelope, red_due_fen=due_fen, now=now)
    wanted_in = [order.id for order in orders if order.state in WANTED_IN]
    for order_id, wish in waiting_wishes(reading(), wanted_in).items():
        yield of_wish(by_id[order_id], wish, now)
