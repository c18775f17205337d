"""Orders in a few words: what state they are in, and what can be done with them."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from hypothesis.stateful import precondition
from sqlalchemy import select
from sqlalchemy.orm import Session

from shop.orders.models import CancelWish, Handing, Order, OrderLine, OrderState, VendorOrder, VendorOrderState
from shop.orders.rules import BEFORE_INTAKE
from shop.payments.models import Payment, PaymentState

S, V = OrderState, VendorOrderState


@dataclass(frozen=True)
class Sketch:
    """An order as far as it matters for what can be done with it.

    Attributes:
        paid_by: the gateway by which its money came; empty while none has.
        is_weighed: some of it was weighed.
        is_wished_off: its buyer waits for word whether it is let go.
    """

    code: str
    state: OrderState
    handing: Handing
    parts: frozenset[VendorOrderState]
    paid_by: str
    is_weighed: bool
    is_wished_off: bool


def sketches(session: Session) -> list[Sketch]:
    """Return every order, oldest first."""
    rows = session.execute(select(VendorOrder.order_id, VendorOrder.state)).all()
    parts: dict[int, set[VendorOrderState]] = {}
    for order_id, state in rows:
        parts.setdefault(order_id, set()).add(state)
    captured = select(Payment.reference, Payment.gateway).where(Payment.state == PaymentState.CAPTURED)
    paid = dict(session.execute(captured).all())
    lines = select(VendorOrder.order_id).join(OrderLine).where(OrderLine.weighed_g.is_not(None))
    weighed = set(session.scalars(lines))
    wished = set(session.scalars(select(CancelWish.order_id).where(CancelWish.answered_at.is_(None))))
    heads = session.execute(select(Order.id, Order.code, Order.state, Order.handing).order_by(Order.id)).all()
    return [
        Sketch(code, state, handing, frozenset(parts[one]), paid.get(code, ""), one in weighed, one in wished)
        for one, code, state, handing in heads
    ]


Fits = Callable[[Sketch], bool]


def when(fits: Fits) -> Callable[..., Any]:
    """Let a rule be chosen only while there is an order that it fits."""
    return precondition(lambda self: any(map(fits, self.orders)))


def in_state(*states: OrderState) -> Fits:
    return lambda one: one.state in states


def at(handing: Handing, part: VendorOrderState) -> Fits:
    return lambda one: one.handing is handing and part in one.parts and one.state in (S.AGREED, S.PAID)


def any_order(_one: Sketch) -> bool:
    return True


def is_early(one: Sketch) -> bool:
    return one.state in (S.PLACED, S.AGREED, S.PAID) and one.parts <= BEFORE_INTAKE | {V.WAITING, V.CANCELLED}


def is_expected(one: Sketch) -> bool:
    return bool(one.parts & BEFORE_INTAKE)


def is_here(one: Sketch) -> bool:
    return bool(one.parts & {V.RECEIVED, V.PACKED})


def is_complete(one: Sketch) -> bool:
    return V.RECEIVED in one.parts and not is_expected(one)


def is_weighed(one: Sketch) -> bool:
    return one.is_weighed and one.state in (S.AGREED, S.PAID, S.DONE)
