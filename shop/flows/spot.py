"""Goods that lie at the counter, handed over at once: what intake, bench and counter do otherwise, in one act."""

from dataclasses import replace

from sqlalchemy.orm import Session

from shop.flows import bench, delivery
from shop.fulfilment.services import check_bench
from shop.kernel.actor import Actor
from shop.kernel.clock import Clock, town_day
from shop.kernel.errors import Stale, WrongState
from shop.notifications.services import wanted
from shop.orders import services as orders
from shop.orders.models import Box, OrderState, VendorOrderState
from shop.orders.rules import in_few_words, there


def hand_over(session: Session, order_code: str, *, saw: int | None = None, actor: Actor, clock: Clock) -> None:
    """Hand an order that is taken along at once over the counter: its vendors have earned their share.

    Said twice, it is once. Whoever stands at the counter sees the goods as the intake table would, so that they get
    their lot, and a parcel that nobody carries. Each household is told by one message, as it is of what it is to bring.

    Args:
        saw: how many pieces the page showed; None where no page was.

    Raises:
        Forbidden: the actor does not work at the counter.
        NotFound: there is no such order.
        WrongState: it is not taken along at once, is not paid, or has ended otherwise.
        Stale: some of it was given back since.
        Invalid: today's lot was called back, or it is goods by now that have to pass the intake table.
    """
    check_bench(actor, "counter")
    order = orders.lock(session, order_code)
    if order.at_once and order.state is OrderState.DONE:
        return
    if not order.at_once or order.state is not OrderState.PAID:
        raise WrongState("order", order.state, OrderState.DONE)
    if saw is not None and sum(there(order).values()) != saw:
        raise Stale("order")
    at_both = replace(actor, roles=actor.roles | {"packer"})
    weight_g, sold = 0, dict[str, list[tuple[str, int, str]]]()
    for part in order.vendor_orders:
        if part.state is not VendorOrderState.WAITING:  # given back whole
            continue
        part.due_on = town_day(clock())
        orders.advance_part(session, part, VendorOrderState.ASKED, actor=actor, clock=clock)
        bench.receive(session, part.code, {}, weighed={}, reason="", actor=at_both, clock=clock)
        for line in part.lines:
            pieces = line.quantity - line.rejected
            weight_g += line.gross_g * pieces
            if pieces:
                sold.setdefault(part.vendor.phone, []).append((line.title, pieces, line.unit))
    bench.pack(session, order_code, Box.AMBIENT, weight_g, actor=at_both, clock=clock)
    delivery.collect(session, order_code, actor=actor, clock=clock)
    for phone, goods in sold.items():
        wanted(session, "vendor_sold", phone=phone, values={"goods": in_few_words(goods)}, clock=clock)
