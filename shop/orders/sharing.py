"""Moving goods of an order between the part of a pool and the parts of the households that bring them.

Pieces, price and freight move together: whatever is moved wherever, an order's parts sum to what they summed to.
"""

from collections.abc import Collection, Iterable

from sqlalchemy.orm import Session

from shop.kernel.actor import Actor
from shop.kernel.clock import Clock
from shop.kernel.codes import new_code
from shop.kernel.money import split
from shop.kernel.states import passage
from shop.orders.models import Order, OrderHistory, OrderLine, VendorOrder, VendorOrderState
from shop.orders.rules import goods_text, rejected_share
from shop.orders.services import advance_part

V = VendorOrderState
JOINED = frozenset({V.SHARED, V.ASKED, V.PASSED_ON})
"""Shares that more may be put into: nobody has said that they are ready, or brought them."""
FROZEN = (
    "variant_id",
    "title",
    "unit",
    "pieces",
    "price_fen",
    "gross_g",
    "per_500g_fen",
    "harvest_on",
    "listing_version_id",
    "return_class",
    "exception_confirmed",
)
"""What a line says of its goods, which stays as it was agreed wherever they go."""


def set_pool_apart(
    session: Session, order: Order, variant_ids: Collection[int], *, actor: Actor, clock: Clock
) -> list[VendorOrder]:
    """Put what several households bring into parts of its own, before anybody is asked; return these parts.

    Args:
        variant_ids: which of the order's goods are pooled.
    """
    pools = []
    for part in list(order.vendor_orders):
        lines = [line for line in part.lines if line.variant_id in variant_ids]
        if not lines:
            continue
        pool = part
        if len(lines) < len(part.lines):
            pool = _new_part(session, part, part.vendor_id, state=V.WAITING, is_pool=True)
            _to(lines, part, pool)
        pool.is_pool = True
        session.flush()
        advance_part(session, pool, V.POOLED, actor=actor, clock=clock)
        pools.append(pool)
    return pools


def may_share(pool: VendorOrder, vendor_id: int) -> bool:
    """Tell whether a household may be given goods of a pool's part: it has no other part in that box of the order."""
    beside = [
        part
        for part in pool.order.vendor_orders
        if part.vendor_id == vendor_id and part.box is pool.box and not part.is_pool
    ]
    return all(part.pool_id == pool.id and part.state in JOINED for part in beside)


def give_share(
    session: Session,
    pool: VendorOrder,
    vendor_id: int,
    units: Iterable[tuple[OrderLine, int]],
    *,
    actor: Actor,
    clock: Clock,
) -> None:
    """Give so many units of lines of a pool's part, of a locked order, to a household; it has still to be asked.

    Args:
        units: (line, how many > 0); the caller has asked `may_share`.
    """
    share = next(
        (one for one in pool.order.vendor_orders if one.pool_id == pool.id and one.vendor_id == vendor_id), None
    )
    if share is None:
        share = _new_part(session, pool, vendor_id, state=V.SHARED, pool_id=pool.id)
    given = [_move(session, line, count, pool, share) for line, count in units]
    share.due_on, share.answered_at = pool.due_on, None
    session.flush()
    if share.state is not V.SHARED:
        advance_part(session, share, V.SHARED, actor=actor, clock=clock, reason=goods_text(given))
    else:
        row = passage(None, V.SHARED, actor=actor, clock=clock, reason=goods_text(given))
        session.add(OrderHistory(order_id=share.order_id, vendor_order_id=share.id, **row))
        session.flush()
    if all(line.quantity == line.rejected for line in pool.lines):
        advance_part(session, pool, V.PASSED_ON, actor=actor, clock=clock)


def give_back_to_pool(
    session: Session, share: VendorOrder, units: Iterable[tuple[OrderLine, int]], *, actor: Actor, clock: Clock
) -> bool:
    """Let units that a household has not got wait for another one; False when their pool is over, and nothing moved."""
    pool = next(part for part in share.order.vendor_orders if part.id == share.pool_id)
    if pool.state not in (V.POOLED, V.PASSED_ON):
        return False
    back = [_move(session, line, count, share, pool) for line, count in units]
    if pool.state is V.PASSED_ON:
        advance_part(session, pool, V.POOLED, actor=actor, clock=clock, reason=goods_text(back))
    if all(line.quantity == line.rejected for line in share.lines):
        advance_part(session, share, V.PASSED_ON, actor=actor, clock=clock, reason="none")
    return True


def alive(session: Session, part: VendorOrder, line: OrderLine) -> OrderLine:
    """Return what is still expected of a line of a part as a line of its own.

    What was turned down of it stays where it is, with the freight that went back.
    """
    if not line.rejected:
        return line
    back = rejected_share(
        price_fen=0, freight_share_fen=line.freight_share_fen, quantity=line.quantity, before=0, more=line.rejected
    )
    return _cut(session, line, line.quantity - line.rejected, part, freight_fen=line.freight_share_fen - back)


def _new_part(
    session: Session,
    like: VendorOrder,
    vendor_id: int,
    *,
    state: VendorOrderState,
    is_pool: bool = False,
    pool_id: int | None = None,
) -> VendorOrder:
    part = VendorOrder(
        code=new_code(8),
        vendor_id=vendor_id,
        box=like.box,
        fee_bp=like.fee_bp,
        due_on=like.due_on,
        state=state,
        is_pool=is_pool,
        pool_id=pool_id,
        lines=[],
    )
    like.order.vendor_orders.append(part)
    session.flush()
    return part


def _to(lines: Iterable[OrderLine], source: VendorOrder, target: VendorOrder) -> None:
    for line in lines:
        source.lines.remove(line)
        target.lines.append(line)


def _move(session: Session, line: OrderLine, count: int, source: VendorOrder, target: VendorOrder) -> OrderLine:
    """Move units of a line that are still expected, and return the line that they are in a part of now."""
    line = alive(session, source, line)
    if count < line.quantity:
        line = _cut(session, line, count, source)
    same = next((one for one in target.lines if _is_same(one, line)), None)
    if same is None:
        _to([line], source, target)
        session.flush()
        return line
    same.quantity += line.quantity
    same.freight_share_fen += line.freight_share_fen
    source.lines.remove(line)
    session.delete(line)
    session.flush()
    return same


def _cut(
    session: Session, line: OrderLine, count: int, part: VendorOrder, *, freight_fen: int | None = None
) -> OrderLine:
    """Cut so many units off a line into one of their own, with their part of the freight."""
    left = line.quantity - count
    freight = split(line.freight_share_fen, [count, left])[0] if freight_fen is None else freight_fen
    piece = OrderLine(quantity=count, freight_share_fen=freight, rejected=0, weight_back_fen=0, weight_over_fen=0)
    for name in FROZEN:
        setattr(piece, name, getattr(line, name))
    line.quantity, line.freight_share_fen = left, line.freight_share_fen - freight
    part.lines.append(piece)
    session.flush()
    return piece


def _is_same(one: OrderLine, other: OrderLine) -> bool:
    is_whole = not one.rejected and one.weighed_g is None
    return is_whole and all(getattr(one, name) == getattr(other, name) for name in FROZEN)
