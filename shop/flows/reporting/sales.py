"""Sales: what was bought on which day, of which goods, from which village; and how much of it outside the season."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Select, case, distinct, func
from sqlalchemy.orm import Session

from shop.catalog.models import Listing, Variant
from shop.flows.reporting.periods import Period, Span, Stretch, period_of
from shop.kernel.days import TownDay
from shop.orders.models import Order, OrderLine, VendorOrder, VendorOrderState
from shop.orders.queries.sold import IS_SOLD, KEPT, KEPT_FEN, lines_of_orders
from shop.town.models import Village
from shop.vendors.models import Vendor

MOST_GOODS = 30
"""Goods that a page names; the rest of them is summed."""


@dataclass(frozen=True)
class Sold:
    """What was sold.

    Attributes:
        orders: that it is of.
        units: of goods, each as it is sold: trays, bags, pieces.
        fen: what buyers pay for the goods, without freight.
        done_fen: of that, what has reached them.
    """

    orders: int = 0
    units: int = 0
    fen: int = 0
    done_fen: int = 0

    def __add__(self, other: "Sold") -> "Sold":
        return Sold(
            self.orders + other.orders,
            self.units + other.units,
            self.fen + other.fen,
            self.done_fen + other.done_fen,
        )


@dataclass(frozen=True)
class Sales:
    """The sales of orders placed in a period.

    Attributes:
        bins: of the period, each with what was sold in it.
        before: of the period before; its bins stand beside those of this one.
        before_so_far: of the period before as much as has passed of this one; all of it when this one is over.
        goods: (title, household, sold), the most money first; what is beyond `MOST_GOODS` is in `others`.
        villages: (name, sold), the most money first. An order of two villages counts for both.
    """

    total: Sold
    bins: tuple[tuple[Stretch, Sold], ...]
    before_so_far: Sold
    before: tuple[tuple[Stretch, Sold], ...]
    goods: tuple[tuple[str, str, Sold], ...]
    others: Sold
    villages: tuple[tuple[str, Sold], ...]


DONE_FEN = case((VendorOrder.state == VendorOrderState.DELIVERED, KEPT_FEN), else_=0)
SUMS: Sequence[Any] = (
    func.count(distinct(Order.id)),
    func.coalesce(func.sum(KEPT), 0),
    func.coalesce(func.sum(KEPT_FEN), 0),
    func.coalesce(func.sum(DONE_FEN), 0),
)


def _sold(sums: Sequence[Any]) -> Sold:
    return Sold(*map(int, sums))  # PostgreSQL sums fen to a Decimal


def _within(stretch: Stretch, *by: Any) -> Select[Any]:
    placed = (Order.placed_at >= stretch.since_at, Order.placed_at < stretch.until_at)
    return lines_of_orders(*by, *SUMS).where(IS_SOLD, *placed).group_by(*by)


def sold_by_day(session: Session, stretch: Stretch) -> Mapping[date, Sold]:
    """Return what was sold on each day on which anything was, by the day on which its order was placed."""
    rows = session.execute(_within(stretch, TownDay(Order.placed_at)))
    return {day: _sold(sums) for day, *sums in rows}


def _binned(period: Period, days: Mapping[date, Sold]) -> tuple[tuple[Stretch, Sold], ...]:
    return tuple((each, sum((sold for day, sold in days.items() if day in each), Sold())) for each in period.bins())


def sales(session: Session, period: Period, *, today: date) -> Sales:
    """Return the sales of a period, with those of the one before, in three statements.

    Args:
        today: the town's day.
    """
    before = period.before
    days = sold_by_day(session, Stretch(before.first, period.until))
    same_day = before.first + (today - period.first) if today in period else before.last
    bins, earlier = _binned(period, days), _binned(before, days)
    goods = _by_goods(session, period)
    return Sales(
        total=sum((sold for _each, sold in bins), Sold()),
        bins=bins,
        before_so_far=sum(
            (sold for day, sold in days.items() if before.first <= day <= min(same_day, before.last)), Sold()
        ),
        before=earlier,
        goods=goods[:MOST_GOODS],
        others=sum((sold for _title, _who, sold in goods[MOST_GOODS:]), Sold()),
        villages=_by_village(session, period),
    )


def _by_goods(session: Session, period: Period) -> tuple[tuple[str, str, Sold], ...]:
    wanted = _within(period, Listing.id, Listing.title, Vendor.name)
    wanted = wanted.join(Variant, Variant.id == OrderLine.variant_id).join(Listing, Listing.id == Variant.listing_id)
    rows = session.execute(wanted.join(Vendor, Vendor.id == Listing.vendor_id))
    found = [(title, who, _sold(sums)) for _id, title, who, *sums in rows]
    return tuple(sorted(found, key=lambda each: (-each[2].fen, each[0])))


def _by_village(session: Session, period: Period) -> tuple[tuple[str, Sold], ...]:
    wanted = _within(period, Village.id, Village.name).join(Vendor, Vendor.id == VendorOrder.vendor_id)
    rows = session.execute(wanted.join(Village, Village.id == Vendor.village_id))
    found = [(name, _sold(sums)) for _id, name, *sums in rows]
    return tuple(sorted(found, key=lambda each: (-each[1].fen, each[0])))


@dataclass(frozen=True)
class SeasonShare:
    """The sales of a year, month by month.

    Attributes:
        months: (month, sold, whether it belongs to the tourist season).
    """

    year: int
    months: tuple[tuple[Stretch, Sold, bool], ...]

    @property
    def inside(self) -> Sold:
        """What was sold in the season."""
        return sum((sold for _month, sold, is_season in self.months if is_season), Sold())

    @property
    def outside(self) -> Sold:
        """What was sold in the other months."""
        return sum((sold for _month, sold, is_season in self.months if not is_season), Sold())


def share_of(part: int, whole: int) -> int:
    """Return a part in tenths of a percent of the whole, rounded half up; 0 of nothing."""
    return (2000 * part + whole) // (2 * whole) if whole else 0


def season_share(session: Session, year: Period, season: Collection[int]) -> tuple[SeasonShare, SeasonShare]:
    """Return the sales of a year by month, and those of the year before, in one statement.

    Args:
        season: the months of the tourist season, 1 to 12.
    """
    days = sold_by_day(session, Stretch(year.before.first, year.until))
    by_month: defaultdict[tuple[int, int], Sold] = defaultdict(Sold)
    for day, sold in days.items():
        by_month[day.year, day.month] += sold
    found = [
        SeasonShare(
            each.first.year,
            tuple(
                (month, by_month[month.first.year, month.first.month], month.first.month in season)
                for month in period_of(Span.YEAR, each.first).bins()
            ),
        )
        for each in (year, year.before)
    ]
    return found[0], found[1]
