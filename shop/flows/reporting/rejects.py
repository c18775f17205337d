"""What the centre turned down as it came in, by household and by reason."""

from collections import Counter, defaultdict
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from shop.flows.reporting.periods import Period, Stretch
from shop.fulfilment.models import Intake
from shop.orders.models import OrderLine, VendorOrder
from shop.vendors.models import Vendor

SOME_REASONS = 3
MOST_REASONS = 12


@dataclass(frozen=True)
class Household:
    """One household's goods as they came in.

    Attributes:
        reasons: (why, units), the most frequent first.
    """

    code: str
    name: str
    came: int
    rejected: int
    reasons: tuple[tuple[str, int], ...]


@dataclass(frozen=True)
class Rejects:
    """What came in within a period, and what of it was turned down; in units as they are sold.

    Attributes:
        before: (came, rejected) of the period before.
        reasons: (why, units) of all households, the most frequent first.
        households: those of which something was turned down, the most first.
        others: how many households brought only good goods.
    """

    came: int
    rejected: int
    before: tuple[int, int]
    reasons: tuple[tuple[str, int], ...]
    households: tuple[Household, ...]
    others: int


def rejects(session: Session, period: Period) -> Rejects:
    """Return what was turned down in a period, in two statements."""
    came: Counter[tuple[str, str]] = Counter()
    why: defaultdict[tuple[str, str], Counter[str]] = defaultdict(Counter)
    rows = session.execute(
        select(
            Vendor.code,
            Vendor.name,
            Intake.reason,
            func.sum(Intake.accepted + Intake.rejected),
            func.sum(Intake.rejected),
        )
        .join(OrderLine, OrderLine.id == Intake.order_line_id)
        .join(VendorOrder, VendorOrder.id == OrderLine.vendor_order_id)
        .join(Vendor, Vendor.id == VendorOrder.vendor_id)
        .where(Intake.at >= period.since_at, Intake.at < period.until_at)
        .group_by(Vendor.code, Vendor.name, Intake.reason)
    )
    for code, name, reason, count, rejected in rows:
        came[code, name] += int(count)
        if rejected:
            why[code, name][reason.strip()] += int(rejected)
    everywhere: Counter[str] = sum(why.values(), Counter())
    found = [
        Household(*key, came[key], reasons.total(), tuple(reasons.most_common(SOME_REASONS)))
        for key, reasons in why.items()
    ]
    return Rejects(
        came=came.total(),
        rejected=everywhere.total(),
        before=_totals(session, period.before),
        reasons=tuple(everywhere.most_common(MOST_REASONS)),
        households=tuple(sorted(found, key=lambda each: (-each.rejected, each.code))),
        others=len(came) - len(found),
    )


def _totals(session: Session, stretch: Stretch) -> tuple[int, int]:
    came = func.coalesce(func.sum(Intake.accepted + Intake.rejected), 0)
    rejected = func.coalesce(func.sum(Intake.rejected), 0)
    wanted = select(came, rejected).where(Intake.at >= stretch.since_at, Intake.at < stretch.until_at)
    row = session.execute(wanted).one()
    return int(row[0]), int(row[1])
