"""The clock: stored in UTC, lived in Chengdu."""

from datetime import UTC, date, datetime, timedelta

import pytest

from shop.kernel.clock import town_day, town_day_bounds, utc_now


def test_now_is_aware_and_in_utc() -> None:
    assert utc_now().utcoffset() == timedelta(0)


@pytest.mark.parametrize(
    ("at", "day"),
    [
        (datetime(2026, 11, 22, 15, 59, 59, tzinfo=UTC), date(2026, 11, 22)),
        (datetime(2026, 11, 22, 16, 0, tzinfo=UTC), date(2026, 11, 23)),
        (datetime(2026, 12, 31, 16, 30, tzinfo=UTC), date(2027, 1, 1)),
    ],
)
def test_the_towns_day_begins_at_its_own_midnight(at: datetime, day: date) -> None:
    assert town_day(at) == day


def test_a_day_is_half_open_and_days_meet() -> None:
    start, end = town_day_bounds(date(2026, 11, 22))
    assert start == datetime(2026, 11, 21, 16, 0, tzinfo=UTC)
    assert end - start == timedelta(days=1)
    assert town_day(start) == date(2026, 11, 22)
    assert town_day(end) == date(2026, 11, 23)
    assert town_day_bounds(date(2026, 11, 23))[0] == end
