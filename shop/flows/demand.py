"""The phone round: a household's answer about the whole of a day, and what to do when nobody has the goods."""

from collections import Counter
from collections.abc import Mapping
from datetime import date

from sqlalchemy.orm import Session

from shop.flows import answering
from shop.flows.pooling import share_all
from shop.fulfilment.demand.queries import needs_of, parts_to_answer, pooled_parts
from shop.fulfilment.demand.rules import first_come
from shop.fulfilment.demand.services import ask_again
from shop.fulfilment.services import check_bench
from shop.kernel.actor import Actor
from shop.kernel.clock import Clock
from shop.kernel.edge import Edge
from shop.kernel.errors import Invalid, Stale
from shop.notifications.services import wanted
from shop.orders import services as orders
from shop.orders.answers import note_heard
from shop.orders.models import OrderState, VendorOrder, VendorOrderState


def hear(
    session: Session,
    vendor_code: str,
    day: date,
    come: Mapping[int, int],
    *,
    saw: Mapping[int, int],
    words: str,
    actor: Actor,
    clock: Clock,
) -> int:
    """Take down what a household says by telephone of everything it is asked for on a day and has not answered.

    Of fewer than were asked for, the orders placed first get theirs. The household's own phone hears at once what was
    taken down.

    Args:
        come: variant id -> how many there are.
        saw: variant id -> how many the page said are asked for.
        words: what the short message says was taken down.

    Returns:
        What goes back to buyers, in fen.

    Raises:
        Forbidden: the actor is not staff.
        Stale: something else is asked for by now, or was answered.
        Invalid: a number is missing, or more than was asked for.
    """
    check_bench(actor)
    parts = _waiting(session, vendor_code, day)
    expected: Counter[int] = Counter()
    lines = [line for part in parts for line in part.lines if line.quantity > line.rejected]
    for line in lines:
        expected[line.variant_id] += line.quantity - line.rejected
    if not parts or dict(expected) != dict(saw):
        raise Stale("demand")
    if come.keys() != saw.keys() or any(not 0 <= count <= saw[each] for each, count in come.items()):
        raise Invalid("come", "range")
    coming = first_come(come, [(line.id, line.variant_id, line.quantity - line.rejected) for line in lines])
    back = sum(_answer(session, part, coming, actor=actor, clock=clock) for part in parts)
    values = {"others": 0, "words": words, "may_undo": False}
    wanted(session, "acted_for", phone=parts[0].vendor.phone, values=values, clock=clock)
    return back


def _waiting(session: Session, vendor_code: str, day: date) -> list[VendorOrder]:
    """Return a household's parts without an answer, their orders locked, the first ordered first."""
    found = (orders.lock_part(session, code) for code in parts_to_answer(session, vendor_code, day))
    # What was answered while we waited for its lock is not asked any more.
    return [part for part in found if part.state is VendorOrderState.ASKED and part.answered_at is None]


def _answer(session: Session, part: VendorOrder, coming: Mapping[int, int], *, actor: Actor, clock: Clock) -> int:
    saw = {line.id: line.quantity - line.rejected for line in part.lines if line.quantity > line.rejected}
    come = {line_id: coming[line_id] for line_id in saw}
    back = 0
    if come == saw:
        answering.promise_part(session, part.vendor_id, part.code, clock=clock)
    else:
        back = answering.short_part(session, part.vendor_id, part.code, come, saw=saw, actor=actor, clock=clock)
    if part.state is VendorOrderState.ASKED and part.order.state is not OrderState.CANCELLED:
        note_heard(session, part, actor=actor, clock=clock)
    return back


def share_now(
    edge: Edge, vendor_code: str, day: date, *, saw: int, asks_again: bool, actor: Actor, clock: Clock
) -> int:
    """Share out now what waits for a household, whatever the hour.

    Args:
        saw: how many units the page said wait.
        asks_again: who said that there is no more for that day may be given some all the same.

    Returns:
        How many units still wait, for nobody has room.

    Raises:
        Forbidden: the actor is not staff.
        Stale: it is another number by now.
    """
    check_bench(actor)

    def begin(session: Session) -> None:
        if _pooled(session, vendor_code, day) != saw:
            raise Stale("demand")
        if asks_again:
            ask_again(session, day)

    edge.run(begin)
    share_all(edge, day, actor=actor, clock=clock)
    with edge.reading() as session:
        return _pooled(session, vendor_code, day)


def _pooled(session: Session, vendor_code: str, day: date) -> int:
    return sum(need.pooled for need in needs_of(session, day) if need.vendor_code == vendor_code)


def give_up(session: Session, vendor_code: str, day: date, *, saw: int, actor: Actor, clock: Clock) -> int:
    """Give back to its buyers what no household of a pool has for a day, and tell them.

    Args:
        saw: how many units the page said nobody has.

    Returns:
        What goes back, in fen.

    Raises:
        Forbidden: the actor is not staff.
        Stale: it is another number by now.
    """
    check_bench(actor)
    parts = [orders.lock_part(session, code) for code in pooled_parts(session, vendor_code, day)]
    parts = [part for part in parts if part.state is VendorOrderState.POOLED]
    if not parts or sum(line.quantity - line.rejected for part in parts for line in part.lines) != saw:
        raise Stale("demand")
    return sum(answering.decline(session, part.vendor_id, part.code, actor=actor, clock=clock) for part in parts)
