"""Claims of the goods that were sold: how many for each hundred orders, of what kind, and at whose cost."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from shop.desk.models import Bearer, Claim, ClaimKind, ClaimState
from shop.flows.reporting.corrections import begun_by_day
from shop.flows.reporting.periods import Period, Stretch, sum_within
from shop.kernel.days import TownDay
from shop.orders.models import Order, OrderLine, VendorOrder

AGREED_TO = frozenset({ClaimState.ACCEPTED, ClaimState.PAID})
"""Claims that cost somebody something."""


@dataclass(frozen=True)
class Claims:
    """Claims of orders placed in a period; those their buyers took back do not count.

    Attributes:
        orders: that were paid, or agreed on.
        kinds: by kind, how many claims.
        bearers: by who bears it, how many were agreed to and what they cost in fen.
        declined: how many were refused.
        bins: (stretch, orders, claims).
        before: (orders, claims) of the period before.
    """

    orders: int
    kinds: Mapping[ClaimKind, int]
    bearers: Mapping[Bearer, tuple[int, int]]
    declined: int
    bins: tuple[tuple[Stretch, int, int], ...]
    before: tuple[int, int]

    @property
    def total(self) -> int:
        """All of them."""
        return sum(self.kinds.values())


def claims_made(session: Session, period: Period) -> Claims:
    """Return the claims of orders placed in a period, in two statements."""
    both = Stretch(period.before.first, period.until)
    orders = begun_by_day(session, both)
    of_day: Counter[date] = Counter()
    kinds: Counter[ClaimKind] = Counter()
    borne: Counter[Bearer] = Counter()
    cost: Counter[Bearer] = Counter()
    declined, day_of = 0, TownDay(Order.placed_at)
    rows = session.execute(
        select(day_of, Claim.kind, Claim.state, Claim.bearer, func.count(), func.sum(Claim.amount_fen))
        .join(OrderLine, OrderLine.id == Claim.order_line_id)
        .join(VendorOrder, VendorOrder.id == OrderLine.vendor_order_id)
        .join(Order, Order.id == VendorOrder.order_id)
        .where(
            Order.placed_at >= both.since_at,
            Order.placed_at < both.until_at,
            Claim.state != ClaimState.WITHDRAWN,
        )
        .group_by(day_of, Claim.kind, Claim.state, Claim.bearer)
    )
    for day, kind, state, bearer, count, fen in rows:
        of_day[day] += count
        if day not in period:
            continue
        kinds[kind] += count
        declined += count * (state is ClaimState.DECLINED)
        if state in AGREED_TO and bearer is not None:
            borne[bearer] += count
            cost[bearer] += int(fen)
    return Claims(
        orders=sum_within(orders, period),
        kinds={kind: kinds[kind] for kind in ClaimKind},
        bearers={bearer: (borne[bearer], cost[bearer]) for bearer in Bearer},
        declined=declined,
        bins=tuple((each, sum_within(orders, each), sum_within(of_day, each)) for each in period.bins()),
        before=(sum_within(orders, period.before), sum_within(of_day, period.before)),
    )
