"""Stretches of the calendar that reports are about, and how their figures are drawn."""

from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shop.flows.reporting.corrections import per_hundred
from shop.flows.reporting.periods import Span, period_of
from shop.flows.reporting.sales import share_of
from shop.kernel.errors import Invalid
from shop.town.rules import months_of, months_text, parse_months
from shop.web.plots import FULL, Point, plot, top_of

DAYS = st.dates(date(2001, 1, 1), date(2150, 12, 31))


@given(span=st.sampled_from(Span), day=DAYS)
def test_periods_lie_side_by_side_and_their_bins_fill_them(span: Span, day: date) -> None:
    here = period_of(span, day)
    assert day in here
    assert here.before.until == here.first
    assert here.after.first == here.until
    assert here.after.before == here
    bins = here.bins()
    assert (bins[0].first, bins[-1].until) == (here.first, here.until)
    assert all(one.until == other.first for one, other in pairwise(bins))
    assert 5 <= len(bins) <= 31
    assert here.since_at.utcoffset() == timedelta(hours=8)


@pytest.mark.parametrize(
    ("span", "first", "until"),
    [
        (Span.WEEK, date(2026, 11, 23), date(2026, 11, 30)),
        (Span.MONTH, date(2026, 11, 1), date(2026, 12, 1)),
        (Span.QUARTER, date(2026, 10, 1), date(2027, 1, 1)),
        (Span.YEAR, date(2026, 1, 1), date(2027, 1, 1)),
    ],
)
def test_the_period_of_a_day(span: Span, first: date, until: date) -> None:
    here = period_of(span, date(2026, 11, 29))
    assert (here.first, here.until) == (first, until)


@pytest.mark.parametrize("day", [date.min, date.max])
@pytest.mark.parametrize("span", Span)
def test_a_day_out_of_reach_is_the_nearest(span: Span, day: date) -> None:
    here = period_of(span, day)
    assert here.before.before.first <= here.first <= here.after.after.first


@given(points=st.lists(st.tuples(st.integers(0, 10**9), st.none() | st.integers(0, 10**9)), max_size=31))
def test_figures_are_drawn_in_their_proportion_and_within_the_scale(points: list[tuple[int, int | None]]) -> None:
    drawn = plot([Point(str(n), str(n), now, before) for n, (now, before) in enumerate(points)], str, unit=100)
    heights = [mark.height for mark in drawn.marks] + [mark.before_height or 0 for mark in drawn.marks]
    assert all(0 <= height <= FULL for height in heights)
    top = int(drawn.scale[0])
    assert [mark.height for mark in drawn.marks] == [now * FULL // top for now, _before in points]
    most = max((max(now, before or 0) for now, before in points), default=0)
    assert most <= top
    assert drawn.is_empty is (most == 0)
    assert most < 200 or most * 3 >= top, "nearly all of the drawing is used"


def test_scales_end_at_easy_numbers() -> None:
    assert [top_of(most, 1) for most in (0, 1, 2, 3, 5, 7, 11, 21, 95, 101)] == [2, 2, 2, 4, 6, 10, 20, 40, 100, 200]


def test_rates_are_rounded_and_never_divided_by_nothing() -> None:
    assert [per_hundred(1, 8), per_hundred(1, 3), per_hundred(0, 9), per_hundred(3, 0)] == [125, 333, 0, 0]
    assert [share_of(1, 8), share_of(2, 3), share_of(1, 1), share_of(1, 0)] == [125, 667, 1000, 0]


@pytest.mark.parametrize(
    ("typed", "months"),
    [
        ("4-10", range(4, 11)),
        ("４～１０月", range(4, 11)),
        ("4月至6月、9月", (4, 5, 6, 9)),
        ("11-2", (1, 2, 11, 12)),
        ("7", (7,)),
    ],
)
def test_months_as_they_are_typed(typed: str, months: range) -> None:
    bits = parse_months(typed)
    assert months_of(bits) == tuple(months)
    assert parse_months(months_text(months_of(bits))) == bits


@pytest.mark.parametrize("typed", ["", "13", "0", "4-", "四月", "1-12", "4,,5", "-"])
def test_what_is_no_season_is_refused(typed: str) -> None:
    with pytest.raises(Invalid):
        parse_months(typed)
