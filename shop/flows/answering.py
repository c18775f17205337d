"""A household answers what is asked of it: there is all of it, there is less, there is none; one act to the buyer."""

from collections.abc import Mapping, Sequence

from sqlalchemy.orm import Session

from shop.flows import refunds
from shop.flows.closing import decline_part, end_sale
from shop.flows.pooling import hand_back
from shop.kernel.actor import Actor
from shop.kernel.clock import Clock
from shop.kernel.errors import Invalid, Stale, WrongState
from shop.notifications.services import tell_buyer
from shop.orders import services
from shop.orders.answers import missing_of, note_answer, part_of_vendor, share_back
from shop.orders.models import OrderLine, OrderState, VendorOrder, VendorOrderState
from shop.orders.rules import CARRIED_OUT, End

ANSWERABLE = frozenset({VendorOrderState.ASKED, VendorOrderState.READY})


def promise_part(session: Session, vendor_id: int, code: str, *, clock: Clock) -> None:
    """A household has everything that is still expected of a part; said twice, it changes nothing.

    Raises:
        NotFound: the vendor has no such part.
        WrongState: it is not asked for, or the centre has taken it in.
    """
    part = _open_part(session, vendor_id, code)
    note_answer(session, part, clock=clock)


def short_part(
    session: Session,
    vendor_id: int,
    code: str,
    come: Mapping[int, int],
    *,
    saw: Mapping[int, int],
    actor: Actor,
    clock: Clock,
) -> int:
    """Only some of what was asked for will come: the rest is turned down and its money goes back, in one act.

    Of what several households bring, the rest waits for another of them, and no money moves.

    The same answer again changes nothing. When nothing at all comes, the part is declined.

    Args:
        come: order line id -> how many there are; a line not named comes whole.
        saw: order line id -> how many the page said are expected.

    Returns:
        What goes back to the buyer, in fen; 0 when the answer was given before.

    Raises:
        NotFound: the vendor has no such part.
        WrongState: it is not asked for, or the centre has taken it in.
        Invalid: a line is not of this part, or there are more than were asked for.
        Stale: something else was answered since the page was shown.
    """
    part = _open_part(session, vendor_id, code)
    has = {line.id: line.quantity - line.rejected for line in part.lines}
    if not has.keys() >= {*come, *saw}:
        raise Invalid("come", "line")
    if all(has[line] == count for line, count in come.items()):
        note_answer(session, part, clock=clock)
        return 0
    if any(has[line] != count for line, count in saw.items()):
        raise Stale("vendor_order")
    if any(not 0 <= count <= has[line] for line, count in come.items()):
        raise Invalid("come", "range")
    missing = missing_of(has, come)
    if part.pool_id is not None and hand_back(session, part, missing, actor=actor, clock=clock):
        note_answer(session, part, clock=clock)
        return 0
    if sum(missing.values()) == sum(has.values()):
        return decline(session, vendor_id, code, actor=actor, clock=clock)
    amount = 0
    lacking = [line for line in part.lines if line.id in missing]
    for line in lacking:
        amount += services.reject(session, line, missing[line.id])
        end_sale(session, End.DECLINED, line, missing[line.id], part.order, actor=actor, clock=clock)
    note_answer(session, part, clock=clock)
    left = sum(line.quantity - line.rejected for line in part.lines)
    refunds.give_back(
        session, part.order, amount, key=f"short:{part.code}:{left}", reason="short", actor=actor, clock=clock
    )
    is_paid = part.order.state is not OrderState.AGREED
    _tell_buyer(session, part, lacking, missing, is_paid=is_paid, clock=clock)
    return amount


def decline(session: Session, vendor_id: int, code: str, *, actor: Actor, clock: Clock) -> int:
    """There is nothing of a part: it is cancelled, its money goes back, its buyer is told; twice, it changes nothing.

    Of what several households bring, it all waits for another of them, and no money moves.

    Returns:
        What goes back to the buyer, in fen.

    Raises:
        As `shop.flows.closing.decline_part`.
    """
    part = part_of_vendor(session, vendor_id, code)
    if part.state in (VendorOrderState.CANCELLED, VendorOrderState.PASSED_ON):
        return 0
    if part.pool_id is not None and part.state in ANSWERABLE:
        has = {line.id: line.quantity - line.rejected for line in part.lines if line.quantity > line.rejected}
        if hand_back(session, part, has, actor=actor, clock=clock):
            return 0
    lacking = [line for line in part.lines if line.quantity > line.rejected]
    missing = {line.id: line.quantity - line.rejected for line in lacking}
    amount = sum(share_back(line, missing[line.id]) for line in lacking)
    is_paid = part.order.state is not OrderState.AGREED  # the act may end the order
    decline_part(session, vendor_id, code, actor=actor, clock=clock)
    _tell_buyer(session, part, lacking, missing, is_paid=is_paid, clock=clock)
    return amount


def _open_part(session: Session, vendor_id: int, code: str) -> VendorOrder:
    part = part_of_vendor(session, vendor_id, code)
    if part.state not in ANSWERABLE or part.order.state not in CARRIED_OUT:
        raise WrongState("vendor_order", part.state, VendorOrderState.ASKED)
    return part


def _tell_buyer(
    session: Session,
    part: VendorOrder,
    lacking: Sequence[OrderLine],
    missing: Mapping[int, int],
    *,
    is_paid: bool,
    clock: Clock,
) -> None:
    if not lacking:
        return
    order, first = part.order, lacking[0]
    values = {
        "code": order.code,
        "goods": first.title,
        "missing": (missing[first.id], first.unit, len(lacking) - 1),
        "is_paid": is_paid,
    }
    tell_buyer(session, order, "order_short", values, clock=clock)
