"""Taking goods of a recalled lot out of an order before they leave: money back, and the rest of the box goes on."""

from collections.abc import Set

from sqlalchemy import select
from sqlalchemy.orm import Session

from shop.catalog.lots import services as lots
from shop.catalog.lots.models import Lot, LotState
from shop.catalog.lots.queries import lot_passages
from shop.flows import giving, refunds
from shop.flows.closing import end_sale, tell_when_ready
from shop.flows.unpacking import take_apart
from shop.fulfilment import services as bench
from shop.fulfilment.lots.models import RecallNotice, RecallRemoval
from shop.fulfilment.models import Intake
from shop.fulfilment.queries import pieces_in
from shop.kernel.actor import Actor
from shop.kernel.clock import Clock
from shop.kernel.errors import NotFound, Stale, WrongState
from shop.notifications.services import tell_buyer
from shop.orders import services as orders
from shop.orders.models import Order, OrderLine, OrderState, VendorOrder, VendorOrderState
from shop.orders.rules import CARRIED_OUT, End


def take_out(session: Session, lot_code: str, order_code: str, *, saw: str, actor: Actor, clock: Clock) -> int:
    """Take the goods of a recalled lot out of an order that they have not left yet, and return what goes back in fen.

    A box they are packed in is taken apart in the same act; what else was in it waits to be packed again. The buyer is
    told, and needs no warning any more. Done before, it changes nothing.

    Args:
        saw: code of the parcel in which the page said they lie; empty where they were not packed.

    Raises:
        Forbidden: the actor does not work at the bench.
        NotFound: no such lot or order, or nothing of the lot came in for it.
        WrongState: the lot is not recalled; the goods have left; or their courier is just being asked for a number.
        Stale: they were packed, or taken apart, since the page was shown.
    """
    bench.check_bench(actor, "packer")
    order, lot = orders.lock(session, order_code), lots.lock(session, lot_code)
    if lot.state is not LotState.RECALLED:
        raise WrongState("lot", lot.state, LotState.RECALLED)
    inside = _inside(session, order, lot)
    if not inside:
        return 0
    if order.state not in CARRIED_OUT or any(part.state not in giving.AT_CENTRE for _in, _line, part in inside):
        raise WrongState("order", order.state, VendorOrderState.RECEIVED)
    packed = _packed(session, order, {line.id for _in, line, _part in inside})
    if " ".join(sorted(packed)) != saw:
        raise Stale("parcel")
    why = lot_passages(session, lot.id)[-1].reason
    for code in packed:
        take_apart(session, code, reason=why, actor=actor, clock=clock)
    is_paid, back, pieces = order.state is not OrderState.AGREED, 0, 0
    for intake, line, _part in inside:
        left = line.quantity - line.rejected
        back += giving.take_back(session, line, giving.Pieces(line.id, left)).fen
        end_sale(session, End.REJECTED, line, left, order, actor=actor, clock=clock)
        session.add(RecallRemoval(intake_id=intake.id, pieces=left, at=clock(), actor=actor.label))
        pieces += left
    key = f"recall:{lot.code}:{order.code}"
    refunds.give_back(session, order, back, key=key, reason="recalled", actor=actor, clock=clock)
    _tell(session, order, lot, pieces, why, is_paid=is_paid, actor=actor, clock=clock)
    giving.end_emptied(session, order, reason=why, actor=actor, clock=clock)
    tell_when_ready(session, order, clock=clock)
    return back


def _inside(session: Session, order: Order, lot: Lot) -> list[tuple[Intake, OrderLine, VendorOrder]]:
    """Return what of a lot still belongs to a locked order; nothing where it was taken out or given back already.

    Raises:
        NotFound: nothing of it ever came in for this order.
    """
    wanted_rows = (
        select(Intake, OrderLine)
        .join(OrderLine, OrderLine.id == Intake.order_line_id)
        .join(VendorOrder, VendorOrder.id == OrderLine.vendor_order_id)
        .where(Intake.lot_id == lot.id, VendorOrder.order_id == order.id)
        .order_by(Intake.id)
    )
    rows = session.execute(wanted_rows).all()
    if not rows:
        raise NotFound("lot")
    parts = {part.id: part for part in order.vendor_orders}
    return [(intake, line, parts[line.vendor_order_id]) for intake, line in rows if line.rejected < line.quantity]


def _packed(session: Session, order: Order, lines: Set[int]) -> list[str]:
    """Return the codes of the closed boxes at the centre in which these lines of a locked order lie."""
    lying = bench.lock_packed(session, order.id)
    inside = pieces_in(session, [parcel.id for parcel in lying])
    return [parcel.code for parcel in lying if not lines.isdisjoint(inside[parcel.id])]


def _tell(
    session: Session, order: Order, lot: Lot, pieces: int, why: str, *, is_paid: bool, actor: Actor, clock: Clock
) -> None:
    goods = [(lot.title, pieces, lot.unit)]
    values = {"code": order.code, "goods": goods, "reason": why, "is_paid": is_paid}
    tell_buyer(session, order, "order_recalled", values, clock=clock)
    told = select(RecallNotice.id).where(RecallNotice.lot_id == lot.id, RecallNotice.order_id == order.id)
    if session.scalar(told) is None:
        session.add(RecallNotice(lot_id=lot.id, order_id=order.id, at=clock(), actor=actor.label))
        session.flush()
