"""How a parcel ends: at its door, over the counter, or back at the centre. The money finds its owner either way."""

from collections.abc import Mapping, Sequence

from sqlalchemy.orm import Session

from shop.courier import services as courier
from shop.courier.models import EventCode, Shipment, ShipmentKind
from shop.desk.returned.services import Inside, note_returned
from shop.flows import envelopes, refunds
from shop.flows.closing import close_if_ended, end_sale
from shop.flows.giving import Pieces, take_back
from shop.fulfilment import services as bench
from shop.fulfilment.models import Parcel, ParcelState
from shop.fulfilment.queries import ends_of_parts, lying_version, parcel_by_code, parcels_of_order, pieces_in
from shop.fulfilment.rules import is_ready_to_collect
from shop.kernel.actor import Actor
from shop.kernel.clock import Clock
from shop.kernel.errors import Forbidden, Invalid, Stale, WrongState
from shop.kernel.money import portion, stretch
from shop.ledger import rules as accounts
from shop.ledger.queries import balance
from shop.ledger.services import post
from shop.notifications.services import tell_buyer, wanted
from shop.orders import services as orders
from shop.orders.models import Handing, Order, OrderLine, OrderState, VendorOrder, VendorOrderState
from shop.orders.queries.orders import order_by_code
from shop.orders.rules import ENDED, End

ENDS = frozenset({ParcelState.DELIVERED, ParcelState.RETURNED})


def deliver(
    session: Session,
    waybill: str,
    *,
    version: int | None = None,
    photo_key: str | None = None,
    actor: Actor,
    clock: Clock,
) -> None:
    """Note that the town's driver handed a parcel to its recipient: the vendors have earned their share.

    Said twice, it is once.

    Args:
        version: that the driver's page showed; None for what no page showed.
        photo_key: of the private photo that was taken at the door, if one was.

    Raises:
        Forbidden: the actor does not drive.
        NotFound: there is no such shipment.
        Stale: something else was written down of it since.
        WrongState: it is not on the way, or the cash for its order was not taken yet.
    """
    _check_driver(actor)
    moved = courier.tap(session, waybill, EventCode.DELIVERED, version=version, actor=actor, clock=clock)
    if moved is not None:
        moved.photo_key = photo_key
    if moved is not None and moved.kind is ShipmentKind.GOODS:
        arrive(session, moved.key, actor=actor, clock=clock)
    elif moved is not None:
        envelopes.follow(session, moved, actor=actor, clock=clock)


def bring_back(
    session: Session, waybill: str, *, reason: str, version: int | None = None, actor: Actor, clock: Clock
) -> None:
    """Note that the town's driver brought a parcel back, and why. Said twice, it is once.

    Args:
        version: that the driver's page showed; None for what no page showed.

    Raises:
        Forbidden: the actor does not drive.
        NotFound: there is no such shipment.
        Stale: something else was written down of it since.
        WrongState: it is not on the way.
        Invalid: the reason is missing.
    """
    why = _why(reason)
    _check_driver(actor)
    moved = courier.tap(session, waybill, EventCode.RETURNED, version=version, actor=actor, clock=clock, reason=why)
    if moved is None:
        return
    if moved.kind is ShipmentKind.GOODS:
        come_back(session, moved.key, reason=why, actor=actor, clock=clock)
    else:
        letter_came_back(session, moved, clock=clock)
        envelopes.follow(session, moved, actor=actor, clock=clock)


def _check_driver(actor: Actor) -> None:
    if not actor.has("driver", "manager"):
        raise Forbidden("drive")


def arrive(session: Session, parcel_code: str, *, actor: Actor, clock: Clock) -> None:
    """End a parcel that reached its buyer, whoever carried it: the vendors have earned their share.

    Raises:
        NotFound: there is no such parcel.
        WrongState: it has ended otherwise, or the cash for its order was not taken yet.
    """
    order, parcel = _lock(session, parcel_code)
    if parcel.state is ParcelState.DELIVERED:
        return
    if order.state is OrderState.AGREED:
        raise WrongState("order", order.state, OrderState.DONE)
    ended = _end_parcel(session, order, parcel, ParcelState.DELIVERED, actor=actor, clock=clock)
    _earn(session, order, parcel.code, ended, actor=actor, clock=clock)
    close_if_ended(session, order, actor=actor, clock=clock)
    tell_buyer(session, order, "parcel_delivered", {"code": order.code}, clock=clock)


def come_back(session: Session, parcel_code: str, *, reason: str, actor: Actor, clock: Clock) -> None:
    """End a parcel that came back: the goods' price goes back to the buyer, the freight was spent on the way.

    Who has not paid yet does not pay for it: neither its goods nor its freight.

    Raises:
        NotFound: there is no such parcel.
        WrongState: it has ended otherwise.
    """
    order, parcel = _lock(session, parcel_code)
    if parcel.state is ParcelState.RETURNED:
        return
    _come_back(session, order, parcel, End.RETURNED, actor=actor, clock=clock, reason=reason)
    close_if_ended(session, order, actor=actor, clock=clock)
    told = {"code": order.code, "reason": reason}
    tell_buyer(session, order, "parcel_returned", told, clock=clock)


def letter_came_back(session: Session, letter: Shipment, *, clock: Clock) -> None:
    """Tell whom a letter was for that it waits at the centre's counter, as the tax offices do with invoices."""
    if not envelopes.holds_invoices(session, letter):
        wanted(session, "letter_returned", phone=letter.phone, values={}, clock=clock)


def _lock(session: Session, parcel_code: str) -> tuple[Order, Parcel]:
    order = orders.lock(session, parcel_by_code(session, parcel_code).order.code)
    return order, bench.lock(session, parcel_code)


def collect(session: Session, order_code: str, *, actor: Actor, clock: Clock) -> None:
    """Hand every packed box of an order over the counter: the vendors have earned their share. Said twice, it is once.

    Raises:
        Forbidden: the actor is not staff.
        NotFound: there is no such order.
        WrongState: it is not to be collected, not everything that will come is packed, or the cash was not taken yet.
    """
    order = _at_the_counter(session, order_code, VendorOrderState.DELIVERED, actor=actor)
    if order is None:
        return
    if order.state is OrderState.AGREED:
        raise WrongState("order", order.state, OrderState.DONE)
    for parcel in bench.lock_packed(session, order.id):
        ended = _end_parcel(session, order, parcel, ParcelState.DELIVERED, actor=actor, clock=clock)
        _earn(session, order, parcel.code, ended, actor=actor, clock=clock)
    close_if_ended(session, order, actor=actor, clock=clock)


def uncollected(session: Session, order_code: str, *, reason: str, seen: str = "", actor: Actor, clock: Clock) -> None:
    """Note that nobody came for a collected order: what was paid goes back, what was not is not asked for any more.

    Said twice, it is once.

    Args:
        seen: how it lay there on the page, `lying_version`; empty where no page was looked at.

    Raises:
        Forbidden: the actor is not staff.
        NotFound: there is no such order.
        WrongState: it is not to be collected, or not everything that will come is packed.
        Stale: something of it has changed since the page was shown.
        Invalid: the reason is missing.
    """
    why = _why(reason)
    order = _at_the_counter(session, order_code, VendorOrderState.RETURNED, actor=actor)
    if order is None:
        return
    if seen and seen != lying_version(order_by_code(session, order_code), parcels_of_order(session, order.id)):
        raise Stale("order")
    for parcel in bench.lock_packed(session, order.id):
        _come_back(session, order, parcel, End.UNCOLLECTED, actor=actor, clock=clock, reason=why)
    close_if_ended(session, order, actor=actor, clock=clock)
    tell_buyer(session, order, "order_cancelled", {"code": order.code}, clock=clock)


def _why(reason: str) -> str:
    if not reason.strip():
        raise Invalid("reason", "empty")
    return reason.strip()


def _at_the_counter(session: Session, order_code: str, to: VendorOrderState, *, actor: Actor) -> Order | None:
    """Return an order, locked, that lies ready to be collected, or None when it has come to that end before."""
    bench.check_bench(actor, "counter")
    order = orders.lock(session, order_code)
    states = {part.state for part in order.vendor_orders}
    if order.handing is Handing.COLLECTION:
        if to in states and states <= ENDED:
            return None
        if is_ready_to_collect(states):
            return order
    raise WrongState("order", order.state, to)


def _end_parcel(
    session: Session,
    order: Order,
    parcel: Parcel,
    to: ParcelState,
    *,
    actor: Actor,
    clock: Clock,
    reason: str = "",
) -> list[VendorOrder]:
    """Bring a parcel to its end, and the parts of which the last parcel has ended; return those parts.

    Of a part whose parcels ended differently some has reached its buyer: it is delivered.
    """
    bench.advance(session, parcel, to, actor=actor, clock=clock, reason=reason)
    ends = ends_of_parts(session, order.id)
    closed = {VendorOrderState.PACKED, VendorOrderState.SHIPPED}
    parts = [
        part
        for part in order.vendor_orders
        if part.state in closed and parcel.id in ends[part.id] and ENDS.issuperset(ends[part.id].values())
    ]
    for part in parts:
        reached = ParcelState.DELIVERED in ends[part.id].values()
        end = VendorOrderState.DELIVERED if reached else VendorOrderState.RETURNED
        orders.advance_part(session, part, end, actor=actor, clock=clock, reason=reason)
    return parts


def _come_back(
    session: Session, order: Order, parcel: Parcel, end: End, *, actor: Actor, clock: Clock, reason: str
) -> None:
    """Bring a parcel back, and give its buyer the price of its goods: what was not paid is not asked for.

    Of a part that lies in several parcels only the pieces of this one come back.
    """
    inside = pieces_in(session, [parcel.id])[parcel.id]
    ended = _end_parcel(session, order, parcel, ParcelState.RETURNED, actor=actor, clock=clock, reason=reason)
    whole = [part for part in ended if part.state is VendorOrderState.RETURNED]
    lines = [line for part in whole for line in part.lines]
    goods, freight = sum(line.kept_fen for line in lines), _freight(lines)
    back = [Inside(line.id, line.quantity - line.rejected, line.kept_fen) for line in lines]
    for line in lines:
        end_sale(session, end, line, line.quantity - line.rejected, order, actor=actor, clock=clock)
    for line in (line for part in order.vendor_orders if part not in whole for line in part.lines):
        pieces = min(inside.get(line.id, 0), line.quantity - line.rejected)
        if pieces:
            worth = take_back(session, line, Pieces(line.id, pieces))
            goods, freight = goods + worth.goods_fen, freight + worth.freight_fen
            back.append(Inside(line.id, pieces, worth.goods_fen))
            end_sale(session, end, line, pieces, order, actor=actor, clock=clock)
    is_paid = order.state is OrderState.PAID
    note_returned(
        session,
        order.id,
        parcel.code,
        [one for one in back if one.pieces],
        was_sent=end is End.RETURNED,
        reason=reason,
        freight_fen=freight if is_paid else 0,
        clock=clock,
    )
    refunds.give_back(
        session,
        order,
        goods if is_paid else goods + freight,
        key=f"returned:{parcel.code}",
        reason=end.value,
        actor=actor,
        clock=clock,
    )
    if is_paid:
        _release(session, order, parcel.code, {}, freight=freight, actor=actor, clock=clock)
        _earn(session, order, f"{parcel.code}:kept", ended, actor=actor, clock=clock)


def _earn(
    session: Session, order: Order, key: str, ended: Sequence[VendorOrder], *, actor: Actor, clock: Clock
) -> None:
    """Give vendors and centre what those parts of an order that reached their buyer have earned them, box by box."""
    there = [part for part in ended if part.state is VendorOrderState.DELIVERED]
    for number, box in enumerate(dict.fromkeys(part.box for part in there)):
        parts = [part for part in there if part.box is box]  # of one box there is one part of each vendor
        earned = {accounts.seller(part.vendor.code): _earned(part) for part in parts}
        freight = _freight([line for part in parts for line in part.lines])
        _release(session, order, f"{key}:{box}" if number else key, earned, freight=freight, actor=actor, clock=clock)


def _earned(part: VendorOrder) -> accounts.Earned:
    """Return what of a part's goods is its vendor's, what was taken off before, and what the centre puts on top."""
    goods = sum(line.kept_fen for line in part.lines)
    return accounts.Earned(
        part=part.code,
        asked_fen=sum(line.price_fen * line.quantity for line in part.lines),
        missing_fen=sum(line.price_fen * line.rejected for line in part.lines),
        light_fen=sum(line.weight_back_fen for line in part.lines),
        fee_bp=part.fee_bp,
        fee_fen=portion(goods, part.fee_bp),
        over_fen=sum(line.weight_over_fen for line in part.lines),
    )


def _freight(lines: Sequence[OrderLine]) -> int:
    """Return the lines' freight without what went back with pieces that did not come."""
    return sum(
        line.freight_share_fen - stretch(line.freight_share_fen, 0, line.rejected, line.quantity) for line in lines
    )


def _release(
    session: Session,
    order: Order,
    key: str,
    earned: Mapping[str, accounts.Earned],
    *,
    freight: int,
    actor: Actor,
    clock: Clock,
) -> None:
    """Post who has earned the buyer's money of one parcel, in fen by account; its freight is the centre's.

    What goods weigh above what their buyer may be asked for comes on top for their vendor, as the town's loss.

    What was given back beyond what the lines say, as a kindness, is the centre's loss: it is taken from the freight of
    the last parcel, so that nothing stays held.
    """
    if all(part.state in ENDED for part in order.vendor_orders):
        kept = -balance(session, accounts.held(order.code))
        freight -= max(0, sum(how.sold_fen for how in earned.values()) + freight - kept)
    shares = {
        **{account: how.net_fen for account, how in earned.items()},
        accounts.COMMISSION: sum(how.fee_fen for how in earned.values()),
        accounts.DELIVERY_INCOME: freight,
        **{accounts.carried(account.partition(":")[2]): -how.over_fen for account, how in earned.items()},
    }
    if not any(shares.values()):  # it came back and had cost nothing on the way
        return
    post(
        session,
        key=f"release:{key}",
        kind="released",
        reference=order.code,
        legs={
            **{account: -fen for account, fen in shares.items()},
            accounts.held(order.code): sum(shares.values()),
        },
        actor=actor,
        clock=clock,
        earned={account: how for account, how in earned.items() if how.net_fen},
    )
