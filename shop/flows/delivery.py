"""The driver's acts: a parcel reached its door, or came back. Either way the money finds its owner."""

from sqlalchemy.orm import Session

from shop.courier import services as courier
from shop.courier.models import ShipmentState
from shop.flows import refunds
from shop.flows.closing import close_if_ended
from shop.fulfilment import services as bench
from shop.fulfilment.models import Parcel, ParcelState
from shop.fulfilment.queries import parcel_by_code
from shop.kernel.actor import Actor
from shop.kernel.clock import Clock
from shop.kernel.errors import Forbidden, Invalid
from shop.kernel.money import portion
from shop.ledger import rules as accounts
from shop.ledger.queries import balance
from shop.ledger.services import post
from shop.notifications.services import wanted
from shop.orders import services as orders
from shop.orders.models import Order, VendorOrder, VendorOrderState


def deliver(session: Session, waybill: str, *, actor: Actor, clock: Clock) -> None:
    """Note that a parcel was handed to its recipient: the vendors have earned their share. Said twice, it is once.

    Raises:
        Forbidden: the actor does not drive.
        NotFound: there is no such shipment.
        WrongState: it is not on the way.
    """
    ended = _end(session, waybill, ShipmentState.DELIVERED, actor=actor, clock=clock, reason="")
    if ended is None:
        return
    order, parts = ended
    legs: dict[str, int] = {}
    commission = goods_fen = 0
    for part in parts:
        goods = sum(line.kept_fen for line in part.lines)
        fee = portion(goods, part.fee_bp)
        account = accounts.seller(part.vendor.code)
        legs[account] = legs.get(account, 0) - (goods - fee)
        commission += fee
        goods_fen += goods
    _release(session, order, legs, commission=commission, goods_fen=goods_fen, actor=actor, clock=clock)
    close_if_ended(session, order, actor=actor, clock=clock)
    wanted(session, "parcel_delivered", phone=order.phone, values={"code": order.code}, clock=clock)


def bring_back(session: Session, waybill: str, *, reason: str, actor: Actor, clock: Clock) -> None:
    """Note that a parcel came back: the goods' price goes back to the buyer, the freight was spent on the way.

    Raises:
        Forbidden: the actor does not drive.
        NotFound: there is no such shipment.
        WrongState: it is not on the way.
        Invalid: the reason is missing.
    """
    if not reason.strip():
        raise Invalid("reason", "empty")
    ended = _end(session, waybill, ShipmentState.RETURNED, actor=actor, clock=clock, reason=reason.strip())
    if ended is None:
        return
    order, parts = ended
    goods_fen = sum(line.kept_fen for part in parts for line in part.lines)
    refunds.give_back(
        session, order, goods_fen, key=f"returned:{order.code}", reason="returned", actor=actor, clock=clock
    )
    _release(session, order, {}, commission=0, goods_fen=0, actor=actor, clock=clock)
    close_if_ended(session, order, actor=actor, clock=clock)
    wanted(session, "parcel_returned", phone=order.phone, values={"code": order.code}, clock=clock)


def _end(
    session: Session, waybill: str, to: ShipmentState, *, actor: Actor, clock: Clock, reason: str
) -> tuple[Order, list[VendorOrder]] | None:
    if not actor.has("driver", "manager"):
        raise Forbidden("drive")
    shipment, moved = courier.advance(session, waybill, to, actor=actor, clock=clock, reason=reason)
    if not moved:
        return None
    parcel: Parcel = bench.lock(session, shipment.key)
    order = orders.lock(session, parcel_by_code(session, parcel.code).order.code)
    parcel_to, part_to = ParcelState(to.value), VendorOrderState(to.value)
    bench.advance(session, parcel, parcel_to, actor=actor, clock=clock, reason=reason)
    parts = [part for part in order.vendor_orders if part.state is VendorOrderState.SHIPPED]
    for part in parts:
        orders.advance_part(session, part, part_to, actor=actor, clock=clock, reason=reason)
    return order, parts


def _release(
    session: Session,
    order: Order,
    legs: dict[str, int],
    *,
    commission: int,
    goods_fen: int,
    actor: Actor,
    clock: Clock,
) -> None:
    """Post where the buyer's money went; what is neither goods nor given back is the freight that was earned."""
    kept = -balance(session, accounts.held(order.code))
    freight = kept - goods_fen
    post(
        session,
        key=f"release:{order.code}",
        kind="released",
        reference=order.code,
        legs={
            **legs,
            accounts.held(order.code): kept,
            accounts.COMMISSION: -commission,
            accounts.DELIVERY_INCOME: -freight,
        },
        actor=actor,
        clock=clock,
    )
