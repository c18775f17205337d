"""Telling why goods were turned down: each of the things with its own reason, to its household and its buyer."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from shop.kernel.clock import Clock
from shop.notifications.services import tell_buyer, wanted
from shop.orders.models import OrderLine, VendorOrder

MOST_WHY = 200
"""Characters of a reason in a history."""


@dataclass(frozen=True)
class Turned:
    """So many pieces of a line that were turned down, and why."""

    line: OrderLine
    pieces: int
    why: str

    @property
    def goods(self) -> str:
        """What, and how much, in few words."""
        return f"{self.line.title[:10]}{self.pieces}{self.line.unit}"


def told_why(turned: Sequence[Turned]) -> str:
    """Return why things were turned down as a history keeps it: one reason for all, or that of each thing."""
    reasons = list(dict.fromkeys(one.why for one in turned))
    told = reasons if len(reasons) == 1 else [f"{one.line.title}：{one.why}" for one in turned]
    return "；".join(told)[:MOST_WHY]


def tell_turned_down(
    session: Session, part: VendorOrder, turned: Sequence[Turned], *, is_paid: bool, clock: Clock
) -> None:
    """Write to a part's household and to its buyer what was turned down: a message for each reason.

    Args:
        is_paid: the buyer gets money back; otherwise less is asked for.
    """
    order = part.order
    for why in dict.fromkeys(one.why for one in turned):
        those = [one for one in turned if one.why == why]
        told = {"goods": "、".join(one.goods for one in those), "reason": why}
        wanted(session, "vendor_rejected", phone=part.vendor.phone, values=told, clock=clock)
        goods = [(one.line.title, one.pieces, one.line.unit) for one in those]
        told_buyer = {"code": order.code, "goods": goods, "reason": why, "is_paid": is_paid}
        tell_buyer(session, order, "order_rejected", told_buyer, clock=clock)
