"""How often something is claimed, beside the orders that came in the same time: by kind and by who bears it."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from shop.desk.models import Bearer, Claim, ClaimKind, ClaimState
from shop.orders.models import OrderHistory, VendorOrderState


@dataclass(frozen=True)
class ClaimCounts:
    """Claims of a stretch of time, without what their buyers took back.

    Attributes:
        orders: how many orders reached their buyers then, in part at least.
        by_bearer: of claims that were agreed to.
    """

    orders: int
    by_kind: Mapping[ClaimKind, int]
    by_bearer: Mapping[Bearer, int]

    @property
    def claims(self) -> int:
        """All of them."""
        return sum(self.by_kind.values())

    @property
    def per_1000(self) -> int:
        """Claims for each thousand orders, rounded half up; 0 while nothing has come."""
        return (self.claims * 2000 + self.orders) // (2 * self.orders) if self.orders else 0


def claim_counts(session: Session, since: datetime, until: datetime) -> ClaimCounts:
    """Return the claims made from one moment until before another, and the orders that came then, in two statements."""
    by_kind: Counter[ClaimKind] = Counter()
    by_bearer: Counter[Bearer] = Counter()
    rows = session.execute(
        select(Claim.kind, Claim.bearer, func.count())
        .where(Claim.asked_at >= since, Claim.asked_at < until, Claim.state != ClaimState.WITHDRAWN)
        .group_by(Claim.kind, Claim.bearer)
    )
    for kind, bearer, number in rows:
        by_kind[kind] += number
        if bearer is not None:
            by_bearer[bearer] += number
    came = select(func.count(OrderHistory.order_id.distinct())).where(
        OrderHistory.to_state == VendorOrderState.DELIVERED.value,
        OrderHistory.vendor_order_id.is_not(None),
        OrderHistory.at >= since,
        OrderHistory.at < until,
    )
    return ClaimCounts(session.scalar(came) or 0, by_kind, by_bearer)
