"""Stretches of the town's calendar that reports are about."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from itertools import pairwise

from shop.kernel.clock import TOWN_ZONE

DAY, WEEK = timedelta(days=1), timedelta(days=7)
FIRST, LAST = date(2000, 1, 1), date(2200, 1, 1)


class Span(StrEnum):
    """How long a stretch is."""

    WEEK = "week"
    MONTH = "month"
    QUARTER = "quarter"
    YEAR = "year"


MONTHS = {Span.MONTH: 1, Span.QUARTER: 3, Span.YEAR: 12}


@dataclass(frozen=True)
class Stretch:
    """Days of the town from one on and before another."""

    first: date
    until: date

    @property
    def since_at(self) -> datetime:
        """The moment at which it begins."""
        return datetime.combine(self.first, time(), TOWN_ZONE)

    @property
    def until_at(self) -> datetime:
        """The moment at which it is over."""
        return datetime.combine(self.until, time(), TOWN_ZONE)

    @property
    def last(self) -> date:
        """Its last day."""
        return self.until - DAY

    def __contains__(self, day: date) -> bool:
        return self.first <= day < self.until


@dataclass(frozen=True)
class Period(Stretch):
    """A week, month, quarter or year of the calendar."""

    span: Span

    @property
    def before(self) -> "Period":
        """The one that ends where this begins."""
        return period_of(self.span, max(self.first - DAY, FIRST))

    @property
    def after(self) -> "Period":
        """The one that begins where this ends."""
        return period_of(self.span, min(self.until, LAST))

    def bins(self) -> tuple[Stretch, ...]:
        """Return what it is drawn in: days of a week or month, weeks of a quarter, months of a year."""
        if self.span is Span.YEAR:
            return tuple(period_of(Span.MONTH, self.first.replace(month=month)) for month in range(1, 13))
        step = WEEK if self.span is Span.QUARTER else DAY
        ends = [self.first]
        while ends[-1] < self.until:
            ends.append(min(ends[-1] + step, self.until))
        return tuple(Stretch(first, until) for first, until in pairwise(ends))


def period_of(span: Span, day: date) -> Period:
    """Return the week (from Monday), month, quarter or year in which a day lies; one out of reach is the nearest."""
    day = min(max(day, FIRST), LAST)
    if span is Span.WEEK:
        first = day - timedelta(days=day.weekday())
        return Period(first, first + WEEK, span)
    length = MONTHS[span]
    month = (day.month - 1) // length * length + 1
    first = day.replace(month=month, day=1)
    beyond = month + length
    until = first.replace(year=first.year + (beyond - 1) // 12, month=(beyond - 1) % 12 + 1)
    return Period(first, until, span)


def sum_within(days: Mapping[date, int], stretch: Stretch) -> int:
    """Return the sum of the figures of those days that lie in a stretch."""
    return sum(figure for day, figure in days.items() if day in stretch)
